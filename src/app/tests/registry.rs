//! Every screen and panel by its row: what the shell relies on, at every size, in every theme, with and without facts.

use std::collections::BTreeSet;

use ratatui::layout::Rect;

use super::*;
use crate::{
    app::{
        Input, Mouse, MouseKind, Msg, Want,
        action::{ACTIONS, Scope},
        arrange::tests::COUNT,
        fixture::{press, settings, tell},
        hints::hints,
        keys::scopes_of,
        next_change,
        scene::Scene,
        screens::Tab,
        update,
        wants::of_shown as wants,
    },
    stack::{Fact, Sample, fixture as facts},
    view::theme::BUILT_IN,
};

/// On a screen.
fn on(make: fn() -> Model, tab: Tab) -> Model {
    let mut model = make();
    press(&mut model, &tab.digit().to_string());
    assert_eq!(model.ui.tab, tab);
    model
}

#[test]
fn screens_and_panels_can_be_told_apart() {
    let digits: Vec<char> = Tab::ALL.iter().map(|tab| tab.digit()).collect();
    assert!(digits.iter().all(|digit| ('1'..='9').contains(digit)), "{digits:?}");
    assert!(digits.is_sorted_by(|a, b| a < b), "{digits:?}");
    let titles: BTreeSet<&str> = Tab::ALL.iter().map(|tab| tab.title()).collect();
    assert_eq!(titles.len(), Tab::ALL.len());
    let panels: Vec<_> = Tab::ALL.iter().flat_map(|tab| tab.row().panels).collect();
    let ids: BTreeSet<_> = panels.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), panels.len(), "each is named by one screen");
    assert!(panels.iter().all(|row| !row.id.0.is_empty() && !row.words.is_empty()));
    for tab in Tab::ALL {
        assert!(!tab.row().panels.is_empty(), "{tab:?}");
        let named = format!("screen-{}", tab.title().to_lowercase());
        assert!(ACTIONS.iter().any(|a| a.name == named && a.keys == tab.keys()), "{named}");
    }
}

#[test]
fn a_panel_can_be_empty_and_small() {
    let mut model = Model::new(settings(), "p".into(), None, size((80, 24)), facts::at(0.0));
    let all = |model: &Model, area| {
        for row in Tab::ALL.iter().flat_map(|tab| tab.row().panels) {
            let pane = (row.draw)(&Scene::new(model), area);
            assert!(pane.frame.is_some(), "{:?}", row.id);
        }
    };
    all(&model, Rect::new(0, 0, 60, 10));
    tell(&mut model, vec![Fact::Listed(Vec::new())], facts::at(1.0));
    all(&model, Rect::new(0, 0, 3, 2));
}

#[test]
fn a_screen_has_its_own_panels_in_order_and_one_has_the_focus() {
    for tab in Tab::ALL {
        for at in SIZES {
            let mut model = on(fixture::starting, *tab);
            fixture::resize(&mut model, at);
            let own: Vec<_> = tab.row().panels.iter().map(|row| row.id).collect();
            let shown: Vec<_> = model.layout.panels.iter().map(|(panel, _)| *panel).collect();
            let place = |panel| own.iter().position(|p| p == panel).expect("it is one of the screen's own");
            assert!(shown.iter().map(place).is_sorted(), "{tab:?} at {at:?}: {shown:?}");
            assert_eq!(Some(&model.ui.focus), shown.first(), "{tab:?} at {at:?}");
        }
    }
}

#[test]
fn the_tab_key_leads_to_every_screen() {
    let mut model = fixture::ready();
    let mut seen = BTreeSet::new();
    for _ in 0..40 {
        seen.insert(model.ui.tab);
        // From the first screen, which has several panels, its last leads on.
        let keys = if model.ui.tab == Tab::HOME { "2" } else { "<Tab>" };
        press(&mut model, keys);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), Tab::ALL);
}

