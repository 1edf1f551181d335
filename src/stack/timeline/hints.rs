//! What would shorten a start, with the arithmetic. Each hint rests on what was seen in this very start.

use std::time::Duration;

use super::{Hint, Lane, Mark, StartKind, Timeline, Wait};
use crate::{
    base::{
        text::clean,
        time::Stamp,
        units::{count, setting, span},
    },
    compose::Condition,
    stack::{
        Container, Quirks, Stack,
        schedule::Schedule,
        services::{Node, Services},
    },
};

/// What saves less isn't worth a line.
const WORTH: Duration = Duration::from_secs(3);
/// The pause between early probes that is proposed.
const OFTEN: Duration = Duration::from_secs(2);
/// A probe itself takes about so long.
const PROBE: Duration = Duration::from_millis(200);
/// A start shorter than this needs no other order.
const LONG: Duration = Duration::from_secs(20);

/// The hints of a start that is over, the greatest saving first.
pub(super) fn of(timeline: &Timeline, stack: &Stack, services: &Services<'_>) -> Vec<Hint> {
    let mut hints = Vec::new();
    for node in &services.nodes {
        for lane in timeline.lanes_of(&node.name).filter(|l| l.in_start).take(1) {
            let Some(container) = lane.container.as_ref().and_then(|id| stack.containers.get(id)) else { continue };
            hints.extend(timed_out(lane, container));
            hints.extend(late_probe(timeline, services.engine.quirks, lane, container));
            hints.extend(too_early(timeline, stack, services, node, lane));
        }
    }
    if timeline.kind != StartKind::Revived && timeline.took() >= Some(LONG) {
        let candidates = timeline.waits.iter().filter_map(|wait| in_parallel(timeline, services, wait));
        hints.extend(candidates.max_by_key(|h| h.saves));
    }
    hints.sort_by_key(|h| std::cmp::Reverse(h.saves));
    hints
}

/// Probes before it was ready that ran into their timeout, and what that cost.
fn timed_out(lane: &Lane, container: &Container) -> Option<Hint> {
    let limit = container.active_check()?.timeout.unwrap_or(Duration::from_secs(30));
    let ready = lane.ready?;
    let before: Vec<(Stamp, Stamp, i64)> = lane.probes.iter().copied().filter(|(_, end, _)| *end <= ready).collect();
    let mut cost = Duration::ZERO;
    let mut lost = 0_usize;
    for ((start, end, exit), (next, ..)) in before.iter().zip(before.iter().skip(1)) {
        if *exit == -1 && end.since(*start).saturating_add(Duration::from_millis(300)) >= limit {
            lost += 1;
            cost = cost.saturating_add(next.since(*start));
        }
    }
    if lost == 0 || cost < WORTH {
        return None;
    }
    let name = clean(&lane.service);
    let words = format!(
        "{} of {name} timed out: {}{}, then a full interval; {} in all",
        count(lost, "probe"),
        setting(limit),
        if lost == 1 { "" } else { " each" },
        span(cost)
    );
    Some(Hint { service: lane.service.clone(), words, saves: None })
}

