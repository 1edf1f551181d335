//! The inspector's Health tab: what the check is and what follows from its times, when the next probe comes, and
//! every probe that was seen.

use std::time::Duration;

use crate::{
    app::{
        Model,
        action::{ActionId, key_of},
        inspector::{inspected::Inspected, row::Row},
        model::{ManualProbe, ManualProbeState},
    },
    base::{
        text::{clean, wrap_revealed},
        time::{Stamp, half_more},
        units::{count, countdown, setting, span},
    },
    compose::HealthCheck,
    stack::{Container, Phase, Probe, schedule::Schedule},
    view::{role::Role, screen::Line},
};

/// Its row.
pub const HEALTH: Row = Row {
    next: |model, container| next_probe(model, container).filter(|at| *at > model.engine_now()),
    ..Row::new("Health", |it| it.health())
};

impl Inspected<'_> {
    fn health(&mut self) {
        let declared = self.declared.and_then(|service| service.healthcheck.as_ref());
        let check = self.container.and_then(|c| c.check.as_ref()).or(declared);
        let Some(check) = check.filter(|c| !c.disabled) else {
            return self.words(Role::Text, "No health check: it is ready as soon as it runs.");
        };
        if let Some(container) = self.container {
            self.by_hand(container);
        }
        let schedule = Schedule::of(check, self.model.host().quirks());
        if !self.lines.is_empty() {
            self.heading("THE CHECK");
        }
        self.definition(check);
        for words in arithmetic(check, &schedule) {
            self.words(Role::Text, &words);
        }
        let Some(container) = self.container else { return };
        self.next(container, &schedule);
        self.probes(container);
        let can_run = container.phase == Phase::Running && container.active_check().is_some();
        if can_run && !self.model.settings.read_only {
            let key = Line::of(Role::Key, key_of(ActionId::Probe)).with(Role::Dim, " runs the probe now");
            self.lines.extend([Line::new(), key]);
        }
    }

    fn definition(&mut self, check: &HealthCheck) {
        let test = self.shown_command(&check.test);
        if !test.is_empty() {
            self.pair("test", Role::Text, &test);
        }
        let mut pair = |name, set: Option<String>, default: &str| match set {
            Some(value) => self.pair(name, Role::Text, &value),
            None => self.pair(name, Role::Faint, &format!("{default}, the engine's default")),
        };
        let time = |d: Option<Duration>| d.filter(|d| !d.is_zero()).map(setting);
        pair("interval", time(check.interval), "30 s");
        pair("timeout", time(check.timeout), "30 s");
        pair("start", time(check.start_period), "no start period");
        if check.start_interval.is_some() {
            pair("start int.", time(check.start_interval), "5 s");
        }
        pair("retries", check.retries.filter(|n| *n > 0).map(|n| n.to_string()), "3");
    }

    fn next(&mut self, container: &Container, schedule: &Schedule) {
        let now = self.model.engine_now();
        let Some(at) = next_probe(self.model, container) else { return };
        let mut words = if at > now {
            format!("the next probe comes in {}", countdown(at.since(now)))
        } else {
            "the next probe is due or running".into()
        };
        if container.failing_streak > 0 {
            words += &format!("; {} of {} failures", container.failing_streak, schedule.retries);
        }
        self.words(Role::Busy, &words);
    }

    fn by_hand(&mut self, container: &Container) {
        let Some(ManualProbe { at, state }) = self.model.manual_probes.get(&container.id) else { return };
        self.heading("RUN BY HAND");
        let when = at.local(&self.model.settings.zone, "%H:%M:%S");
        match state {
            ManualProbeState::Running => self.words(Role::Text, &format!("{when}  runs …")),
            ManualProbeState::Refused(why) => self.words(Role::Text, &format!("{when}  {}", clean(why))),
            ManualProbeState::Ran(ran) => {
                let took = format!("took {}", span(ran.took));
                let end = match ran.exit {
                    Some(code) => format!("exit {code}"),
                    None => "no end within its timeout".into(),
                };
                self.probe(ran.exit == Some(0), &when, &took, &end);
                self.output(&ran.output);
            }
        }
    }

    fn probes(&mut self, container: &Container) {
        self.heading("PROBES, NEWEST FIRST");
        let history = self.model.stack().history.get(&container.id).filter(|h| !h.probes.is_empty());
        let seen: Vec<&Probe> = match history {
            Some(history) => history.probes.values().rev().collect(),
            None => container.probes.iter().rev().collect(),
        };
        if seen.is_empty() {
            self.note("none has ended yet");
        }
        let mut above: Option<&str> = None;
        for probe in &seen {
            let took = format!("took {}", span(probe.end.since(probe.start)));
            let end = if probe.exit < 0 { "timed out or could not run".into() } else { format!("exit {}", probe.exit) };
            self.probe(probe.exit == 0, &probe.start.local(&self.model.settings.zone, "%H:%M:%S"), &took, &end);
            if above == Some(probe.output.as_str()) && !probe.output.trim().is_empty() {
                self.note("the same output");
            } else {
                self.output(&probe.output);
            }
            above = Some(&probe.output);
        }
        if let (Some(oldest), Some(start)) = (seen.last(), container.started)
            && seen.len() >= 5
            && oldest.start.since(start) > Duration::from_secs(1)
            && next_is_missing(self.model, container, oldest, start)
        {
            self.note("earlier probes are no longer known");
        }
    }

    /// A probe: whether it passed, when it began, how long it took, and how it ended.
    fn probe(&mut self, passed: bool, at: &str, took: &str, end: &str) {
        let role = if passed { Role::ProbePassed } else { Role::ProbeFailed };
        let line = Line::of(role, self.glyphs.probe(passed)).with(Role::Text, format!(" {at}"));
        let line = line.with(Role::Dim, format!("  {took}"));
        self.lines.push(line.with(if passed { Role::Faint } else { role }, format!("  {end}")));
    }

    /// Said of a probe.
    fn note(&mut self, words: &str) {
        self.lines.push(Line::of(Role::Faint, format!("  {words}")));
    }

    /// All of an output, each line cleaned and wrapped.
    fn output(&mut self, text: &str) {
        for line in text.lines().filter(|l| !l.trim().is_empty()) {
            let line = self.shown("", line).into_owned();
            let pieces = wrap_revealed(&clean(&line), self.width.saturating_sub(2));
            self.lines.extend(pieces.into_iter().map(|piece| Line::of(Role::Text, "  ").with(Role::Dim, piece)));
        }
    }
}

