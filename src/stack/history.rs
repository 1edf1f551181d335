//! What happened to one container: put together from events and inspections, each of which may come twice,
//! late, or not at all.
//!
//! The engine stamps an event a little after the change that it tells of, and an inspection tells that
//! change's own stamp. So two stamps of one start (or end, or turn of health) are recognised by there being
//! nothing in between that would make them two, and the earlier one is kept.

use std::{collections::BTreeMap, time::Duration};

use super::{Container, Event, EventKind, Health, History, Phase, Quirks, schedule::Schedule};
use crate::base::time::Stamp;

/// How many entries of each kind are kept.
const KEEP: usize = 256;
/// How many of the newest probes keep their whole output.
const KEEP_OUTPUT: usize = 8;
/// To how many bytes the output of older ones is cut.
const OLD_OUTPUT: usize = 200;
/// How long after a change its event may be stamped.
pub(super) const LATE: Duration = Duration::from_secs(5);

impl History {
    /// Notes an event of this container.
    pub(super) fn happened(&mut self, event: &Event) {
        self.watched = Some(self.watched.map_or(event.at, |w| w.min(event.at)));
        match &event.kind {
            EventKind::Start => self.started(event.at),
            EventKind::Die(code) => self.ended(event.at, *code),
            EventKind::Oom => self.out_of_memory(event.at),
            EventKind::Stop => self.ask(event.at),
            EventKind::Kill(signal) if ends(signal) => self.ask(event.at),
            EventKind::Health(Health::Healthy) => self.turned(event.at, true),
            EventKind::Health(Health::Unhealthy) => self.turned(event.at, false),
            _ => {}
        }
    }

    /// Notes what an inspection still tells of the past.
    pub(super) fn inspected(&mut self, container: &Container, quirks: Quirks) {
        if let Some(at) = container.started {
            self.started(at);
        }
        if let (Some(at), Some(code)) = (container.finished, container.exit_code)
            && container.started.is_none_or(|s| s <= at)
        {
            self.ended(at, code);
            if container.oom_killed {
                self.out_of_memory(at);
            }
        }
        for probe in &container.probes {
            self.probes.entry(probe.start).or_insert_with(|| probe.clone());
        }
        bound(&mut self.probes);
        for (_, probe) in self.probes.iter_mut().rev().skip(KEEP_OUTPUT).take(KEEP_OUTPUT) {
            if probe.output.len() > OLD_OUTPUT {
                let cut = (0..=OLD_OUTPUT).rev().find(|at| probe.output.is_char_boundary(*at));
                probe.output.truncate(cut.unwrap_or(0));
                probe.output.shrink_to_fit();
            }
        }
        self.turns_of(container, quirks);
    }

    /// The turns of health that the probes tell.
    fn turns_of(&mut self, container: &Container, quirks: Quirks) {
        let (Some(start), Some(check)) = (container.started, container.active_check()) else { return };
        let schedule = Schedule::of(check, quirks);
        if let Some(at) = schedule.first_pass(start, self.probes.values()) {
            self.turned(at, true);
        }
        // A paused container reads unhealthy with a streak of 0; that is no turn.
        let streak = container.failing_streak;
        if container.health == Some(Health::Unhealthy)
            && container.phase == Phase::Running
            && streak >= schedule.retries
        {
            let after = usize::try_from(streak.saturating_sub(schedule.retries)).unwrap_or(usize::MAX);
            let failed = || container.probes.iter().rev().take_while(|p| p.exit != 0 && p.start >= start);
            if let Some(probe) = failed().nth(after).or_else(|| failed().last()) {
                self.turned(probe.end, false);
            }
        }
    }

    fn started(&mut self, at: Stamp) {
        merge(&mut self.starts, at, (), |from, to| self.ends.range(from..=to).next().is_none());
    }

    fn ended(&mut self, at: Stamp, code: i64) {
        merge(&mut self.ends, at, code, |from, to| self.starts.range(from..=to).next().is_none());
    }

    fn out_of_memory(&mut self, at: Stamp) {
        self.ooms.insert(at, ());
        bound(&mut self.ooms);
    }

