//! The lines of the logs that are looked at, bounded per container, readable in one true order of time.

use std::collections::{BTreeMap, BinaryHeap};

use super::LogLine;
use crate::base::{id::ContainerId, ring::Ring, time::Stamp};

/// Lines held of one container, at most.
const MAX_LINES: usize = 4000;
/// Bytes held of one container, at most.
const MAX_BYTES: usize = 512 << 10;
/// Bytes held of all containers, at most.
const MAX_TOTAL: usize = 8 << 20;
/// Lines kept of the first failure.
const FIRST_FAILURE: usize = 10;
/// Numbers begin in the middle, so that older lines found later can stand before the first.
const FIRST: u64 = 1 << 40;

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
    bytes: usize,
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
    /// The last lines before its first end that is known: they stay while a crash loop pushes them out.
    pub first_failure: Vec<LogLine>,
    /// The number of the oldest line held.
    first: u64,
}

/// A line's place in the merged order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: Stamp,
    line: LineId,
}

impl LogRing {
    fn new() -> Self {
        Self {
            lines: Ring::new(MAX_LINES, MAX_BYTES),
            lost: 0,
            unreadable: None,
            first_failure: Vec::new(),
            first: FIRST,
        }
    }

    /// Puts a line in its place, unless it is there already (a stream that was opened again repeats some).
    fn push(&mut self, line: LogLine) {
        let at = self.lines.partition_point(|held| held.at <= line.at);
        let mut twins = (0..at).rev().map_while(|i| self.lines.get(i)).take_while(|held| held.at == line.at);
        if twins.any(|held| held.stderr == line.stderr && held.text == line.text) {
            return;
        }
        // The fewer lines change their number.
        if at < self.lines.len() / 2 {
            self.first -= 1;
        }
        let dropped = self.lines.dropped();
        self.lines.insert(at, line);
        self.first += self.lines.dropped() - dropped;
    }

    fn number(&self, at: usize) -> u64 {
        self.first.saturating_add(u64::try_from(at).unwrap_or(u64::MAX))
    }

    /// The position of a line; that of the oldest held for one that was forgotten.
    fn position(&self, number: u64) -> usize {
        usize::try_from(number.saturating_sub(self.first)).unwrap_or(usize::MAX)
    }
}

impl Logs {
    /// A container's log, if any of it is held.
    pub fn of(&self, container: &ContainerId) -> Option<&LogRing> {
        self.rings.get(container)
    }

    /// Whose logs are held.
    pub fn ids(&self) -> impl Iterator<Item = &ContainerId> {
        self.rings.keys()
    }

    /// Takes new lines, and forgets the oldest of the biggest logs where all together are too big.
    pub fn push(&mut self, container: &ContainerId, lines: Vec<LogLine>) {
        let ring = self.ring(container);
        let before = ring.lines.bytes();
        for line in lines {
            ring.push(line);
        }
        let after = ring.lines.bytes();
        self.bytes = self.bytes + after - before;
        while self.bytes > MAX_TOTAL {
            let Some(biggest) = self.rings.values_mut().max_by_key(|r| r.lines.bytes()) else { break };
            let before = biggest.lines.bytes();
            // An eighth at a time, so that the biggest isn't sought for each line.
            while biggest.lines.len() > 1 && biggest.lines.bytes() > before - before / 8 {
                biggest.lines.forget_oldest();
                biggest.first += 1;
            }
            if biggest.lines.bytes() == before {
                break;
            }
            self.bytes = self.bytes + biggest.lines.bytes() - before;
        }
    }

    /// Keeps the last lines up to a container's first end, unless they are kept already.
    pub fn keep_first_failure(&mut self, container: &ContainerId, end: Stamp) {
        let Some(ring) = self.rings.get_mut(container).filter(|ring| ring.first_failure.is_empty()) else { return };
        let after = ring.lines.partition_point(|line| line.at <= end);
        let lines = ring.lines.iter().take(after).skip(after.saturating_sub(FIRST_FAILURE));
        ring.first_failure = lines.cloned().collect();
    }

    /// Notes lines that were skipped on the way here.
    pub fn lose(&mut self, container: &ContainerId, lines: u64) {
        let ring = self.ring(container);
        ring.lost = ring.lost.saturating_add(lines);
    }

