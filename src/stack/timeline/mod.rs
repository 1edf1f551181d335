//! The last start of the stack, from the engine's own timestamps: bars, what was waited for, what decided how
//! long it took, how that compares with earlier starts, and what would shorten it.
//!
//! `origin` finds where the last start began and what kind it is; `lane` makes each container's bar; `critical`
//! finds the chain that decided, and what each dependency cost; `end` when it was over; `compare` looks at the starts that are
//! remembered; `hints` does the arithmetic of what could be shorter. What the engine no longer knows is unknown.

mod compare;
mod critical;
mod end;
mod hints;
mod json;
mod lane;
mod origin;

use std::time::Duration;

pub use compare::{Comparison, Regression};
pub use hints::Hint;
pub use json::timeline_json;

use super::{EngineView, Overview, Stack, Verdict};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        time::Stamp,
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

    /// The last start of a stack on this engine; `None` where nothing was ever created.
    pub fn of(stack: &Stack, engine: EngineView<'_>, overview: &Overview, engine_now: Stamp) -> Option<Timeline> {
        let services = stack.services(engine, engine_now);
        let origin = origin::find(stack, &services, engine_now)?;
        let mut moments = critical::Moments::default();
        let mut lanes: Vec<Lane> = Vec::new();
        for node in &services.nodes {
            let free = node.deps.iter().filter_map(|d| moments.satisfied(d)).max();
            let first = lanes.len();
            lanes.extend(node.counted.iter().map(|(c, s)| lane::of(stack, engine.quirks, node, c, *s, origin, free)));
            if node.counted.is_empty() && node.enabled && !node.is_scaled_away() {
                lanes.push(Lane::empty(&node.name));
            }
            moments.ready.push(last(lanes.iter().skip(first).map(|l| l.ready)));
            moments.started.push(last(node.counted.iter().map(|(c, _)| c.started)));
        }
        let kind = origin::kind(stack, &services, &lanes, &moments, origin);
        let settled = end::of(&services, &lanes);
        // What fell after it had been ready doesn't undo the start; what was never made is still to come.
        let complete = services.nodes.iter().all(|n| !n.enabled || n.is_scaled_away() || !n.counted.is_empty());
        let over = complete && !matches!(overview.verdict, Verdict::Starting | Verdict::Unknown);
        let settled = settled.filter(|_| over).map(|at| at.max(origin));
        // What got ready at a moment that nobody knows may have decided.
        let is_known =
            |lane: &Lane| lane.ready.is_some() || lane.spans.last().is_none_or(|s| s.kind != SpanKind::Ready);
        let all_known = lanes.iter().filter(|l| l.in_start).all(is_known);
        let mut timeline = Timeline {
            origin,
            kind,
            settled,
            critical: if all_known || settled.is_some() {
                critical::path(&services, &moments, &lanes, origin)
            } else {
                Vec::new()
            },
            waits: if kind == StartKind::Revived {
                Vec::new()
            } else {
                critical::waits(&services, &moments, &lanes, origin)
            },
            lanes,
            comparison: Comparison::default(),
            hints: Vec::new(),
        };
        timeline.comparison = compare::with_earlier(&timeline, stack, &services, engine_now);
        if settled.is_some() {
            timeline.hints = hints::of(&timeline, stack, &services);
        }
        Some(timeline)
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
    fn empty(service: &ServiceName) -> Self {
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

/// The last of some moments, if all are known.
fn last(moments: impl Iterator<Item = Option<Stamp>>) -> Option<Stamp> {
    moments.collect::<Option<Vec<_>>>()?.into_iter().max()
}