    /// Whether the last end was a kill for its memory: the engine tells of one just before and after it.
    pub fn last_end_was_oom(&self) -> bool {
        let Some((end, 137)) = self.ends.last_key_value() else { return false };
        let around = LATE.as_nanos().try_into().unwrap_or(i64::MAX);
        self.ooms.range(end.shifted(around.saturating_neg())..=*end + LATE).next().is_some()
    }

    fn ask(&mut self, at: Stamp) {
        self.asked.insert(at, ());
        bound(&mut self.asked);
    }

    /// Between two starts turns alternate, so one like the one before it tells nothing new, and one like the
    /// one after it is that one, told more exactly.
    fn turned(&mut self, at: Stamp, healthy: bool) {
        let life = self.starts.range(..=at).next_back().map_or(Stamp::from_nanos(i64::MIN), |(s, ())| *s);
        let end = self.starts.range(at..).find(|(s, ())| **s > at).map(|(s, ())| *s);
        if self.health.range(life..=at).next_back().is_some_and(|(_, h)| *h == healthy) {
            return;
        }
        let next = self.health.range(at..).next().filter(|(t, h)| **h == healthy && end.is_none_or(|e| **t < e));
        if let Some((later, _)) = next.map(|(t, h)| (*t, *h)) {
            self.health.remove(&later);
        }
        self.health.insert(at, healthy);
        bound(&mut self.health);
    }

    /// When the container first became healthy after its last start, if that is known.
    pub fn healthy_at(&self, container: &Container) -> Option<Stamp> {
        let start = container.started?;
        let mut turns = self.health.range(start..);
        match turns.next()? {
            (at, true) => Some(*at),
            // It may have been healthy before it was looked at, unless the start itself was seen.
            (_, false) if self.saw(start) => turns.find(|(_, healthy)| **healthy).map(|(at, _)| *at),
            _ => None,
        }
    }

    /// Whether somebody watched when the container was started.
    pub(super) fn saw(&self, start: Stamp) -> bool {
        self.watched.is_some_and(|w| w <= start + LATE)
    }

    /// Whether the last end of the container was asked for: `None` if nobody watched.
    pub fn was_asked(&self, container: &Container) -> Option<bool> {
        let end = container.finished?;
        let grace = container.stop_timeout.unwrap_or(Duration::from_secs(10)).saturating_add(LATE);
        let start = container.started.unwrap_or_default();
        let asked = self.asked.range(start..=end + LATE).any(|(at, ())| end.since(*at) <= grace);
        let watched = self.watched.is_some_and(|w| w <= end + LATE);
        (asked || watched).then_some(asked)
    }

    /// The last exit code that is known.
    pub(super) fn last_code(&self) -> Option<i64> {
        self.ends.last_key_value().map(|(_, code)| *code)
    }

    /// The pause between the last end and the start after it, by which the engine's back-off is known.
    pub(super) fn last_pause(&self) -> Option<Duration> {
        let (start, ()) = self.starts.last_key_value()?;
        let (end, _) = self.ends.range(..start).next_back()?;
        Some(start.since(*end))
    }
}

/// Whether a signal asks a process to end.
fn ends(signal: &str) -> bool {
    let name = signal.trim().trim_start_matches("SIG");
    matches!(name, "TERM" | "KILL" | "INT" | "QUIT" | "15" | "9" | "2" | "3")
}

/// Inserts, or recognises the entry as one that is there under a slightly other stamp.
fn merge<V>(map: &mut BTreeMap<Stamp, V>, at: Stamp, value: V, nothing_between: impl Fn(Stamp, Stamp) -> bool) {
    if let Some((before, _)) = map.range(..=at).next_back()
        && at.since(*before) <= LATE
        && nothing_between(*before, at)
    {
        return;
    }
    let after = map.range(at..).next().map(|(s, _)| *s);
    if let Some(after) = after.filter(|after| after.since(at) <= LATE && nothing_between(at, *after)) {
        map.remove(&after);
    }
    map.insert(at, value);
    bound(map);
}

fn bound<V>(map: &mut BTreeMap<Stamp, V>) {
    while map.len() > KEEP {
        map.pop_first();
    }
}
