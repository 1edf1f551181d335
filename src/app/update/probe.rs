//! Health checks that are run by hand.

use super::toasts;
use crate::{
    app::{
        Effect, Model,
        inspector::HEALTH,
        model::{ManualProbe, ManualProbeState},
        places, targets,
    },
    base::{id::ContainerId, text::clean},
    stack::{Phase, schedule::Schedule},
    work::{Call, Ended, Outcome, Task},
};

/// Runs the health check of what is selected, now and beside the engine's own, and shows how it goes.
pub fn begin(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(container) = targets::selected_container(model) else {
        toasts::say(model, "There is no container to probe");
        return;
    };
    let name = clean(&container.name).into_owned();
    let id = container.id.clone();
    if !container.inspected {
        toasts::say(model, &format!("{name} is still being looked at; try again"));
        return;
    }
    let check = container.active_check().filter(|c| !c.test.is_empty());
    let Some((command, limit)) = check.map(|c| (command(&c.test), Schedule::of(c, model.host().quirks()).timeout))
    else {
        toasts::say(model, &format!("{name} has no health check"));
        return;
    };
    if container.phase != Phase::Running {
        toasts::say(model, &format!("{name} doesn't run, so it can't be probed"));
        return;
    }
    if model.manual_probes.get(&id).is_some_and(|hand| hand.state == ManualProbeState::Running) {
        toasts::say(model, "The probe is already running");
        return;
    }
    let at = model.engine_now();
    let mut probes = std::mem::take(&mut model.manual_probes);
    probes.retain(|id, _| model.stack().containers.contains_key(id));
    model.manual_probes = probes;
    model.manual_probes.insert(id.clone(), ManualProbe { at, state: ManualProbeState::Running });
    let (task, probe) = model.tasks.begin_alone(Task::Call(Call::Probe { container: id, command, limit }));
    out.push(Effect::Perform(model.address().host, task, probe));
    places::show_inspect(model, HEALTH.tab);
    places::inspect(model);
}

/// A health check that was run by hand ended.
pub fn ended(model: &mut Model, container: &ContainerId, end: Ended) {
    if let Some(hand) = model.manual_probes.get_mut(container) {
        match end {
            Ok(Outcome::Ran(ran)) => hand.state = ManualProbeState::Ran(ran),
            Ok(_) => {}
            Err(error) => hand.state = ManualProbeState::Refused(error.to_string()),
        }
    }
}

/// What the engine runs for a check: words as they are, or a line for the shell.
fn command(test: &[String]) -> Vec<String> {
    match test.split_first() {
        Some((kind, rest)) if kind == "CMD" => rest.to_vec(),
        Some((kind, rest)) if kind == "CMD-SHELL" => [&["/bin/sh".to_owned(), "-c".to_owned()], rest].concat(),
        _ => test.to_vec(),
    }
}
