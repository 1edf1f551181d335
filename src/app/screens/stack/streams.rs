//! What the Stack screen needs streamed, and when it reads differently by itself.

use std::collections::BTreeSet;

use super::{
    rows::{Row, visible_rows},
    state::INSPECTOR,
};
use crate::{
    app::{
        Model, Want, inspector,
        soonest::{Soonest, next_second},
        targets,
    },
    base::{id::ContainerId, time::Stamp},
    stack::{Container, Phase},
};

/// Old lines asked for in the inspector's few rows.
const TAIL: u32 = 100;

/// Figures of the rows in sight, and the log of what is inspected.
pub(super) fn wants(model: &Model, wants: &mut BTreeSet<Want>) {
    if model.layout.panel(INSPECTOR).is_some() {
        if let Some(pick) = &model.ui.selected {
            let logs = targets::containers(model, pick).into_iter().take(Want::MOST_LOGS);
            wants.extend(logs.map(|c| Want::Log { container: c.id.clone(), tail: TAIL }));
        }
        wants.extend(targets::selected_container(model).and_then(inspector::row(model.ui.inspect).wants));
    }
    let runs = |id: &&ContainerId| model.stack().containers.get(*id).is_some_and(|c| c.phase == Phase::Running);
    for row in visible_rows(model) {
        let ids: &[ContainerId] = match &row {
            Row::Service(name) => model.overview.service(name).map_or(&[], |s| &s.containers),
            Row::Replica(id) | Row::Orphan(id) | Row::OneOff(id) => std::slice::from_ref(id),
            Row::Heading(_) | Row::Reason(..) => &[],
        };
        wants.extend(ids.iter().filter(runs).map(|id| Want::Stats(id.clone())));
    }
}

/// Ages, reasons, and the next probe of what is inspected.
pub(super) fn changes(model: &Model, soonest: &mut Soonest) {
    let now = model.engine_now();
    for row in visible_rows(model) {
        match &row {
            Row::Service(name) => {
                let status = model.overview.service(name);
                let since = status.and_then(|s| s.since.or_else(|| model.stack().running_since(&s.containers)));
                soonest.age(since, now);
            }
            Row::Reason(name, _) => {
                let reason = model.overview.service(name).and_then(|s| s.reason.as_ref());
                soonest.reason(reason, now);
            }
            Row::Replica(id) | Row::Orphan(id) | Row::OneOff(id) => {
                let container = model.stack().containers.get(id);
                let start = model.stack().running_since(std::slice::from_ref(id));
                soonest.age(container.and_then(|c| container_since(model, c)).or(start), now);
            }
            Row::Heading(_) => {}
        }
    }
    if let Some(container) = targets::selected_container(model) {
        if model.layout.panel(INSPECTOR).is_some()
            && let Some(at) = (inspector::row(model.ui.inspect).next)(model, container)
        {
            soonest.at(next_second(at.since(now)));
        }
        soonest.age(container.created, now);
        soonest.age(container.started, now);
        soonest.age(container.finished, now);
    }
}

fn container_since(model: &Model, container: &Container) -> Option<Stamp> {
    let of = container.service.as_ref().and_then(|s| model.overview.service(s));
    model.stack().container_since(container, of)
}
