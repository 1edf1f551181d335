//! How grave a line says it is: by its field of that name, else by a word near its beginning.

use super::fields::{self, Field};

/// Where a word of the text is looked for, in characters.
const START: usize = 120;
/// The names of the field, as the usual libraries write them.
const NAMES: [&str; 5] = ["level", "severity", "lvl", "loglevel", "log.level"];

/// How grave a line says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// It doesn't say, or says that it is nothing grave.
    #[default]
    Plain,
    /// A warning.
    Warning,
    /// An error, or worse.
    Error,
}

impl Level {
    /// Of a clean text.
    pub fn of(text: &str) -> Self {
        let named = |field: &Field| NAMES.iter().any(|name| field.name.eq_ignore_ascii_case(name));
        if let Some(level) = fields::split(text).iter().find(|f| named(f)).and_then(|field| Self::word(&field.value)) {
            return level;
        }
        let end = text.char_indices().nth(START).map_or(text.len(), |(at, _)| at);
        let start = text.get(..end).unwrap_or(text);
        let mut words = start.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.find_map(Self::word).unwrap_or_default()
    }

    /// What a word says of the level, if it is one that does.
    fn word(word: &str) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
        if is(&["error", "err", "fatal", "panic", "panicked", "critical", "crit", "exception", "traceback"]) {
            Some(Self::Error)
        } else if is(&["warn", "warning"]) {
            Some(Self::Warning)
        } else if is(&["info", "debug", "trace", "notice", "log"]) {
            Some(Self::Plain)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_word_of_its_own() {
        assert_eq!(Level::of("12:00:01 [ERROR] no route"), Level::Error);
        assert_eq!(Level::of("WARNING: slow"), Level::Warning);
        assert_eq!(Level::of("INFO: 0 errors, error rate 0"), Level::Plain);
        assert_eq!(Level::of("found 0 errors"), Level::Plain);
        assert_eq!(Level::of("GET /error_pages 200"), Level::Plain);
        let far = format!("{} ERROR", "é".repeat(START));
        assert_eq!(Level::of(&far), Level::Plain, "only the beginning tells");
    }

    #[test]
    fn a_field_tells_more_than_a_word() {
        assert_eq!(Level::of(r#"{"msg":"info: see above","level":"error"}"#), Level::Error);
        assert_eq!(Level::of(r#"ts=1 msg="error rate 0" level=info"#), Level::Plain);
        assert_eq!(Level::of(r#"{"level":50,"msg":"a warning"}"#), Level::Warning, "a number is no word");
    }
}
