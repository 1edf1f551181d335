//! What will happen, and when: a heap, earliest first, and first planned first where the moments are equal.

use std::cmp::Ordering;

use super::{Key, World};
use crate::base::time::Stamp;

/// Something that will happen.
#[derive(Debug)]
pub(super) struct Due {
    pub at: Stamp,
    order: u64,
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

impl World {
    /// Plans a job.
    pub(super) fn plan(&mut self, at: Stamp, job: Job) {
        self.due_count += 1;
        self.due.push(Due { at, order: self.due_count, job });
    }

    /// Does what is due, unless it is void.
    pub(super) fn perform(&mut self, job: Job) {
        match job {
            Job::Script(number) => self.play_step(number),
            Job::Up(number) => self.go_on_up(number),
            Job::Started(key, epoch) if self.in_epoch(key, epoch) => self.started(key),
            Job::Ends(key, epoch, ending) if self.in_epoch(key, epoch) => self.ends(key, ending),
            Job::GraceOver(key, epoch) if self.in_epoch(key, epoch) => self.kill_now(key),
            Job::CleanUp(key, epoch) if self.in_epoch(key, epoch) => self.clean_up(key),
            Job::Retry(key, epoch) if self.in_epoch(key, epoch) => self.retry(key),
            Job::ProbeBegins(key, epoch) if self.in_epoch(key, epoch) => self.probe_begins(key),
            Job::ProbeEnds(key, epoch, exec) if self.in_epoch(key, epoch) => self.probe_ends(key, exec),
            _ => {}
        }
    }

    fn in_epoch(&self, key: Key, epoch: u32) -> bool {
        self.containers.get(&key).is_some_and(|c| c.epoch == epoch)
    }
}
