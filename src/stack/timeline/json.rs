//! A start as the JSON of `stackview timeline --format json`; its shape is a promise to scripts.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Lane, Mark, Timeline};
use crate::{
    base::{text::clean, time::Stamp},
    stack::{Overview, Stack},
};

/// The last start. Times are the engine's, in RFC 3339, durations are seconds; what isn't known is `null`.
/// Outside text is clean, since this may be printed on a terminal.
pub fn timeline_json(stack: &Stack, overview: &Overview, timeline: &Timeline) -> Value {
    let comparison = &timeline.comparison;
    let earlier = comparison.earlier.iter().map(|(at, took)| json!({"began_at": time(*at), "took": seconds(*took)}));
    let regressions = comparison.regressions.iter().map(|r| {
        json!({
            "service": r.service.as_deref().map(clean),
            "took": seconds(r.took),
            "usual": seconds(r.usual),
            "of": r.of,
            "words": r.words(),
        })
    });
    let hints = timeline
        .hints
        .iter()
        .map(|h| json!({"service": clean(&h.service), "words": h.words, "saves": h.saves.map(seconds)}));
    json!({
        "project": clean(&stack.project),
        "verdict": overview.verdict.word(),
        "kind": timeline.kind.word(),
        "began_at": time(timeline.origin),
        "settled_at": timeline.settled.map(time),
        "took": timeline.took().map(seconds),
        "to_go": comparison.to_go.map(seconds),
        "services": timeline.lanes.iter().map(|l| lane(stack, overview, timeline, l)).collect::<Vec<_>>(),
        "critical_path": timeline.critical.iter()
            .map(|(name, took)| json!({"service": clean(name), "took": seconds(*took)}))
            .collect::<Vec<_>>(),
        "earlier": earlier.collect::<Vec<_>>(),
        "regressions": regressions.collect::<Vec<_>>(),
        "hints": hints.collect::<Vec<_>>(),
    })
}

fn lane(stack: &Stack, overview: &Overview, timeline: &Timeline, lane: &Lane) -> Value {
    let container = lane.container.as_ref().and_then(|id| stack.containers.get(id));
    let status = overview.service(&lane.service);
    let state = container.map_or_else(|| status.map(|s| s.state), |c| Some(stack.container_state(c, status)));
    let waits = timeline.waits.iter().filter(|w| w.service == lane.service).map(|w| {
        json!({
            "service": clean(&w.on),
            "condition": w.condition.as_str(),
            "satisfied_at": w.satisfied.map(time),
            "cost": w.cost.map(seconds),
        })
    });
    let probes =
        lane.probes.iter().map(|(from, to, exit)| json!({"start": time(*from), "end": time(*to), "exit_code": exit}));
    let exits = lane.marks.iter().filter_map(|(at, mark)| match mark {
        Mark::Exited(code) => Some(json!({"at": time(*at), "exit_code": code})),
        _ => None,
    });
    let restarts = lane.marks.iter().filter(|(_, mark)| *mark == Mark::Restarted).map(|(at, _)| time(*at));
    let spans = lane.spans.iter().map(|s| json!({"from": time(s.from), "to": s.to.map(time), "what": s.kind.word()}));
    json!({
        "name": clean(&lane.service),
        "container": container.map(|c| clean(&c.name)),
        "state": state.map(crate::stack::State::word),
        "in_start": lane.in_start,
        "waits": waits.collect::<Vec<_>>(),
        "created_at": container.and_then(|c| c.created).map(time),
        "free_at": lane.free.map(time),
        "started_at": lane.started.map(time),
        "first_line_at": lane.first_line.map(time),
        "listening": lane.listening.as_ref().map(|(at, line)| json!({"at": time(*at), "source": "log", "line": line})),
        "probes": probes.collect::<Vec<_>>(),
        "ready_at": lane.ready.map(time),
        "exits": exits.collect::<Vec<_>>(),
        "restarts": restarts.collect::<Vec<_>>(),
        "spans": spans.collect::<Vec<_>>(),
        "critical": timeline.is_critical(&lane.service),
    })
}

fn time(at: Stamp) -> String {
    at.to_string()
}

/// To the millisecond.
fn seconds(d: Duration) -> f64 {
    (d.as_secs_f64() * 1000.0).round() / 1000.0
}
