//! What stands in a service's way: unsatisfied dependencies, and whether they can still be satisfied.

use std::time::Duration;

use super::{
    Blocker, Stack, State,
    services::{Node, Services},
    state,
};
use crate::{
    base::time::Stamp,
    compose::{Condition, Restart},
};

/// A stack in which no container was made or started for so long is not on its way anywhere by itself.
const MOTION: Duration = Duration::from_secs(15);

/// What is in whose way, for every node, with what only all of them together tell.
#[derive(Debug)]
pub(super) struct Obstacles {
    /// By node: dependencies that aren't satisfied now, whether it is up or not.
    pub unsatisfied: Vec<Vec<(usize, Blocker)>>,
    /// By node: it isn't ready, and can't become so without help.
    pub stuck: Vec<bool>,
    /// Nothing runs, nothing failed, and nothing is on its way.
    pub at_rest: bool,
    /// When all of this reads differently, though nothing happens: the motion ends, or a crash loop does.
    pub until: Option<Stamp>,
}

/// Something is on its way.
#[derive(Debug, Clone, Copy)]
struct Motion {
    /// The last creation or start.
    begun: Stamp,
    /// When it is over, if nothing happens; `None` while somebody waits for somebody.
    until: Option<Stamp>,
}

impl Services<'_> {
    /// Turns created containers that wait into waiting ones, and finds what stands in whose way.
    pub(super) fn obstacles(&mut self, stack: &Stack, now: Stamp) -> Obstacles {
        let motion = self.motion(stack, now);
        let at_rest = self.is_at_rest(motion.is_some());
        let proved = self.nodes.iter().filter_map(|n| n.proved);
        let until = proved.chain(motion.and_then(|m| m.until)).min();
        let mut found = Obstacles { unsatisfied: Vec::new(), stuck: Vec::new(), at_rest, until };
        // Dependencies stand before their dependents, so what they wait for is known by then.
        for node in &self.nodes {
            let mut blockers = Vec::new();
            for dep in &node.deps {
                let Some(target) = self.nodes.get(dep.on).filter(|t| !t.satisfies(dep.condition)) else { continue };
                let lost = !at_rest && is_lost(target, dep.condition, found.stuck.get(dep.on) == Some(&true));
                // Compose goes on without an optional dependency that can't come.
                if !dep.required && (lost || target.counted.is_empty()) {
                    continue;
                }
                let blocker = Blocker { service: target.name.clone(), condition: dep.condition, hopeless: lost };
                blockers.push((dep.on, blocker));
            }
            found.stuck.push(!node.is_ready() && is_stuck(node, &blockers, motion));
            found.unsatisfied.push(blockers);
        }
        for (node, blockers) in self.nodes.iter_mut().zip(&found.unsatisfied) {
            if !blockers.is_empty() {
                node.wait();
            }
        }
        found
    }

    /// Whether anything is on its way: a container was made, started or got ready just now, or somebody who
    /// isn't up waits for something that is about to be.
    fn motion(&self, stack: &Stack, now: Stamp) -> Option<Motion> {
        let counted = self.nodes.iter().flat_map(|n| &n.counted);
        let ready = counted.filter(|(_, s)| matches!(s, State::Healthy | State::Done));
        let ready = ready.filter_map(|(c, s)| state::since(c, stack.history.get(&c.id), *s));
        let begun = || self.nodes.iter().flat_map(|n| &n.all).filter_map(|c| c.created.max(c.started));
        let last = ready.chain(begun()).max().filter(|at| now.since(*at) < MOTION);
        let live_wait = |node: &Node<'_>| {
            !node.state.is_up()
                && node.deps.iter().any(|d| {
                    let target = self.nodes.get(d.on);
                    target.is_some_and(|t| {
                        !t.satisfies(d.condition) && t.state.is_up() && !is_lost(t, d.condition, false)
                    })
                })
        };
        let waits = self.nodes.iter().filter(|n| n.enabled).any(live_wait);
        (waits || last.is_some()).then(|| Motion {
            begun: begun().max().unwrap_or(now),
            until: last.filter(|_| !waits).map(|at| at + MOTION),
        })
    }

    fn is_at_rest(&self, moving: bool) -> bool {
        self.nodes.iter().filter(|n| n.enabled || !n.counted.is_empty()).all(|node| match node.state {
            State::Missing | State::Stopped | State::Done => true,
            State::Created | State::Waiting => !moving,
            State::Exited => node.speaker().is_some_and(|c| c.exit_code == Some(0)),
            _ => false,
        })
    }
}

/// Whether a dependency that isn't satisfied can't become so without help. `stuck` says so of its service.
fn is_lost(target: &Node<'_>, condition: Condition, stuck: bool) -> bool {
    let restarts_for_ever =
        || target.counted.iter().any(|(c, _)| matches!(c.restart, Restart::Always | Restart::UnlessStopped));
    let completes = condition == Condition::Completed;
    match target.state {
        State::Failed | State::Exited | State::Paused | State::Done => true,
        State::Restarting => restarts(target) >= state::LOOPS || completes && restarts_for_ever(),
        State::Unhealthy if completes => restarts_for_ever(),
        State::Unhealthy => !is_unhealthy_by_pause(target),
        // A job that is always restarted never counts as completed; without a check nothing gets healthy.
        State::Healthy | State::Running | State::Starting if completes => restarts_for_ever(),
        State::Running => condition == Condition::Healthy,
        State::Created | State::Waiting | State::Missing | State::Stopped => stuck,
        State::Healthy | State::Starting | State::Unknown => false,
    }
}

/// Whether a service that isn't ready can't become so without help.
fn is_stuck(node: &Node<'_>, blockers: &[(usize, Blocker)], motion: Option<Motion>) -> bool {
    let hopeless = || blockers.iter().any(|(_, b)| b.hopeless);
    match node.state {
        State::Failed | State::Exited | State::Paused => true,
        State::Unhealthy => !is_unhealthy_by_pause(node),
        // What was stopped before the others were started is about to be started with them.
        State::Stopped => hopeless() || motion.map(|m| m.begun) <= node.speaker().and_then(|c| c.finished),
        State::Restarting => restarts(node) >= state::LOOPS,
        State::Starting | State::Running if node.looping > 0 => true,
        State::Starting | State::Unknown => false,
        State::Created | State::Waiting | State::Missing => hopeless() || motion.is_none(),
        State::Running if node.job => is_lost(node, Condition::Completed, false),
        // Fewer containers than wanted.
        State::Running | State::Healthy | State::Done => motion.is_none(),
    }
}

fn is_unhealthy_by_pause(node: &Node<'_>) -> bool {
    node.counted.iter().filter(|(_, s)| *s == State::Unhealthy).all(|(c, _)| c.is_unhealthy_by_pause())
}

fn restarts(node: &Node<'_>) -> u32 {
    node.counted.iter().map(|(c, _)| c.restarts).max().unwrap_or(0)
}
