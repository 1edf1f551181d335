//! When a start was over: when the last of its containers got ready.

use super::{Lane, SpanKind};
use crate::{base::time::Stamp, compose::Condition, stack::services::Services};

/// The last moment at which a container of the start got ready. That of others may be unknown, where it is known to
/// have been earlier.
pub(super) fn of(services: &Services<'_>, lanes: &[Lane]) -> Option<Stamp> {
    let members: Vec<&Lane> = lanes.iter().filter(|l| l.in_start).collect();
    let last = members.iter().filter_map(|l| l.ready).max()?;
    let all =
        members.iter().all(|l| l.ready.or_else(|| at_the_latest(services, &members, l)).is_some_and(|at| at <= last));
    all.then_some(last)
}

/// By when a container was ready that is so now: since then its probes are known to have passed, or somebody was
/// started who waited for it.
fn at_the_latest(services: &Services<'_>, members: &[&Lane], lane: &Lane) -> Option<Stamp> {
    let seen = lane.spans.last().filter(|s| s.kind == SpanKind::Ready)?.from;
    let waits = |name: &str| {
        let deps = services.nodes.iter().filter(|n| *n.name == *name).flat_map(|n| &n.deps);
        deps.filter(|d| d.condition != Condition::Started)
            .any(|d| services.nodes.get(d.on).is_some_and(|on| on.name == lane.service))
    };
    let followed = members.iter().filter(|l| waits(&l.service)).filter_map(|l| l.started).min();
    Some(followed.map_or(seen, |at| at.min(seen)))
}
