//! The screens as text and roles, and the laws of drawing.

mod fixture;
mod hostile;
mod inspector;
mod overlays;
mod pictures;
mod registry;
mod secrets;

use ratatui::layout::Size;

use crate::{
    app::{Model, picture::picture},
    view::{Theme, export, render::drawn},
};

/// A model's screen as text at a size.
fn shown(model: &mut Model, size: (u16, u16)) -> String {
    fixture::resize(model, size);
    let theme = Theme::named("dark").unwrap();
    let text = export::text(&drawn(&picture(model), &theme));
    // Times of day are those of the machine's zone.
    let clock = regex::Regex::new(r"\d\d:\d\d:\d\d").unwrap();
    clock.replace_all(&text, "hh:mm:ss").into_owned()
}

/// The look of every cell, one letter a style, after the text: `.` is ordinary text.
fn styles(model: &mut Model, size: (u16, u16)) -> String {
    fixture::resize(model, size);
    let theme = Theme::named("dark").unwrap();
    let buffer = drawn(&picture(model), &theme);
    let mut known = vec![theme.style(crate::view::role::Role::Text)];
    let mut out = String::new();
    for y in 0..size.1 {
        let mut row = String::new();
        for x in 0..size.0 {
            let cell = &buffer[(x, y)];
            let look = ratatui::style::Style {
                fg: Some(cell.fg),
                bg: Some(cell.bg),
                add_modifier: cell.modifier,
                ..Default::default()
            };
            let same = |s: &ratatui::style::Style| {
                (s.fg, s.bg.or(known[0].bg), s.add_modifier) == (look.fg, look.bg, look.add_modifier)
            };
            let place = known.iter().position(same).unwrap_or_else(|| {
                known.push(look);
                known.len() - 1
            });
            row.push(if place == 0 || cell.symbol() == " " && look.bg == known[0].bg { '.' } else { letter(place) });
        }
        out.push_str(row.trim_end_matches('.'));
        out.push('\n');
    }
    out
}

fn letter(n: usize) -> char {
    "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".chars().nth(n).unwrap_or('?')
}

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];

fn size((width, height): (u16, u16)) -> Size {
    Size::new(width, height)
}
