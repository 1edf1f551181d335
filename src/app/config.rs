//! The settings file: what is chosen once and for all. Typed; what it doesn't know it refuses, with the place.

use serde::Deserialize;

use crate::base::text::clean;

/// The settings file's content. What isn't set is as without a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The theme's name; `--theme` goes before it.
    pub theme: Option<String>,
    /// Only ASCII characters; else as the terminal and the locale say.
    pub ascii: Option<bool>,
    /// The mouse is taken.
    pub mouse: Option<bool>,
    /// What happens when something is worth attention.
    pub attention: Attention,
}

/// What happens when the stack gets ready, or a service dies or turns unhealthy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attention {
    /// The terminal's bell.
    pub bell: bool,
    /// A notification of the desktop, by the terminal.
    pub notify: Notify,
    /// A command with its arguments, run for each; empty for none.
    pub command: Vec<String>,
}

impl Default for Attention {
    fn default() -> Self {
        Self { bell: true, notify: Notify::Off, command: Vec::new() }
    }
}

/// By which escape sequence the terminal is asked for a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// None is asked for.
    #[default]
    Off,
    /// iTerm2, kitty, WezTerm, Windows Terminal, ghostty.
    Osc9,
    /// urxvt, foot, VTE terminals.
    Osc777,
}

impl Config {
    /// What a new settings file says: every setting with its default, as a comment.
    pub const TEMPLATE: &str = r#"# Settings of stackview. What is not set is as shown.

# theme = "dark"      # dark, light; --theme goes before it
# ascii = false       # only ASCII characters; not set, the terminal and the locale decide
# mouse = true

[attention]           # when the stack gets ready, or a service dies or turns unhealthy
# bell = true
# notify = "off"      # a desktop notification by the terminal: "osc9" (iTerm2, kitty, WezTerm, Windows Terminal)
#                     # or "osc777" (urxvt, foot, GNOME's and other VTE terminals)
# command = []        # ["notify-send", "stackview"]: run with STACKVIEW_EVENT (ready, died, unhealthy),
#                     # STACKVIEW_PROJECT, STACKVIEW_SERVICE and STACKVIEW_TEXT set; never when read-only
"#;

    /// Reads a file's text.
    ///
    /// # Errors
    /// What is wrong and where (`line 3, column 5`), with the line and a caret.
    pub fn read(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let message = error.message().trim().to_owned();
            let Some(span) = error.span() else { return message };
            let (line, column, words) = place(text, span.start);
            let caret = " ".repeat(column.saturating_sub(1));
            format!("line {line}, column {column}: {message}\n  {}\n  {caret}^", clean(words))
        })?;
        if config.attention.command.first().is_some_and(String::is_empty) {
            return Err("attention.command: its first word is the program, and it is empty".into());
        }
        Ok(config)
    }
}

/// A byte's line and column, both from 1, and the line.
fn place(text: &str, at: usize) -> (usize, usize, &str) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |n| n + 1);
    let words = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    (line, before.get(start..).unwrap_or_default().chars().count() + 1, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_says_the_defaults() {
        assert_eq!(Config::read(Config::TEMPLATE), Ok(Config::default()));
        let set: String = Config::TEMPLATE
            .lines()
            .map(|l| l.strip_prefix("# ").filter(|l| l.contains(" = ")).unwrap_or(l).to_owned() + "\n")
            .collect();
        let said = Config::read(&set).unwrap();
        assert_eq!(
            said,
            Config { ascii: Some(false), theme: Some("dark".into()), mouse: Some(true), ..Config::default() }
        );
    }

    #[test]
    fn what_it_says_is_taken() {
        let text = "ascii = true\n[attention]\nbell = false\nnotify = \"osc777\"\ncommand = [\"a\", \"b c\"]\n";
        let config = Config::read(text).unwrap();
        assert_eq!(config.ascii, Some(true));
        let attention = Attention { bell: false, notify: Notify::Osc777, command: vec!["a".into(), "b c".into()] };
        assert_eq!(config.attention, attention);
    }

    #[test]
    fn unknown_keys_and_words_are_refused_with_their_place() {
        let wrong = |text: &str| Config::read(text).unwrap_err();
        let key = wrong("ascii = true\n[attention]\nbel = true\n");
        assert!(
            key.starts_with("line 3, column 1: unknown field `bel`") && key.contains("\n  bel = true\n  ^"),
            "{key}"
        );
        assert!(wrong("[attention]\nnotify = \"mail\"\n").starts_with("line 2, column 10: unknown variant `mail`"));
        assert!(wrong("ascii = 1\n").starts_with("line 1, column 9: invalid type"));
        assert!(wrong("[attention]\ncommand = [\"\"]\n").contains("is empty"));
    }
}
