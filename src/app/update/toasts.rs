//! Short-lived words in a corner.

use std::time::Duration;

use crate::{
    app::{Model, model::Toast},
    base::{loss::LossKind, text::clean},
};

/// How many are held at most.
const MOST: usize = 5;

/// Says something for a few seconds.
pub fn say(model: &mut Model, text: &str) {
    push(model, text, false, Duration::from_secs(4));
}

/// Says what went wrong, somewhat longer.
pub fn failure(model: &mut Model, text: &str) {
    push(model, text, true, Duration::from_secs(8));
}

/// Says why nothing is changed in read-only mode.
pub fn refusal(model: &mut Model, what: &str) {
    let why = if model.settings.read_only_forced {
        "stackview was started with --read-only"
    } else {
        "read-only is on, Ctrl-t lifts it"
    };
    failure(model, &format!("Read-only: nothing was changed ({what}). {why}"));
}

fn push(model: &mut Model, text: &str, error: bool, lasts: Duration) {
    let text = clean(text).into_owned();
    let until = model.now + lasts;
    // Saying the same again makes it last, not stand there twice.
    model.toasts.retain(|t| t.text != text);
    model.toasts.push(Toast { text, error, until });
    let spare = model.toasts.len().saturating_sub(MOST);
    model.toasts.drain(..spare);
    model.lose(LossKind::MessagesReplaced, spare);
}

/// Drops those whose time is over.
pub fn expire(model: &mut Model) {
    let now = model.now;
    model.toasts.retain(|t| t.until > now);
}
