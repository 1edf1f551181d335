//! One hint of the footer.

use super::table::{Action, ActionId, row};

/// One hint of the footer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// What a click on it does.
    pub id: ActionId,
    /// What it does to what is selected, in a word or two.
    pub words: &'static str,
}

impl Hint {
    /// Of an action, in these words.
    pub fn new(id: ActionId, words: &'static str) -> Self {
        Self { id, words }
    }

    /// The action's first key, or the range of its digits.
    pub fn key(&self) -> String {
        if self.id == ActionId::LogService {
            return row(self.id).map(Action::keys_text).unwrap_or_default();
        }
        key_of(self.id)
    }
}

/// What an action's key is called where the screen speaks of it: its first.
pub fn key_of(id: ActionId) -> String {
    row(id).and_then(|a| a.keys.first()).map(ToString::to_string).unwrap_or_default()
}
