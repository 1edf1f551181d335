//! Which streams the present screen needs. The runtime opens and closes them by this set alone.

use std::collections::BTreeSet;

use super::{
    Model, Want,
    layout::layout,
    logview,
    model::{Inspect, Mode, Overlay, Panel, Tab},
    rows::{Row, visible_rows_in},
    targets,
};
use crate::{base::id::ContainerId, stack::Phase};

/// Old lines asked for in the inspector's few rows.
const INSPECTOR_TAIL: u32 = 100;
/// Old lines asked for of each container on the Logs screen.
const SCREEN_TAIL: u32 = 500;
/// How many logs are open at most.
const MOST_LOGS: usize = 64;

/// What is wanted now.
pub fn wants(model: &Model) -> BTreeSet<Want> {
    let mut wants = BTreeSet::new();
    match model.mode {
        Mode::Picker { .. } => {
            wants.insert(Want::Projects);
            return wants;
        }
        Mode::Broken { .. } => return wants,
        Mode::Dashboard => wants.insert(Want::Project(model.stack.project.clone())),
    };
    match model.ui.tab {
        Tab::Stack => stack(model, &mut wants),
        Tab::Logs => {
            let shown = logview::containers(model).into_iter().take(MOST_LOGS);
            wants.extend(shown.map(|container| Want::Log { container, tail: SCREEN_TAIL }));
        }
        Tab::Startup | Tab::Storage | Tab::Events => {}
    }
    let counting = matches!(&model.ui.overlay, Some(Overlay::Confirm { plan, .. }) if plan.pending);
    if model.ui.tab == Tab::Storage || counting {
        wants.insert(Want::Usage { request: model.ui.usage_request });
    }
    wants
}

fn stack(model: &Model, wants: &mut BTreeSet<Want>) {
    let layout = layout(model);
    if layout.panel(Panel::Inspector).is_some() {
        if let Some(pick) = &model.ui.selected {
            let logs = targets::containers(model, pick).into_iter().take(MOST_LOGS);
            wants.extend(logs.map(|c| Want::Log { container: c.id.clone(), tail: INSPECTOR_TAIL }));
        }
        if model.ui.inspect == Inspect::Raw {
            wants.extend(targets::selected_container(model).map(|c| Want::Raw(c.id.clone())));
        }
    }
    let runs = |id: &&ContainerId| model.stack.containers.get(*id).is_some_and(|c| c.phase == Phase::Running);
    for row in visible_rows_in(model, &layout) {
        let ids: &[ContainerId] = match &row {
            Row::Service(name) => model.overview.service(name).map_or(&[], |s| &s.containers),
            Row::Replica(id) | Row::Orphan(id) | Row::OneOff(id) => std::slice::from_ref(id),
            Row::Heading(_) | Row::Reason(..) => &[],
        };
        wants.extend(ids.iter().filter(runs).map(|id| Want::Stats(id.clone())));
    }
}
