//! One run of a container's program, from its start to its end: what logs and statistics are computed from.

use std::{collections::VecDeque, time::Duration};

use crate::base::time::Stamp;

/// How many probes of a run are kept for the lines that they make the program write.
const PROBES: usize = 512;
/// How many pauses and failures of a run are kept.
const SPANS: usize = 64;

/// A stretch of time; without an end it lasts.
pub(super) type Stretch = (Stamp, Option<Stamp>);

/// A run.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Its number among the container's runs, from 0.
    pub number: u32,
    /// When the program started.
    pub start: Stamp,
    /// When it ended.
    pub end: Option<Stamp>,
    /// When it was asked to end.
    pub term: Option<Stamp>,
    /// Whether it ended by itself rather than because somebody ended it.
    pub by_itself: bool,
    /// When it was frozen.
    pub pauses: VecDeque<Stretch>,
    /// Time it was frozen in pauses that are forgotten.
    pub frozen: Duration,
    /// When it failed.
    pub sick: VecDeque<Stretch>,
    /// Probes that reached it: when they were answered, and whether they passed.
    pub probes: VecDeque<(Stamp, bool)>,
    /// The first process's id.
    pub pid: u32,
    /// Its address in its first network.
    pub address: String,
}

impl Run {
    /// A run that begins.
    pub fn new(number: u32, start: Stamp, pid: u32, address: String) -> Self {
        Self {
            number,
            start,
            end: None,
            term: None,
            by_itself: false,
            pauses: VecDeque::new(),
            frozen: Duration::ZERO,
            sick: VecDeque::new(),
            probes: VecDeque::new(),
            pid,
            address,
        }
    }

    /// Keeps a probe that the program answered.
    pub fn probed(&mut self, at: Stamp, passed: bool) {
        if self.probes.len() >= PROBES {
            self.probes.pop_front();
        }
        self.probes.push_back((at, passed));
    }

    /// It is frozen from now on.
    pub fn freeze(&mut self, at: Stamp) {
        if self.pauses.len() >= SPANS
            && let Some((from, Some(to))) = self.pauses.pop_front()
        {
            self.frozen += to.since(from);
        }
        self.pauses.push_back((at, None));
    }

    /// It goes on.
    pub fn thaw(&mut self, at: Stamp) {
        close(&mut self.pauses, at);
    }

    /// It fails from now on.
    pub fn sicken(&mut self, at: Stamp) {
        if self.sick.back().is_none_or(|(_, end)| end.is_some()) {
            if self.sick.len() >= SPANS {
                self.sick.pop_front();
            }
            self.sick.push_back((at, None));
        }
    }

    /// It is cured.
    pub fn heal(&mut self, at: Stamp) {
        close(&mut self.sick, at);
    }

    /// It ends.
    pub fn end(&mut self, at: Stamp) {
        self.thaw(at);
        self.heal(at);
        self.end = Some(at);
    }

    /// How long it worked until a moment, pauses left out.
    pub fn worked(&self, until: Stamp) -> Duration {
        let until = self.end.map_or(until, |end| end.min(until));
        let frozen: Duration = self
            .pauses
            .iter()
            .filter(|(from, _)| *from < until)
            .map(|(from, to)| to.map_or(until, |to| to.min(until)).since(*from))
            .sum();
        until.since(self.start).saturating_sub(frozen).saturating_sub(self.frozen)
    }

    /// Whether it failed at a moment.
    pub fn was_sick(&self, at: Stamp) -> bool {
        within(&self.sick, at)
    }
}

fn close(stretches: &mut VecDeque<Stretch>, at: Stamp) {
    if let Some((_, end @ None)) = stretches.back_mut() {
        *end = Some(at);
    }
}

fn within(stretches: &VecDeque<Stretch>, at: Stamp) -> bool {
    stretches.iter().any(|(from, to)| *from <= at && to.is_none_or(|to| at < to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_no_work() {
        let at = Stamp::from_secs;
        let mut run = Run::new(0, at(100), 1, String::new());
        run.freeze(at(110));
        run.thaw(at(115));
        run.freeze(at(120));
        assert_eq!(run.worked(at(112)).as_secs(), 10);
        assert_eq!(run.worked(at(118)).as_secs(), 13);
        assert_eq!(run.worked(at(130)).as_secs(), 15);
        run.sicken(at(112));
        run.heal(at(114));
        assert!(run.was_sick(at(113)) && !run.was_sick(at(114)));
        run.end(at(130));
        assert_eq!(run.worked(at(1000)).as_secs(), 15);
        for second in 0..1000 {
            run.freeze(at(200 + second));
            run.thaw(at(200 + second));
        }
        assert!(run.pauses.len() <= SPANS);
    }
}
