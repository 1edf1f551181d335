//! Where the last start began, and what kind of start it is.

use std::time::Duration;

use super::{Lane, StartKind, critical::Moments, lane::ready_now};
use crate::{
    base::{num::nanos, time::Stamp},
    compose::Restart,
    stack::{Container, Stack, State, services::Services},
};

/// What begins so long after everything before it got ready is a start of its own. Compose starts a dependent
/// within two seconds.
const PAUSE: Duration = Duration::from_secs(10);
/// By so much a start may precede what it waits for, by the engine's stamps.
const SLACK: Duration = Duration::from_millis(50);

/// Where the last start began: containers that began while others were still getting ready belong together.
pub(super) fn find(stack: &Stack, services: &Services<'_>, now: Stamp) -> Option<Stamp> {
    let mut lives: Vec<(Stamp, Stamp, Option<Stamp>)> = Vec::new();
    for node in &services.nodes {
        for (container, state) in &node.counted {
            let again = run_again(stack, container);
            let Some(begun) = again.map(|(begun, _)| begun).or_else(|| begun(container)) else { continue };
            // One that never gets ready must not tie all later starts to its own.
            let busy = match ready_now(stack, node, container, *state) {
                Some(ready) => ready,
                None if *state == State::Starting => now,
                None => container.started.unwrap_or(begun),
            };
            let ended = container.finished.filter(|end| *end < begun && !crashed(stack, container, *end));
            let ended = again.map(|(_, ended)| ended).or(ended);
            lives.push((begun, busy.max(begun), ended));
        }
    }
    lives.sort();
    let (mut origin, mut busy, _) = *lives.first()?;
    for (begun, ready, ended) in lives {
        // What was still up when all others were ready is started anew by somebody, however soon.
        if begun.since(busy) > PAUSE || ended.is_some_and(|ended| ended > busy) {
            origin = begun;
        }
        busy = busy.max(ready);
    }
    // What was created and left lying (`docker compose create`) is no start yet.
    let counted = services.nodes.iter().flat_map(|n| &n.counted).map(|(c, _)| *c);
    let first = counted.filter(|c| begun(c) >= Some(origin) && c.restarts == 0).filter_map(|c| c.started).min();
    Some(first.filter(|first| first.since(origin) > PAUSE).unwrap_or(origin))
}

/// Whether it is known that nobody asked for an end.
fn crashed(stack: &Stack, container: &Container, end: Stamp) -> bool {
    let grace = container.stop_timeout.unwrap_or(Duration::from_secs(10)) + PAUSE;
    let since = end.shifted(-nanos(grace));
    stack.history.get(&container.id).is_some_and(|h| {
        h.watched.is_some_and(|watched| watched <= end) && h.asked.range(since..=end + PAUSE).next().is_none()
    })
}

/// When a container that has ended by now was started once more by somebody: a job that `docker compose start` ran
/// again, say; and when its life before that ended, of which only its history tells.
fn run_again(stack: &Stack, container: &Container) -> Option<(Stamp, Stamp)> {
    let started = container.started.filter(|_| container.restarts == 0)?;
    let ended = container.finished.filter(|end| *end >= started)?;
    let history = stack.history.get(&container.id)?;
    let (before, _) = history.ends.range(..started).next_back()?;
    (*before < ended).then_some((started, *before))
}

/// When the container's part in a start began: with its creation, unless it had a life before this one.
pub(super) fn begun(container: &Container) -> Option<Stamp> {
    let lived_before = container.finished.is_some() && container.finished < container.started;
    if lived_before && container.restarts == 0 { container.started } else { container.created.or(container.started) }
}

/// Whether a container was created or started in the start that began then.
pub(super) fn is_in(container: &Container, origin: Stamp) -> bool {
    begun(container).max(container.started.filter(|_| container.restarts == 0)) >= Some(origin)
}

/// What kind of start it is.
pub(super) fn kind(
    stack: &Stack,
    services: &Services<'_>,
    lanes: &[Lane],
    moments: &Moments,
    origin: Stamp,
) -> StartKind {
    let members: Vec<&Container> =
        lanes.iter().filter(|l| l.in_start).filter_map(|l| stack.containers.get(l.container.as_ref()?)).collect();
    if is_revived(stack, services, &members, moments) {
        return StartKind::Revived;
    }
    // What runs beside, since before.
    let beside = services.nodes.iter().flat_map(|n| &n.counted);
    if beside.filter(|(_, s)| s.is_up()).any(|(c, _)| !is_in(c, origin)) {
        return StartKind::Partial;
    }
    if members.iter().all(|c| c.created >= Some(origin)) { StartKind::Cold } else { StartKind::Warm }
}

/// Whether the engine did it: containers that it starts by itself all ended before any was started, nobody asked
/// for that, and one was started though what it waits for wasn't satisfied.
fn is_revived(stack: &Stack, services: &Services<'_>, members: &[&Container], moments: &Moments) -> bool {
    let ended = members.iter().map(|c| c.finished).collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    let first = members.iter().filter_map(|c| c.started).min();
    let (Some(ended), Some(first)) = (ended, first) else { return false };
    let by_itself = |c: &&Container| matches!(c.restart, Restart::Always | Restart::UnlessStopped);
    let asked = |c: &&Container| {
        let ends = stack.history.get(&c.id).map(|h| &h.asked);
        ends.is_some_and(|asked| asked.range(..=first).next_back().is_some())
    };
    if ended > first || !members.iter().all(by_itself) || members.iter().any(asked) {
        return false;
    }
    let is_member = |c: &Container| members.iter().any(|m| m.id == c.id);
    services.nodes.iter().any(|node| {
        let started = node.counted.iter().filter(|(c, _)| is_member(c)).filter_map(|(c, _)| c.started).min();
        started.is_some_and(|started| {
            node.deps.iter().any(|d| match moments.satisfied(d) {
                Some(at) => at > started + SLACK,
                None => services.nodes.get(d.on).is_some_and(|on| !on.is_ready()),
            })
        })
    })
}
