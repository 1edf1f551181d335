//! Why a service isn't ready: found from what is known of it, and put into words.

use super::{Blocker, Container, Phase, Probe, Quirks, Reason, Stack, State, exit, schedule::Schedule, services::Node};
use crate::{
    base::{text, time::Stamp, units},
    compose::{Condition, Restart},
};

impl Stack {
    /// Why a service isn't ready. `blocker` is what stands in its way, with that service's state.
    /// `stuck`: it can't become ready without help.
    /// `at_rest`: nothing of the project runs, nor is anything on its way.
    pub(super) fn reason(
        &self,
        node: &Node<'_>,
        blocker: Option<(&Blocker, State)>,
        stuck: bool,
        at_rest: bool,
        quirks: Quirks,
    ) -> Option<Reason> {
        if node.is_ready() {
            return None;
        }
        let speaker = node.speaker();
        let waits = || {
            let (on, state) = blocker?;
            // What was stopped has waited since an unknown moment.
            let since = speaker.filter(|c| c.phase == Phase::Created).and_then(|c| c.created);
            Some(Reason::Waits { on: on.clone(), state, since })
        };
        match node.state {
            State::Waiting | State::Missing => waits(),
            State::Created if at_rest => None,
            State::Created => Some(if stuck { Reason::NotStarted } else { Reason::NotYetStarted }),
            State::Starting | State::Running if node.looping > 0 => self.loops(speaker?),
            State::Starting => self.probing(speaker?, quirks),
            State::Unhealthy if speaker?.is_unhealthy_by_pause() => Some(Reason::Unpaused),
            State::Unhealthy => self.failed_probe(speaker?, quirks).or(Some(Reason::Unhealthy)),
            State::Exited => {
                let c = speaker?;
                let most = if let Restart::OnFailure(most) = c.restart { most } else { None };
                Some(Reason::Exited {
                    code: c.exit_code?,
                    oom: c.oom_killed,
                    at: c.finished,
                    limit: c.memory_limit,
                    gave_up: most.filter(|most| *most > 0 && c.restarts >= *most).map(|_| c.restarts),
                })
            }
            State::Restarting => self.loops(speaker?),
            State::Failed => Some(Reason::StartFailed { error: one_line(cause(&speaker?.error)) }),
            State::Paused => Some(Reason::Paused),
            State::Healthy | State::Running | State::Done if node.ready_replicas() < node.replicas() && !node.job => {
                Some(Reason::Fewer { ready: node.ready_replicas(), wanted: node.replicas() })
            }
            State::Stopped if !at_rest && !stuck => waits().or(Some(Reason::NotYetStarted)),
            State::Stopped if !at_rest => Some(Reason::Stopped { code: speaker?.exit_code }),
            State::Healthy | State::Running | State::Done | State::Stopped | State::Unknown => None,
        }
    }

    fn loops(&self, container: &Container) -> Option<Reason> {
        let history = self.history.get(&container.id);
        Some(Reason::Loops {
            // Between two lives an inspection may tell that of the next one.
            code: container.exit_code.or_else(|| history?.last_code()),
            // The next life makes the engine forget how the last one ended.
            oom: container.oom_killed || history.is_some_and(super::History::last_end_was_oom),
            limit: container.memory_limit,
            count: container.restarts,
            // The start before the first restart was a person's.
            pause: history.filter(|_| container.restarts > 1).and_then(|h| h.last_pause()),
        })
    }

    fn probing(&self, container: &Container, quirks: Quirks) -> Option<Reason> {
        self.failed_probe(container, quirks).or_else(|| {
            let start = container.started?;
            if container.probes.last().is_some_and(|p| p.start >= start) {
                return None;
            }
            let schedule = container.active_check().map(|c| Schedule::of(c, quirks));
            Some(Reason::ProbeDue { at: schedule.map(|s| start + s.pause_after(start, start)) })
        })
    }

