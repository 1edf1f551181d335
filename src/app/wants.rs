//! Which streams the present screen needs. The runtime opens and closes them by this set alone.

use std::collections::BTreeSet;

use super::{
    Model, Want, Wanted, inspector,
    layout::layout,
    model::{Mode, Panel, Tab},
    rows::{Row, visible_rows_in},
    targets,
};
use crate::{
    app::screens::logs::lines,
    base::id::ContainerId,
    diagnose::troubled,
    stack::{Phase, Question, drift, timeline::Timeline},
};

/// Old lines asked for in the inspector's few rows.
const INSPECTOR_TAIL: u32 = 100;
/// Old lines asked for of each container on the Logs screen.
const SCREEN_TAIL: u32 = 500;
/// Old lines asked for of what is in trouble.
const DIAGNOSIS_TAIL: u32 = 200;
/// How many questions of rules are open at most.
const MOST_QUESTIONS: usize = 200;
/// How many logs are open at most.
const MOST_LOGS: usize = 64;

/// What is wanted now, and of whom.
pub fn wants(model: &Model) -> BTreeSet<Wanted> {
    let shown = model.address();
    let addressed = |want: Want| {
        let project = (!want.is_of_host()).then(|| shown.project.clone());
        Wanted { host: shown.host, project, want }
    };
    let mut wants: BTreeSet<Wanted> = of_shown(model).into_iter().map(addressed).collect();
    // What is held beside it is kept true.
    for (host, held) in model.hosts().all() {
        let beside = held.stacks().filter(|stack| host != shown.host || stack.project != shown.project);
        wants.extend(beside.map(|stack| Wanted { host, project: Some(stack.project.clone()), want: Want::Project }));
    }
    wants
}

/// What is wanted of the project that is shown, and of its host.
pub fn of_shown(model: &Model) -> BTreeSet<Want> {
    let mut wants = BTreeSet::new();
    match model.mode {
        Mode::Picker { .. } => {
            wants.insert(Want::Projects);
            return wants;
        }
        Mode::Broken { .. } => return wants,
        Mode::Dashboard => wants.insert(Want::Project),
    };
    let images = drift::images(model.stack());
    if !images.is_empty() {
        wants.insert(Want::Images(images.clone()));
    }
    match model.ui.tab {
        Tab::Stack => stack(model, &mut wants),
        Tab::Logs => {
            let shown = lines::containers(model).into_iter().take(MOST_LOGS);
            wants.extend(shown.map(|container| Want::Log { container, tail: SCREEN_TAIL }));
        }
        Tab::Startup => startup(model, &mut wants),
        Tab::Storage | Tab::Problems | Tab::Events => {}
    }
    diagnosis(model, &images, &mut wants);
    if model.ui.tab == Tab::Storage {
        wants.insert(Want::Usage { request: model.ui.usage_request });
    }
    if let Some(open) = &model.ui.overlay {
        open.floating().wants(model, &mut wants);
    }
    wants
}

/// What the rules want to know, and the ends of the logs of whatever is in trouble.
fn diagnosis(model: &Model, images: &BTreeSet<String>, wants: &mut BTreeSet<Want>) {
    // The stream of images answers for those that it follows.
    let open = |q: &&Question| !matches!(q, Question::Image(name) if images.contains(name));
    wants.extend(model.diagnosis.questions.iter().filter(open).take(MOST_QUESTIONS).cloned().map(Want::Ask));
    let open: BTreeSet<ContainerId> = wants
        .iter()
        .filter_map(|w| if let Want::Log { container, .. } = w { Some(container.clone()) } else { None })
        .collect();
    let room = MOST_LOGS.saturating_sub(open.len());
    let troubled = troubled(model.stack(), &model.overview, model.engine_now()).flat_map(|s| &s.containers);
    let troubled = troubled.filter(|id| !open.contains(*id)).take(room).cloned();
    wants.extend(troubled.map(|container| Want::Log { container, tail: DIAGNOSIS_TAIL }).collect::<Vec<_>>());
}

/// How the logs of what was started began, until it is known that they listen.
fn startup(model: &Model, wants: &mut BTreeSet<Want>) {
    let unheard = model.timeline.iter().flat_map(Timeline::unheard);
    wants.extend(unheard.take(MOST_LOGS).map(|(container, start)| Want::Opening { container, start }));
}

fn stack(model: &Model, wants: &mut BTreeSet<Want>) {
    let layout = layout(model);
    if layout.panel(Panel::Inspector).is_some() {
        if let Some(pick) = &model.ui.selected {
            let logs = targets::containers(model, pick).into_iter().take(MOST_LOGS);
            wants.extend(logs.map(|c| Want::Log { container: c.id.clone(), tail: INSPECTOR_TAIL }));
        }
        wants.extend(targets::selected_container(model).and_then(inspector::row(model.ui.inspect).wants));
    }
    let runs = |id: &&ContainerId| model.stack().containers.get(*id).is_some_and(|c| c.phase == Phase::Running);
    for row in visible_rows_in(model, &layout) {
        let ids: &[ContainerId] = match &row {
            Row::Service(name) => model.overview.service(name).map_or(&[], |s| &s.containers),
            Row::Replica(id) | Row::Orphan(id) | Row::OneOff(id) => std::slice::from_ref(id),
            Row::Heading(_) | Row::Reason(..) => &[],
        };
        wants.extend(ids.iter().filter(runs).map(|id| Want::Stats(id.clone())));
    }
}
