//! The chain that decided how long a start took, and what each dependency cost.

use std::time::Duration;

use super::{Lane, Wait};
use crate::{
    base::{id::ServiceName, time::Stamp},
    compose::Condition,
    stack::services::{Dep, Services},
};

/// When each service could be relied on, by node; unknown where it isn't yet, or nobody knows.
#[derive(Default)]
pub(super) struct Moments {
    pub started: Vec<Option<Stamp>>,
    pub ready: Vec<Option<Stamp>>,
}

impl Moments {
    /// When a dependency was satisfied.
    pub fn satisfied(&self, dep: &Dep) -> Option<Stamp> {
        let moments = if dep.condition == Condition::Started { &self.started } else { &self.ready };
        *moments.get(dep.on)?
    }
}

/// The chain that ends in the service that got ready last, each link being the dependency that it had to wait
/// for longest. It begins after a link whose dependency got ready in this start at a moment that nobody knows.
pub(super) fn path(
    services: &Services<'_>,
    moments: &Moments,
    lanes: &[Lane],
    origin: Stamp,
) -> Vec<(ServiceName, Duration)> {
    let is_unknown = |dep: &Dep| {
        let on = services.nodes.get(dep.on).map(|n| &n.name);
        moments.satisfied(dep).is_none() && lanes.iter().any(|l| l.in_start && Some(&l.service) == on)
    };
    let ready = moments.ready.iter().enumerate().filter_map(|(at, r)| Some(((*r)?, at))).filter(|(r, _)| *r > origin);
    // Of equals the first, which is the deeper one.
    let Some(mut link) = ready.reduce(|best, new| if new.0 > best.0 { new } else { best }) else { return Vec::new() };
    let mut chain = Vec::new();
    while let Some(node) = services.nodes.get(link.1).filter(|n| !n.deps.iter().any(is_unknown)) {
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

/// What each dependency of what was started in this start cost it.
pub(super) fn waits(services: &Services<'_>, moments: &Moments, lanes: &[Lane], origin: Stamp) -> Vec<Wait> {
    let mut waits = Vec::new();
    for node in &services.nodes {
        if !lanes.iter().any(|l| l.service == node.name && l.in_start) {
            continue;
        }
        // What comes before its own creation costs nothing.
        let created = node.counted.iter().filter_map(|(c, _)| c.created).min();
        let base = created.map_or(origin, |at| at.max(origin));
        let satisfied: Vec<Option<Stamp>> = node.deps.iter().map(|d| moments.satisfied(d)).collect();
        let all_known = satisfied.iter().all(Option::is_some);
        for (i, dep) in node.deps.iter().enumerate() {
            let Some(target) = services.nodes.get(dep.on) else { continue };
            let at = satisfied.get(i).copied().flatten();
            let others = satisfied.iter().enumerate().filter(|(j, _)| *j != i).filter_map(|(_, at)| *at).max();
            let without = others.map_or(base, |at| at.max(base));
            waits.push(Wait {
                service: node.name.clone(),
                on: target.name.clone(),
                condition: dep.condition,
                satisfied: at,
                cost: at.filter(|_| all_known).map(|at| at.since(without)),
            });
        }
    }
    waits
}
