//! When a container got ready: now, and in a start.

use std::time::Duration;

use crate::{
    base::time::Stamp,
    stack::{Container, Stack, State, services::Node, state::PROOF},
};

/// By so much two stamps of one start may differ.
pub(super) const SAME: Duration = Duration::from_secs(1);

/// When a container got ready after its last start, if that is known.
pub(super) fn ready_now(stack: &Stack, node: &Node<'_>, container: &Container, state: State) -> Option<Stamp> {
    match state {
        State::Done => container.finished,
        _ if container.has_check() => {
            let told = stack.history.get(&container.id).and_then(|h| h.healthy_at(container));
            told.or_else(|| recalled_life(stack, container))
        }
        _ if node.job => None,
        _ => container.started,
    }
}

/// When a container got ready in its present life, by a start that is remembered.
fn recalled_life(stack: &Stack, container: &Container) -> Option<Stamp> {
    let started = container.started?;
    let mut lanes =
        stack.remembered.starts().iter().rev().flat_map(|s| &s.lanes).filter(|l| l.container == container.id);
    lanes.find_map(|l| l.ready.filter(|ready| l.started <= started + SAME && started <= *ready + SAME))
}

/// When a container got ready in the start that began at `origin`: for good, or at least for so long that the
/// engine takes its start for a success. What the engine forgot may be remembered.
pub(super) fn ready_in(
    stack: &Stack,
    node: &Node<'_>,
    c: &Container,
    state: State,
    origin: Stamp,
    lost: bool,
) -> Option<Stamp> {
    let recalled = || {
        let gap = |a: Stamp, b: Stamp| a.since(b).max(b.since(a));
        let starts = stack.remembered.starts().iter();
        let mut lanes = starts.filter(|s| gap(s.began, origin) < SAME).flat_map(|s| &s.lanes);
        lanes.find(|l| l.container == c.id).and_then(|l| l.ready)
    };
    if lost {
        return recalled();
    }
    let job = node.job || state == State::Done;
    if let Some(history) = stack.history.get(&c.id).filter(|_| !job) {
        let starts: Vec<Stamp> = history.starts.range(origin..).map(|(at, ())| *at).collect();
        for (start, next) in starts.iter().zip(starts.iter().skip(1)) {
            let Some(end) = history.ends.range(*start..=*next).next().map(|(at, _)| *at) else { continue };
            let ready = match c.has_check() {
                true => history.health.range(*start..end).find(|(_, ok)| **ok).map(|(at, _)| *at),
                false => Some(*start),
            };
            if let Some(ready) = ready.filter(|ready| end.since(*ready) >= PROOF) {
                return Some(ready);
            }
        }
    }
    let ready = ready_now(stack, node, c, state);
    let stays = match state {
        State::Done => true,
        state if state.is_up() && state != State::Restarting => node.looping == 0,
        // It ended since: only what lasted was ready.
        _ => ready.zip(c.finished).is_some_and(|(ready, end)| end.since(ready) >= PROOF),
    };
    ready.filter(|_| stays).or_else(recalled)
}
