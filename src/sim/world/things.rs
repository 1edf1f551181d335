//! Networks, volumes and images as the engine keeps them.

use std::sync::Arc;

use crate::{base::time::Stamp, sim::scenario::ImageConfig};

/// A network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// 64 hex digits.
    pub id: String,
    /// Its name on the engine.
    pub name: String,
    /// When it was made.
    pub created: Stamp,
    /// `bridge`, `host` or `null`.
    pub driver: String,
    /// `internal: true`.
    pub internal: bool,
    /// `attachable: true`.
    pub attachable: bool,
    /// `172.20.0.0/16`; empty for host and none.
    pub subnet: String,
    /// `172.20.0.1`; empty for host and none.
    pub gateway: String,
    /// Labels, sorted by key.
    pub labels: Vec<(String, String)>,
    /// Driver options, sorted by key.
    pub options: Vec<(String, String)>,
    /// Whether the engine made it: `bridge`, `host`, `none`. It can't be removed.
    pub predefined: bool,
    /// The next address that was never given out, behind the prefix.
    pub(super) next_address: u32,
    /// Those that were given back.
    pub(super) freed: std::collections::BTreeSet<u32>,
}

/// A volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name on the engine, which is its id.
    pub name: String,
    /// When it was made.
    pub created: Stamp,
    /// The driver, `local`.
    pub driver: String,
    /// Labels, sorted by key.
    pub labels: Vec<(String, String)>,
    /// Driver options, sorted by key.
    pub options: Vec<(String, String)>,
    /// Bytes in it when it was made.
    pub(super) size: u64,
    /// Bytes that come to it in a second while it is mounted by a running container.
    pub(super) growth: u64,
    /// Such use so far, as far as it ended.
    pub(super) used: std::time::Duration,
}

impl Volume {
    /// Whether it has no name of its own: 64 hex digits.
    pub fn anonymous(&self) -> bool {
        self.name.len() == 64 && self.name.bytes().all(|b| b.is_ascii_hexdigit())
    }

    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }
}

impl Network {
    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `sha256:` and 64 hex digits.
    pub id: String,
    /// `name:tag`, none for a dangling image.
    pub tags: Vec<String>,
    /// When it was built.
    pub created: Stamp,
    /// Bytes, shared layers included.
    pub size: u64,
    /// Bytes it shares with other images.
    pub shared: u64,
    /// What a container runs unless told otherwise.
    pub config: Arc<ImageConfig>,
}

/// A piece of the builder's cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheRecord {
    /// Its id.
    pub id: String,
    /// What made it.
    pub description: String,
    /// Bytes.
    pub size: u64,
    /// When it was made.
    pub created: Stamp,
    /// When it was last used.
    pub last_used: Stamp,
    /// How often.
    pub used: u32,
    /// Whether an image or another record needs it.
    pub shared: bool,
}

/// What an image's removal did, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// A tag is gone.
    Untagged(String),
    /// An image is gone, by its id.
    Deleted(String),
}

/// What a prune did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Ids or names of what is gone.
    pub removed: Vec<String>,
    /// Bytes won.
    pub reclaimed: u64,
}
