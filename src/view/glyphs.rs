//! The signs of the screen, in Unicode and in ASCII. Each takes one column.

use std::borrow::Cow;

/// A set of signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Whether only ASCII may be used.
    pub ascii: bool,
}

impl Glyphs {
    /// The sign of the set.
    pub fn pick<'a>(self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.ascii { ascii } else { unicode }
    }

    /// Our own typography in ASCII, column for column; names that are written otherwise stay as they are.
    pub fn typeset(self, text: &str) -> Cow<'_, str> {
        if !self.ascii || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let plain = |c| match c {
            '…' => '.',
            '–' | '—' | '−' | '─' => '-',
            '·' => '-',
            '→' => '>',
            '←' => '<',
            '↑' => '^',
            '↓' => 'v',
            '×' => 'x',
            '’' | '‘' => '\'',
            '“' | '”' => '"',
            '•' => '*',
            other => other,
        };
        Cow::Owned(text.chars().map(plain).collect())
    }

    /// A probe's result.
    pub fn probe(self, passed: bool) -> &'static str {
        if passed { self.pick("✓", "+") } else { self.pick("✗", "x") }
    }

    /// Before something to know.
    pub fn flag(self) -> &'static str {
        self.pick("⚑", "*")
    }

    /// A line from left to right.
    pub fn horizontal(self) -> &'static str {
        self.pick("─", "-")
    }

    /// A line's piece, by the sides it reaches: up, down, left, right.
    pub fn line(self, up: bool, down: bool, left: bool, right: bool) -> &'static str {
        let unicode = match (up, down, left, right) {
            (true, true, false, false) | (true, false, false, false) | (false, true, false, false) => "│",
            (false, false, _, _) => "─",
            (true, false, false, true) => "╰",
            (true, false, true, false) => "╯",
            (false, true, false, true) => "╭",
            (false, true, true, false) => "╮",
            (true, true, false, true) => "├",
            (true, true, true, false) => "┤",
            (true, false, true, true) => "┴",
            (false, true, true, true) => "┬",
            (true, true, true, true) => "┼",
        };
        let ascii = match unicode {
            "│" => "|",
            "─" => "-",
            _ => "+",
        };
        self.pick(unicode, ascii)
    }

    /// An arrow's head.
    pub fn head(self, rightwards: bool) -> &'static str {
        if rightwards { self.pick("▶", ">") } else { self.pick("◀", "<") }
    }

    /// What leads a line that belongs to the one above.
    pub fn under(self) -> &'static str {
        self.pick("└", "\\")
    }

    /// What leads the root cause.
    pub fn because(self) -> &'static str {
        self.pick("↳", "->")
    }

    /// Before a figure that is an upper bound.
    pub fn at_most(self) -> &'static str {
        self.pick("≤", "<")
    }

    /// Between things of one line.
    pub fn dot(self) -> &'static str {
        self.pick("·", "-")
    }

    /// Towards.
    pub fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }

    /// From whom.
    pub fn back(self) -> &'static str {
        self.pick("←", "<-")
    }

    /// More at the right, or at the left.
    pub fn more(self, right: bool) -> &'static str {
        if right { self.pick("›", ">") } else { self.pick("‹", "<") }
    }

    /// A long dash: nothing to show.
    pub fn none(self) -> &'static str {
        self.pick("–", "-")
    }

    /// The sign of restarts.
    pub fn restarts(self) -> &'static str {
        self.pick("↻", "RS")
    }

    /// A marked row.
    pub fn mark(self) -> &'static str {
        self.pick("◆", "#")
    }

    /// The selected row.
    pub fn cursor(self) -> &'static str {
        self.pick("▌", ">")
    }

    /// What no longer is as its file says.
    pub fn drifted(self) -> &'static str {
        self.pick("≠", "#")
    }

    /// The caret under a place in a file.
    pub fn caret(self) -> &'static str {
        "^"
    }

    /// Something unfolded, or to unfold.
    pub fn fold(self, open: bool) -> &'static str {
        if open { self.pick("▾", "v") } else { self.pick("▸", ">") }
    }

    /// A level from 0 to 7 as a bar that rises.
    pub fn bar(self, level: usize) -> &'static str {
        const UNICODE: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
        const ASCII: [&str; 8] = ["_", "_", ".", "-", "-", "=", "=", "#"];
        let set = if self.ascii { ASCII } else { UNICODE };
        set.get(level.min(7)).copied().unwrap_or(" ")
    }

    /// The last character of cut text.
    pub fn cut(self) -> &'static str {
        self.pick("…", ".")
    }
}
