//! A line's bytes as text: colours and emphasis are kept beside it, everything else that isn't text goes.
//!
//! Colours are brought down to eight, so that a program's own palette can't make its words unreadable on a theme's
//! ground. A carriage return goes back to the line's begin, as a terminal would show it.

use vte::{Params, Parser, Perform};

use crate::base::text::{self, Marks};

/// No line gets longer than this by being cleaned, in characters: tabs grow.
const LONGEST: usize = 64 << 10;

/// A colour of a log's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as everywhere")]
pub enum Ink {
    Black,
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
    White,
}

/// How a part of a line looks, by its own escape sequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Its colour; `None` is the usual one.
    pub ink: Option<Ink>,
    /// Bold.
    pub bold: bool,
    /// Half bright.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Ground and ink swapped.
    pub reverse: bool,
}

/// A part of a line's text that looks one way: up to a byte of it, from where the part before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Where it ends in the text, in bytes.
    pub end: usize,
    /// How it looks.
    pub look: Look,
}

/// A line's text, and how its parts look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clean {
    pub text: Box<str>,
    pub runs: Box<[Run]>,
}

/// Whether bytes are text without anything to clean.
pub(super) fn is_plain_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| (b' '..=b'~').contains(b)) || std::str::from_utf8(bytes).is_ok_and(text::is_plain_text)
}

impl Clean {
    /// Cleans a line.
    pub fn of(bytes: &[u8]) -> Self {
        let mut writer = Writer::default();
        Parser::new().advance(&mut writer, bytes);
        let (mut text, mut runs) = (String::with_capacity(writer.cells.len()), Vec::new());
        // Last: what goes back and writes over may bring them together.
        let mut marks = Marks::default();
        for (c, look) in writer.cells.into_iter().filter(|(c, _)| marks.keep(*c)) {
            text.push(c);
            match runs.last_mut() {
                Some(Run { end, look: last }) if *last == look => *end = text.len(),
                _ => runs.push(Run { end: text.len(), look }),
            }
        }
        Self { text: text.into(), runs: runs.into() }
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.runs.len() * size_of::<Run>()
    }
}

#[derive(Default)]
struct Writer {
    look: Look,
    cells: Vec<(char, Look)>,
    at: usize,
}

impl Writer {
    fn put(&mut self, c: char) {
        if self.at >= LONGEST {
            return;
        }
        let cell = (c, self.look);
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
                0 => self.look = Look::default(),
                1 => self.look.bold = true,
                2 => self.look.dim = true,
                3 => self.look.italic = true,
                4 => self.look.underline = sub.first() != Some(&0),
                7 => self.look.reverse = true,
                22 => (self.look.bold, self.look.dim) = (false, false),
                23 => self.look.italic = false,
                24 => self.look.underline = false,
                27 => self.look.reverse = false,
                30..=37 => self.look.ink = Some(eight(code.saturating_sub(30))),
                90..=97 => self.look.ink = Some(eight(code.saturating_sub(90))),
                39 => self.look.ink = None,
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
                        && let Some(ink) = extended(&values)
                    {
                        self.look.ink = Some(ink);
                    }
                }
                _ => {}
            }
        }
    }
}

fn eight(n: u16) -> Ink {
    match n {
        0 => Ink::Black,
        1 => Ink::Red,
        2 => Ink::Green,
        3 => Ink::Yellow,
        4 => Ink::Blue,
        5 => Ink::Magenta,
        6 => Ink::Cyan,
        _ => Ink::White,
    }
}

/// `5;n` or `2;r;g;b` (with or without a colour space) as the nearest of the eight.
fn extended(values: &[u16]) -> Option<Ink> {
    match *values {
        [5, n @ 0..16] => Some(eight(n % 8)),
        [5, n @ 16..232] => {
            let n = n.saturating_sub(16);
            let share = |step: u16| step.saturating_mul(51);
            Some(nearest(share(n / 36), share(n / 6 % 6), share(n % 6)))
        }
        [5, n @ 232..256] => Some(if n < 244 { Ink::Black } else { Ink::White }),
        [2, r, g, b] | [2, _, r, g, b] => Some(nearest(r, g, b)),
        _ => None,
    }
}

fn nearest(r: u16, g: u16, b: u16) -> Ink {
    let (low, high) = (r.min(g).min(b), r.max(g).max(b));
    if high.saturating_sub(low) < 40 {
        return if high < 110 { Ink::Black } else { Ink::White };
    }
    let half = low.midpoint(high);
    let bits = u16::from(r > half) | u16::from(g > half) << 1 | u16::from(b > half) << 2;
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
            // Erasing the line, as progress bars do before they write it again.
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

    fn spans(bytes: &[u8]) -> Vec<(String, Option<Ink>)> {
        let clean = Clean::of(bytes);
        let mut start = 0;
        let part = |run: &Run| {
            let text = clean.text.get(start..run.end).unwrap_or_default().to_owned();
            start = run.end;
            (text, run.look.ink)
        };
        clean.runs.iter().map(part).collect()
    }

    fn text(bytes: &[u8]) -> String {
        Clean::of(bytes).text.into()
    }

    #[test]
    fn colours_are_kept_and_all_else_goes() {
        assert_eq!(
            spans(b"a\x1b[31mred\x1b[0m b\x1b[2J\x1b[10;10H\x1b]0;title\x07c"),
            [("a".into(), None), ("red".into(), Some(Ink::Red)), (" bc".into(), None)]
        );
        assert_eq!(
            spans(b"\x1b[38;5;196mx\x1b[38;2;10;200;30my"),
            [("x".into(), Some(Ink::Red)), ("y".into(), Some(Ink::Green))]
        );
        assert_eq!(spans(b"\x1b[38:2::10:20:200mz\x1b[48;5;1mw"), [("zw".into(), Some(Ink::Blue))]);
        assert_eq!(spans(b"\x1b]8;;http://example.org\x1b\\link\x1b]8;;\x1b\\"), [("link".into(), None)]);
        assert!(Clean::of(b"\x1b[1;4mx").runs.iter().all(|run| run.look.bold && run.look.underline));
    }

    #[test]
    fn carriage_returns_overwrite_and_tabs_fill() {
        assert_eq!(text(b"50 %\r100 %"), "100 %");
        assert_eq!(text(b"abcdef\rxy"), "xycdef");
        assert_eq!(text(b"long words\r\x1b[Kdone"), "done");
        assert_eq!(text(b"a\tb"), "a       b");
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        assert_eq!(text(b"a\xff\xfeb"), "a\u{fffd}\u{fffd}b");
        assert_eq!(text("a\u{202e}b\u{200b}c\u{9b}31md".as_bytes()), "abc31md");
        assert_eq!(text(format!("a{}b", "\u{301}".repeat(500)).as_bytes()).chars().count(), 10, "marks are bounded");
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_plain_text_is_left(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let clean = Clean::of(&bytes);
            proptest::prop_assert!(text::is_plain_text(&clean.text));
            proptest::prop_assert_eq!(clean.runs.last().map_or(0, |run| run.end), clean.text.len());
        }

        #[test]
        fn what_is_plain_stays_as_it_is(text in "\\PC{0,40}") {
            if is_plain_text(text.as_bytes()) {
                proptest::prop_assert_eq!(&*Clean::of(text.as_bytes()).text, text.as_str());
            }
        }
    }
}
