//! The last start of the stack as bars, from the engine's own timestamps.

use std::time::Duration;

use super::{
    Container, Health, Overview, Stack, State, Verdict,
    services::{Dep, Node, Services},
};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        time::Stamp,
    },
    compose::Condition,
};

/// What begins so long after everything before it got ready is a start of its own. Compose starts a dependent
/// within two seconds.
const PAUSE: Duration = Duration::from_secs(10);

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

/// When each service could be relied on, by node; unknown where it isn't yet, or nobody knows.
#[derive(Default)]
struct Moments {
    started: Vec<Option<Stamp>>,
    ready: Vec<Option<Stamp>>,
}

impl Moments {
    /// When a dependency was satisfied.
    fn satisfied(&self, dep: &Dep) -> Option<Stamp> {
        let moments = if dep.condition == Condition::Started { &self.started } else { &self.ready };
        *moments.get(dep.on)?
    }
}

impl Timeline {
    /// The last start of a stack; `None` where nothing was ever created.
    pub fn of(stack: &Stack, overview: &Overview, engine_now: Stamp) -> Option<Timeline> {
        let services = stack.services(engine_now);
        let origin = origin(stack, &services, engine_now)?;
        let mut moments = Moments::default();
        let mut lanes: Vec<Lane> = Vec::new();
        for node in &services.nodes {
            let free = node.deps.iter().filter_map(|d| moments.satisfied(d)).max();
            let first = lanes.len();
            lanes.extend(node.counted.iter().map(|(c, s)| lane(stack, node, c, *s, origin, free)));
            if node.counted.is_empty() && node.enabled && !node.is_scaled_away() {
                lanes.push(Lane::empty(&node.name));
            }
            moments.ready.push(last(lanes.iter().skip(first).map(|l| l.ready)));
            moments.started.push(last(node.counted.iter().map(|(c, _)| c.started)));
        }
        let there = services.nodes.iter().zip(&moments.ready).filter(|(n, _)| n.enabled && !n.counted.is_empty());
        let settled = last(there.map(|(_, r)| *r)).filter(|_| overview.verdict == Verdict::Ready);
        Some(Timeline { origin, settled, critical: critical(&services, &moments, origin), lanes })
    }
}

/// The last of some moments, if all are known.
fn last(moments: impl Iterator<Item = Option<Stamp>>) -> Option<Stamp> {
    moments.collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// Where the last start began: containers that began while others were still getting ready belong together.
fn origin(stack: &Stack, services: &Services<'_>, now: Stamp) -> Option<Stamp> {
    let mut lives: Vec<(Stamp, Stamp)> = Vec::new();
    for node in &services.nodes {
        for (container, state) in &node.counted {
            let Some(begun) = begun(container) else { continue };
            // One that never gets ready must not tie all later starts to its own.
            let busy = match ready_at(stack, node, container, *state) {
                Some(ready) => ready,
                None if *state == State::Starting => now,
                None => container.started.unwrap_or(begun),
            };
            lives.push((begun, busy.max(begun)));
        }
    }
    lives.sort();
    let (mut origin, mut busy) = *lives.first()?;
    for (begun, ready) in lives {
        if begun.since(busy) > PAUSE {
            origin = begun;
        }
        busy = busy.max(ready);
    }
    Some(origin)
}

impl Lane {
    fn empty(service: &ServiceName) -> Self {
        Self { service: service.clone(), container: None, spans: Vec::new(), marks: Vec::new(), ready: None }
    }
}

/// When the container's part in a start began: with its creation, unless it had a life before this one.
fn begun(container: &Container) -> Option<Stamp> {
    let lived_before = container.finished.is_some() && container.finished < container.started;
    if lived_before && container.restarts == 0 { container.started } else { container.created.or(container.started) }
}

/// When a container got ready after its last start, if that is known.
fn ready_at(stack: &Stack, node: &Node<'_>, container: &Container, state: State) -> Option<Stamp> {
    match state {
        State::Done => container.finished,
        _ if container.has_check() => stack.history.get(&container.id)?.healthy_at(container),
        _ if node.job => None,
        _ => container.started,
    }
}

/// Something that ends one stretch of a bar and begins the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Created,
    /// The last dependency is satisfied.
    Free,
    Started,
    Ready,
    /// It is healthy since an unknown moment, at the latest this one.
    SeenReady,
    Unhealthy,
    Ended(i64),
}