#[test]
fn what_is_hinted_can_be_done_there() {
    for tab in Tab::ALL {
        for make in [fixture::starting, fixture::failed, fixture::ready] {
            let model = on(make, *tab);
            let scopes = scopes_of(*tab);
            for hint in hints(&model) {
                let action = ACTIONS.iter().find(|a| a.id == hint.id).unwrap();
                let here = action.scope == Scope::Global || scopes.contains(&action.scope);
                assert!(here, "{} is hinted on {tab:?}", action.name);
            }
        }
    }
}

#[test]
fn a_screen_wants_only_what_there_is() {
    for tab in Tab::ALL {
        for make in [fixture::starting, fixture::failed, fixture::ready] {
            let model = on(make, *tab);
            for want in wants(&model) {
                let (Want::Log { container, .. } | Want::Opening { container, .. }) = want else { continue };
                assert!(model.stack().containers.contains_key(&container), "{tab:?} wants a log of {container}");
            }
            assert!(next_change(&model).is_none_or(|wait| !wait.is_zero()), "{tab:?}");
        }
    }
}

#[test]
fn every_theme_shows_the_same_words() {
    for tab in Tab::ALL {
        let mut model = on(fixture::starting, *tab);
        fixture::resize(&mut model, (120, 40));
        let screen = picture(&model);
        let text = |name: &str| export::text(&drawn(&screen, &Theme::named(name).unwrap()));
        for (name, _) in BUILT_IN {
            assert_eq!(text(name), text("dark"), "{tab:?} in {name}");
        }
    }
}

#[test]
fn enter_escape_copy_search_click_and_wheel_leave_every_screen_whole() {
    for tab in Tab::ALL {
        for make in [fixture::starting, fixture::failed, fixture::ready] {
            for keys in ["<Enter>", "<Esc>", "y", "Y", "/x<Enter>", "/x<Esc>", "jG<PgUp>", "<Left><Right>", "z<Esc>"] {
                let mut model = on(make, *tab);
                press(&mut model, keys);
                assert!(model.layout.panel(model.ui.focus).is_some(), "{keys} on {tab:?}");
                shown(&mut model, (80, 24));
            }
            for kind in [MouseKind::Press, MouseKind::WheelUp, MouseKind::WheelDown] {
                let mut model = on(make, *tab);
                let (area, now) = (model.layout.body(), model.now);
                for (x, y) in (area.x..area.right()).step_by(7).zip(area.y..area.bottom()) {
                    update(&mut model, Msg::Input(Input::Mouse(Mouse { x, y, kind })), now);
                }
                shown(&mut model, (80, 24));
            }
        }
    }
}

#[test]
fn the_layout_is_made_once_a_message_and_not_for_figures() {
    let counted = |work: &mut dyn FnMut()| {
        let before = COUNT.get();
        work();
        COUNT.get() - before
    };
    for tab in Tab::ALL {
        let mut model = on(fixture::starting, *tab);
        for keys in ["j", "<PgDn>", "<Tab>", "z", "i", "/", "a", "<Enter>", "?", "<Esc>", "l", "n", "<F5>"] {
            let made = counted(&mut || {
                press(&mut model, keys);
            });
            assert_eq!(made, 1, "{keys} on {tab:?}");
        }
        let now = model.now;
        let wheel = Mouse { x: 5, y: 12, kind: MouseKind::WheelDown };
        let made = counted(&mut || {
            update(&mut model, Msg::Input(Input::Mouse(wheel)), now);
        });
        assert_eq!(made, 1, "the wheel on {tab:?}");
        let made = counted(&mut || {
            picture(&model);
            wants(&model);
            next_change(&model);
        });
        assert_eq!(made, 0, "who draws, streams and sleeps asks the model, on {tab:?}");
        let sample = Fact::Sample(facts::id_of("db"), Sample { at: now, ..Sample::default() });
        let made = counted(&mut || {
            tell(&mut model, vec![sample.clone()], now);
        });
        assert_eq!(made, 0, "figures move nothing, on {tab:?}");
    }
}
