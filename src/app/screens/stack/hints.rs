//! What can be pressed where services are shown, and what is copied there.

use super::state::INSPECTOR;
use crate::{
    app::{
        Model,
        action::{ActionId, Hint},
        screens::problems,
        targets::{self, Toggle},
    },
    stack::{Drift, ServiceStatus},
};

pub(super) fn hints(model: &Model, list: &mut Vec<Hint>) {
    let mut hint = |id, words| list.push(Hint::new(id, words));
    if model.ui.focus == INSPECTOR {
        hint(ActionId::Right, "next tab");
        hint(ActionId::Zoom, if model.ui.zoom { "back to all" } else { "zoom" });
        hint(ActionId::Back, "back");
    } else {
        let unfolded = &model.ui.screens.stack.unfolded;
        match model.ui.selected.as_ref().and_then(|p| targets::status(model, p)) {
            Some(s) if !s.blocked_by.is_empty() => hint(ActionId::Open, "go to its blocker"),
            Some(s) if s.containers.len() > 1 && unfolded.contains(&s.name) => hint(ActionId::Open, "fold"),
            Some(s) if s.containers.len() > 1 => hint(ActionId::Open, "unfold"),
            _ if model.ui.selected.is_some() => hint(ActionId::Open, "inspect"),
            _ => {}
        }
    }
    verbs(model, list, true);
    explain(model, list);
    if model.ui.picked_from.is_some() {
        list.push(Hint::new(ActionId::Back, "projects"));
    }
}

/// What can be done to what is selected; with the way to its startup, where that isn't on the screen.
pub(in crate::app) fn verbs(model: &Model, list: &mut Vec<Hint>, startup: bool) {
    let picks = targets::picks(model);
    let has_containers = picks.iter().any(|p| !targets::containers(model, p).is_empty());
    if !model.settings.read_only {
        let drifted = |s: &ServiceStatus| matches!(model.overview.drift.get(&s.name), Some(Drift::Drifted { .. }));
        let status = picks.iter().filter_map(|p| targets::status(model, p)).filter(|s| s.declared);
        let (mut missing, mut outdated) = (false, false);
        status.for_each(|s| {
            missing |= s.containers.is_empty();
            outdated |= drifted(s);
        });
        if missing {
            list.push(Hint::new(ActionId::UpService, "bring up"));
        } else if outdated {
            list.push(Hint::new(ActionId::UpService, "bring up to date"));
        }
    }
    if has_containers && !model.settings.read_only {
        match targets::toggle(model) {
            Some(Toggle::Start) => list.push(Hint::new(ActionId::StartStop, "start")),
            Some(Toggle::Stop) => list.push(Hint::new(ActionId::StartStop, "stop")),
            None => {}
        }
        list.push(Hint::new(ActionId::Restart, "restart"));
        match targets::freeze(model) {
            Some(true) => list.push(Hint::new(ActionId::Pause, "pause")),
            Some(false) => list.push(Hint::new(ActionId::Pause, "unpause")),
            None => {}
        }
    }
    if has_containers {
        list.push(Hint::new(ActionId::LogsOf, "logs"));
        if startup {
            list.push(Hint::new(ActionId::StartupOf, "startup"));
        }
    }
    if has_containers && !model.settings.read_only {
        list.push(Hint::new(ActionId::Remove, "remove"));
    }
}

/// What tells more of what is wrong, and finds it.
pub(in crate::app) fn explain(model: &Model, list: &mut Vec<Hint>) {
    if model.overview.root.is_some() || problems::count(model) > 0 {
        list.push(Hint::new(ActionId::Explain, "explain"));
    }
    list.push(Hint::new(ActionId::Filter, "filter"));
}

/// The name of what is selected, or its container's id.
pub(in crate::app) fn copy(model: &Model, id: bool) -> Option<String> {
    if id {
        return targets::selected_container(model).map(|c| c.id.to_string());
    }
    model.ui.selected.as_ref().map(|pick| targets::name(model, pick))
}
