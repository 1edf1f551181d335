//! A start as plain values: bars with their spans and marks, what was waited for, how it compares and what would
//! shorten it.

use std::time::Duration;

use crate::{
    base::{
        id::{ContainerId, ServiceName},
        time::Stamp,
        units::{self, count},
    },
    compose::Condition,
};

/// The last start of the project: from the first container that was started (after rest) until all is settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The start: the earliest creation or start in it, by the engine.
    pub origin: Stamp,
    /// What kind of start it is.
    pub kind: StartKind,
    /// When the last service got ready; `None` while it isn't settled, or where that is unknown.
    pub settled: Option<Stamp>,
    /// One lane a service, in dependency order.
    pub lanes: Vec<Lane>,
    /// The chain that decided how long it took, first dependency first, with what each took after the one
    /// before it was ready; its end only where more isn't known, and empty where that isn't.
    pub critical: Vec<(ServiceName, Duration)>,
    /// What each dependency of a service that was started in it cost.
    pub waits: Vec<Wait>,
    /// The start beside earlier ones of its kind.
    pub comparison: Comparison,
    /// What would shorten it, with the arithmetic; none while it lasts.
    pub hints: Vec<Hint>,
}

/// What kind of start it is; only starts of one kind are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StartKind {
    /// All containers were created in it.
    Cold,
    /// Containers that were there before were started.
    Warm,
    /// Only some of the services; the others were up.
    Partial,
    /// The engine started the containers by itself, after it or the host was restarted. It doesn't look at
    /// `depends_on`.
    Revived,
}

impl StartKind {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
            Self::Partial => "partial",
            Self::Revived => "revived",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Cold, Self::Warm, Self::Partial, Self::Revived].into_iter().find(|k| k.word() == word)
    }
}

/// One service's (or replica's) bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// The service.
    pub service: ServiceName,
    /// The container, if there is one.
    pub container: Option<ContainerId>,
    /// Whether it was created or started in this start; the others were up before.
    pub in_start: bool,
    /// Spans, in order, without gaps between them; the last may be open (`to` is `None`: it goes on now).
    pub spans: Vec<Span>,
    /// Moments on the bar, in order.
    pub marks: Vec<(Stamp, Mark)>,
    /// When its last dependency was satisfied.
    pub free: Option<Stamp>,
    /// When its process was started, for the first time in this start; `None` where it wasn't, or nobody knows.
    pub started: Option<Stamp>,
    /// Its first log line after that, where its log was looked at.
    pub first_line: Option<Stamp>,
    /// When it said that it listens, and the line that it said it with.
    pub listening: Option<(Stamp, String)>,
    /// Each probe that was seen in this start: from, to, exit code.
    pub probes: Vec<(Stamp, Stamp, i64)>,
    /// When it got ready: for good, as far as one can see. `None` where it isn't, or nobody knows when.
    pub ready: Option<Stamp>,
}

/// What waiting for one dependency cost a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Who waited.
    pub service: ServiceName,
    /// For whom.
    pub on: ServiceName,
    /// For what.
    pub condition: Condition,
    /// When it was satisfied; `None` if it isn't, or nobody knows.
    pub satisfied: Option<Stamp>,
    /// How much later the service could start for this dependency alone: zero where another one took longer.
    pub cost: Option<Duration>,
}

/// A stretch of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: Stamp,
    /// Its end; `None` while it lasts.
    pub to: Option<Stamp>,
    /// What went on.
    pub kind: SpanKind,
}

/// What goes on in a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// Waiting for a dependency, before its own container was started.
    Waiting,
    /// Created, not started, and waiting for nobody.
    Created,
    /// Started, not ready.
    Starting,
    /// A probe that failed is running.
    Probing,
    /// Ready.
    Ready,
    /// Unhealthy.
    Unhealthy,
    /// Ended.
    Ended,
    /// Between an end and the next start.
    Down,
    /// Nobody knows any more.
    Unknown,
}

impl SpanKind {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Created => "created",
            Self::Starting => "starting",
            Self::Probing => "probing",
            Self::Ready => "ready",
            Self::Unhealthy => "unhealthy",
            Self::Ended => "ended",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}

/// A moment on a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Its container was created.
    Created,
    /// Its process was started.
    Started,
    /// It said that it listens.
    Listening,
    /// A probe passed.
    Passed,
    /// A probe failed.
    Failed,
    /// It became ready.
    Ready,
    /// Its process ended with this code.
    Exited(i64),
    /// It was started again.
    Restarted,
}

impl Timeline {
    /// What was started in it, and when, that hasn't said yet that it listens.
    pub fn unheard(&self) -> impl Iterator<Item = (ContainerId, Stamp)> {
        let unheard = self.lanes.iter().filter(|lane| lane.in_start && lane.listening.is_none());
        unheard.filter_map(|lane| Some((lane.container.clone()?, lane.started?)))
    }

    /// How long it took; while it lasts, and where its end is unknown, `None`.
    pub fn took(&self) -> Option<Duration> {
        Some(self.settled?.since(self.origin))
    }

    /// The lanes of a service.
    pub fn lanes_of<'a>(&'a self, service: &'a str) -> impl Iterator<Item = &'a Lane> {
        self.lanes.iter().filter(move |l| &*l.service == service)
    }

    /// Whether a service is on the critical path.
    pub fn is_critical(&self, service: &str) -> bool {
        self.critical.iter().any(|(name, _)| &**name == service)
    }
}

impl Lane {
    pub(super) fn empty(service: &ServiceName) -> Self {
        Self {
            service: service.clone(),
            container: None,
            in_start: false,
            spans: Vec::new(),
            marks: Vec::new(),
            free: None,
            started: None,
            first_line: None,
            listening: None,
            probes: Vec::new(),
            ready: None,
        }
    }

    /// From its start to its being ready.
    pub fn took(&self) -> Option<Duration> {
        Some(self.ready?.since(self.started?))
    }
}

/// The start beside earlier ones of its kind on the same engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// The last of them, oldest first: when each began, and how long it took.
    pub earlier: Vec<(Stamp, Duration)>,
    /// What is left of this one if it goes as they did; `None` where it is over or nothing is known.
    pub to_go: Option<Duration>,
    /// What took notably longer than usual, the whole first.
    pub regressions: Vec<Regression>,
}

/// Something that took longer than usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regression {
    /// Which service; `None` is the whole start.
    pub service: Option<ServiceName>,
    /// How long it took.
    pub took: Duration,
    /// How long it usually takes: the median of earlier starts.
    pub usual: Duration,
    /// Of how many.
    pub of: usize,
    /// The kind of these starts.
    pub kind: StartKind,
}

impl Regression {
    /// It as a sentence, without its full stop.
    pub fn words(&self) -> String {
        let who = self.service.as_deref().map_or_else(|| "the start".into(), crate::base::text::clean);
        let starts = count(self.of, &format!("{} start", self.kind.word()));
        format!("{who} took {}, the last {starts} {}", units::span(self.took), units::span(self.usual))
    }
}

/// Something that would shorten the start, or make it steadier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Which service's definition would change.
    pub service: ServiceName,
    /// The whole of it: what was seen, and what would change.
    pub words: String,
    /// About how much sooner the service would be ready.
    pub saves: Option<Duration>,
}
