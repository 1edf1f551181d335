//! What is known of the engine that a project is on, as far as what follows of the project depends on it.
//!
//! The engine's own room is above this one; it hands these values down.

use std::collections::BTreeMap;

use super::{ImageFacts, Images};
use crate::base::id::VolumeName;

/// In what engines differ, where that changes how a fact is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quirks {
    /// It knows a pause between probes of its own during the start period: since engine 25 (API 1.44).
    pub start_interval: bool,
}

/// What a volume takes of the disk, as the engine counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VolumeUsage {
    /// Bytes; `None` where they weren't counted.
    pub size: Option<u64>,
    /// How many containers hold it, if that was counted.
    pub containers: Option<u32>,
}

/// The engine as what follows of a project sees it.
#[derive(Debug, Clone, Copy, Default)]
pub struct EngineView<'a> {
    /// In what it differs from others.
    pub quirks: Quirks,
    /// Whether the connection to it is lost, so that what is known may be old.
    pub lost: bool,
    /// Where it is; empty as long as none answered.
    pub place: &'a str,
    /// What its volumes take, once that was asked.
    pub volumes: Option<&'a BTreeMap<VolumeName, VolumeUsage>>,
    /// Its images, as far as it was asked for them.
    pub images: Option<&'a Images>,
}

impl<'a> EngineView<'a> {
    /// An image of the engine: `None` as long as it isn't known, `Ok(None)` where it isn't there, else why it can't
    /// be known.
    pub fn image(&self, name: &str) -> Option<Result<Option<&'a ImageFacts>, &'a str>> {
        self.images?.of(name)
    }
}
