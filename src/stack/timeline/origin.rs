//! Where the last start began, and what kind of start it is.

use std::time::Duration;

use super::{Lane, StartKind, critical::Moments, ready::ready_now};
use crate::{
    base::{num::nanos, time::Stamp},
    compose::{Condition, Restart},
    stack::{
        Container, Stack, State,
        schedule::Schedule,
        services::{Node, Services},
    },
};

/// What begins so long after everything before it got ready is a start of its own. Compose starts a dependent
/// within two seconds.
const PAUSE: Duration = Duration::from_secs(10);
/// By so much a start may precede what it waits for, by the engine's stamps.
const SLACK: Duration = Duration::from_millis(50);

/// What was created so long before the first start was left lying (`docker compose create`), and is none of it.
const LYING: Duration = Duration::from_secs(60);

/// A container's part in a start.
pub(super) struct Life {
    /// When it began: with its creation, or with the start by somebody who found it there.
    begun: Stamp,
    /// When its life before that ended, if it had one.
    ended: Option<Stamp>,
}

/// Where the last start began: containers that began while others were still getting ready belong together.
pub(super) fn find(stack: &Stack, services: &Services<'_>, now: Stamp) -> Option<Stamp> {
    let mut lives: Vec<(Stamp, Stamp, Option<Stamp>)> = Vec::new();
    for (at, node) in services.nodes.iter().enumerate() {
        for (container, state) in &node.counted {
            let Some(Life { begun, ended }) = life(stack, container) else { continue };
            // One that never gets ready must not tie all later starts to its own.
            let busy = match ready_now(stack, node, container, *state) {
                Some(ready) => ready,
                None if *state == State::Starting => now,
                None => waited_for(stack, services, at, container).or(container.started).unwrap_or(begun),
            };
            lives.push((begun, busy.max(begun), ended.filter(|end| !crashed(stack, container, *end))));
        }
    }
    lives.sort();
    let (mut origin, mut busy, _) = *lives.first()?;
    for (begun, ready, ended) in lives {
        // What was still up when all others were ready is started again by somebody, however soon.
        if begun.since(busy) > PAUSE || ended.is_some_and(|ended| ended > busy) {
            origin = begun;
        }
        busy = busy.max(ready);
    }
    let counted = services.nodes.iter().flat_map(|n| &n.counted).map(|(c, _)| *c);
    let members: Vec<&Container> = counted.filter(|c| is_in(stack, c, origin)).collect();
    let first = members.iter().filter(|c| c.restarts == 0).filter_map(|c| c.started).min();
    let made = members.iter().filter_map(|c| c.created).filter(|made| Some(*made) <= first).max().unwrap_or(origin);
    Some(first.filter(|first| first.since(made.max(origin)) > LYING).unwrap_or(origin))
}

/// Up to when others that were down waited for a container to get ready, where nobody knows any more when it did:
/// compose starts them right after, or gives up when the health check does.
fn waited_for(stack: &Stack, services: &Services<'_>, node: usize, container: &Container) -> Option<Stamp> {
    let started = container.started?;
    let schedule = Schedule::of(container.active_check()?, services.engine.quirks);
    let limit = schedule.longest().saturating_add(PAUSE);
    let waiting = |n: &&Node<'_>| n.deps.iter().any(|d| d.on == node && d.condition == Condition::Healthy);
    let waiting = services.nodes.iter().filter(waiting).flat_map(|n| &n.counted);
    let begun = waiting.filter_map(|(c, _)| {
        let life = life(stack, c)?;
        life.ended.filter(|end| *end <= started)?;
        Some(life.begun).filter(|begun| *begun >= started && begun.since(started) <= limit)
    });
    begun.max()
}

/// Whether it is known that an end was not asked for.
fn crashed(stack: &Stack, container: &Container, end: Stamp) -> bool {
    stack.history.get(&container.id).is_some_and(|h| h.watched.is_some_and(|watched| watched <= end))
        && !asked(stack, container, end)
}

/// Whether somebody is known to have asked for an end.
fn asked(stack: &Stack, container: &Container, end: Stamp) -> bool {
    let grace = container.stop_timeout.unwrap_or(Duration::from_secs(10)).saturating_add(PAUSE);
    let since = end.shifted(nanos(grace).saturating_neg());
    stack.history.get(&container.id).is_some_and(|h| h.asked.range(since..=end + PAUSE).next().is_some())
}

/// The part of a container in a start. Its creation begins it, unless it had a life before this one.
fn life(stack: &Stack, container: &Container) -> Option<Life> {
    let lived_before = container.finished.filter(|end| Some(*end) < container.started && container.restarts == 0);
    if let Some((begun, ended)) = run_again(stack, container).or_else(|| crashed_since(stack, container)) {
        return Some(Life { begun, ended: Some(ended) });
    }
    let begun = if lived_before.is_some() { container.started } else { container.created.or(container.started) };
    Some(Life { begun: begun?, ended: lived_before })
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

/// When a container that the engine restarted was started by somebody before, who had stopped it; and when that was.
fn crashed_since(stack: &Stack, container: &Container) -> Option<(Stamp, Stamp)> {
    let by_the_engine = usize::try_from(container.restarts).ok().filter(|n| *n > 0)?;
    let history = stack.history.get(&container.id)?;
    let (started, ()) = history.starts.iter().rev().nth(by_the_engine)?;
    let (ended, _) = history.ends.range(..*started).next_back()?;
    asked(stack, container, *ended).then_some((*started, *ended))
}

/// Whether a container was created or started in the start that began then.
pub(super) fn is_in(stack: &Stack, container: &Container, origin: Stamp) -> bool {
    let begun = life(stack, container).map(|life| life.begun);
    begun.max(container.started.filter(|_| container.restarts == 0)) >= Some(origin)
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
    if beside.filter(|(_, s)| s.is_up()).any(|(c, _)| !is_in(stack, c, origin)) {
        return StartKind::Partial;
    }
    if members.iter().all(|c| c.created >= Some(origin)) { StartKind::Cold } else { StartKind::Warm }
}

/// Whether the engine did it: containers that it starts by itself all ended before any was started, no user stopped
/// them, and one was started though what it waits for wasn't satisfied.
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
