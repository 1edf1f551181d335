//! The simulated engine's answers: a world spelled as the Docker Engine API spells it, for the version asked for.
//!
//! The documents are written out here, key by key and in the engine's order, so that what is believed about the API
//! is in one place and shares nothing with the dashboard's reader. `tests/official/shapes.rs` holds them against
//! recorded answers of real engines, in both directions.

pub mod container;
pub mod event;
mod host_config;
pub mod image;
pub mod inspect;
pub mod network;
pub mod stats;
pub mod status;
pub mod system;
pub mod time;
pub mod top;
pub mod usage;
pub mod version;
pub mod volume;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::base::time::Stamp;
pub use version::{RELEASES, Release, Version};

/// How the engine presents itself to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    /// The engine it seems to be.
    pub release: Release,
    /// The API version that the client asked for; the release's own where it asked for none.
    pub asked: Version,
    /// Nanoseconds that the engine's clock is ahead; added to every moment that is told, taken off every one heard.
    pub skew: i64,
    /// Whether states, health and events have words that no client knows.
    pub strange: bool,
}

impl Face {
    /// A moment as Go writes it: RFC 3339 with the digits that are needed; year 1 for never.
    pub fn time(&self, at: Option<Stamp>) -> String {
        at.map_or_else(|| time::NEVER.to_owned(), |at| at.shifted(self.skew).to_string())
    }

    /// A moment in whole seconds of Unix time.
    pub fn seconds(&self, at: Stamp) -> i64 {
        at.shifted(self.skew).as_nanos().div_euclid(1_000_000_000)
    }

    /// The word, or one that no client knows.
    pub fn word<'a>(&self, word: &'a str, unknown: &'a str) -> &'a str {
        if self.strange { unknown } else { word }
    }

    /// Whether the engine is of this API version or a newer one.
    pub fn since(&self, minor: u16) -> bool {
        self.release.version >= Version(1, minor)
    }

    /// Whether the client asked for this API version or a newer one.
    pub fn asked_since(&self, minor: u16) -> bool {
        self.asked >= Version(1, minor)
    }
}

/// Pairs as an object.
fn object(pairs: &[(String, String)]) -> Value {
    Value::Object(pairs.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str()))).collect())
}

/// Pairs as an object, `null` where there are none.
fn object_or_null(pairs: &[(String, String)]) -> Value {
    if pairs.is_empty() { Value::Null } else { object(pairs) }
}

/// A list, `null` where it is empty: what Go writes for a slice that nobody filled.
fn list_or_null(items: &[String]) -> Value {
    if items.is_empty() { Value::Null } else { json!(items) }
}

/// 64 hex digits that belong to a text: ids of things which the world doesn't keep.
fn hex(of: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(of.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a string can't fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// Adds a key at the end of an object.
fn put(to: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(map) = to.as_object_mut() {
        map.insert(key.to_owned(), value.into());
    }
}

/// Takes keys out of an object and keeps the order of the others.
fn drop_keys(from: &mut Value, keys: &[&str]) {
    if let Some(map) = from.as_object_mut() {
        let kept: Map<String, Value> =
            std::mem::take(map).into_iter().filter(|(key, _)| !keys.contains(&key.as_str())).collect();
        *map = kept;
    }
}