/// What follows from the times, in sentences.
fn arithmetic(check: &HealthCheck, schedule: &Schedule) -> Vec<String> {
    let first = schedule.pause_after(Stamp::default(), Stamp::default());
    let mut words = vec![format!(
        "The first probe comes {} after the start, each further one {} after the end of the one before.",
        setting(first),
        setting(schedule.interval)
    )];
    if let Some(short) = schedule.start_interval.filter(|_| !schedule.start_period.is_zero()) {
        words.push(format!(
            "Until it passed once, and for {} at most, it comes each {}.",
            setting(schedule.start_period),
            setting(short)
        ));
    } else if check.start_interval.is_some() && schedule.start_interval.is_none() {
        words.push("This engine knows no start interval (25 and later do).".into());
    } else if check.start_interval.is_some() {
        words.push("The start interval is of no effect without a start period.".into());
    }
    let mut fails =
        format!("Unhealthy after {} in a row", count(usize::try_from(schedule.retries).unwrap_or(0), "failure"));
    if !schedule.start_period.is_zero() {
        fails +=
            &format!("; those that begin in the first {} after the start don't count", setting(schedule.start_period));
    }
    let quick = unhealthy_after(schedule, Duration::ZERO);
    let slow = unhealthy_after(schedule, schedule.timeout);
    words.push(format!(
        "{fails}: that is {} after a start where it fails at once, {} where each probe runs into its timeout.",
        span(quick),
        span(slow)
    ));
    words
}

/// How long after a start a container is unhealthy whose probes fail after so long each
/// (`handleProbeResult` in moby's `daemon/health.go`: a failure counts when it began after the start period).
fn unhealthy_after(schedule: &Schedule, probe: Duration) -> Duration {
    let start = Stamp::default();
    let (mut moment, mut streak) = (start, 0_u32);
    // Bounded by what the file may say: a long start period with a short interval.
    for _ in 0..100_000 {
        let begun = moment + schedule.pause_after(start, moment);
        moment = begun + probe;
        if begun.since(start) >= schedule.start_period {
            streak = streak.saturating_add(1);
        }
        if streak >= schedule.retries {
            break;
        }
    }
    moment.since(start)
}