    /// The last probe since the start, if it failed.
    fn failed_probe(&self, container: &Container, quirks: Quirks) -> Option<Reason> {
        let start = container.started?;
        let last: &Probe = container.probes.last().filter(|p| p.start >= start && p.exit != 0)?;
        let schedule = container.active_check().map(|c| Schedule::of(c, quirks));
        Some(Reason::ProbeFailed {
            exit: last.exit,
            output: one_line(telling(&last.output)),
            at: last.end,
            streak: container.failing_streak,
            retries: schedule.map_or(0, |s| s.retries),
            next: schedule.map(|s| last.end + s.pause_after(start, last.end)),
        })
    }
}

/// The part of a probe's output that tells why it failed: not curl's progress meter, nor the way that led to
/// Python's error.
pub fn telling(output: &str) -> &str {
    let lines = || output.split(['\n', '\r']).filter(|l| !l.trim().is_empty());
    if let Some(error) = lines().find_map(|l| l.find("curl: (").and_then(|at| l.get(at..))) {
        return error;
    }
    if lines().any(|l| l.starts_with("Traceback (most recent call last)")) {
        return lines().next_back().unwrap_or(output);
    }
    cause(output)
}

/// The engine's error without what only says which of its parts passed it on, as moby and runc put it:
/// `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container
/// process: exec: "/start": no such file or directory: unknown`.
pub fn cause(error: &str) -> &str {
    let mut rest = error.trim();
    if let Some((_, after)) = rest.split_once("driver failed programming external connectivity on endpoint ") {
        // The endpoint's name and id follow.
        rest = after.split_once("): ").map_or(after, |(_, cause)| cause);
    }
    for wrapper in ["OCI runtime create failed: ", "unable to start container process: ", "starting userland proxy: "] {
        rest = rest.split_once(wrapper).map_or(rest, |(_, cause)| cause);
    }
    rest.trim_end_matches(": unknown")
}

/// Outside text as one clean line without blanks at its ends or several in a row; at most 300 characters.
fn one_line(raw: &str) -> String {
    let mut line = String::new();
    for word in text::clean(raw).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 1200 {
            break;
        }
    }
    text::fit(&line, 300).into_owned()
}

/// What an engine's error says after the part that only names a network endpoint, which is long and first
/// (`driver failed programming external connectivity on endpoint NAME (ID): …`, 20.10 to 26.1).
fn gist(error: &str) -> &str {
    const LEAD: &str = "driver failed programming external connectivity on endpoint ";
    error.strip_prefix(LEAD).and_then(|rest| rest.split_once("): ")).map_or(error, |(_, gist)| gist)
}

