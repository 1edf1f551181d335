//! Every screen of a model, drawn, with keys pressed in between.

use ratatui::layout::Size;
use stackview::{
    app::{Code, Input, Key, Msg, Store, model::Tab, next_change, picture, report::report, wants},
    base::time::Stamp,
    view::{ColorDepth, Theme, render::drawn},
};

use crate::random::Random;

/// The usual ones, and such as a pane in a corner or a mistaken terminal has.
const SIZES: [(u16, u16); 6] = [(80, 24), (120, 40), (200, 60), (40, 12), (7, 3), (1, 1)];
const CODES: [Code; 14] = [
    Code::Enter,
    Code::Esc,
    Code::Tab,
    Code::BackTab,
    Code::Up,
    Code::Down,
    Code::Left,
    Code::Right,
    Code::PageUp,
    Code::PageDown,
    Code::Home,
    Code::End,
    Code::Backspace,
    Code::Esc,
];

pub fn size(rng: &mut Random) -> Size {
    Size::from(rng.one(&SIZES))
}

/// Draws each screen, each tab of the inspector, and what a few random keys make of them; asks what the loop asks.
pub fn draw(rng: &mut Random, store: &mut Store, now: Stamp) {
    let theme = Theme::named("dark").unwrap().adapted(ColorDepth::True);
    let see = |store: &Store| {
        let frame = drawn(&picture(store), &theme);
        assert_eq!((frame.area.width, frame.area.height), (store.size.width, store.size.height));
        wants(store);
        next_change(store);
    };
    let press = |store: &mut Store, key: Key| drop(store.update(Msg::Input(Input::Key(key)), now));
    store.update(Msg::Input(Input::Resize(size(rng))), now);
    for tab in Tab::ALL {
        press(store, Key::plain(Code::Esc));
        press(store, Key::char(tab.digit()));
        see(store);
        for _ in 0..rng.below(4) {
            let printable = Key::char(char::from(b' ' + rng.next().to_le_bytes()[0] % 95));
            press(store, if rng.below(2) == 0 { printable } else { Key::plain(rng.one(&CODES)) });
        }
        see(store);
    }
    press(store, Key::plain(Code::Esc));
    press(store, Key::char('1'));
    press(store, Key::plain(Code::Tab));
    for _ in 0..8 {
        press(store, Key::plain(Code::Right));
        see(store);
    }
    report(store, &store.diagnosis, None);
}