/// One container's bar. `free` is when its last dependency got ready, if it has any and that is known.
fn lane(stack: &Stack, node: &Node<'_>, c: &Container, state: State, origin: Stamp, free: Option<Stamp>) -> Lane {
    let job = node.job || state == State::Done;
    let turns = turns(stack, job, c, state, free);
    let unstarted = match node.deps.is_empty() {
        _ if lost_a_start(c, &turns) && c.created >= Some(origin) => SpanKind::Unknown,
        true => SpanKind::Created,
        false => SpanKind::Waiting,
    };
    let mut bar = Bar { spans: Vec::new(), from: origin, kind: unstarted };
    let mut marks = Vec::new();
    let mut started = false;
    for (i, (at, turn)) in turns.iter().enumerate() {
        let later = turns.iter().skip(i + 1).map(|(_, t)| *t);
        let kind = match turn {
            Turn::Created => unstarted,
            Turn::Free if bar.kind == SpanKind::Waiting => SpanKind::Created,
            Turn::Free => bar.kind,
            Turn::Started if job || c.has_check() => starting(c, *at, later),
            Turn::Started | Turn::Ready | Turn::SeenReady => SpanKind::Ready,
            Turn::Unhealthy => SpanKind::Unhealthy,
            // What ended before this start is at the bar's beginning like what was never started.
            Turn::Ended(_) if later.clone().any(|t| t == Turn::Started) && *at < origin => unstarted,
            Turn::Ended(_) if later.clone().any(|t| t == Turn::Started) => SpanKind::Down,
            Turn::Ended(_) => SpanKind::Ended,
        };
        bar.turn(*at, kind);
        let mark = match turn {
            Turn::Created => Some(Mark::Created),
            Turn::Started if started => Some(Mark::Restarted),
            Turn::Started => Some(Mark::Started),
            Turn::Ready => Some(Mark::Ready),
            Turn::Ended(code) => Some(Mark::Exited(*code)),
            Turn::Free | Turn::SeenReady | Turn::Unhealthy => None,
        };
        started |= *turn == Turn::Started && *at >= origin;
        marks.extend(mark.filter(|_| *at >= origin).map(|m| (*at, m)));
    }
    let mut spans = bar.finish();
    if let Some(history) = stack.history.get(&c.id) {
        for probe in history.probes.values().filter(|p| p.end >= origin) {
            marks.push((probe.end, if probe.exit == 0 { Mark::Passed } else { Mark::Failed }));
            if probe.exit != 0 {
                cut_probe(&mut spans, probe.start, probe.end);
            }
        }
    }
    marks.sort_by_key(|(at, _)| *at);
    let ready = ready_at(stack, node, c, state);
    Lane { service: node.name.clone(), container: Some(c.id.clone()), spans, marks, ready }
}

/// Whether the container was started more often than is known, so that its first start isn't.
fn lost_a_start(c: &Container, turns: &[(Stamp, Turn)]) -> bool {
    let starts = turns.iter().filter(|(_, t)| *t == Turn::Started).count();
    let first = turns.iter().find(|(_, t)| matches!(t, Turn::Started | Turn::Ended(_)));
    matches!(first, Some((_, Turn::Ended(_))))
        || c.started.is_some() && u32::try_from(starts).is_ok_and(|n| n <= c.restarts)
}

