//! What the process knows of secrets, for text that leaves where no model is at hand: our own log, errors, and what the
//! one-shot commands print.

use std::{
    borrow::Cow,
    sync::{LazyLock, PoisonError, RwLock},
};

use crate::base::secrets::{Known, Masker};

/// All secrets learnt so far, and the masker made of them.
static LEARNT: LazyLock<RwLock<(Known, Masker)>> =
    LazyLock::new(|| RwLock::new((Known::default(), Masker::plain(true))));

/// Learns secrets, for as long as the process lives.
pub fn learn(known: &Known) {
    let mut learnt = LEARNT.write().unwrap_or_else(PoisonError::into_inner);
    let before = learnt.0.size();
    learnt.0.extend(known);
    if learnt.0.size() != before {
        learnt.1 = Masker::knowing(&learnt.0, true);
    }
}

/// The masker that knows all of them.
pub fn masker() -> Masker {
    LEARNT.read().unwrap_or_else(PoisonError::into_inner).1.clone()
}

/// A text as it may leave.
pub fn masked(text: &str) -> Cow<'_, str> {
    masker().text(text)
}
