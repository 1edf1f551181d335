//! What holds for every tab of the inspector; the registry says what there is.

use std::collections::BTreeSet;

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::{
    hostile::{assert_plain, hostile, model_of},
    *,
};
use crate::{
    app::{
        fixture::{press, settings},
        inspector::{self, TABS, panel, tab::Inspect},
        model::Pick,
        next_change,
        scene::Scene,
        screens::stack::state::INSPECTOR,
        targets,
        wants::of_shown,
    },
    stack::fixture as facts,
    view::theme::BUILT_IN,
};

/// A model in the inspector, for each service that it has and for none.
fn inspected() -> Vec<Model> {
    let mut empty = Model::new(settings(), "p".into(), None, size((120, 40)), facts::at(0.0));
    fixture::resize(&mut empty, (120, 40));
    let mut models = vec![empty];
    for make in [fixture::starting, fixture::failed, fixture::ready, fixture::sourced] {
        for service in make().overview.services {
            let mut model = make();
            model.ui.selected = Some(Pick::Service(service.name));
            press(&mut model, "i");
            models.push(model);
        }
    }
    models
}

#[test]
fn tabs_are_told_apart_and_the_first_is_shown_first() {
    let titles: BTreeSet<&str> = TABS.iter().map(|row| row.tab.title()).collect();
    assert_eq!(titles.len(), TABS.len());
    assert_eq!(TABS[0].tab, Inspect::default());
    assert!(TABS.iter().all(|row| inspector::row(row.tab).tab == row.tab));
    assert_eq!(inspector::row(Inspect::titled("Attic")).tab, TABS[0].tab, "what isn't there shows the first");
}

#[test]
fn each_tab_is_reached_by_keys_and_says_something_of_everything() {
    for mut model in inspected() {
        for row in TABS {
            assert_eq!(model.ui.inspect, row.tab);
            let lines = inspector::lines(&model, 60);
            assert_eq!(lines.is_empty(), model.ui.selected.is_none(), "{} of {:?}", row.tab.title(), model.ui.selected);
            press(&mut model, "<Right>");
        }
        assert_eq!(model.ui.inspect, TABS[0].tab, "after the last comes the first");
        press(&mut model, "<Left>");
        assert_eq!(model.ui.inspect, TABS[TABS.len() - 1].tab);
    }
}

#[test]
fn each_tab_fits_every_place_with_its_title_in_sight_in_every_theme() {
    for mut model in inspected() {
        for row in TABS {
            model.ui.inspect = row.tab;
            for area in [(3, 2), (12, 4), (38, 6), (60, 20), (200, 58)].map(|(w, h)| Rect::new(0, 0, w, h)) {
                let pane = panel::draw(&Scene::new(&model), area);
                assert!(pane.lines.len() <= usize::from(area.height), "{} in {area}", row.tab.title());
                let title = pane.lines.first().is_some_and(|line| line.text().contains(row.tab.title()));
                assert!(title || area.width < 20 || model.ui.selected.is_none(), "{} in {area}", row.tab.title());
            }
            for size in [(1, 1), (39, 12), (40, 11)].into_iter().chain(SIZES) {
                fixture::resize(&mut model, size);
                for (theme, _) in BUILT_IN {
                    let buffer = drawn(&picture(&model), &Theme::named(theme).unwrap());
                    assert_eq!(buffer.area, Rect::new(0, 0, size.0, size.1));
                }
            }
            fixture::resize(&mut model, (120, 40));
        }
    }
}

#[test]
fn a_tab_has_its_stream_and_its_moments_only_while_it_is_shown() {
    let (mut streams, mut moments) = (0, 0);
    for mut model in inspected() {
        for row in TABS {
            model.ui.inspect = row.tab;
            assert!(model.layout.panel(INSPECTOR).is_some());
            let Some(container) = targets::selected_container(&model) else { continue };
            let stream = (row.wants)(container);
            let moment = (row.next)(&model, container);
            if let Some(at) = moment {
                moments += 1;
                assert!(at > model.engine_now() && next_change(&model).unwrap() <= std::time::Duration::from_secs(1));
            }
            let Some(stream) = stream else { continue };
            streams += 1;
            assert!(of_shown(&model).contains(&stream));
            press(&mut model, "3");
            assert!(!of_shown(&model).contains(&stream), "{}", row.tab.title());
            press(&mut model, "1i");
        }
    }
    assert!(streams > 0 && moments > 0, "some tab has one");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn each_tab_shows_what_comes_from_outside_plain(text in hostile()) {
        let mut model = model_of(&text);
        press(&mut model, "iz");
        for row in TABS {
            model.ui.inspect = row.tab;
            assert_plain(&model);
        }
    }
}
