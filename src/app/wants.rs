//! Which streams the present screen needs. The runtime opens and closes them by this set alone.

use std::collections::BTreeSet;

use super::{Model, Want, Wanted, model::Mode};
use crate::{
    base::id::{ContainerId, HostId},
    diagnose::troubled,
    stack::drift,
};

/// Old lines asked for of what is in trouble.
const DIAGNOSIS_TAIL: u32 = 200;
/// How many questions of rules are open at most.
const MOST_QUESTIONS: usize = 200;

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
        let images: BTreeSet<String> = held.stacks().flat_map(drift::images).collect();
        if host != shown.host && !images.is_empty() {
            wants.insert(Wanted { host, project: None, want: Want::Images(images) });
        }
        let beside = held.stacks().filter(|stack| host != shown.host || stack.project != shown.project);
        wants.extend(beside.map(|stack| Wanted { host, project: Some(stack.project.clone()), want: Want::Project }));
    }
    // Whatever is wanted of a host goes over the one link to it.
    let hosts: BTreeSet<HostId> = wants.iter().map(|wanted| wanted.host).collect();
    wants.extend(hosts.into_iter().map(|host| Wanted { host, project: None, want: Want::Link }));
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
    let images = images(model);
    if !images.is_empty() {
        wants.insert(Want::Images(images));
    }
    (model.ui.tab.row().wants)(model, &mut wants);
    diagnosis(model, &mut wants);
    if let Some(open) = &model.ui.overlay {
        open.floating().wants(model, &mut wants);
    }
    wants
}

/// The images of the engine that its projects are judged by, and those that the rules ask for. They are followed all
/// together: one stream of the engine's tells of them.
fn images(model: &Model) -> BTreeSet<String> {
    let judged = model.host().stacks().flat_map(drift::images);
    judged.chain(model.diagnosis.images.iter().take(MOST_QUESTIONS).cloned()).collect()
}

/// What the rules want to know, and the ends of the logs of whatever is in trouble.
fn diagnosis(model: &Model, wants: &mut BTreeSet<Want>) {
    wants.extend(model.diagnosis.questions.iter().take(MOST_QUESTIONS).cloned().map(Want::Ask));
    let open: BTreeSet<ContainerId> = wants
        .iter()
        .filter_map(|w| if let Want::Log { container, .. } = w { Some(container.clone()) } else { None })
        .collect();
    let room = Want::MOST_LOGS.saturating_sub(open.len());
    let troubled = troubled(model.stack(), &model.overview, model.engine_now()).flat_map(|s| &s.containers);
    let troubled = troubled.filter(|id| !open.contains(*id)).take(room).cloned();
    wants.extend(troubled.map(|container| Want::Log { container, tail: DIAGNOSIS_TAIL }).collect::<Vec<_>>());
}
