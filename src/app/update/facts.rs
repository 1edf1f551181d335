//! What the engine and the compose files said.

use std::{sync::Arc, time::Duration};

use super::{overlay, toasts};
use crate::{
    app::{
        Effect, Model,
        model::{Mode, Pick},
        targets,
    },
    compose::{Problem, Project},
    stack::{Fact, Overview, ServiceStatus, Stack, State, Verdict, timeline::Timeline},
};

/// How long a changed state stands out.
const GLOW: Duration = Duration::from_secs(1);

/// Takes facts; whether anything but figures and log lines changed.
pub fn take(model: &mut Model, facts: Vec<Fact>, out: &mut Vec<Effect>) -> bool {
    let knew = model.stack.listed;
    let service = model.ui.selected.as_ref().and_then(|p| targets::service(model, p));
    let events = seen(&model.stack);
    let (mut present, mut counted) = (false, false);
    for fact in facts {
        counted |= matches!(fact, Fact::Usage(_));
        let change = model.stack.apply(fact);
        present |= change.present || change.history;
    }
    let new = usize::try_from(seen(&model.stack).saturating_sub(events)).unwrap_or(0);
    if model.ui.events.selected > 0 {
        // Rows count from the newest: the selected event stays selected.
        model.ui.events.selected += new;
        model.ui.events.top += new;
    }
    if !present && !counted {
        return false;
    }
    let before = derive(model);
    if knew {
        glow(model, &before);
    }
    if knew && model.stack.listed && rings(&before, &model.overview) {
        out.push(Effect::Bell);
    }
    // A container that is gone was mostly recreated: its service is what is looked at.
    if let (Some(Pick::Container(id)), Some(service)) = (&model.ui.selected, service)
        && !model.stack.containers.contains_key(id)
    {
        model.ui.selected = Some(Pick::Service(service));
    }
    if counted {
        overlay::usage_came(model);
    }
    true
}

/// Services whose state just changed glow for a moment.
fn glow(model: &mut Model, before: &Overview) {
    let until = model.now + GLOW;
    let changed = |s: &&ServiceStatus| before.service(&s.name).is_some_and(|was| was.state != s.state);
    let names = model.overview.services.iter().filter(changed).map(|s| s.name.clone());
    model.ui.glow.extend(names.map(|name| (name, until)));
}

/// Events ever seen.
fn seen(stack: &Stack) -> u64 {
    let held = u64::try_from(stack.events.len()).unwrap_or(u64::MAX);
    stack.events.dropped().saturating_add(held)
}

/// Makes anew what follows from the stack; answers with what followed before.
pub fn derive(model: &mut Model) -> Overview {
    let now = model.engine_now();
    let overview = model.stack.overview(now);
    model.timeline = Timeline::of(&model.stack, &overview, now);
    std::mem::replace(&mut model.overview, overview)
}

/// Whether this is worth a bell: the stack got ready, or a service that was up no longer does its work.
fn rings(before: &Overview, after: &Overview) -> bool {
    if before.verdict == Verdict::Unknown || after.verdict == Verdict::Unknown {
        return false;
    }
    // Between two crashes a service looks as if it were well.
    let looped = before.services.iter().any(|s| s.state == State::Restarting);
    let ready = before.verdict != Verdict::Ready && after.verdict == Verdict::Ready && !looped;
    let fell = after.services.iter().any(|s| {
        let was = before.service(&s.name).map(|s| s.state);
        matches!(s.state, State::Exited | State::Failed | State::Unhealthy)
            && was.is_some_and(|was| was != s.state && !was.is_trouble())
    });
    ready || fell
}

/// The compose files were read. Files that no longer give a project leave the one that they gave before.
pub fn loaded(model: &mut Model, project: Option<Arc<Project>>, problems: Vec<Problem>) {
    model.problems = problems;
    match project {
        Some(project) => {
            if project.name == model.stack.project {
                model.stack.declare(Some(project));
            } else {
                let mut stack = Stack::new(project.name.clone(), Some(project));
                stack.engine = model.stack.engine.take();
                stack.link = std::mem::take(&mut model.stack.link);
                model.stack = stack;
            }
            model.mode = Mode::Dashboard;
            derive(model);
        }
        None if model.mode == Mode::Dashboard && model.stack.declared.is_some() => {
            let first = model.problems.first().map_or_else(String::new, |p| format!(": {}", p.message));
            toasts::failure(model, &format!("The compose files give no project{first}. What was read before stays"));
        }
        None => model.mode = Mode::Broken { scroll: 0 },
    }
}
