//! The inspector's Health tab as lines: what the check is and what follows from its times, when the next probe
//! comes, and every probe that was seen. How many lines there are decides how far can be scrolled, so the movement
//! and the drawing ask here.

use std::time::Duration;

use super::{
    Model,
    model::{Hand, HandState},
    targets,
};
use crate::{
    base::{
        secrets::masked_command,
        text::{clean, wrap},
        time::Stamp,
        units::{count, countdown, setting, span},
    },
    compose::HealthCheck,
    stack::{Container, Phase, Probe, schedule::Schedule},
};

/// The columns of a name before its value.
const NAMES: usize = 11;

/// A line of the tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A name and its value; a value that goes on has no name.
    Pair(&'static str, String),
    /// What is set by nobody.
    Default(&'static str, String),
    /// A sentence.
    Words(String),
    /// A heading, under a blank line where it isn't the first.
    Heading(&'static str),
    /// When the next probe comes.
    Next(String),
    /// A probe: whether it passed, when, how long it took, and how it ended.
    Probe(bool, String, String, String),
    /// A line of a probe's output.
    Output(String),
    /// Said of a probe.
    Note(String),
}

/// The columns of a line, in an inspector of this width.
pub fn width(panel: u16) -> usize {
    usize::from(panel).saturating_sub(4)
}

/// The lines for what is selected, in so many columns.
pub fn lines(model: &Model, width: usize) -> Vec<Line> {
    let container = targets::selected_container(model);
    let service = model.ui.selected.as_ref().and_then(|p| targets::service(model, p));
    let declared = service.and_then(|s| model.stack.declared.as_ref()?.services.get(&s)?.healthcheck.as_ref());
    let check = container.and_then(|c| c.check.as_ref()).or(declared);
    let Some(check) = check.filter(|c| !c.disabled) else {
        let words = "No health check: it is ready as soon as it runs.";
        return wrap(words, width).into_iter().map(Line::Words).collect();
    };
    let mut all = Vec::new();
    if let Some(container) = container {
        by_hand(&mut all, model, container, width);
    }
    let schedule = Schedule::of(check, model.stack.engine.as_ref());
    if !all.is_empty() {
        all.push(Line::Heading("THE CHECK"));
    }
    definition(&mut all, model, check, width);
    for words in arithmetic(check, &schedule) {
        all.extend(wrap(&words, width).into_iter().map(Line::Words));
    }
    if let Some(container) = container {
        next(&mut all, model, container, &schedule);
        probes(&mut all, model, container, width);
    }
    all
}

fn definition(all: &mut Vec<Line>, model: &Model, check: &HealthCheck, width: usize) {
    let room = width.saturating_sub(NAMES).max(8);
    let test = check.test.join(" ");
    let test = if model.ui.reveal { test } else { masked_command(&test, model.settings.ascii) };
    let test = clean(&test);
    for (i, piece) in wrap(&test, room).into_iter().enumerate().filter(|_| !test.is_empty()) {
        all.push(Line::Pair(if i == 0 { "test" } else { "" }, piece));
    }
    let mut pair = |name, set: Option<String>, default: &str| {
        all.push(match set {
            Some(value) => Line::Pair(name, value),
            None => Line::Default(name, format!("{default}, the engine's default")),
        });
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
    let (mut moment, mut streak) = (start, 0);
    // Bounded by what the file may say: a long start period with a short interval.
    for _ in 0..100_000 {
        let begun = moment + schedule.pause_after(start, moment);
        moment = begun + probe;
        if begun.since(start) >= schedule.start_period {
            streak += 1;
        }
        if streak >= schedule.retries {
            break;
        }
    }
    moment.since(start)
}

/// When the next probe comes, on the engine's clock; `None` where none does.
pub fn next_probe(model: &Model, container: &Container) -> Option<Stamp> {
    let check = container.active_check()?;
    let start = container.started.filter(|_| container.phase == Phase::Running)?;
    let schedule = Schedule::of(check, model.stack.engine.as_ref());
    let last = container.probes.last().filter(|p| p.start >= start).map_or(start, |p| p.end);
    let passed = container.probes.iter().any(|p| p.start >= start && p.exit == 0);
    let pause = if passed { schedule.interval } else { schedule.pause_after(start, last) };
    Some(last + pause)
}

fn next(all: &mut Vec<Line>, model: &Model, container: &Container, schedule: &Schedule) {
    let now = model.engine_now();
    let Some(at) = next_probe(model, container) else { return };
    let mut words = if at > now {
        format!("the next probe comes in {}", countdown(at.since(now)))
    } else {
        "the next probe is due, or runs".into()
    };
    if container.failing_streak > 0 {
        words += &format!("; {} of {} failures", container.failing_streak, schedule.retries);
    }
    all.push(Line::Next(words));
}

fn by_hand(all: &mut Vec<Line>, model: &Model, container: &Container, width: usize) {
    let Some(Hand { at, state }) = model.hand_probes.get(&container.id) else { return };
    all.push(Line::Heading("RUN BY HAND"));
    let when = at.local("%H:%M:%S");
    match state {
        HandState::Running => all.push(Line::Words(format!("{when}  runs …"))),
        HandState::Refused(why) => {
            all.extend(wrap(&format!("{when}  {}", clean(why)), width).into_iter().map(Line::Words));
        }
        HandState::Ran(ran) => {
            let took = format!("took {}", span(ran.took));
            let end = match ran.exit {
                Some(code) => format!("exit {code}"),
                None => "no end within its timeout".into(),
            };
            all.push(Line::Probe(ran.exit == Some(0), when, took, end));
            output(all, &ran.output, width);
        }
    }
}

fn probes(all: &mut Vec<Line>, model: &Model, container: &Container, width: usize) {
    all.push(Line::Heading("PROBES, NEWEST FIRST"));
    let history = model.stack.history.get(&container.id).filter(|h| !h.probes.is_empty());
    let seen: Vec<&Probe> = match history {
        Some(history) => history.probes.values().rev().collect(),
        None => container.probes.iter().rev().collect(),
    };
    if seen.is_empty() {
        all.push(Line::Note("none has ended yet".into()));
    }
    let mut above: Option<&str> = None;
    for probe in &seen {
        let took = format!("took {}", span(probe.end.since(probe.start)));
        let end = if probe.exit < 0 { "timed out or could not run".into() } else { format!("exit {}", probe.exit) };
        all.push(Line::Probe(probe.exit == 0, probe.start.local("%H:%M:%S"), took, end));
        if above == Some(probe.output.as_str()) && !probe.output.trim().is_empty() {
            all.push(Line::Note("the same output".into()));
        } else {
            output(all, &probe.output, width);
        }
        above = Some(&probe.output);
    }
    if let (Some(oldest), Some(start)) = (seen.last(), container.started)
        && seen.len() >= 5
        && oldest.start.since(start) > Duration::from_secs(1)
        && next_is_missing(model, container, oldest, start)
    {
        all.push(Line::Note("what came before is no longer known".into()));
    }
}

/// Whether there must have been a probe between the start and the oldest one that is known.
fn next_is_missing(model: &Model, container: &Container, oldest: &Probe, start: Stamp) -> bool {
    let Some(check) = container.active_check() else { return false };
    let first = Schedule::of(check, model.stack.engine.as_ref()).pause_after(start, start);
    oldest.start.since(start) > first + first / 2
}

/// All of an output, each line cleaned and wrapped.
fn output(all: &mut Vec<Line>, text: &str, width: usize) {
    let lines = text.lines().filter(|l| !l.trim().is_empty());
    all.extend(lines.flat_map(|l| wrap(&clean(l), width.saturating_sub(2))).map(Line::Output));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::fixture::model,
        stack::{
            Health,
            fixture::{at, container, engine, probe},
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
            |api: &str, check: &HealthCheck| arithmetic(check, &Schedule::of(check, Some(&engine(api)))).join(" ");
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
        let lines = lines(&model(&[db]), 60);
        assert!(lines.iter().any(|l| matches!(l, Line::Pair("test", t) if t.contains("••") && !t.contains("hunter2"))));
        assert_eq!(lines.iter().filter(|l| matches!(l, Line::Output(_))).count(), 20);
        assert_eq!(lines.iter().filter(|l| **l == Line::Note("the same output".into())).count(), 1);
    }
}
