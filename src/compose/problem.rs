//! What is wrong with a file, where, and what to do about it.

use std::{fmt, path::Path, sync::Arc};

/// A position in a file; line and column count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as the user named it or absolute.
    pub file: Arc<Path>,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Whether docker compose would refuse, or only warn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The project can't be used as it is.
    Error,
    /// It can, but probably isn't what was meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Where, if it is at a place.
    pub place: Option<Place>,
    /// What, in docker compose's words where it has some.
    pub message: String,
    /// The line of the file that the place is on; of a very long one the part around the place.
    pub excerpt: Option<String>,
    /// Under which character of the excerpt the caret stands, from 0.
    pub caret: usize,
    /// What to do, or what was probably meant.
    pub help: Option<String>,
    /// The setting it is about, as `services.db.command`, where that isn't in the words.
    pub setting: Option<String>,
}

impl Problem {
    /// An error without a place; see the `at` and `help` builders.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            place: None,
            message: message.into(),
            excerpt: None,
            caret: 0,
            help: None,
            setting: None,
        }
    }

    /// A warning without a place.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// The same, at a place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same, about a setting.
    #[must_use]
    pub fn of(self, setting: impl Into<String>) -> Self {
        Self { setting: Some(setting.into()), ..self }
    }

    /// Whether it says the same of the same place: what is read by an alias is read again and again.
    pub fn repeats(&self, other: &Self) -> bool {
        (&self.place, &self.message, self.severity) == (&other.place, &other.message, other.severity)
    }

    /// Whether it is none where the image of a service brings what the files don't say.
    pub fn is_of_image(&self) -> bool {
        self.severity == Severity::Warning && self.message.ends_with(" has no health check here")
    }

    /// The same, with advice.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// `file:line:column: error: message`, then the line with a caret under the column, then the advice.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}: {}", self.message)?;
        if let (Some(place), Some(line)) = (&self.place, &self.excerpt) {
            let number = place.line.to_string();
            let before = line.chars().take(self.caret);
            let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            write!(f, "\n {number} │ {line}\n {:w$} │ {indent}^", "", w = number.len())?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n   help: {help}")?;
        }
        Ok(())
    }
}
