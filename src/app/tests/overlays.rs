//! What holds for everything that stands above the panels; the registry says what there is.

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::{
    hostile::{assert_plain, hostile},
    *,
};
use crate::{
    app::{
        Code, Effect, Input, Key, Mouse, MouseKind, Msg,
        action::ACTIONS,
        fixture::{press, settings, tell},
        layout::too_small,
        overlays::{open::Overlay, rows::examples},
        update,
    },
    host::{Fact, Link},
    stack::fixture as facts,
    view::theme::BUILT_IN,
};

/// A name that it may show, and nothing: then every action is found, and every plan may be agreed to.
const TEXTS: [&str; 2] = ["p_data", ""];

/// Each with its name, open in a model of its own.
fn each(text: &str, make: fn() -> Model) -> Vec<(&'static str, Model)> {
    let open = |(name, overlay)| {
        let mut model = make();
        model.ui.overlay = Some(overlay);
        (name, model)
    };
    examples(text).into_iter().map(open).collect()
}

fn all(make: fn() -> Model) -> impl Iterator<Item = (&'static str, Model)> {
    TEXTS.into_iter().flat_map(move |text| each(text, make))
}

fn unknown() -> Model {
    let mut model = Model::new(settings(), "p".into(), None, size((80, 24)), facts::at(0.0));
    tell(&mut model, vec![Fact::Link(Link::Live)], facts::at(1.0));
    model
}

fn mouse(model: &mut Model, x: u16, y: u16, kind: MouseKind) -> Vec<Effect> {
    let now = model.now;
    update(model, Msg::Input(Input::Mouse(Mouse { x, y, kind })), now)
}

#[test]
fn each_stands_within_every_terminal_with_its_cursor_in_every_theme() {
    for (name, mut model) in all(fixture::starting).chain(all(unknown)) {
        for (width, height) in
            (1..=200).step_by(19).flat_map(|w| (1..=61).step_by(10).map(move |h| (w, h))).chain(SIZES)
        {
            fixture::resize(&mut model, (width, height));
            let screen = picture(&model);
            let whole = Rect::new(0, 0, width, height);
            for (theme, _) in BUILT_IN {
                assert_eq!(drawn(&screen, &Theme::named(theme).unwrap()).area, whole, "{name}");
            }
            if too_small(model.size) {
                continue;
            }
            let pane = screen.panes.last().unwrap();
            assert!(pane.above && pane.veil && pane.frame.is_some(), "{name} stands above");
            assert_eq!(pane.area, pane.area.intersection(whole), "{name} at {width}×{height}");
            assert!(pane.lines.iter().any(|line| !line.is_empty()), "{name} says nothing at {width}×{height}");
            let inside = pane.inner();
            assert!(screen.cursor.is_none_or(|at| inside.contains(at) || at.x == inside.right()), "{name}: {screen:?}");
        }
    }
}

#[test]
fn each_is_left_by_escape_and_by_control_c() {
    for key in [Key::plain(Code::Esc), Key::ctrl('c')] {
        for (name, mut model) in all(fixture::starting) {
            let now = model.now;
            let effects = update(&mut model, Msg::Input(Input::Key(key)), now);
            assert!(model.ui.overlay.is_none() && effects.is_empty(), "{name} after {key}");
        }
    }
}

#[test]
fn each_is_scrolled_to_its_end_and_no_further() {
    for (name, mut model) in all(fixture::starting) {
        fixture::resize(&mut model, (40, 12));
        let turn = |model: &mut Model, kind| {
            (0..ACTIONS.len() * 2).for_each(|_| drop(mouse(model, 20, 6, kind)));
            picture(model)
        };
        let start = turn(&mut model, MouseKind::WheelUp);
        let end = turn(&mut model, MouseKind::WheelDown);
        assert!(model.ui.overlay.is_some(), "{name} stays");
        mouse(&mut model, 20, 6, MouseKind::WheelDown);
        assert_eq!(picture(&model), end, "{name}");
        mouse(&mut model, 20, 6, MouseKind::WheelUp);
        assert_eq!(picture(&model) == end, start == end, "{name}: no turn is lost at the end");
    }
}

#[test]
fn no_click_agrees_to_a_plan() {
    for (x, y) in (0..80).step_by(5).flat_map(|x| (0..24).map(move |y| (x, y))) {
        for (name, mut model) in all(fixture::starting) {
            fixture::resize(&mut model, (80, 24));
            let asked = matches!(model.ui.overlay, Some(Overlay::Confirm(_)));
            mouse(&mut model, x, y, MouseKind::Press);
            let stays = model.ui.overlay.is_some() && model.jobs.is_empty();
            assert!(!asked || stays, "{name} at {x}, {y}: a plan stays until somebody decides");
            assert!(model.jobs.iter().all(|job| !job.title.starts_with("remove")), "{name} at {x}, {y}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn each_shows_what_comes_from_outside_plain(text in hostile()) {
        for (_, mut model) in each(&text, fixture::starting) {
            assert_plain(&model);
            let now = model.now;
            update(&mut model, Msg::Input(Input::Paste(text.clone())), now);
            press(&mut model, "<Down>");
            assert_plain(&model);
        }
    }
}
