//! What was lost: a kind, a number, and whom it is missing from; and the ledger that sums it up.

use std::collections::BTreeMap;

use super::{id::ContainerId, time::Stamp};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $words:literal, $why:literal;)*) => {
        /// What kinds of things get lost.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LossKind { $($(#[doc = $doc])* $name,)* }

        impl LossKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What was lost, as a list names it.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// Why that happens, in one clause.
            pub fn why(self) -> &'static str {
                match self { $(Self::$name => $why,)* }
            }
        }
    };
}

kinds! {
    /// Old lines that went for newer ones.
    LinesEvicted = "older log lines dropped", "only the newest are held";
    /// Places in a log where lines were written that nobody read.
    LogGaps = "gaps in logs", "more was written while the log wasn't followed than is read back";
    /// Lines longer than any line is kept.
    LinesCut = "log lines cut", "a line is held up to 64 KiB";
    /// Lines of a container that isn't known.
    LinesStray = "log lines of unknown containers", "the container was removed before they came";
    /// Lines that came once more and are held once.
    LinesRepeated = "repeated log lines merged", "a log that is opened again repeats its end";
    /// Objects in the stream of events that can't be read.
    EventsUnreadable = "unreadable events", "the engine sent what isn't an event";
    /// Old events that went for newer ones.
    EventsEvicted = "older events dropped", "only the newest are held";
    /// Events that came once more.
    EventsRepeated = "repeated events merged", "the engine repeats recent events when the stream is opened again";
    /// Objects in a stream of figures that can't be read.
    SamplesUnreadable = "unreadable stats samples", "the engine sent what isn't a sample";
    /// Samples that are older than one that is held, or of a container that doesn't run.
    SamplesLate = "stats samples dropped", "they came late, or after the container had ended";
    /// Items of a list that can't be read.
    ItemsUnreadable = "unreadable list items", "the engine's answer holds an item of another form; the rest is shown";
    /// Containers that can't be inspected.
    InspectionsFailed = "failed inspections", "the engine gave no readable answer; the next event asks again";
    /// Notifications and hooks held back.
    NotificationsHeld = "notifications not repeated", "the same of one service is told once in 30 s";
    /// The bell, rung less often than there was reason.
    BellsHeld = "bells not rung", "the bell rings once a second at most";
    /// Hooks that weren't run.
    HooksSkipped = "hooks not run", "too many were running already";
    /// Messages pushed out by newer ones.
    MessagesReplaced = "messages replaced", "only the newest few are shown at once";
}

/// Whom something is missing from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// The whole stack, or the program.
    All,
    /// A container.
    Container(ContainerId),
    /// An answer of the engine, by what it lists.
    Answer(&'static str),
}

/// Something that was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What.
    pub kind: LossKind,
    /// How many.
    pub number: u64,
    /// Whom it is missing from.
    pub whom: Whom,
    /// When, on the engine's clock.
    pub at: Stamp,
}

impl Loss {
    /// One thing lost.
    pub fn one(kind: LossKind, whom: Whom, at: Stamp) -> Self {
        Self { kind, number: 1, whom, at }
    }
}

/// How many rows a ledger has at most.
const MOST: usize = 256;

/// Losses summed up by kind and by whom they are missing from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    rows: BTreeMap<(LossKind, Whom), Sum>,
}

/// How much was lost of one kind to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub number: u64,
    /// When the first.
    pub first: Stamp,
    /// When the last.
    pub last: Stamp,
}

impl Ledger {
    /// Counts a loss. In a full ledger it is counted for all together, so that no number is lost.
    pub fn add(&mut self, loss: Loss) {
        if loss.number == 0 {
            return;
        }
        let mut key = (loss.kind, loss.whom);
        if self.rows.len() >= MOST && !self.rows.contains_key(&key) {
            key.1 = Whom::All;
        }
        let new = Sum { number: 0, first: loss.at, last: loss.at };
        let sum = self.rows.entry(key).or_insert(new);
        sum.number = sum.number.saturating_add(loss.number);
        sum.first = sum.first.min(loss.at);
        sum.last = sum.last.max(loss.at);
    }

    /// How many were lost of a kind.
    pub fn total(&self, kind: LossKind) -> u64 {
        self.rows().filter(|(k, _, _)| *k == kind).fold(0, |total, (_, _, sum)| total.saturating_add(sum.number))
    }

    /// Every kind with whom it is missing from, and how much.
    pub fn rows(&self) -> impl Iterator<Item = (LossKind, &Whom, Sum)> {
        self.rows.iter().map(|((kind, whom), sum)| (*kind, whom, *sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss(kind: LossKind, number: u64, who: &str, secs: i64) -> Loss {
        Loss { kind, number, whom: Whom::Container(who.into()), at: Stamp::from_secs(secs) }
    }

    #[test]
    fn losses_are_summed_by_kind_and_whom() {
        let mut ledger = Ledger::default();
        ledger.add(loss(LossKind::LinesStray, 3, "a", 20));
        ledger.add(loss(LossKind::LinesStray, 2, "a", 10));
        ledger.add(loss(LossKind::LinesStray, 1, "b", 30));
        ledger.add(loss(LossKind::LogGaps, 0, "b", 30));
        let rows: Vec<_> = ledger.rows().map(|(_, _, sum)| (sum.number, sum.first, sum.last)).collect();
        let secs = Stamp::from_secs;
        assert_eq!(rows, [(5, secs(10), secs(20)), (1, secs(30), secs(30))]);
        assert_eq!((ledger.total(LossKind::LinesStray), ledger.total(LossKind::LogGaps)), (6, 0));
    }

    #[test]
    fn a_full_ledger_loses_no_number() {
        let mut ledger = Ledger::default();
        for n in 0..1000 {
            ledger.add(loss(LossKind::SamplesLate, 1, &n.to_string(), n));
        }
        assert_eq!(ledger.total(LossKind::SamplesLate), 1000);
        assert!(ledger.rows().count() <= MOST + LossKind::ALL.len());
    }
}