impl Reason {
    /// The reason as it stands at a moment on the engine's clock: a part of a sentence, without the service.
    pub fn words(&self, now: Stamp) -> String {
        match self {
            Self::Waits { on, state, since } => {
                let target = text::clean(&on.service);
                let wish = match on.condition {
                    Condition::Started => "to be started",
                    Condition::Healthy => "to be healthy",
                    Condition::Completed => "to complete",
                };
                if on.hopeless {
                    return format!("waits for {target} {wish}, but {target} {}", obstacle(*state, on.condition));
                }
                match since {
                    Some(since) => format!("waits for {target} {wish}: {} so far", whole_span(now, *since)),
                    None => format!("waits for {target} {wish}"),
                }
            }
            Self::ProbeDue { at: Some(at) } => format!("its first probe {}", runs(*at, now)),
            Self::ProbeDue { at: None } => "its first probe has not run yet".into(),
            Self::ProbeFailed { exit, output, streak, retries, next, .. } => {
                let given_up = if *exit == -1 { timeout(output) } else { None };
                let timed_out = given_up.is_some();
                let (mut words, output) = match given_up {
                    Some((after, rest)) => (format!("probe timed out after {after}"), rest),
                    None => ("probe failed".to_owned(), output.as_str()),
                };
                match (streak, retries) {
                    (_, 0) => {}
                    (0, _) => words += " (doesn't count yet: start period)",
                    (n, max) if n >= max => words += &format!(" ({n} in a row, {max} allowed)"),
                    (n, max) => words += &format!(" ({n} of {max})"),
                }
                match output {
                    "" if timed_out => {}
                    "" => words += &format!(": exit code {exit}"),
                    output => words += &format!(": {output}"),
                }
                if let Some(next) = next {
                    words += &format!("; the next one {}", runs(*next, now));
                }
                words
            }
            Self::Exited { code, oom, limit, gave_up, .. } => {
                let end = exit::words(*code, *oom, *limit);
                match gave_up {
                    Some(count) => format!(
                        "given up after {}, {end}",
                        units::count(usize::try_from(*count).unwrap_or(usize::MAX), "restart")
                    ),
                    None => end,
                }
            }
            Self::Loops { code, oom, limit, count, pause } => {
                let mut words = match count {
                    0 => String::from("is about to be restarted"),
                    1 => String::from("restarted once"),
                    n => format!("restarted {n} times"),
                };
                match code {
                    _ if *oom => words += &format!(", {}", exit::words(137, true, *limit)),
                    Some(code) => match exit::meaning(*code) {
                        "" => words += &format!(", last exit {code}"),
                        meaning => words += &format!(", last exit {code} ({meaning})"),
                    },
                    None => {}
                }
                if let Some(pause) = pause {
                    words += &format!("; the engine pauses {} between attempts", units::span(*pause));
                }
                words
            }
            Self::StartFailed { error } => format!("could not start: {}", gist(error)),
            Self::Fewer { ready, wanted } => format!("{ready} of {wanted} containers are ready"),
            Self::Paused => "paused until it is unpaused".into(),
            Self::NotStarted => "created, but nothing has started it".into(),
            Self::NotYetStarted => "not started yet".into(),
            Self::Stopped { code: None | Some(0) } => "stopped, and stays stopped until it is started".into(),
            Self::Stopped { code: Some(code) } => {
                format!("stopped (exit code {code}), and stays stopped until it is started")
            }
            Self::Unhealthy => "the engine says unhealthy; no failed probe is known".into(),
            Self::Unpaused => "was paused, so the engine calls it unhealthy until its next probe".into(),
        }
    }
}

/// After how long a probe was given up, and what it had printed by then, where its output says so
/// (`Health check exceeded timeout (10s)`, and since engine 25 `: ` and the output; moby's `daemon/health.go`).
fn timeout(output: &str) -> Option<(String, &str)> {
    let (time, rest) = output.strip_prefix("Health check exceeded timeout (")?.split_once(')')?;
    let figures = time.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = time.strip_prefix(figures)?;
    let words = if figures.contains(char::is_alphabetic) { time.to_owned() } else { format!("{figures} {unit}") };
    Some((words, rest.trim_start_matches(':').trim_start()))
}

/// When a probe runs, as the end of a sentence.
fn runs(at: Stamp, now: Stamp) -> String {
    match at.since(now) {
        left if left.is_zero() => "is running".into(),
        left if left.as_secs() == 0 => "is about to run".into(),
        left => format!("runs in {}", units::age(left)),
    }
}

/// What is wrong with a dependency that can't be satisfied.
fn obstacle(state: State, condition: Condition) -> &'static str {
    match state {
        State::Failed => "could not start",
        State::Exited => "has exited",
        State::Stopped => "was stopped",
        State::Done => "has ended",
        State::Paused => "is paused",
        State::Unhealthy => "is unhealthy",
        State::Restarting => "keeps restarting",
        State::Missing => "was never created",
        State::Waiting => "can't start either",
        State::Created => "was never started",
        State::Running if condition == Condition::Healthy => "has no health check",
        State::Running | State::Healthy | State::Starting => "is restarted whenever it ends",
        State::Unknown => "is unknown",
    }
}

/// Whole seconds at first, since the words stand beside a growing wait.
fn whole_span(now: Stamp, since: Stamp) -> String {
    let d = now.since(since);
    if d.as_secs() < 120 { format!("{} s", d.as_secs()) } else { units::span(d) }
}
