//! Keys and paste into a line editor.

use ratatui_textarea::{Input, Key as TextKey, TextArea};

use crate::{
    app::{Code, Key},
    base::text::clean,
};

/// The longest line that is pasted, in characters.
const LONGEST_PASTE: usize = 4096;

/// An editor that holds this line, its cursor at the end.
pub fn line(text: &str) -> Box<TextArea<'static>> {
    let mut area = TextArea::new(vec![text.to_owned()]);
    area.move_cursor(ratatui_textarea::CursorMove::End);
    Box::new(area)
}

/// Takes a key. The editor holds one line: keys that would break it are not passed on.
pub fn key(area: &mut TextArea<'_>, key: Key) {
    let code = match key.code {
        Code::Char('m') if key.ctrl => return,
        Code::Char(c) => TextKey::Char(c),
        Code::Backspace => TextKey::Backspace,
        Code::Delete => TextKey::Delete,
        Code::Left => TextKey::Left,
        Code::Right => TextKey::Right,
        Code::Home => TextKey::Home,
        Code::End => TextKey::End,
        _ => return,
    };
    area.input(Input { key: code, ctrl: key.ctrl, alt: key.alt, shift: false });
}

/// Takes pasted text as one clean line.
pub fn paste(area: &mut TextArea<'_>, text: &str) {
    let short: String = text.trim().chars().take(LONGEST_PASTE).collect();
    area.insert_str(clean(&short));
}