/// All that is known to have happened to a container, in order.
fn turns(stack: &Stack, job: bool, c: &Container, state: State, free: Option<Stamp>) -> Vec<(Stamp, Turn)> {
    let mut turns: Vec<(Stamp, Turn)> = Vec::new();
    turns.extend(c.created.map(|at| (at, Turn::Created)));
    match stack.history.get(&c.id) {
        Some(history) => {
            turns.extend(history.starts.keys().map(|at| (*at, Turn::Started)));
            turns.extend(history.ends.iter().map(|(at, code)| (*at, Turn::Ended(*code))));
            if c.has_check() {
                let turn = |ok: bool| if ok { Turn::Ready } else { Turn::Unhealthy };
                turns.extend(history.health.iter().map(|(at, ok)| (*at, turn(*ok))));
            }
        }
        None => turns.extend(c.started.map(|at| (at, Turn::Started))),
    }
    if !c.has_check() && !job {
        turns.extend(c.started.filter(|_| state.is_up()).map(|at| (at, Turn::Ready)));
    }
    if c.health == Some(Health::Healthy) {
        let passed = c.probes.iter().rev().take_while(|p| p.exit == 0 && Some(p.start) >= c.started);
        turns.extend(passed.last().map(|p| (p.end, Turn::SeenReady)));
    }
    turns.extend(free.map(|at| (at, Turn::Free)));
    turns.sort();
    turns
}

/// What follows a start: starting, unless it got ready at a moment that nobody knows any more.
fn starting(c: &Container, at: Stamp, mut later: impl Iterator<Item = Turn>) -> SpanKind {
    let settled = matches!(c.health, Some(Health::Healthy | Health::Unhealthy));
    if c.started == Some(at) && settled && !later.any(|t| matches!(t, Turn::Ready | Turn::Unhealthy)) {
        SpanKind::Unknown
    } else {
        SpanKind::Starting
    }
}

/// Spans as they are laid one after the other, from the origin on.
struct Bar {
    spans: Vec<Span>,
    from: Stamp,
    kind: SpanKind,
}

impl Bar {
    fn turn(&mut self, at: Stamp, kind: SpanKind) {
        if at > self.from && kind != self.kind {
            self.spans.push(Span { from: self.from, to: Some(at), kind: self.kind });
            self.from = at;
        }
        self.kind = kind;
    }

    fn finish(mut self) -> Vec<Span> {
        self.spans.push(Span { from: self.from, to: None, kind: self.kind });
        self.spans
    }
}

/// Cuts a failed probe out of the stretch of starting in which it ran.
fn cut_probe(spans: &mut Vec<Span>, start: Stamp, end: Stamp) {
    let inside =
        |s: &Span| s.kind == SpanKind::Starting && s.from <= start && s.to.is_none_or(|to| start < to) && start < end;
    let Some(at) = spans.iter().position(inside) else { return };
    let Some(whole) = spans.get(at).copied() else { return };
    let end = whole.to.map_or(end, |to| to.min(end));
    let mut parts = vec![Span { from: start, to: Some(end), kind: SpanKind::Probing }];
    if whole.from < start {
        parts.insert(0, Span { to: Some(start), ..whole });
    }
    if whole.to != Some(end) {
        parts.push(Span { from: end, ..whole });
    }
    spans.splice(at..=at, parts);
}

/// The chain that ends in the service that got ready last, each link being the dependency that it had to wait
/// for longest.
fn critical(services: &Services<'_>, moments: &Moments, origin: Stamp) -> Vec<(ServiceName, Duration)> {
    let ready = moments.ready.iter().enumerate().filter_map(|(at, r)| Some(((*r)?, at))).filter(|(r, _)| *r > origin);
    // Of equals the first, which is the deeper one.
    let Some(mut link) = ready.reduce(|best, new| if new.0 > best.0 { new } else { best }) else { return Vec::new() };
    let mut chain = Vec::new();
    while let Some(node) = services.nodes.get(link.1) {
        let started = moments.started.get(link.1).copied().flatten().unwrap_or(link.0);
        let deps = node.deps.iter().filter_map(|d| Some((moments.satisfied(d)?, d.on)));
        // Strictly earlier, so that a cycle ends.
        let before = deps.filter(|(at, _)| *at > origin && *at < link.0 && *at <= started).max();
        chain.push((node.name.clone(), link.0.since(before.map_or(origin, |b| b.0))));
        match before {
            Some(next) => link = next,
            None => break,
        }
    }
    chain.reverse();
    chain
}
