//! The last start of the stack, from the engine's own timestamps: bars, what was waited for, what decided how
//! long it took, how that compares with earlier starts, and what would shorten it.
//!
//! `origin` finds where the last start began and what kind it is; `lane` makes each container's bar; `critical`
//! finds the chain that decided, and what each dependency cost; `end` when it was over; `compare` looks at the starts that are
//! remembered; `hints` does the arithmetic of what could be shorter. What the engine no longer knows is unknown.

mod compare;
mod critical;
mod end;
mod hints;
mod json;
mod lane;
mod model;
mod origin;
mod ready;

pub use json::timeline_json;
pub use model::{Comparison, Hint, Lane, Mark, Regression, Span, SpanKind, StartKind, Timeline, Wait};

use super::{EngineView, Overview, Stack, Verdict};
use crate::base::time::Stamp;

impl Timeline {
    /// The last start of a stack on this engine; `None` where nothing was ever created.
    pub fn of(stack: &Stack, engine: EngineView<'_>, overview: &Overview, engine_now: Stamp) -> Option<Timeline> {
        let services = stack.services(engine, engine_now);
        let origin = origin::find(stack, &services, engine_now)?;
        let mut moments = critical::Moments::default();
        let mut lanes: Vec<Lane> = Vec::new();
        for node in &services.nodes {
            let free = node.deps.iter().filter_map(|d| moments.satisfied(d)).max();
            let first = lanes.len();
            lanes.extend(node.counted.iter().map(|(c, s)| lane::of(stack, engine.quirks, node, c, *s, origin, free)));
            if node.counted.is_empty() && node.enabled && !node.is_scaled_away() {
                lanes.push(Lane::empty(&node.name));
            }
            moments.ready.push(last(lanes.iter().skip(first).map(|l| l.ready)));
            moments.started.push(last(node.counted.iter().map(|(c, _)| c.started)));
        }
        let kind = origin::kind(stack, &services, &lanes, &moments, origin);
        let settled = end::of(&services, &lanes);
        // What fell after it had been ready doesn't undo the start; what was never made is still to come.
        let complete = services.nodes.iter().all(|n| !n.enabled || n.is_scaled_away() || !n.counted.is_empty());
        let over = complete && !matches!(overview.verdict, Verdict::Starting | Verdict::Unknown);
        let settled = settled.filter(|_| over).map(|at| at.max(origin));
        // What got ready at a moment that nobody knows may have decided.
        let is_known =
            |lane: &Lane| lane.ready.is_some() || lane.spans.last().is_none_or(|s| s.kind != SpanKind::Ready);
        let all_known = lanes.iter().filter(|l| l.in_start).all(is_known);
        let mut timeline = Timeline {
            origin,
            kind,
            settled,
            critical: if all_known || settled.is_some() {
                critical::path(&services, &moments, &lanes, origin)
            } else {
                Vec::new()
            },
            waits: if kind == StartKind::Revived {
                Vec::new()
            } else {
                critical::waits(&services, &moments, &lanes, origin)
            },
            lanes,
            comparison: Comparison::default(),
            hints: Vec::new(),
        };
        timeline.comparison = compare::with_earlier(&timeline, stack, &services, engine_now);
        if settled.is_some() {
            timeline.hints = hints::of(&timeline, stack, &services);
        }
        Some(timeline)
    }
}

/// The last of some moments, if all are known.
fn last(moments: impl Iterator<Item = Option<Stamp>>) -> Option<Stamp> {
    moments.collect::<Option<Vec<_>>>()?.into_iter().max()
}
