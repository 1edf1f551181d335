//! The last start beside earlier ones of its kind: what is left of it, and what took longer than usual.

use std::time::Duration;

use super::{Comparison, Regression, StartKind, Timeline};
use crate::{
    base::{id::ServiceName, time::Stamp},
    compose::Condition,
    stack::{Stack, services::Services, starts::StartRecord},
};

/// With how many earlier starts a start is compared.
const WITH: usize = 5;
/// Fewer earlier starts than this make no habit.
const LEAST: usize = 2;
/// What takes longer than usual by less than this is no regression.
const NOTABLE: Duration = Duration::from_secs(3);
/// Between a dependency's being satisfied and the start of what waited for it: compose looks twice a second.
const HANDOVER: Duration = Duration::from_millis(700);

/// Compares, at a moment on the engine's clock.
pub(super) fn with_earlier(timeline: &Timeline, stack: &Stack, services: &Services<'_>, now: Stamp) -> Comparison {
    let is_like = |s: &&StartRecord| {
        s.kind == timeline.kind
            && s.place == services.engine.place
            && s.began + Duration::from_secs(1) < timeline.origin
    };
    let like: Vec<&StartRecord> = stack.remembered.starts().iter().filter(is_like).collect();
    let mut members: Vec<&ServiceName> = timeline.lanes.iter().filter(|l| l.in_start).map(|l| &l.service).collect();
    members.sort();
    members.dedup();
    // A whole start is like another only where the same services were in it.
    let whole = like.iter().filter(|s| {
        let then = s.services();
        if timeline.settled.is_some() { then == members } else { members.iter().all(|m| then.contains(m)) }
    });
    let whole: Vec<&&StartRecord> = whole.collect();
    let earlier = whole.iter().rev().take(WITH).rev().map(|s| (s.began, s.took)).collect::<Vec<_>>();
    let mut regressions = Vec::new();
    if let Some(took) = timeline.took() {
        let totals: Vec<Duration> = earlier.iter().map(|(_, took)| *took).collect();
        regressions.extend(regression(None, took, totals, timeline.kind));
        for service in members {
            let took = timeline.lanes_of(service).filter_map(super::Lane::took).max();
            let before = like.iter().rev().filter_map(|s| s.took_of(service)).take(WITH).collect();
            regressions.extend(took.and_then(|took| regression(Some(service.clone()), took, before, timeline.kind)));
        }
    }
    let to_go = if timeline.settled.is_none() { to_go(timeline, services, &like, now) } else { None };
    Comparison { earlier, to_go, regressions }
}

fn regression(
    service: Option<ServiceName>,
    took: Duration,
    before: Vec<Duration>,
    kind: StartKind,
) -> Option<Regression> {
    let of = before.len();
    let usual = median(before).filter(|_| of >= LEAST)?;
    let longer = took.saturating_sub(usual);
    let notable = longer > NOTABLE && longer.saturating_mul(4) > usual;
    notable.then_some(Regression { service, took, usual, of, kind })
}

/// The middle one; of an even number the lower of both.
fn median(mut all: Vec<Duration>) -> Option<Duration> {
    all.sort();
    all.get(all.len().checked_sub(1)? / 2).copied()
}

/// What is left, if every service that isn't ready takes as long as it usually does once it is started. `None` as
/// soon as something stands still that won't move by itself.
fn to_go(timeline: &Timeline, services: &Services<'_>, like: &[&StartRecord], now: Stamp) -> Option<Duration> {
    let mut started: Vec<Option<Stamp>> = Vec::new();
    let mut ready: Vec<Option<Stamp>> = Vec::new();
    let mut end = now;
    for node in &services.nodes {
        let lanes: Vec<_> = timeline.lanes_of(&node.name).collect();
        if node.is_ready() || !node.enabled {
            // A moment of the past, known or not.
            started.push(Some(timeline.origin));
            ready.push(Some(timeline.origin));
            continue;
        }
        if node.state.is_trouble() {
            return None;
        }
        let usual = median(like.iter().rev().filter_map(|s| s.took_of(&node.name)).take(WITH).collect())?;
        let free = node.deps.iter().map(|d| {
            let moments = if d.condition == Condition::Started { &started } else { &ready };
            moments.get(d.on).copied().flatten()
        });
        let free = free.collect::<Option<Vec<_>>>()?.into_iter().max();
        let own = lanes.iter().filter_map(|l| l.started).max().filter(|_| node.counted.iter().all(|(_, s)| s.is_up()));
        let start = own.unwrap_or_else(|| free.map_or(now, |free| (free + HANDOVER).max(now)));
        let at = (start + usual).max(now);
        started.push(Some(start));
        ready.push(Some(at));
        end = end.max(at);
    }
    Some(end.since(now))
}
