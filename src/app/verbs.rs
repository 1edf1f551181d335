//! What can be done to containers without a plan, as jobs: calls in dependency order, with what each waits for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Model, graph, targets};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        units::count,
    },
    compose::Condition,
    stack::{Container, Phase},
    work::{Call, Draft, Step, Task},
};

/// What can be done to what is selected without a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Start what isn't up; a one-shot that is done stays done.
    Start,
    /// Stop what is up, dependents first.
    Stop,
    /// Restart, dependencies first.
    Restart,
    /// Freeze what runs.
    Pause,
    /// Thaw what is frozen.
    Unpause,
}

impl Verb {
    /// The word for it, which is also its command.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
        }
    }

    fn applies(self, model: &Model, container: &Container) -> bool {
        match self {
            Self::Start => !targets::is_up(container) && !targets::is_done(model, container),
            Self::Stop => targets::is_up(container),
            Self::Restart => container.phase != Phase::Removing,
            Self::Pause => container.phase == Phase::Running,
            Self::Unpause => container.phase == Phase::Paused,
        }
    }

    fn call(self, id: ContainerId) -> Call {
        match self {
            Self::Start => Call::Start(id),
            Self::Stop => Call::Stop(id),
            Self::Restart => Call::Restart(id),
            Self::Pause => Call::Pause(id),
            Self::Unpause => Call::Unpause(id),
        }
    }
}

/// A verb on these containers, in dependency order; `None` where it applies to none of them.
pub fn draft(model: &Model, verb: Verb, containers: &[&Container]) -> Option<Draft> {
    let mut chosen: Vec<&Container> = containers.iter().copied().filter(|c| verb.applies(model, c)).collect();
    let place = |name: &ServiceName| model.overview.services.iter().position(|s| s.name == *name);
    chosen.sort_by_cached_key(|c| c.service.as_ref().map(place));
    if chosen.is_empty() {
        return None;
    }
    let (subject, equivalent) = command(model, verb.word(), &chosen);
    let title = format!("{} {subject}", verb.word());
    Some(Draft { title, equivalent, steps: steps(model, verb, &chosen) })
}

/// Whom a command is about, in words, and the command: `docker compose` where only whole services are meant.
pub fn command(model: &Model, verb: &str, containers: &[&Container]) -> (String, String) {
    let mut services: Vec<&str> = Vec::new();
    for container in containers {
        if let Some(service) = container.service.as_deref()
            && !services.contains(&service)
        {
            services.push(service);
        }
    }
    let is_chosen = |id: &ContainerId| containers.iter().any(|c| c.id == *id);
    // Containers that the verb doesn't apply to may be left out; one that it is kept from may not.
    let whole = containers.iter().all(|c| {
        let status = c.service.as_ref().and_then(|s| model.overview.service(s));
        status.is_some_and(|s| {
            s.containers.contains(&c.id) && (s.containers.len() == 1 || s.containers.iter().all(is_chosen))
        })
    });
    if whole {
        (listed(&services, "service"), format!("docker compose {verb} {}", services.join(" ")))
    } else {
        let names: Vec<&str> = containers.iter().map(|c| c.name.as_str()).collect();
        (listed(&names, "container"), format!("docker {verb} {}", names.join(" ")))
    }
}

/// Up to three names, else how many.
fn listed(names: &[&str], one: &str) -> String {
    if names.len() <= 3 { names.join(", ") } else { count(names.len(), one) }
}

fn steps(model: &Model, verb: Verb, containers: &[&Container]) -> VecDeque<Step> {
    let chosen: BTreeSet<ServiceName> = containers.iter().filter_map(|c| c.service.clone()).collect();
    let ranks = graph::ranks(model, &chosen);
    let rank = |c: &Container| c.service.as_ref().and_then(|s| ranks.get(s)).copied().unwrap_or(0);
    let mut layers: BTreeMap<usize, Vec<&Container>> = BTreeMap::new();
    for container in containers {
        layers.entry(rank(container)).or_default().push(container);
    }
    let calls = |layer: &[&Container]| Step::Tasks(layer.iter().map(|c| Task::Call(verb.call(c.id.clone()))).collect());
    match verb {
        Verb::Stop => layers.values().rev().map(|l| calls(l)).collect(),
        Verb::Pause | Verb::Unpause => [calls(containers)].into(),
        Verb::Start | Verb::Restart => {
            let mut steps = VecDeque::new();
            for layer in layers.values() {
                for step in awaits(model, &chosen, layer) {
                    if !steps.contains(&step) {
                        steps.push_back(step);
                    }
                }
                steps.push_back(calls(layer));
            }
            steps
        }
    }
}

/// What this layer waits for among what the same job starts. A dependency that need only be started is: its
/// layer was before.
fn awaits(model: &Model, chosen: &BTreeSet<ServiceName>, layer: &[&Container]) -> Vec<Step> {
    let services: BTreeSet<&ServiceName> = layer.iter().filter_map(|c| c.service.as_ref()).collect();
    let needs = services.into_iter().flat_map(|s| graph::dependencies(model, s));
    let needs = needs.filter(|(d, condition)| chosen.contains(d) && *condition != Condition::Started);
    needs.map(|(service, condition)| Step::Await { service, condition }).collect()
}