    /// Notes that a log can't be read.
    pub fn unreadable(&mut self, container: &ContainerId, why: String) {
        self.ring(container).unreadable = Some(why);
    }

    /// Forgets a container's log.
    pub fn forget(&mut self, container: &ContainerId) {
        if let Some(ring) = self.rings.remove(container) {
            self.bytes -= ring.lines.bytes();
        }
    }

    /// Lines of all logs that were skipped on the way here.
    pub fn lost_total(&self) -> u64 {
        self.rings.values().fold(0, |sum, r| sum.saturating_add(r.lost))
    }

    /// Bytes held of all logs.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// A line, if it is still held.
    pub fn line(&self, id: &LineId) -> Option<&LogLine> {
        let ring = self.rings.get(&id.container)?;
        (id.number >= ring.first).then(|| ring.lines.get(ring.position(id.number)))?
    }

    /// The `n` lines that `keep` accepts and that end at `from` (it included), or at the newest; oldest first.
    /// Where `from` was forgotten, the oldest line of its log that is still held stands for it.
    pub fn before(
        &self,
        from: Option<&LineId>,
        n: usize,
        keep: &dyn Fn(&ContainerId, &LogLine) -> bool,
    ) -> Vec<LineId> {
        let end = from.and_then(|id| self.place(id));
        let mut heap: BinaryHeap<Place> = BinaryHeap::new();
        for (id, ring) in &self.rings {
            let next = end.as_ref().map_or(ring.lines.len(), |end| self.cut(id, ring, end));
            heap.extend(next.checked_sub(1).and_then(|at| place_at(id, ring, at)));
        }
        let mut found = Vec::with_capacity(n.min(MAX_LINES));
        while found.len() < n
            && let Some(place) = heap.pop()
            && let Some(ring) = self.rings.get(&place.line.container)
        {
            let at = ring.position(place.line.number);
            heap.extend(at.checked_sub(1).and_then(|at| place_at(&place.line.container, ring, at)));
            if ring.lines.get(at).is_some_and(|line| keep(&place.line.container, line)) {
                found.push(place.line);
            }
        }
        found.reverse();
        found
    }

    /// The `n` lines after `from` (it not included) that `keep` accepts, oldest first. Where `from` was
    /// forgotten, the oldest line of its log that is still held stands for it.
    pub fn after(&self, from: &LineId, n: usize, keep: &dyn Fn(&ContainerId, &LogLine) -> bool) -> Vec<LineId> {
        let Some(start) = self.place(from) else { return Vec::new() };
        let mut heap = BinaryHeap::new();
        for (id, ring) in &self.rings {
            heap.extend(place_at(id, ring, self.cut(id, ring, &start)).map(std::cmp::Reverse));
        }
        let mut found = Vec::with_capacity(n.min(MAX_LINES));
        while found.len() < n
            && let Some(std::cmp::Reverse(place)) = heap.pop()
            && let Some(ring) = self.rings.get(&place.line.container)
        {
            let at = ring.position(place.line.number);
            heap.extend(place_at(&place.line.container, ring, at + 1).map(std::cmp::Reverse));
            if ring.lines.get(at).is_some_and(|line| keep(&place.line.container, line)) {
                found.push(place.line);
            }
        }
        found
    }

    fn ring(&mut self, container: &ContainerId) -> &mut LogRing {
        self.rings.entry(container.clone()).or_insert_with(LogRing::new)
    }

    /// The place of a line in the merged order.
    fn place(&self, id: &LineId) -> Option<Place> {
        let ring = self.rings.get(&id.container)?;
        let last = ring.lines.len().checked_sub(1)?;
        place_at(&id.container, ring, ring.position(id.number).min(last))
    }

    /// How many lines of a log stand before a place or at it.
    fn cut(&self, id: &ContainerId, ring: &LogRing, place: &Place) -> usize {
        match id.cmp(&place.line.container) {
            std::cmp::Ordering::Equal => ring.position(place.line.number) + 1,
            std::cmp::Ordering::Less => ring.lines.partition_point(|l| l.at <= place.at),
            std::cmp::Ordering::Greater => ring.lines.partition_point(|l| l.at < place.at),
        }
    }
}

fn place_at(id: &ContainerId, ring: &LogRing, at: usize) -> Option<Place> {
    let line = ring.lines.get(at)?;
    Some(Place { at: line.at, line: LineId { container: id.clone(), number: ring.number(at) } })
}
