//! All logs that are held: bounded together, and read as one in order of time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use super::{
    id::LineId,
    line::{HeldLine, LogLine},
    log::{Log, MAX_LINES},
};
use crate::base::{id::ContainerId, time::Stamp};

/// Bytes held of all containers, at most.
const MAX_TOTAL: usize = 8 << 20;

/// Whether a reader wants a line.
pub type Keep<'a> = &'a dyn Fn(&ContainerId, &HeldLine) -> bool;

/// All logs held.
#[derive(Debug, Default)]
pub struct Logs {
    logs: BTreeMap<ContainerId, Log>,
    bytes: usize,
}

impl Logs {
    /// A container's log, if any of it is held.
    pub fn of(&self, container: &ContainerId) -> Option<&Log> {
        self.logs.get(container)
    }

    /// Every log held, and whose it is.
    pub fn all(&self) -> impl Iterator<Item = (&ContainerId, &Log)> {
        self.logs.iter()
    }

    /// Bytes held of all logs.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes new lines, and evicts the oldest of the biggest logs where all together are too big.
    pub fn append(&mut self, container: &ContainerId, lines: Vec<LogLine>) {
        let log = self.log(container);
        let before = log.bytes();
        for line in lines {
            log.append(line);
        }
        let after = log.bytes();
        self.bytes = self.bytes + after - before;
        while self.bytes > MAX_TOTAL {
            let Some(biggest) = self.logs.values_mut().max_by_key(|log| log.bytes()) else { break };
            let before = biggest.bytes();
            // An eighth at a time, so that the biggest isn't sought for each line.
            while biggest.len() > 1 && biggest.bytes() > before - before / 8 {
                biggest.evict_oldest();
            }
            if biggest.bytes() == before {
                break;
            }
            self.bytes = self.bytes + biggest.bytes() - before;
        }
    }

    /// Keeps the last lines up to a container's first end, unless they are kept already.
    pub fn keep_first_failure(&mut self, container: &ContainerId, end: Stamp) {
        if let Some(log) = self.logs.get_mut(container) {
            log.keep_first_failure(end);
        }
    }

    /// Notes that the next lines of a log come from a reader that begins some lines back: what was written between
    /// those and what is held stays unread.
    pub fn followed(&mut self, container: &ContainerId) {
        if let Some(log) = self.logs.get_mut(container) {
            log.followed();
        }
    }

    /// Notes that a log can't be read.
    pub fn set_unreadable(&mut self, container: &ContainerId, why: String) {
        self.log(container).set_unreadable(why);
    }

    /// Forgets a container's log, and hands it out.
    pub fn forget(&mut self, container: &ContainerId) -> Option<Log> {
        let log = self.logs.remove(container)?;
        self.bytes -= log.bytes();
        Some(log)
    }

    /// A line, if it is still held.
    pub fn line(&self, id: &LineId) -> Option<&HeldLine> {
        self.logs.get(&id.container)?.line(id)
    }

    /// The `n` lines that `keep` accepts and that end at `from` (it included), or at the newest; oldest first.
    /// Where `from` was evicted, the oldest line of its log that is still held stands for it.
    pub fn before(&self, from: Option<&LineId>, n: usize, keep: Keep<'_>) -> Vec<LineId> {
        let end = from.and_then(|id| self.place(id));
        let last = |(own, log): (&ContainerId, &Log)| {
            let next = end.as_ref().map_or(log.len(), |end| log.up_to(own, end));
            log.id_at(own, next.checked_sub(1)?)
        };
        let mut heap: BinaryHeap<(LineId, usize)> = self.logs.iter().filter_map(last).collect();
        let mut found = Vec::with_capacity(n.min(MAX_LINES));
        while found.len() < n
            && let Some((id, at)) = heap.pop()
            && let Some(log) = self.logs.get(&id.container)
        {
            heap.extend(at.checked_sub(1).and_then(|at| log.id_at(&id.container, at)));
            if log.get(at).is_some_and(|line| keep(&id.container, line)) {
                found.push(id);
            }
        }
        found.reverse();
        found
    }

    /// The `n` lines after `from` (it not included) that `keep` accepts, oldest first. Where `from` was evicted, the
    /// oldest line of its log that is still held stands for it.
    pub fn after(&self, from: &LineId, n: usize, keep: Keep<'_>) -> Vec<LineId> {
        let Some(start) = self.place(from) else { return Vec::new() };
        let first = |(own, log): (&ContainerId, &Log)| log.id_at(own, log.up_to(own, &start)).map(Reverse);
        let mut heap: BinaryHeap<Reverse<(LineId, usize)>> = self.logs.iter().filter_map(first).collect();
        let mut found = Vec::with_capacity(n.min(MAX_LINES));
        while found.len() < n
            && let Some(Reverse((id, at))) = heap.pop()
            && let Some(log) = self.logs.get(&id.container)
        {
            heap.extend(log.id_at(&id.container, at + 1).map(Reverse));
            if log.get(at).is_some_and(|line| keep(&id.container, line)) {
                found.push(id);
            }
        }
        found
    }

    /// The next line that `keep` accepts, after `from` or before it.
    pub fn find(&self, from: &LineId, forward: bool, keep: Keep<'_>) -> Option<LineId> {
        if forward {
            return self.after(from, 1, keep).pop();
        }
        // The line that it is looked for from is among those that end there.
        self.before(Some(from), 2, keep).into_iter().rfind(|line| line != from)
    }

    fn log(&mut self, container: &ContainerId) -> &mut Log {
        self.logs.entry(container.clone()).or_insert_with(Log::new)
    }

    /// The line, or the one that stands for it.
    fn place(&self, id: &LineId) -> Option<LineId> {
        let log = self.logs.get(&id.container)?;
        let last = log.len().checked_sub(1)?;
        Some(log.id_at(&id.container, log.position(id).min(last))?.0)
    }
}
