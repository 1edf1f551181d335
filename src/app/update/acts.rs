//! The verbs: what acts on what is selected or marked, by a job or by a plan.

use std::collections::BTreeSet;

use super::{jobs, movement, toasts};
use crate::{
    app::{
        Effect, Model,
        action::{ActionId, key_of},
        graph,
        model::Pick,
        overlays::open::{Confirm, Overlay, Signals},
        plans,
        targets::{self, Toggle},
        up,
        verbs::{self, Verb},
    },
    base::{id::ServiceName, text::clean},
    stack::Container,
    work::{Draft, Plan},
};

/// Marks or unmarks what is selected, and moves on.
pub fn mark(model: &mut Model) {
    if let Some(pick) = model.ui.selected.clone() {
        if !model.ui.marked.remove(&pick) {
            model.ui.marked.insert(pick);
        }
        movement::run(model, ActionId::Down);
    }
}

/// Starts or stops, as the footer says.
pub fn start_stop(model: &mut Model) {
    never_created(model);
    match targets::toggle(model) {
        Some(Toggle::Start) => begin(model, Verb::Start),
        Some(Toggle::Stop) => begin(model, Verb::Stop),
        None if !targets::all_containers(model).is_empty() => {
            toasts::say(model, "Its job is done; r runs it again");
        }
        None => {}
    }
}

/// Restarts; with all that depends on it, if asked.
pub fn restart(model: &mut Model, dependents: bool) {
    never_created(model);
    if !dependents {
        begin(model, Verb::Restart);
        return;
    }
    let chosen: BTreeSet<ServiceName> =
        targets::picks(model).iter().filter_map(|p| targets::service(model, p)).collect();
    let all = graph::with_dependents(model, chosen.clone());
    let ids = all.iter().filter_map(|s| model.overview.service(s)).flat_map(|s| &s.containers);
    let containers: Vec<&Container> = ids
        .filter_map(|id| model.stack().containers.get(id))
        // A dependent that was stopped isn't brought back by this.
        .filter(|c| targets::is_up(c) || c.service.as_ref().is_some_and(|s| chosen.contains(s)))
        .collect();
    if let Some(draft) = verbs::draft(model, Verb::Restart, &containers) {
        done_with_marks(model, draft);
    }
}

/// Brings what is selected, or the whole project, up: at once where nothing is recreated, else by a plan.
pub fn up(model: &mut Model, all: bool) {
    match up::course(model, all) {
        Ok(up::Course::Now(draft)) => done_with_marks(model, draft),
        Ok(up::Course::Plan(plan)) => confirm(model, plan),
        Err(why) => toasts::failure(model, &why),
    }
}

/// Freezes or thaws, as the footer says.
pub fn pause(model: &mut Model) {
    match targets::freeze(model) {
        Some(true) => begin(model, Verb::Pause),
        Some(false) => begin(model, Verb::Unpause),
        None => toasts::say(model, "Nothing here runs"),
    }
}

fn begin(model: &mut Model, verb: Verb) {
    let containers = targets::all_containers(model);
    if let Some(draft) = verbs::draft(model, verb, &containers) {
        done_with_marks(model, draft);
    }
}

fn done_with_marks(model: &mut Model, draft: Draft) {
    model.ui.marked.clear();
    jobs::begin(model, draft);
}

/// Names what can't be acted on, since the engine has no container of it, and what makes one.
fn never_created(model: &mut Model) {
    let picks = targets::picks(model);
    let declared = model.stack().declared.is_some();
    let missing: Vec<String> = picks
        .iter()
        .filter(|p| matches!(p, Pick::Service(_)) && targets::containers(model, p).is_empty())
        .map(|p| targets::name(model, p))
        .collect();
    if let Some(first) = missing.first() {
        let (subject, were) = if missing.len() == 1 { (first.clone(), "was") } else { (missing.join(", "), "were") };
        let key = key_of(ActionId::UpService);
        let what = if declared { format!("{key} brings it up") } else { "no compose file declares it".to_owned() };
        toasts::failure(model, &format!("{subject} {were} not created: {what}"));
    }
}

/// Opens the choice of a signal.
pub fn signals(model: &mut Model) {
    if plans::signal(model, "SIGTERM").is_some() {
        model.ui.overlay = Some(Overlay::Signals(Signals::default()));
    } else {
        toasts::say(model, "Nothing here runs");
    }
}

/// Shows the plan to remove containers.
pub fn remove(model: &mut Model) {
    match plans::remove(model) {
        Some(plan) => confirm(model, plan),
        None => toasts::say(model, "There is no container to remove"),
    }
}

/// Shows the plan to remove what the project left over, as soon as it is counted.
pub fn prune(model: &mut Model) {
    model.ui.usage_request = model.ui.usage_request.wrapping_add(1);
    let plan = plans::prune(model, true);
    confirm(model, plan);
}

/// Shows the plan to remove the selected volume.
pub fn remove_volume(model: &mut Model) {
    let Some(volume) = targets::selected_volume(model) else {
        toasts::say(model, "Only a volume can be removed here");
        return;
    };
    match plans::volume(model, volume) {
        Ok(plan) => confirm(model, plan),
        Err(why) => toasts::failure(model, &why),
    }
}

/// Shows a plan.
pub fn confirm(model: &mut Model, plan: Plan) {
    model.ui.overlay = Some(Overlay::Confirm(Confirm::new(plan, model.ui.pressed)));
}

/// Copies what the screen has to copy: mostly the name (or id) of what is selected.
pub fn copy(model: &mut Model, id: bool, out: &mut Vec<Effect>) {
    let text = (model.ui.tab.row().copy)(model, id);
    match text {
        Some(text) => {
            let text = clean(&text).into_owned();
            toasts::say(model, &format!("Copied {text}"));
            out.push(Effect::Copy(text));
        }
        None => toasts::say(model, "There is nothing to copy here"),
    }
}
