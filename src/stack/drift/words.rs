//! Drift in words and as JSON: secrets masked, nothing from outside unsanitised.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::difference::{Difference, Drift};
use crate::base::{
    secrets::{masked, masked_text},
    text::clean,
    units::count,
};

/// How many keys are named in one line.
const NAMED: usize = 4;

impl Drift {
    /// The one word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Same { .. } => "same",
            Self::Drifted { .. } => "drifted",
            Self::Unknown(_) => "unknown",
        }
    }

    /// The keys that differ, each once, without what is below them: `image, environment`. Unsanitised.
    pub fn keys(&self) -> Vec<&str> {
        let Self::Drifted { differences, .. } = self else { return Vec::new() };
        let mut keys: Vec<&str> = Vec::new();
        for difference in differences {
            let key = difference.key.split('.').next().unwrap_or(&difference.key);
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// In a sentence: what differs, or why that can't be known.
    pub fn words(&self) -> String {
        match self {
            Self::Same { exact: true } => "none".into(),
            Self::Same { exact: false } => {
                "none, compared key by key (another version of compose made it, whose digest can't be checked)".into()
            }
            Self::Unknown(why) => format!("not known: {}", clean(why)),
            Self::Drifted { .. } => {
                let keys = self.keys();
                let named: Vec<&str> = keys.iter().copied().take(NAMED).collect();
                let more = keys.len().saturating_sub(NAMED);
                let more = if more == 0 { String::new() } else { format!(" and {}", count(more, "more key")) };
                format!("differs from its file: {}{more}", clean(&named.join(", ")))
            }
        }
    }

    /// For scripts; its shape is a promise. Secrets are masked.
    pub fn json(&self) -> Value {
        let keys = match self {
            Self::Drifted { differences, .. } => differences.iter().map(Difference::json).collect(),
            _ => Vec::new(),
        };
        let by = match self {
            Self::Same { exact } => Some(if *exact { "hash" } else { "keys" }),
            _ => None,
        };
        let reason = if let Self::Unknown(why) = self { Some(clean(why).into_owned()) } else { None };
        json!({ "verdict": self.word(), "by": by, "reason": reason, "keys": keys })
    }
}

impl Difference {
    /// What the container has, as it may be shown; unsanitised.
    pub fn old_shown(&self, reveal: bool, ascii: bool) -> Option<Cow<'_, str>> {
        self.old.as_deref().map(|text| self.shown(text, reveal, ascii))
    }

    /// What the file says, as it may be shown; unsanitised.
    pub fn new_shown(&self, reveal: bool, ascii: bool) -> Option<Cow<'_, str>> {
        self.new.as_deref().map(|text| self.shown(text, reveal, ascii))
    }

    fn shown<'a>(&self, text: &'a str, reveal: bool, ascii: bool) -> Cow<'a, str> {
        match self.key.split_once('.') {
            _ if reveal => Cow::Borrowed(text),
            Some(("environment" | "labels", name)) => masked(name, text, ascii),
            _ => masked_text(text, ascii),
        }
    }

    fn json(&self) -> Value {
        let text = |shown: Option<Cow<'_, str>>| shown.map(|text| clean(&text).into_owned());
        json!({
            "key": clean(&self.key),
            "old": text(self.old_shown(false, true)),
            "new": text(self.new_shown(false, true)),
        })
    }
}
