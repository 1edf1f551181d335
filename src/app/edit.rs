//! Keys and paste into a line editor.

use ratatui_textarea::{CursorMove, TextArea};

use crate::{
    app::{Code, Key},
    base::text::clean,
};

/// The longest line that is pasted, in characters.
const LONGEST_PASTE: usize = 4096;

/// An editor that holds this line, its cursor at the end.
pub fn line(text: &str) -> Box<TextArea<'static>> {
    let mut area = TextArea::new(vec![text.to_owned()]);
    area.move_cursor(CursorMove::End);
    Box::new(area)
}

/// Takes a key, as readline does. The editor holds one line.
pub fn key(area: &mut TextArea<'_>, key: Key) {
    match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => area.insert_char(c),
        (Code::Backspace, false, false) | (Code::Char('h'), true, false) => drop(area.delete_char()),
        (Code::Delete, false, false) | (Code::Char('d'), true, false) => drop(area.delete_next_char()),
        (Code::Char('w'), true, false) | (Code::Backspace, _, _) => drop(area.delete_word()),
        (Code::Char('d'), false, true) | (Code::Delete, _, _) => drop(area.delete_next_word()),
        (Code::Char('u'), true, false) => drop(area.delete_line_by_head()),
        (Code::Char('k'), true, false) => drop(area.delete_line_by_end()),
        (Code::Char('y'), true, false) => drop(area.paste()),
        (Code::Home, _, _) | (Code::Char('a'), true, false) => area.move_cursor(CursorMove::Head),
        (Code::End, _, _) | (Code::Char('e'), true, false) => area.move_cursor(CursorMove::End),
        (Code::Left, false, false) | (Code::Char('b'), true, false) => area.move_cursor(CursorMove::Back),
        (Code::Right, false, false) | (Code::Char('f'), true, false) => area.move_cursor(CursorMove::Forward),
        (Code::Left, _, _) | (Code::Char('b'), false, true) => area.move_cursor(CursorMove::WordBack),
        (Code::Right, _, _) | (Code::Char('f'), false, true) => area.move_cursor(CursorMove::WordForward),
        _ => {}
    }
}

/// Takes pasted text as one clean line.
pub fn paste(area: &mut TextArea<'_>, text: &str) {
    let short: String = text.trim().chars().take(LONGEST_PASTE).collect();
    area.insert_str(clean(&short));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{fixture::parse, input::typed};

    fn after(keys: &str) -> String {
        let mut area = line("one two");
        parse(keys).into_iter().for_each(|pressed| key(&mut area, pressed));
        assert_eq!(area.lines().len(), 1, "{keys}: it stays one line");
        typed(&area).to_owned()
    }

    #[test]
    fn the_keys_are_those_of_readline() {
        for (keys, text) in [
            ("<C-u>x", "x"),
            ("<C-w>x", "one x"),
            ("<C-a>x", "xone two"),
            ("<C-a><C-e>x", "one twox"),
            ("<C-a><C-k>x", "x"),
            ("<C-a><A-f><C-k>x", "one x"),
            ("<A-b><C-u>", "two"),
            ("<A-b><A-d>x", "one x"),
            ("<C-b><C-d>", "one tw"),
            ("<C-h><BS>", "one t"),
            ("<C-w><C-y>", "one two"),
            ("<Home><C-f>x<End>y", "oxne twoy"),
            ("<C-m><C-j><Enter><Tab><C-n><C-p><C-v>", "one two"),
        ] {
            assert_eq!(after(keys), text, "{keys}");
        }
    }
}
