//! Health: when the engine probes, what it finds, and what it makes of it (`daemon/health.go`, moby 20.10).

use std::{collections::VecDeque, time::Duration};

use super::{
    action::Key,
    container::{Found, Health, HealthStatus, Probe, Status},
    due::Job,
    state::World,
};
use crate::{
    base::time::Stamp,
    sim::{
        luck,
        scenario::{Behaviour, Filling, Template},
    },
};

/// How many probes the engine remembers.
const REMEMBERED: usize = 5;
/// `start_interval` where none is set, from Docker 25 on.
const START_INTERVAL: Duration = Duration::from_secs(5);

/// What a probe finds that begins at an age of the run.
fn look(behaviour: &Behaviour, sick: bool, age: Duration, began: Stamp, timeout: Duration) -> Found {
    let late = Found { began, takes: timeout, exit: -1, output: Template::plain(""), timed_out: true };
    let mut at = age;
    let phases = if sick { std::slice::from_ref(&behaviour.sick) } else { behaviour.probe.as_slice() };
    for phase in phases {
        if phase.until.is_some_and(|until| at >= until) {
            continue;
        }
        match (phase.hangs, phase.until) {
            (true, None) => return late,
            (true, Some(until)) => at = until,
            (false, _) => {
                let takes = at.saturating_sub(age) + phase.takes;
                if takes >= timeout {
                    return late;
                }
                let (exit, output) = (phase.exit, phase.output.clone());
                return Found { began, takes, exit, output, timed_out: false };
            }
        }
    }
    // Beyond the last phase, or without any, the program is well.
    let takes = at.saturating_sub(age) + Duration::from_millis(60);
    if takes >= timeout {
        return late;
    }
    Found { began, takes, exit: 0, output: Template::plain(""), timed_out: false }
}

impl World {
    /// A run begins: nothing is known yet, but what older probes said stays to be read.
    pub(super) fn begin_health(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(&key) else { return };
        if container.spec.healthcheck.is_none() {
            return;
        }
        let log = container.health.take().map(|health| health.log).unwrap_or_default();
        container.health = Some(Health { status: HealthStatus::Starting, failing_streak: 0, log });
        self.plan_probe(key);
    }

    /// The engine stops probing: health reads unhealthy from now on, which no event tells.
    pub(super) fn end_health(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(&key) else { return };
        container.probe = None;
        if let Some(health) = &mut container.health {
            health.status = HealthStatus::Unhealthy;
            health.failing_streak = 0;
        }
    }

    /// Plans the next probe: an interval from now. From Docker 25 on, a shorter one counts while a container starts.
    pub(super) fn plan_probe(&mut self, key: Key) {
        let Some(container) = self.containers.get(&key) else { return };
        let Some(check) = &container.spec.healthcheck else { return };
        let starting = container.health.as_ref().is_some_and(|health| health.status == HealthStatus::Starting);
        let early = container.started.is_some_and(|start| self.now.since(start) < check.start_period);
        let interval = match check.start_interval {
            given if self.generation.is_new() && starting && early => given.unwrap_or(START_INTERVAL),
            _ => check.interval,
        };
        let (at, epoch) = (self.now + interval, container.epoch);
        self.plan(at, Job::ProbeBegins(key, epoch));
    }

