//! One container's bar: what is known to have happened to it, in order, as spans and marks.

use super::{
    Lane, Mark, Span, SpanKind,
    origin::is_in,
    ready::{SAME, ready_in},
};
use crate::{
    base::time::Stamp,
    stack::{Container, Health, Probe, Quirks, Stack, State, schedule::Schedule, services::Node},
};

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
pub(super) fn of(
    stack: &Stack,
    quirks: Quirks,
    node: &Node<'_>,
    c: &Container,
    state: State,
    origin: Stamp,
    free: Option<Stamp>,
) -> Lane {
    let job = node.job || state == State::Done;
    let mut turns = turns(stack, job, c, state, free);
    let lost = lost_a_start(c, &turns, origin);
    let ready = ready_in(stack, node, c, state, origin, lost);
    if let Some(at) = ready.filter(|_| c.has_check() && !turns.iter().any(|(_, t)| *t == Turn::Ready)) {
        // Remembered, not told by the engine.
        turns.push((at, Turn::Ready));
        turns.sort();
    }
    let unstarted = match node.deps.is_empty() {
        _ if lost && c.created >= Some(origin) => SpanKind::Unknown,
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
            Turn::Started if job || c.has_check() => starting(stack, quirks, c, *at, later),
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
    let mut probes = Vec::new();
    if let Some(history) = stack.history.get(&c.id) {
        for probe in history.probes.values().filter(|p| p.end >= origin) {
            probes.push((probe.start, probe.end, probe.exit));
            marks.push((probe.end, if probe.exit == 0 { Mark::Passed } else { Mark::Failed }));
            if probe.exit != 0 {
                cut_probe(&mut spans, probe.start, probe.end);
            }
        }
    }
    let in_start = is_in(stack, c, origin);
    let first = turns.iter().find(|(at, t)| *t == Turn::Started && *at >= origin).map(|(at, _)| *at);
    let started = first.filter(|_| in_start && !lost);
    let opening = stack.opening.get(&c.id).filter(|o| started == Some(o.start));
    let listening = opening.and_then(|o| o.listening.clone());
    marks.extend(listening.iter().map(|(at, _)| (*at, Mark::Listening)));
    marks.sort_by_key(|(at, _)| *at);
    Lane {
        service: node.name.clone(),
        container: Some(c.id.clone()),
        in_start,
        spans,
        marks,
        free: free.filter(|_| in_start),
        started,
        first_line: opening.and_then(|o| o.first),
        listening,
        probes,
        ready,
    }
}

/// Whether the engine restarted the container in this start more often than is known, so that its first start isn't.
fn lost_a_start(c: &Container, turns: &[(Stamp, Turn)], origin: Stamp) -> bool {
    let mut known = turns.iter().filter(|(at, t)| *at >= origin && matches!(t, Turn::Started | Turn::Ended(_)));
    let starts = known.clone().filter(|(_, t)| *t == Turn::Started).count();
    let ended_first = matches!(known.next(), Some((_, Turn::Ended(_))));
    c.restarts > 0 && (ended_first || c.started.is_some() && u32::try_from(starts).is_ok_and(|n| n <= c.restarts))
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
    if let Some(passed) = probes(stack, c).find(|p| p.exit == 0).filter(|_| c.has_check()) {
        // One that passes makes it healthy; where that wasn't told, it was healthy before.
        let told = turns.iter().any(|(at, t)| *t == Turn::Ready && Some(*at) >= c.started && *at <= passed.end + SAME);
        turns.extend((!told).then_some((passed.end, Turn::SeenReady)));
    }
    turns.extend(free.map(|at| (at, Turn::Free)));
    turns.sort();
    turns
}

/// The probes since the last start that are known, oldest first.
fn probes<'a>(stack: &'a Stack, c: &'a Container) -> impl Iterator<Item = &'a Probe> {
    let history = stack.history.get(&c.id).map(|h| h.probes.values()).into_iter().flatten();
    history.filter(|p| c.started.is_some_and(|start| p.start >= start))
}

/// What follows a start: starting, unless it got ready at a moment that nobody knows any more.
fn starting(
    stack: &Stack,
    quirks: Quirks,
    c: &Container,
    at: Stamp,
    mut later: impl Iterator<Item = Turn>,
) -> SpanKind {
    let settled = matches!(c.health, Some(Health::Healthy | Health::Unhealthy));
    if c.started != Some(at) || !settled {
        return SpanKind::Starting;
    }
    let known = match later.find(|t| matches!(t, Turn::Ready | Turn::SeenReady | Turn::Unhealthy)) {
        Some(Turn::Ready) => true,
        // It may have been healthy before, unless the start was seen or all of its probes are known.
        Some(Turn::Unhealthy) => {
            let schedule = c.active_check().map(|check| Schedule::of(check, quirks));
            let first = probes(stack, c).next();
            let whole = schedule.zip(first).is_some_and(|(schedule, probe)| schedule.is_next(at, at, probe.start));
            whole || stack.history.get(&c.id).is_some_and(|history| history.saw(at))
        }
        _ => false,
    };
    if known { SpanKind::Starting } else { SpanKind::Unknown }
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
