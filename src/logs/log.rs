//! One container's log: its lines in order of time, and what is missing from it.

use std::collections::BTreeSet;

use super::{
    id::LineId,
    line::{HeldLine, LogLine},
};
use crate::base::{id::ContainerId, loss::LossKind, ring::Ring, time::Stamp};

/// Lines held of one container, at most.
pub(super) const MAX_LINES: usize = 4000;
/// Bytes held of one container, at most.
const MAX_BYTES: usize = 512 << 10;
/// Lines kept of the first failure.
const FIRST_FAILURE: usize = 10;

/// One container's log.
#[derive(Debug)]
pub struct Log {
    lines: Ring<HeldLine>,
    /// The number of the next line that comes.
    next: u64,
    /// The next line is the first of a reader that begins some lines back.
    joins: bool,
    /// The lines that stand behind a gap, by time and number.
    gaps: BTreeSet<(Stamp, u64)>,
    gaps_found: u64,
    repeated: u64,
    cut: u64,
    unreadable: Option<String>,
    first_failure: Vec<HeldLine>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            lines: Ring::new(MAX_LINES, MAX_BYTES),
            next: 0,
            joins: false,
            gaps: BTreeSet::new(),
            gaps_found: 0,
            repeated: 0,
            cut: 0,
            unreadable: None,
            first_failure: Vec::new(),
        }
    }

    /// Its lines, oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &HeldLine> + ExactSizeIterator {
        self.lines.iter()
    }

    /// Its newest line.
    pub fn last(&self) -> Option<&HeldLine> {
        self.lines.last()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.lines.bytes()
    }

    /// Older lines that had to go for newer ones. They are missing before the oldest line held.
    pub fn evicted(&self) -> u64 {
        self.lines.dropped()
    }

    /// Places where lines are missing between two that are held.
    pub fn gaps(&self) -> usize {
        self.gaps.len()
    }

    /// Whether lines are missing just before a line.
    pub fn has_gap_before(&self, line: &HeldLine) -> bool {
        self.gaps.contains(&(line.at(), line.number()))
    }

    /// Whether a line is the oldest held, and older ones had to go.
    pub fn is_cut_off_before(&self, line: &HeldLine) -> bool {
        self.evicted() > 0 && self.get(0).is_some_and(|oldest| oldest.number() == line.number())
    }

    /// Everything that was lost, of each kind how much.
    pub fn losses(&self) -> Vec<(LossKind, u64)> {
        let all = [
            (LossKind::LinesEvicted, self.evicted()),
            (LossKind::LogGaps, self.gaps_found),
            (LossKind::LinesCut, self.cut),
            (LossKind::LinesRepeated, self.repeated),
        ];
        all.into_iter().filter(|(_, number)| *number > 0).collect()
    }

    /// Lines that came once more, and are held once.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Why it can't be read, if so.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// The last lines before its first end that is known: they stay while a crash loop pushes them out.
    pub fn first_failure(&self) -> &[HeldLine] {
        &self.first_failure
    }

    /// Puts a line in its place, unless it is there already (a stream that was opened again repeats some).
    pub(super) fn append(&mut self, raw: LogLine) {
        let at = self.lines.partition_point(|held| held.at() <= raw.at);
        let joins = std::mem::take(&mut self.joins);
        if joins {
            // From here on nothing is missing.
            self.gaps.split_off(&(raw.at, u64::MAX));
        }
        let mut twins = (0..at).rev().map_while(|i| self.lines.get(i)).take_while(|held| held.at() == raw.at);
        if twins.any(|held| *held.raw() == raw) {
            self.repeated = self.repeated.saturating_add(1);
            return;
        }
        if joins && at > 0 {
            self.gaps.insert((raw.at, self.next));
            self.gaps_found = self.gaps_found.saturating_add(1);
        }
        self.cut = self.cut.saturating_add(raw.cut.into());
        let evicted = self.evicted();
        let before = at.checked_sub(1).and_then(|at| self.lines.get(at));
        let line = HeldLine::new(raw, self.next).after(before);
        self.lines.insert(at, line);
        self.next = self.next.saturating_add(1);
        if self.evicted() > evicted {
            self.forget_old_gaps();
        }
    }

    pub(super) fn evict_oldest(&mut self) {
        self.lines.forget_oldest();
        self.forget_old_gaps();
    }

    /// A gap whose lines are gone on one side is none any more: older lines are missing anyway.
    fn forget_old_gaps(&mut self) {
        let Some(oldest) = self.lines.get(0).map(|line| (line.at(), line.number())) else { return };
        while self.gaps.first().is_some_and(|gap| *gap <= oldest) {
            self.gaps.pop_first();
        }
    }

    pub(super) fn followed(&mut self) {
        self.joins = !self.lines.is_empty();
    }

    pub(super) fn set_unreadable(&mut self, why: String) {
        self.unreadable = Some(why);
    }

    /// Keeps the last lines up to an end, unless those of an earlier one are kept.
    pub(super) fn keep_first_failure(&mut self, end: Stamp) {
        if !self.first_failure.is_empty() {
            return;
        }
        let after = self.lines.partition_point(|line| line.at() <= end);
        let lines = self.lines.iter().take(after).skip(after.saturating_sub(FIRST_FAILURE));
        self.first_failure = lines.cloned().collect();
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&HeldLine> {
        self.lines.get(at)
    }

    /// The line with this identity, if it is still held.
    pub(super) fn line(&self, id: &LineId) -> Option<&HeldLine> {
        let line = self.lines.get(self.position(id))?;
        (line.number() == id.number).then_some(line)
    }

    /// The position of the first line that isn't before this one.
    pub(super) fn position(&self, id: &LineId) -> usize {
        self.lines.partition_point(|line| (line.at(), line.number()) < (id.at, id.number))
    }

    /// How many of its lines stand before a line of any log or are it.
    pub(super) fn up_to(&self, own: &ContainerId, id: &LineId) -> usize {
        self.lines.partition_point(|line| (line.at(), own, line.number()) <= (id.at, &id.container, id.number))
    }

    /// The identity of the line at a position, with that position.
    pub(super) fn id_at(&self, own: &ContainerId, at: usize) -> Option<(LineId, usize)> {
        let line = self.lines.get(at)?;
        Some((LineId { at: line.at(), container: own.clone(), number: line.number() }, at))
    }
}
