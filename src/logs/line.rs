//! One line of a log: as it came, and as it is held.

use std::{borrow::Cow, cell::OnceCell};

use super::{
    clean::{Clean, Run, is_plain_text},
    fields::{self, Field},
    level::Level,
};
use crate::base::{
    ring::Cost,
    secrets::{begins_key, goes_on_with_key},
    time::Stamp,
};

/// A line as it came, as raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When, by the engine.
    pub at: Stamp,
    /// Whether it came on standard error.
    pub stderr: bool,
    /// The line without its end; unsanitised, cut at the reader's cap.
    pub text: Box<[u8]>,
    /// Whether it was cut there.
    pub cut: bool,
}

/// A line that is held. What is made of it is made when it is first asked for, and kept.
#[derive(Debug, Clone)]
pub struct HeldLine {
    raw: LogLine,
    number: u64,
    /// Whether the bytes are clean text as they are, so that nothing has to be kept beside them.
    plain: bool,
    /// Whether it is of the block of a private key, which begins in a line before it.
    of_key: bool,
    level: OnceCell<Level>,
    clean: OnceCell<Box<Clean>>,
}

impl HeldLine {
    /// Holds a line under a number.
    pub fn new(raw: LogLine, number: u64) -> Self {
        let plain = is_plain_text(&raw.text);
        Self { raw, number, plain, of_key: false, level: OnceCell::new(), clean: OnceCell::new() }
    }

    /// The same, as what follows a line: the block of a private key goes on over many.
    #[must_use]
    pub fn after(mut self, before: Option<&Self>) -> Self {
        let begins = |line: &Self| std::str::from_utf8(&line.raw.text).is_ok_and(begins_key);
        let begun = before.is_some_and(|line| line.of_key || begins(line));
        self.of_key = begun && std::str::from_utf8(&self.raw.text).is_ok_and(|text| goes_on_with_key(text, true));
        self
    }

    /// Whether it is of the block of a private key that begins in a line before it.
    pub fn of_key(&self) -> bool {
        self.of_key
    }

    /// Its number in its log.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When it was written, by the engine.
    pub fn at(&self) -> Stamp {
        self.raw.at
    }

    /// Whether it came on standard error.
    pub fn stderr(&self) -> bool {
        self.raw.stderr
    }

    /// Whether its end was cut off, since it was longer than any line is kept.
    pub fn cut(&self) -> bool {
        self.raw.cut
    }

    /// The line as it came.
    pub fn raw(&self) -> &LogLine {
        &self.raw
    }

    /// Its text, as a terminal would show it, without anything that isn't text. It is what is shown, searched and
    /// copied.
    pub fn text(&self) -> Cow<'_, str> {
        if self.plain {
            return String::from_utf8_lossy(&self.raw.text);
        }
        match self.cleaned() {
            Cow::Borrowed(clean) => Cow::Borrowed(&clean.text),
            Cow::Owned(clean) => Cow::Owned(clean.text.into()),
        }
    }

    /// How the parts of its text look, by its own escape sequences; none where all of it is as usual.
    pub fn runs(&self) -> Cow<'_, [Run]> {
        if self.plain {
            return Cow::Borrowed(&[]);
        }
        match self.cleaned() {
            Cow::Borrowed(clean) => Cow::Borrowed(&clean.runs),
            Cow::Owned(clean) => Cow::Owned(clean.runs.into()),
        }
    }

    /// How grave it says it is.
    pub fn level(&self) -> Level {
        *self.level.get_or_init(|| Level::of(&self.text()))
    }

    /// Its fields, where it is a JSON object or logfmt; none otherwise.
    pub fn fields(&self) -> Vec<Field> {
        fields::split(&self.text())
    }

    /// Kept once made, so that what is looked at isn't made for each frame. What would take far more room than the
    /// line itself isn't kept: what is held stays within a small multiple of its bounds.
    fn cleaned(&self) -> Cow<'_, Clean> {
        if let Some(clean) = self.clean.get() {
            return Cow::Borrowed(clean);
        }
        let clean = Clean::of(&self.raw.text);
        if clean.bytes() > 256 + 2 * self.raw.text.len() {
            return Cow::Owned(clean);
        }
        Cow::Borrowed(self.clean.get_or_init(|| Box::new(clean)))
    }
}

impl Cost for HeldLine {
    fn cost(&self) -> usize {
        size_of::<Self>() + self.raw.text.len()
    }
}
