//! What is selected or marked, in terms of services and containers, and which verbs apply to it.

use std::collections::BTreeSet;

use super::{Model, model::Pick};
use crate::{
    base::id::{ContainerId, ServiceName},
    stack::{Container, Phase, ServiceStatus, State, Volume, storage::StorageKey},
};

/// What the key that starts or stops would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toggle {
    /// Start what isn't up.
    Start,
    /// Stop what is up.
    Stop,
}

/// What actions apply to: all that is marked, else what is selected.
pub fn picks(model: &Model) -> Vec<Pick> {
    if model.ui.marked.is_empty() {
        model.ui.selected.iter().cloned().collect()
    } else {
        model.ui.marked.iter().cloned().collect()
    }
}

/// A pick's service, if it has one: itself, or that of the container's label.
pub fn service(model: &Model, pick: &Pick) -> Option<ServiceName> {
    match pick {
        Pick::Service(name) => Some(name.clone()),
        Pick::Container(id) => model.stack().containers.get(id).and_then(|c| c.service.clone()),
    }
}

/// The status of a picked service; `None` for a container.
pub fn status<'a>(model: &'a Model, pick: &Pick) -> Option<&'a ServiceStatus> {
    match pick {
        Pick::Service(name) => model.overview.service(name),
        Pick::Container(_) => None,
    }
}

/// A pick's containers, by number.
pub fn containers<'a>(model: &'a Model, pick: &Pick) -> Vec<&'a Container> {
    let ids: &[ContainerId] = match pick {
        Pick::Service(name) => model.overview.service(name).map_or(&[], |s| &s.containers),
        Pick::Container(id) => std::slice::from_ref(id),
    };
    ids.iter().filter_map(|id| model.stack().containers.get(id)).collect()
}

/// All containers that actions apply to, each once.
pub fn all_containers(model: &Model) -> Vec<&Container> {
    let mut known = BTreeSet::new();
    let all = picks(model).into_iter().flat_map(|pick| containers(model, &pick));
    all.filter(|container| known.insert(&container.id)).collect()
}

/// The container that the inspector shows: the selected one, or the selected service's first.
pub fn selected_container(model: &Model) -> Option<&Container> {
    model.ui.selected.as_ref().and_then(|pick| containers(model, pick).into_iter().next())
}

/// A pick in words: the service's or the container's name, unsanitised.
pub fn name(model: &Model, pick: &Pick) -> String {
    match pick {
        Pick::Service(name) => name.to_string(),
        Pick::Container(id) => model.stack().containers.get(id).map_or_else(|| id.short().into(), |c| c.name.clone()),
    }
}

/// Whether a container has a process that a stop would end.
pub fn is_up(container: &Container) -> bool {
    matches!(container.phase, Phase::Running | Phase::Paused | Phase::Restarting)
}

/// Whether a start has nothing to do here: the job of this one-shot is done.
pub fn is_done(model: &Model, container: &Container) -> bool {
    let status = container.service.as_ref().and_then(|s| model.overview.service(s));
    !container.oneoff && status.is_some_and(|s| s.state == State::Done)
}

/// Whether `s` starts or stops: it stops when all is up that could be, and starts the rest otherwise.
pub fn toggle(model: &Model) -> Option<Toggle> {
    let all = all_containers(model);
    let startable = all.iter().any(|c| !is_up(c) && !is_done(model, c));
    let up = all.iter().any(|c| is_up(c));
    match (startable, up) {
        (true, _) => Some(Toggle::Start),
        (false, true) => Some(Toggle::Stop),
        (false, false) => None,
    }
}

/// Whether `p` freezes (`true`) or thaws (`false`); `None` where neither is possible.
pub fn freeze(model: &Model) -> Option<bool> {
    let all = all_containers(model);
    if all.iter().any(|c| c.phase == Phase::Running) {
        return Some(true);
    }
    all.iter().any(|c| c.phase == Phase::Paused).then_some(false)
}

/// The volume that is selected on the Storage screen; `None` for a mount that isn't one, or doesn't exist.
pub fn selected_volume(model: &Model) -> Option<&Volume> {
    match model.stack().storage(model.host().view()).into_iter().nth(model.ui.screens.storage.selected)?.key {
        StorageKey::Volume(name) => model.stack().volumes.get(&name),
        _ => None,
    }
}
