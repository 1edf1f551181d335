//! The lines of the logs that are looked at, bounded per container, readable in one true order of time.

use std::collections::BTreeMap;

use super::LogLine;
use crate::base::{id::ContainerId, ring::Ring};

/// A line's identity: it stays while older lines are forgotten.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineId {
    /// Whose log.
    pub container: ContainerId,
    /// The line's running number in it.
    pub number: u64,
}

/// All logs held.
#[derive(Debug, Default)]
pub struct Logs {
    rings: BTreeMap<ContainerId, LogRing>,
}

/// One container's log.
#[derive(Debug)]
pub struct LogRing {
    /// Its lines, oldest first.
    pub lines: Ring<LogLine>,
    /// Lines that were skipped on the way here.
    pub lost: u64,
    /// Why it can't be read, if so.
    pub unreadable: Option<String>,
}

impl Logs {
    /// A container's log, if any of it is held.
    pub fn of(&self, container: &ContainerId) -> Option<&LogRing> {
        self.rings.get(container)
    }
}
