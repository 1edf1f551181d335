//! A log line's bytes as styled text: colours and emphasis are kept, everything else that isn't text goes.
//!
//! Colours are brought down to the eight of the theme, so that a program's own palette can't make its words
//! unreadable on ours. A carriage return goes back to the line's begin, as a terminal would show it.

use vte::{Params, Parser, Perform};

use super::{
    role::Role,
    screen::{Emphasis, Line},
};
use crate::base::text;

/// A line longer than this many characters is cut here; nobody reads on, and parsing has to stay quick.
const LONGEST: usize = 4096;

/// Reads a log line. `plain` is the role of text that has no colour of its own.
pub fn parse(bytes: &[u8], plain: Role) -> Line {
    let mut writer = Writer { plain, role: plain, emphasis: Emphasis::NONE, cells: Vec::new(), at: 0 };
    // A character may take four bytes, and escape sequences are longer than what they leave.
    let bytes = bytes.get(..LONGEST * 8).unwrap_or(bytes);
    Parser::new().advance(&mut writer, bytes);
    let mut line = Line::new();
    let mut run = String::new();
    let mut look = (plain, Emphasis::NONE);
    for (c, role, emphasis) in writer.cells {
        if (role, emphasis) != look {
            line.styled(look.0, look.1, std::mem::take(&mut run));
            look = (role, emphasis);
        }
        run.push(c);
    }
    line.styled(look.0, look.1, run);
    line
}

struct Writer {
    plain: Role,
    role: Role,
    emphasis: Emphasis,
    cells: Vec<(char, Role, Emphasis)>,
    at: usize,
}

impl Writer {
    fn put(&mut self, c: char) {
        if self.at >= LONGEST {
            return;
        }
        let cell = (c, self.role, self.emphasis);
        match self.cells.get_mut(self.at) {
            Some(slot) => *slot = cell,
            None => self.cells.push(cell),
        }
        self.at += 1;
    }

    fn style(&mut self, params: &Params) {
        let mut codes = params.iter().map(|p| (p.first().copied().unwrap_or(0), p.get(1..).unwrap_or_default()));
        while let Some((code, sub)) = codes.next() {
            match code {
                0 => (self.role, self.emphasis) = (self.plain, Emphasis::NONE),
                1 => self.emphasis.bold = true,
                2 => self.emphasis.dim = true,
                3 => self.emphasis.italic = true,
                4 => self.emphasis.underline = sub.first() != Some(&0),
                7 => self.emphasis.reverse = true,
                22 => (self.emphasis.bold, self.emphasis.dim) = (false, false),
                23 => self.emphasis.italic = false,
                24 => self.emphasis.underline = false,
                27 => self.emphasis.reverse = false,
                30..=37 => self.role = eight(code - 30),
                90..=97 => self.role = eight(code - 90),
                39 => self.role = self.plain,
                38 | 48 => {
                    // The colour follows with colons in the same parameter, or as parameters of their own.
                    let values: Vec<u16> = if sub.is_empty() {
                        let kind = codes.next().map_or(0, |c| c.0);
                        let more = if kind == 2 { 3 } else { 1 };
                        std::iter::once(kind).chain(codes.by_ref().take(more).map(|c| c.0)).collect()
                    } else {
                        sub.to_vec()
                    };
                    if code == 38
                        && let Some(role) = extended(&values)
                    {
                        self.role = role;
                    }
                }
                _ => {}
            }
        }
    }
}

fn eight(n: u16) -> Role {
    match n {
        0 => Role::Black,
        1 => Role::Red,
        2 => Role::Green,
        3 => Role::Yellow,
        4 => Role::Blue,
        5 => Role::Magenta,
        6 => Role::Cyan,
        _ => Role::White,
    }
}

/// `5;n` or `2;r;g;b` (with or without a colour space) as the nearest of the eight.
fn extended(values: &[u16]) -> Option<Role> {
    match *values {
        [5, n @ 0..16] => Some(eight(n % 8)),
        [5, n @ 16..232] => {
            let n = n - 16;
            Some(nearest(n / 36 * 51, n / 6 % 6 * 51, n % 6 * 51))
        }
        [5, n @ 232..256] => Some(if n < 244 { Role::Black } else { Role::White }),
        [2, r, g, b] | [2, _, r, g, b] => Some(nearest(r, g, b)),
        _ => None,
    }
}

fn nearest(r: u16, g: u16, b: u16) -> Role {
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    if high.saturating_sub(low) < 40 {
        return if high < 110 { Role::Black } else { Role::White };
    }
    let half = low.midpoint(high);
    let bits = u16::from(r > half) + 2 * u16::from(g > half) + 4 * u16::from(b > half);
    eight(bits)
}

impl Perform for Writer {
    fn print(&mut self, c: char) {
        if text::is_plain(c) {
            self.put(c);
        }
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\t' => {
                for _ in 0..8 - self.at % 8 {
                    self.put(' ');
                }
            }
            b'\r' => self.at = 0,
            8 => self.at = self.at.saturating_sub(1),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _ignore: bool, action: char) {
        match (action, intermediates.is_empty()) {
            ('m', true) => self.style(params),
            // Erasing the line, as progress bars do before they write it anew.
            ('K', true) if params.iter().next().is_some_and(|p| p.first() == Some(&2)) => {
                self.cells.clear();
                self.at = 0;
            }
            ('K', true) => self.cells.truncate(self.at),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(bytes: &[u8]) -> Vec<(String, Role)> {
        parse(bytes, Role::Text).spans.iter().map(|s| (s.text().to_owned(), s.role)).collect()
    }

    #[test]
    fn colours_are_kept_and_all_else_goes() {
        assert_eq!(
            spans(b"a\x1b[31mred\x1b[0m b\x1b[2J\x1b[10;10H\x1b]0;title\x07c"),
            [("a".into(), Role::Text), ("red".into(), Role::Red), (" bc".into(), Role::Text)]
        );
        assert_eq!(
            spans(b"\x1b[38;5;196mx\x1b[38;2;10;200;30my"),
            [("x".into(), Role::Red), ("y".into(), Role::Green)]
        );
        assert_eq!(spans(b"\x1b[38:2::10:20:200mz\x1b[48;5;1mw"), [("zw".into(), Role::Blue)]);
        assert_eq!(spans(b"\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\"), [("link".into(), Role::Text)]);
    }

    #[test]
    fn carriage_returns_overwrite_and_tabs_fill() {
        assert_eq!(parse(b"50 %\r100 %", Role::Text).text(), "100 %");
        assert_eq!(parse(b"abcdef\rxy", Role::Text).text(), "xycdef");
        assert_eq!(parse(b"long words\r\x1b[Kdone", Role::Text).text(), "done");
        assert_eq!(parse(b"a\tb", Role::Text).text(), "a       b");
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(parse(b"a\xff\xfeb", Role::Text).text(), "a\u{fffd}\u{fffd}b");
        assert_eq!(parse("a\u{202e}b\u{200b}c\u{9b}31md".as_bytes(), Role::Text).text(), "abc31md");
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_plain_text_is_left(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let line = parse(&bytes, Role::Text);
            proptest::prop_assert!(line.text().chars().all(text::is_plain));
        }
    }
}
