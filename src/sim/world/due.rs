//! What will happen, and when: a heap, earliest first, and first planned first where the moments are equal.

use std::cmp::Ordering;

use super::action::Key;
use crate::base::time::Stamp;

/// Something that will happen.
#[derive(Debug)]
pub(super) struct Due {
    pub at: Stamp,
    pub order: u64,
    pub job: Job,
}

/// What can happen by itself. A container's jobs carry the epoch they were planned in: after its next start, end or
/// pause they are void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Job {
    /// A step of the script, by its number.
    Script(usize),
    /// Docker compose looks whether what it waits for is so.
    Up(u32),
    /// A start's `start` event.
    Started(Key, u32),
    /// The program ends.
    Ends(Key, u32, Ending),
    /// A stop's grace is over.
    GraceOver(Key, u32),
    /// The engine cleans up after an end.
    CleanUp(Key, u32),
    /// The restart policy's pause is over.
    Retry(Key, u32),
    /// A probe begins.
    ProbeBegins(Key, u32),
    /// A probe ends; its exec's id.
    ProbeEnds(Key, u32, u64),
}

/// How a program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    /// The exit code.
    pub code: i64,
    /// Whether for want of memory.
    pub oom: bool,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reversed, since the standard heap gives its greatest first.
impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}
