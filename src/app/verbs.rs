//! What can be done to containers without a plan, as jobs: calls in dependency order, with what each waits for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Model, graph, targets};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        shell::ShellLine,
        units::{count, list},
    },
    compose::Condition,
    stack::{Container, Phase},
    work::{Call, Draft, Step, Task},
};

/// How many names a sentence lists.
const NAMED: usize = 3;

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
    let subject = Subject::of(model, &chosen);
    let equivalent = subject.command(model, &[verb.word()]);
    let title = format!("{} {}", verb.word(), subject.words());
    let warnings = if verb == Verb::Stop { suffering(model, &chosen).into_iter().collect() } else { Vec::new() };
    Some(Draft { title, equivalent, warnings, steps: steps(model, verb, &chosen) })
}

/// Who needs services of which all that is up of them are among these containers, and stays up without them.
pub fn suffering(model: &Model, containers: &[&Container]) -> Option<String> {
    let is_chosen = |id: &ContainerId| containers.iter().any(|c| c.id == *id);
    let is_left = |id: &ContainerId| !is_chosen(id) && model.stack().containers.get(id).is_some_and(targets::is_up);
    let up = containers.iter().filter(|c| targets::is_up(c)).filter_map(|c| c.service.as_ref());
    let gone = up.filter_map(|s| model.overview.service(s)).filter(|s| !s.containers.iter().any(is_left));
    let gone: BTreeSet<ServiceName> = gone.map(|s| s.name.clone()).collect();
    let who = graph::left_behind(model, &gone);
    let (needs, keeps) = if who.len() == 1 { ("needs", "keeps") } else { ("need", "keep") };
    let whom = list(&gone.into_iter().collect::<Vec<_>>(), NAMED);
    (!who.is_empty()).then(|| format!("{} {needs} {whom} and {keeps} running without it", list(&who, NAMED)))
}

/// Whom a command is about: whole services where nothing else is meant, so that `docker compose` can do it.
#[derive(Debug)]
pub enum Subject {
    /// All containers of these services, as far as the command applies to them.
    Services(Vec<String>),
    /// These containers, by name.
    Containers(Vec<String>),
}

impl Subject {
    /// Whom a command on these containers is about.
    pub fn of(model: &Model, containers: &[&Container]) -> Self {
        let mut services: Vec<String> = Vec::new();
        for container in containers {
            if let Some(service) = container.service.as_deref()
                && !services.iter().any(|known| known == service)
            {
                services.push(service.to_owned());
            }
        }
        if whole(model, containers) {
            Self::Services(services)
        } else {
            Self::Containers(containers.iter().map(|c| c.name.clone()).collect())
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::Services(names) => listed(names, "service"),
            Self::Containers(names) => listed(names, "container"),
        }
    }

    /// The command for them.
    pub fn command(&self, model: &Model, verb: &[&str]) -> ShellLine {
        match self {
            Self::Services(names) => model.host().compose().words(verb).names(names),
            Self::Containers(names) => model.host().docker().words(verb).names(names),
        }
    }
}

/// Whether these are all containers of their services.
fn whole(model: &Model, containers: &[&Container]) -> bool {
    let is_chosen = |id: &ContainerId| containers.iter().any(|c| c.id == *id);
    // Containers that the verb doesn't apply to may be left out; one that it is kept from may not.
    containers.iter().all(|c| {
        let status = c.service.as_ref().and_then(|s| model.overview.service(s));
        status.is_some_and(|s| {
            s.containers.contains(&c.id) && (s.containers.len() == 1 || s.containers.iter().all(is_chosen))
        })
    })
}

/// Up to three names, else how many.
fn listed(names: &[String], one: &str) -> String {
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
