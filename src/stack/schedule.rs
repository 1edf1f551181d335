//! When the engine runs probes, so that the next one can be foretold and a gap in what is known be seen.

use std::time::Duration;

use super::{Container, Health, Probe, Quirks};
use crate::{
    base::time::{Stamp, half_more},
    compose::HealthCheck,
};

/// A health check's times, with the engine's defaults (`daemon/health.go` of moby) where none is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The pause between probes.
    pub interval: Duration,
    /// Failures before this much has passed don't count.
    pub start_period: Duration,
    /// The pause between probes in that time, where the engine knows such a thing.
    pub start_interval: Option<Duration>,
    /// How long a probe may take.
    pub timeout: Duration,
    /// Failures in a row that make it unhealthy.
    pub retries: u32,
}

impl Schedule {
    /// The times of a check as such an engine keeps them.
    pub fn of(check: &HealthCheck, quirks: Quirks) -> Self {
        let set = |d: Option<Duration>| d.filter(|d| !d.is_zero());
        Self {
            interval: set(check.interval).unwrap_or(Duration::from_secs(30)),
            start_period: check.start_period.unwrap_or_default(),
            start_interval: quirks.start_interval.then(|| set(check.start_interval).unwrap_or(Duration::from_secs(5))),
            timeout: set(check.timeout).unwrap_or(Duration::from_secs(30)),
            retries: check.retries.filter(|n| *n > 0).unwrap_or(3),
        }
    }

    /// The pause that follows a moment at which no probe had passed yet: the start, or the end of a failed probe.
    pub fn pause_after(&self, start: Stamp, moment: Stamp) -> Duration {
        match self.start_interval {
            Some(short) if moment.since(start) < self.start_period => short,
            _ => self.interval,
        }
    }

    /// How long a container may take until its health is decided: after it, compose waits no more.
    pub fn longest(&self) -> Duration {
        let tries = self.interval.saturating_add(self.timeout).saturating_mul(self.retries);
        self.start_period.saturating_add(tries)
    }

    /// Whether no other probe fits between this moment, at which none had passed yet, and a later probe: it comes
    /// after less than twice the pause.
    pub fn is_next(&self, start: Stamp, moment: Stamp, probe: Stamp) -> bool {
        let pause = self.pause_after(start, moment);
        probe.since(moment) <= half_more(pause).saturating_add(Duration::from_millis(250))
    }

    /// The end of the first probe that passed since a start; `None` unless every probe up to it is known.
    pub fn first_pass<'a>(&self, start: Stamp, probes: impl Iterator<Item = &'a Probe>) -> Option<Stamp> {
        let mut last = start;
        for probe in probes.filter(|p| p.start >= start) {
            if !self.is_next(start, last, probe.start) {
                return None;
            }
            if probe.exit == 0 {
                return Some(probe.end);
            }
            last = probe.end;
        }
        None
    }
}

impl Container {
    /// The health check in force, unless it is switched off.
    pub fn active_check(&self) -> Option<&HealthCheck> {
        self.check.as_ref().filter(|c| !c.disabled && c.test.first().is_none_or(|word| word != "NONE"))
    }

    /// Whether it is unhealthy only because it was paused: an engine that stops probing a container calls it
    /// unhealthy, without a failed probe, until the next one (`CloseMonitorChannel` in moby's `container/health.go`).
    pub fn is_unhealthy_by_pause(&self) -> bool {
        self.inspected && self.health == Some(Health::Unhealthy) && self.failing_streak == 0
    }

    /// Whether its health is checked.
    pub fn has_check(&self) -> bool {
        self.health.is_some() || self.active_check().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fixture::*, *};

    fn schedule(start_interval: bool) -> Schedule {
        let check = HealthCheck {
            interval: Some(Duration::from_secs(30)),
            start_period: Some(Duration::from_secs(40)),
            ..HealthCheck::default()
        };
        Schedule::of(&check, Quirks { start_interval })
    }

    #[test]
    fn a_start_interval_is_kept_where_the_engine_knows_one() {
        let pause = |knows, s| schedule(knows).pause_after(at(0.0), at(s)).as_secs();
        assert_eq!([pause(false, 0.0), pause(true, 0.0), pause(true, 39.9), pause(true, 40.0)], [30, 5, 5, 30]);
    }

    #[test]
    fn the_first_pass_is_known_only_without_gaps() {
        let pass = |probes: &[Probe]| schedule(false).first_pass(at(0.0), probes.iter());
        assert_eq!(pass(&[probe(30.0, 30.2, 0)]), Some(at(30.2)));
        assert_eq!(pass(&[probe(30.0, 40.0, -1), probe(70.0, 70.4, 0), probe(100.4, 100.6, 0)]), Some(at(70.4)));
        assert_eq!(pass(&[probe(60.2, 60.4, 0)]), None, "an earlier one is missing");
        assert_eq!(pass(&[probe(30.0, 30.1, 1), probe(90.0, 90.1, 0)]), None, "one in between is missing");
        assert_eq!(pass(&[probe(-9.0, -8.0, 0), probe(30.0, 30.1, 1)]), None, "of the life before");
    }
}
