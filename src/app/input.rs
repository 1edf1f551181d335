//! Keys, mouse and paste in our own words; the terminal's library stays in `runtime/`.

use std::{fmt, str::FromStr};

use ratatui::layout::Size;
use ratatui_textarea::TextArea;

/// One thing that the user did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// A key is held down, as the terminal says; those that don't say it send it as pressed again.
    Repeat(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted.
    Paste(String),
    /// The terminal has a new size.
    Resize(Size),
}

/// A key with its modifiers. Shift is told by the key itself: a capital, or `Shift-Tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those on the keys")]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F(u8),
}

impl Key {
    /// A plain character.
    pub const fn char(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: false, alt: false }
    }

    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false }
    }

    /// A character with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false }
    }

    /// A character with Alt.
    pub const fn alt(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: false, alt: true }
    }
}

/// Reads what `Display` writes.
impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let (ctrl, rest) = text.strip_prefix("Ctrl-").map_or((false, text), |rest| (true, rest));
        let (alt, rest) = rest.strip_prefix("Alt-").map_or((false, rest), |rest| (true, rest));
        let mut letters = rest.chars();
        let code = match (rest, letters.next(), letters.next()) {
            ("↑", ..) => Code::Up,
            ("↓", ..) => Code::Down,
            ("←", ..) => Code::Left,
            ("→", ..) => Code::Right,
            (_, Some(c), None) => Code::Char(c),
            ("Space", ..) => Code::Char(' '),
            ("Enter", ..) => Code::Enter,
            ("Esc", ..) => Code::Esc,
            ("Tab", ..) => Code::Tab,
            ("Shift-Tab", ..) => Code::BackTab,
            ("Backspace", ..) => Code::Backspace,
            ("Del", ..) => Code::Delete,
            ("PgUp", ..) => Code::PageUp,
            ("PgDn", ..) => Code::PageDown,
            ("Home", ..) => Code::Home,
            ("End", ..) => Code::End,
            (_, Some('F'), Some('1'..='9')) => match rest.get(1..).and_then(|n| n.parse().ok()) {
                Some(n @ 1..=24) => Code::F(n),
                _ => return Err(NoKey(text.into())),
            },
            _ => return Err(NoKey(text.into())),
        };
        Ok(Self { code, ctrl, alt })
    }
}

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no key: write j, K, Ctrl-u, Alt-1, Enter, Esc, Tab, Shift-Tab, Space, PgUp, Home, F5 or an arrow")]
pub struct NoKey(String);

/// As the footer and the help write it: `j`, `Ctrl-u`, `PgUp`, `↑`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) => write!(f, "{c}"),
            Code::Enter => f.write_str("Enter"),
            Code::Esc => f.write_str("Esc"),
            Code::Tab => f.write_str("Tab"),
            Code::BackTab => f.write_str("Shift-Tab"),
            Code::Backspace => f.write_str("Backspace"),
            Code::Delete => f.write_str("Del"),
            Code::Up => f.write_str("↑"),
            Code::Down => f.write_str("↓"),
            Code::Left => f.write_str("←"),
            Code::Right => f.write_str("→"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            Code::Home => f.write_str("Home"),
            Code::End => f.write_str("End"),
            Code::F(n) => write!(f, "F{n}"),
        }
    }
}

/// A mouse event at a cell, counted from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// Column.
    pub x: u16,
    /// Row.
    pub y: u16,
    /// What.
    pub kind: MouseKind,
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// The left button went down.
    Press,
    /// The wheel turned up.
    WheelUp,
    /// The wheel turned down.
    WheelDown,
}

/// What stands in a line editor.
pub fn typed<'a>(area: &'a TextArea<'_>) -> &'a str {
    area.lines().first().map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for key in
            ["j", "K", "Ctrl-u", "Alt-1", "Enter", "Shift-Tab", "Space", "PgDn", "Del", "F12", "↑", "-", "Ctrl--"]
        {
            assert_eq!(key.parse::<Key>().unwrap().to_string(), key);
        }
        for no in ["", "Ctrl-", "enter", "F0", "F99", "jj", "Hyper-x"] {
            assert!(no.parse::<Key>().unwrap_err().to_string().contains(&format!("'{no}'")));
        }
    }
}
