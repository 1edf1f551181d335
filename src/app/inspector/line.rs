//! A line of the inspector: what its pieces say and mean. How they look is the view's.

use crate::{base::text, stack::State};

/// A line, from the left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its pieces: what each means, and its text, unsanitised.
    pub pieces: Vec<(Tone, String)>,
}

/// What a piece means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "as the view's roles")]
pub enum Tone {
    #[default]
    Text,
    Dim,
    Faint,
    Strong,
    Accent,
    Heading,
    Key,
    Busy,
    Warning,
    Error,
    Probe(bool),
    State(State),
}

impl Line {
    /// Text of one tone.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().with(tone, text)
    }

    /// The same, with more text.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.pieces.push((tone, text.into()));
        self
    }

    /// Its columns.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text::width(&text::clean(text))).sum()
    }

    /// All of its text.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }
}
