//! The last start of the stack as bars, from the engine's own timestamps.

use std::time::Duration;

use crate::base::{
    id::{ContainerId, ServiceName},
    time::Stamp,
};

/// The last start of the project: from the first container that was started (after rest) until all is settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The start: the earliest creation or start in it, by the engine.
    pub origin: Stamp,
    /// When the last service got ready; `None` while it isn't settled.
    pub settled: Option<Stamp>,
    /// One lane a service, in dependency order.
    pub lanes: Vec<Lane>,
    /// The chain that decided how long it took, first dependency first, with what each took after the one
    /// before it was ready.
    pub critical: Vec<(ServiceName, Duration)>,
}

/// One service's (or replica's) bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// The service.
    pub service: ServiceName,
    /// The container, if there is one.
    pub container: Option<ContainerId>,
    /// Spans, in order, without gaps between them; the last may be open (`to` is `None`: it goes on now).
    pub spans: Vec<Span>,
    /// Moments on the bar, in order.
    pub marks: Vec<(Stamp, Mark)>,
    /// When it got ready, counted from the origin.
    pub ready: Option<Stamp>,
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

/// A moment on a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Its container was created.
    Created,
    /// Its process was started.
    Started,
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
