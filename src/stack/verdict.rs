//! The verdict over all services, and the one at the root of the trouble.

use super::{Stack, State, Verdict, blockers::Obstacles, services::Services};
use crate::base::id::ServiceName;

impl Stack {
    /// The stack in one word.
    pub(super) fn verdict(&self, services: &Services<'_>, obstacles: &Obstacles) -> Verdict {
        if !self.listed || services.engine.lost {
            return Verdict::Unknown;
        }
        let enabled = || services.nodes.iter().zip(&obstacles.stuck).filter(|(n, _)| n.enabled);
        let ready = enabled().filter(|(n, _)| n.is_ready()).count();
        let total = enabled().count();
        if total > 0 && ready == total {
            Verdict::Ready
        } else if obstacles.at_rest {
            Verdict::Stopped
        } else if !enabled().any(|(_, stuck)| *stuck) {
            Verdict::Starting
        } else if ready > 0 {
            Verdict::Degraded
        } else {
            Verdict::Failed
        }
    }
}

/// The deepest service that isn't ready and stands in the way, with the chain from the first dependent down
/// to it. A chain that ends in real trouble goes before one that ends in a service that only takes its time.
pub(super) fn root(services: &Services<'_>, obstacles: &Obstacles) -> Option<(ServiceName, Vec<ServiceName>)> {
    if obstacles.at_rest {
        return None;
    }
    let open = |at: usize| services.nodes.get(at).is_some_and(|n| n.enabled && !n.is_ready());
    let chains = (0..services.nodes.len()).filter(|at| open(*at)).map(|top| {
        let mut chain = vec![top];
        let mut at = top;
        while let Some(next) = next_down(obstacles, at).filter(|n| open(*n) && !chain.contains(n)) {
            chain.push(next);
            at = next;
        }
        chain
    });
    let weight = |chain: &Vec<usize>| {
        let end = chain.last().copied().unwrap_or_default();
        let state = services.nodes.get(end).map_or(State::Unknown, |n| n.state);
        (obstacles.stuck.get(end) == Some(&true), state.is_trouble() || state == State::Paused, chain.len())
    };
    // Of equals the first: `max_by_key` would take the last.
    let best = chains.reduce(|best, chain| if weight(&chain) > weight(&best) { chain } else { best })?;
    let names: Vec<ServiceName> =
        best.iter().filter_map(|at| services.nodes.get(*at)).map(|n| n.name.clone()).collect();
    names.last().cloned().map(|root| (root, names))
}

/// The dependency to look at next: one that can't be satisfied, or else the first. What is in trouble of its own
/// isn't so for a dependency that only takes its time.
fn next_down(obstacles: &Obstacles, at: usize) -> Option<usize> {
    let blockers = obstacles.unsatisfied.get(at)?;
    let (on, blocker) = blockers.iter().find(|(_, b)| b.hopeless).or_else(|| blockers.first())?;
    let is_stuck = |at: usize| obstacles.stuck.get(at) == Some(&true);
    (blocker.hopeless || is_stuck(*on) || !is_stuck(at)).then_some(*on)
}
