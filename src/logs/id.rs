//! A line's identity, which is its place in the merged order as well.

use crate::base::{id::ContainerId, time::Stamp};

/// A line's identity. It never changes: neither with lines that come later, nor with older ones that go. The order of
/// ids is the order that lines are read in: by time; at the same time by container, and there as they came.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineId {
    /// When it was written, by the engine.
    pub at: Stamp,
    /// Whose log it is in.
    pub container: ContainerId,
    /// Its number in that log, counted as lines came.
    pub number: u64,
}