/// It was ready long before a probe saw it.
fn late_probe(timeline: &Timeline, quirks: Quirks, lane: &Lane, container: &Container) -> Option<Hint> {
    let check = container.active_check()?;
    let (started, ready) = (lane.started?, lane.ready?);
    let took = ready.since(started);
    let name = clean(&lane.service);
    let schedule = Schedule::of(check, quirks);
    let first = lane.probes.iter().find(|(start, ..)| *start >= started)?;
    let (seen, fact) = match &lane.listening {
        Some((at, line)) if *at < ready => {
            let up = at.since(started);
            // The first early probe after that.
            let probes = up.as_nanos().div_ceil(OFTEN.as_nanos()).max(1);
            let seen = OFTEN.saturating_mul(u32::try_from(probes).ok()?).saturating_add(PROBE);
            let line: String = line.chars().take(40).collect();
            (
                seen,
                format!(
                    "{name} listens after {} (\u{201c}{line}\u{201d}) and was seen healthy after {}",
                    span(up),
                    span(took)
                ),
            )
        }
        // When it was up, nobody saw; that the first probe passed says that it may have been long before.
        _ if first.2 == 0 && first.1 == ready => (
            OFTEN.saturating_add(PROBE),
            format!("{name}'s first probe came {} after its start, and passed", span(first.0.since(started))),
        ),
        _ => return None,
    };
    let saves = took.checked_sub(seen).filter(|saves| *saves >= WORTH)?;
    let up_to = if lane.listening.is_some() { "about" } else { "up to" };
    let what = if schedule.start_interval.is_some() {
        let period = Duration::from_secs(took.as_secs().div_ceil(10).saturating_mul(10));
        if check.start_period.unwrap_or_default() >= seen {
            format!("start_interval: {}s", OFTEN.as_secs())
        } else {
            format!("start_period: {}s with start_interval: {}s", period.as_secs(), OFTEN.as_secs())
        }
    } else {
        format!("interval: {}s (start_interval needs engine 25)", OFTEN.as_secs())
    };
    let whose = if timeline.is_critical(&lane.service) { "of this start" } else { "of its own time" };
    let words = format!("{fact}: {what} would save {up_to} {} {whose}", span(saves));
    Some(Hint { service: lane.service.clone(), words, saves: Some(saves) })
}

/// It failed before what it needs was ready, since it waits only for that to be started.
fn too_early(
    timeline: &Timeline,
    stack: &Stack,
    services: &Services<'_>,
    node: &Node<'_>,
    lane: &Lane,
) -> Option<Hint> {
    let failures: Vec<Stamp> =
        lane.marks.iter().filter(|(_, m)| matches!(m, Mark::Exited(code) if *code != 0)).map(|(at, _)| *at).collect();
    let (target, ready) = node.deps.iter().filter(|d| d.condition == Condition::Started).find_map(|dep| {
        let target = services.nodes.get(dep.on)?;
        let on = timeline.lanes_of(&target.name).find(|l| l.in_start)?;
        let has_check = stack.containers.get(on.container.as_ref()?)?.has_check();
        let ready = on.ready.filter(|ready| has_check && failures.iter().any(|at| at < ready))?;
        Some((target, ready))
    })?;
    let early = failures.iter().filter(|at| **at < ready).count();
    let (name, on) = (clean(&node.name), clean(&target.name));
    let words = format!(
        "{name} failed {} before {on} was healthy (after {}): with condition: service_healthy it would wait for that",
        if early == 1 { "once".into() } else { format!("{early} times") },
        span(ready.since(timeline.origin)),
    );
    Some(Hint { service: node.name.clone(), words, saves: None })
}

/// A service on the critical path that waits for another to be healthy, and takes long itself.
fn in_parallel(timeline: &Timeline, services: &Services<'_>, wait: &Wait) -> Option<Hint> {
    if wait.condition != Condition::Healthy || !timeline.is_critical(&wait.service) || !timeline.is_critical(&wait.on) {
        return None;
    }
    let lane = timeline.lanes_of(&wait.service).find(|l| l.in_start)?;
    // Who needs it ready must not lose what it waits for: only one that is itself checked tells when it is.
    services.nodes.iter().find(|n| n.name == wait.service)?.counted.first()?.0.active_check()?;
    let target = timeline.lanes_of(&wait.on).find(|l| l.in_start)?;
    let saves = lane.took()?.min(target.took()?).min(wait.cost?);
    if saves < WORTH.saturating_mul(3) {
        return None;
    }
    let (name, on) = (clean(&wait.service), clean(&wait.on));
    let words = format!(
        "{name} waited {} for {on} to be healthy, then took {} itself: if it can start without {on}, \
         condition: service_started would let both start side by side, up to {} less",
        span(wait.cost?),
        span(lane.took()?),
        span(saves)
    );
    Some(Hint { service: wait.service.clone(), words, saves: Some(saves) })
}