/// When the next probe comes, on the engine's clock; `None` where none does.
fn next_probe(model: &Model, container: &Container) -> Option<Stamp> {
    let check = container.active_check()?;
    let start = container.started.filter(|_| container.phase == Phase::Running)?;
    let schedule = Schedule::of(check, model.host().quirks());
    let last = container.probes.last().filter(|p| p.start >= start).map_or(start, |p| p.end);
    let passed = container.probes.iter().any(|p| p.start >= start && p.exit == 0);
    let pause = if passed { schedule.interval } else { schedule.pause_after(start, last) };
    Some(last + pause)
}

/// Whether there must have been a probe between the start and the oldest one that is known.
fn next_is_missing(model: &Model, container: &Container, oldest: &Probe, start: Stamp) -> bool {
    let Some(check) = container.active_check() else { return false };
    let first = Schedule::of(check, model.host().quirks()).pause_after(start, start);
    oldest.start.since(start) > half_more(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::{fixture::model, inspector::lines},
        host::fixture::engine,
        stack::{
            Health,
            fixture::{at, container, probe},
        },
    };

    fn check() -> HealthCheck {
        HealthCheck {
            test: vec!["CMD-SHELL".into(), "curl -f http://u:hunter2@localhost".into()],
            interval: Some(Duration::from_secs(30)),
            timeout: Some(Duration::from_secs(10)),
            start_period: Some(Duration::from_secs(40)),
            retries: Some(3),
            ..HealthCheck::default()
        }
    }

    #[test]
    fn the_arithmetic_is_spelled_out() {
        let words =
            |api: &str, check: &HealthCheck| arithmetic(check, &Schedule::of(check, engine(api).quirks())).join(" ");
        let old = words("1.41", &check());
        assert_eq!(
            old,
            "The first probe comes 30 s after the start, each further one 30 s after the end of the one before. \
             Unhealthy after 3 failures in a row; those that begin in the first 40 s after the start don't count: \
             that is 2 min 0 s after a start where it fails at once, 2 min 40 s where each probe runs into its timeout."
        );
        let new = words("1.45", &check());
        assert!(new.contains("The first probe comes 5 s after the start") && new.contains("for 40 s at most"), "{new}");
        let pointless = HealthCheck { start_interval: Some(Duration::from_secs(1)), ..check() };
        assert!(words("1.41", &pointless).contains("knows no start interval"));
        let pointless = HealthCheck { start_period: None, ..pointless };
        assert!(words("1.45", &pointless).contains("of no effect without a start period"));
    }

    #[test]
    fn the_next_probe_is_counted_down_to() {
        let mut db = container("db").running(70.0).checked(30, Health::Starting).probed(&[probe(99.9, 99.95, 1)]);
        let model = model(std::slice::from_ref(&db));
        assert_eq!(next_probe(&model, &db), Some(at(129.95)));
        db.phase = Phase::Paused;
        assert_eq!(next_probe(&model, &db), None, "a paused container isn't probed");
    }

    #[test]
    fn secrets_of_the_command_are_masked_and_output_is_whole() {
        let mut long = probe(75.0, 75.1, 1);
        long.output = (1..=20).map(|n| format!("line {n}\n")).collect();
        let twin = Probe { start: at(80.0), end: at(80.1), ..long.clone() };
        let mut db = container("db").running(70.0).checked(5, Health::Starting).probed(&[long, twin]);
        db.check = Some(check());
        let mut model = model(&[db]);
        model.ui.inspect = HEALTH.tab;
        let lines: Vec<String> = lines(&model, 64).iter().map(Line::text).collect();
        assert!(lines.iter().any(|l| l.starts_with("test") && l.contains("••") && !l.contains("hunter2")), "{lines:?}");
        assert_eq!(lines.iter().filter(|l| l.starts_with("  line ")).count(), 20);
        assert_eq!(lines.iter().filter(|l| *l == "  the same output").count(), 1);
    }
}