    /// A probe begins.
    pub(super) fn probe_begins(&mut self, key: Key) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(&key) else { return };
        let (Status::Running, Some(run)) = (container.status, container.run()) else { return };
        let Some(check) = &container.spec.healthcheck else { return };
        let age = run.worked(now);
        let mut found = look(&container.spec.behaviour, container.failing, age, now, check.timeout);
        container.probe_count += 1;
        let (number, epoch) = (container.probe_count, container.epoch);
        let command = command(&check.test);
        let seed = self.luck(key, number);
        if !found.timed_out {
            // No two probes take exactly as long: up to a fifth more.
            let fifth = u64::try_from(found.takes.as_nanos() / 5).unwrap_or(0);
            found.takes += Duration::from_nanos(luck::below(seed, fifth));
        }
        let ends = now + found.takes;
        let exec = luck::hex(seed, 64);
        if let Some(container) = self.containers.get_mut(&key) {
            container.probe = Some((number, found));
        }
        self.tell(key, format!("exec_create: {command}"), vec![("execID", exec.clone())]);
        self.tell(key, format!("exec_start: {command}"), vec![("execID", exec)]);
        self.plan(ends, Job::ProbeEnds(key, epoch, number));
    }

    /// A probe ends: it is remembered, and perhaps changes the verdict.
    pub(super) fn probe_ends(&mut self, key: Key, number: u64) {
        let now = self.now;
        let exec = luck::hex(self.luck(key, number), 64);
        let filling = self.filling(key, now, self.luck(key, number ^ 0x0b0e));
        let Some(container) = self.containers.get_mut(&key) else { return };
        let Some((_, found)) = container.probe.take_if(|(n, _)| *n == number) else { return };
        let Some(check) = &container.spec.healthcheck else { return };
        let output = if found.timed_out {
            format!("Health check exceeded timeout ({})", go_span(check.timeout))
        } else {
            filling.map(|with| found.output.fill(&with.borrow())).unwrap_or_default()
        };
        let started = container.started.unwrap_or(found.began);
        let (retries, start_period) = (check.retries, check.start_period);
        let Some(health) = &mut container.health else { return };
        if health.log.len() >= REMEMBERED {
            health.log.pop_front();
        }
        health.log.push_back(Probe { start: found.began, end: now, exit: found.exit, output });
        let before = health.status;
        if found.exit == 0 {
            health.failing_streak = 0;
            health.status = HealthStatus::Healthy;
        } else {
            let excused = before == HealthStatus::Starting && found.began.since(started) < start_period;
            if !excused {
                health.failing_streak += 1;
                if health.failing_streak >= retries {
                    health.status = HealthStatus::Unhealthy;
                }
            }
        }
        let after = health.status;
        let wants_lines = container.spec.behaviour.logs.iter().any(|rule| {
            use crate::sim::scenario::When;
            matches!(rule.on, Some(When::Probe | When::ProbeFailed))
        });
        if wants_lines
            && !found.timed_out
            && let Some(run) = container.run_mut()
        {
            run.probed(now, found.exit == 0);
        }
        let died = if found.timed_out { 127 } else { found.exit };
        let died = vec![("execID", exec), ("exitCode", died.to_string())];
        let verdict = (before != after).then(|| format!("health_status: {}", after.word()));
        // A probe that couldn't run has no end of its own; one that timed out is killed after the verdict.
        match (found.timed_out, found.exit) {
            (true, _) => {
                if let Some(verdict) = verdict {
                    self.tell(key, verdict, Vec::new());
                }
                self.tell(key, "exec_die", died);
            }
            (false, exit) => {
                if exit >= 0 {
                    self.tell(key, "exec_die", died);
                }
                if let Some(verdict) = verdict {
                    self.tell(key, verdict, Vec::new());
                }
            }
        }
        self.plan_probe(key);
    }

    /// What a container's templates are filled in with.
    pub(super) fn filling(&self, key: Key, at: Stamp, luck: u64) -> Option<OwnFilling> {
        let container = self.containers.get(&key)?;
        let run = container.runs.back();
        Some(OwnFilling {
            at,
            luck,
            id: container.short().to_owned(),
            name: container.name.clone(),
            service: container.spec.service.clone(),
            address: run.map(|run| run.address.clone()).unwrap_or_default(),
            pid: run.map_or(0, |run| run.pid),
        })
    }

    /// A healthy container's health, as if it had been probed for a while.
    pub(super) fn long_healthy(&self, key: Key) -> Option<Health> {
        let container = self.containers.get(&key)?;
        let check = container.spec.healthcheck.as_ref()?;
        let start = container.started?;
        let period = check.interval + Duration::from_millis(60);
        let age = self.now.since(start);
        let many = age.as_nanos().checked_div(period.as_nanos()).unwrap_or(0);
        let mut log = VecDeque::new();
        let remembered = u32::try_from(many.min(5)).unwrap_or(5);
        for back in (0..remembered).rev() {
            let past = Duration::from_nanos(u64::try_from((many - u128::from(back)) * period.as_nanos()).unwrap_or(0));
            let began = start + past.saturating_sub(Duration::from_millis(60));
            let found = look(&container.spec.behaviour, false, past, began, check.timeout);
            let filling = self.filling(key, began, self.luck(key, u64::from(back) + 7))?;
            let output = found.output.fill(&filling.borrow());
            log.push_back(Probe { start: began, end: began + found.takes, exit: found.exit, output });
        }
        let status = if log.is_empty() { HealthStatus::Starting } else { HealthStatus::Healthy };
        Some(Health { status, failing_streak: 0, log })
    }
}

/// [`Filling`] that owns its texts.
pub(super) struct OwnFilling {
    pub at: Stamp,
    pub luck: u64,
    id: String,
    name: String,
    service: String,
    address: String,
    pid: u32,
}

impl OwnFilling {
    /// To fill a template with.
    pub fn borrow(&self) -> Filling<'_> {
        Filling {
            at: self.at,
            luck: self.luck,
            number: 0,
            id: &self.id,
            name: &self.name,
            service: &self.service,
            address: &self.address,
            pid: self.pid,
        }
    }
}

/// A probe's command as the engine's events spell it.
fn command(test: &[String]) -> String {
    match test {
        [shell, line @ ..] if shell == "CMD-SHELL" => format!("/bin/sh -c {}", line.join(" ")),
        [_, program, words @ ..] => format!("{program} {}", words.join(" ")),
        _ => String::new(),
    }
}

/// A span as Go prints it: `10s`, `1m30s`, `500ms`, `1.5s`, `1h0m0s`.
pub fn go_span(span: Duration) -> String {
    let nanos = span.subsec_nanos();
    let secs = span.as_secs();
    let fraction = |whole: u64, part: u32, digits: usize| {
        let text = format!("{whole}.{part:0digits$}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match (secs, nanos) {
        (0, 0) => "0s".into(),
        (0, 1..1_000) => format!("{nanos}ns"),
        (0, 1_000..1_000_000) => fraction(u64::from(nanos / 1_000), nanos % 1_000, 3) + "µs",
        (0, _) => fraction(u64::from(nanos / 1_000_000), nanos % 1_000_000, 6) + "ms",
        _ => {
            let seconds = fraction(secs % 60, nanos, 9) + "s";
            match (secs / 3600, secs / 60 % 60) {
                (0, 0) => seconds,
                (0, minutes) => format!("{minutes}m{seconds}"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_as_go_prints_them() {
        let of = |ms| go_span(Duration::from_millis(ms));
        assert_eq!([of(0), of(500), of(1500), of(10_000)], ["0s", "500ms", "1.5s", "10s"]);
        assert_eq!([of(90_000), of(60_000), of(3_600_000)], ["1m30s", "1m0s", "1h0m0s"]);
        assert_eq!(go_span(Duration::from_nanos(1_500)), "1.5µs");
    }

    #[test]
    fn commands_as_events_spell_them() {
        let of = |words: &[&str]| command(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["CMD-SHELL", "exit 1"]), "/bin/sh -c exit 1");
        assert_eq!(of(&["CMD", "curl", "-f", "x"]), "curl -f x");
        assert_eq!(of(&["CMD", "/nope"]), "/nope ", "the engine leaves the blank");
    }
}
