//! Secrets, and what is shown in their place.
//!
//! One masker, of one strength, stands at every exit: a screen, a picture, a copy, what a command prints, a report, our
//! own log, a hook's environment. It finds secrets by the names before them and by their shapes, and by their values
//! where those are [known](Known). Whoever cuts or folds a text before it gets there masks it first, by names and
//! shapes: half a secret has neither.

mod known;
mod masker;
mod names;
mod shapes;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use known::Known;
pub use masker::Masker;
pub use names::{is_open, is_secret, is_secret_flag};

/// A value as it may be shown, by its name and its shape.
pub fn masked<'a>(name: &str, value: &'a str, ascii: bool) -> Cow<'a, str> {
    Masker::plain(ascii).value(name, value)
}

/// A text (a line of a log, a command, a probe's output) as it may be shown, by names and shapes.
pub fn masked_text(text: &str, ascii: bool) -> Cow<'_, str> {
    Masker::plain(ascii).text(text)
}

/// Whether a line belongs to the block of a private key that began before it.
pub fn goes_on_with_key(line: &str, begun: bool) -> bool {
    let body = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    let line = line.trim();
    shapes::is_key_line(line) || begun && !line.is_empty() && line.bytes().all(body)
}

/// Whether the block of a private key begins in a line and doesn't end there.
pub fn begins_key(line: &str) -> bool {
    line.rfind("-----BEGIN ").is_some_and(|at| {
        let rest = line.get(at..).unwrap_or_default();
        rest.contains("PRIVATE KEY") && !rest.contains("-----END")
    })
}
