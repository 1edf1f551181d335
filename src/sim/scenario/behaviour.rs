//! How a service's program behaves, as a scenario's `services:` has it.

use std::time::Duration;

use serde::Deserialize;

use super::{template::Template, units};

/// Which of the program's outputs a line came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

/// How a program behaves.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// From the engine's first step of a start to its `start` event.
    #[serde(deserialize_with = "units::span")]
    pub start: Duration,
    /// Why it can't be started, and with which code: `State.Error`.
    pub refuses: Option<Refusal>,
    /// What its probes find, by its age: the first phase that isn't over counts.
    pub probe: Vec<ProbePhase>,
    /// What they find while it fails.
    pub sick: ProbePhase,
    /// What it writes.
    pub logs: Vec<LogRule>,
    /// How it ends by itself.
    pub exits: Option<Exit>,
    /// What it does when it is asked to end.
    pub term: Term,
    /// Percent of a CPU.
    pub cpu: Curve,
    /// Bytes of memory.
    pub memory: Memory,
    /// Bytes a second that it receives.
    #[serde(deserialize_with = "units::size")]
    pub receives: u64,
    /// Bytes a second that it sends.
    #[serde(deserialize_with = "units::size")]
    pub sends: u64,
    /// Bytes a second that it reads from disk.
    #[serde(deserialize_with = "units::size")]
    pub reads: u64,
    /// Bytes a second that it writes to disk.
    #[serde(deserialize_with = "units::size")]
    pub writes: u64,
    /// Bytes in its own layer.
    #[serde(deserialize_with = "units::size")]
    pub layer: u64,
    /// Its processes, the first one first; its command line where empty.
    pub processes: Vec<ProcessRule>,
    /// Processes and threads, where more than its processes.
    pub threads: u64,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            start: Duration::from_millis(320),
            refuses: None,
            probe: Vec::new(),
            sick: ProbePhase { exit: 1, output: Template::plain("unhealthy"), ..ProbePhase::default() },
            logs: Vec::new(),
            exits: None,
            term: Term::default(),
            cpu: Curve { idle: 100, ..Curve::default() },
            memory: Memory::default(),
            receives: 0,
            sends: 0,
            reads: 0,
            writes: 0,
            layer: 0,
            processes: Vec::new(),
            threads: 0,
        }
    }
}

/// A start that the engine refuses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// 126, 127 or 128.
    pub code: i64,
    /// The engine's words.
    pub error: String,
    /// How many starts are refused before one succeeds; all where none.
    pub times: Option<u32>,
}

/// What probes find during a part of a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProbePhase {
    /// To which age of the run it lasts; to its end where none.
    #[serde(deserialize_with = "units::maybe_span")]
    pub until: Option<Duration>,
    /// The probe waits until the phase is over, and then finds what the next one says.
    pub hangs: bool,
    /// How long a probe takes.
    #[serde(deserialize_with = "units::span")]
    pub takes: Duration,
    /// Its exit code.
    pub exit: i64,
    /// What it writes.
    pub output: Template,
}

impl Default for ProbePhase {
    fn default() -> Self {
        Self { until: None, hangs: false, takes: Duration::from_millis(60), exit: 0, output: Template::plain("") }
    }
}

/// When a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// A probe passed.
    Probe,
    /// A probe failed.
    ProbeFailed,
    /// It was asked to end.
    Term,
    /// It ends by itself, just before.
    Exit,
    /// It began to fail.
    Sick,
}

/// Which of a container's runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// The first one.
    First,
    /// All but the first.
    Later,
}

/// Lines that a program writes: once at an age (`at`), again and again (`every`), or on an occasion (`on`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogRule {
    /// At this age of the run; several texts come a millisecond apart.
    #[serde(deserialize_with = "units::maybe_span")]
    pub at: Option<Duration>,
    /// One of the texts in each such span, at some moment of it.
    #[serde(deserialize_with = "units::maybe_span")]
    pub every: Option<Duration>,
    /// With `every`: exactly at the span's end, not at some moment of it.
    pub steady: bool,
    /// With `every`: from this age on.
    #[serde(deserialize_with = "units::span")]
    pub from: Duration,
    /// With `every`: to this age.
    #[serde(deserialize_with = "units::maybe_span")]
    pub to: Option<Duration>,
    /// All texts on this occasion.
    pub on: Option<When>,
    /// With `on`: so long after it.
    #[serde(deserialize_with = "units::span")]
    pub after: Duration,
    /// In which runs.
    pub only: Option<Only>,
    /// With `every`: only while it fails (`true`), or only while it doesn't (`false`).
    pub sick: Option<bool>,
    /// Through which output.
    pub output: Output,
    /// The text, or several.
    #[serde(deserialize_with = "units::texts")]
    pub text: Vec<Template>,
}

impl Default for LogRule {
    fn default() -> Self {
        Self {
            at: None,
            every: None,
            steady: false,
            from: Duration::ZERO,
            to: None,
            on: None,
            after: Duration::ZERO,
            only: None,
            sick: None,
            output: Output::Stdout,
            text: Vec::new(),
        }
    }
}

/// How a program ends by itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// At which age.
    #[serde(deserialize_with = "units::span")]
    pub after: Duration,
    /// With which code.
    #[serde(default)]
    pub code: i64,
    /// The kernel kills it for want of memory: code 137, and the engine's `oom` events.
    #[serde(default)]
    pub oom: bool,
    /// In how many runs, from the first; in all where none.
    #[serde(default)]
    pub runs: Option<u32>,
}

/// What a program does with the stop signal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Term {
    /// It goes on until it is killed.
    pub ignored: bool,
    /// How long it takes to end.
    #[serde(deserialize_with = "units::span")]
    pub takes: Duration,
    /// With which code it ends.
    pub code: i64,
}

impl Default for Term {
    fn default() -> Self {
        Self { ignored: false, takes: Duration::from_millis(180), code: 0 }
    }
}

/// Percent of one CPU over time, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Curve {
    /// At least.
    #[serde(deserialize_with = "units::percent")]
    pub idle: u64,
    /// At most, once it is up.
    #[serde(deserialize_with = "units::percent")]
    pub busy: u64,
    /// While it starts.
    #[serde(deserialize_with = "units::percent")]
    pub start: u64,
    /// How long it starts.
    #[serde(deserialize_with = "units::span")]
    pub starts_for: Duration,
}

/// Memory over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Memory {
    /// When it starts.
    #[serde(deserialize_with = "units::size")]
    pub start: u64,
    /// When it is up.
    #[serde(deserialize_with = "units::size")]
    pub up: u64,
    /// How long it takes from one to the other.
    #[serde(deserialize_with = "units::span")]
    pub over: Duration,
    /// A leak, bytes a second.
    #[serde(deserialize_with = "units::size")]
    pub grows: u64,
    /// Page cache beside it.
    #[serde(deserialize_with = "units::size")]
    pub cache: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self { start: 2 << 20, up: 6 << 20, over: Duration::from_secs(2), grows: 0, cache: 1 << 20 }
    }
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessRule {
    /// Whose it is.
    #[serde(default = "root")]
    pub user: String,
    /// Its command line.
    pub command: String,
    /// How many of it.
    #[serde(default = "one")]
    pub times: u32,
}

fn root() -> String {
    "root".into()
}

fn one() -> u32 {
    1
}
