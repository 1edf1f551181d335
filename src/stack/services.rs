//! The project's services with their containers and dependencies, from the files or else from labels.

use std::collections::{BTreeMap, BTreeSet};

use super::{Container, EngineView, Stack, State, state};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        time::Stamp,
    },
    compose::{Condition, Service, graph::Graph},
};

/// An arrow to a service that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dep {
    /// The place of the dependency among the nodes.
    pub on: usize,
    pub condition: Condition,
    pub required: bool,
}

/// Whom a service waits for, on which condition, and whether it can't do without.
type Arrow<'a> = (&'a ServiceName, Condition, bool);

/// A service and what is there of it.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub name: ServiceName,
    pub declared: Option<&'a Service>,
    pub enabled: bool,
    /// Dependencies that are there and enabled.
    pub deps: Vec<Dep>,
    /// Whether others wait for it to complete.
    pub job: bool,
    /// Containers that the files want.
    pub wanted: usize,
    /// All containers but one-offs, by number.
    pub all: Vec<&'a Container>,
    /// Those that count: while a container is replaced, its predecessor and it are one.
    pub counted: Vec<(&'a Container, State)>,
    pub state: State,
    /// Containers of those that count which run between two crashes, and the moment by which the last of them
    /// has proved that it stays up.
    pub looping: usize,
    pub proved: Option<Stamp>,
}

impl Node<'_> {
    /// The container whose state speaks for the service; of several one that ended with an error.
    pub fn speaker(&self) -> Option<&Container> {
        let mut speaking = self.counted.iter().filter(|(_, s)| *s == self.state).map(|(c, _)| *c);
        let first = speaking.next()?;
        [first].into_iter().chain(speaking).find(|c| c.exit_code != Some(0)).or(Some(first))
    }

    /// Whether a container in this state is what the service is for.
    pub fn is_ready_as(&self, state: State) -> bool {
        match state {
            State::Healthy | State::Done => true,
            State::Running => !self.job,
            _ => false,
        }
    }

    /// Created containers wait: something is in their way.
    pub fn wait(&mut self) {
        let states = self.counted.iter_mut().map(|(_, s)| s).chain([&mut self.state]);
        for state in states.filter(|s| **s == State::Created) {
            *state = State::Waiting;
        }
    }

    pub fn ready_replicas(&self) -> usize {
        let ready = self.counted.iter().filter(|(_, s)| self.is_ready_as(*s)).count();
        if self.state == State::Running { ready.saturating_sub(self.looping) } else { ready }
    }

    pub fn replicas(&self) -> usize {
        self.wanted.max(self.counted.len())
    }

    pub fn is_ready(&self) -> bool {
        if self.is_scaled_away() {
            return true;
        }
        self.replicas() > 0 && self.ready_replicas() == self.replicas()
    }

    /// None wanted, and none up.
    pub fn is_scaled_away(&self) -> bool {
        self.wanted == 0 && self.declared.is_some() && !self.counted.iter().any(|(_, s)| s.is_up())
    }

    /// Whether a dependency on this service is satisfied now, by the rules of `docker compose up`.
    pub fn satisfies(&self, condition: Condition) -> bool {
        if self.is_scaled_away() {
            return true;
        }
        let all = |want: State| !self.counted.is_empty() && self.counted.iter().all(|(_, s)| *s == want);
        match condition {
            Condition::Started => self.counted.iter().any(|(_, s)| s.is_up() || *s == State::Done),
            Condition::Healthy => all(State::Healthy),
            Condition::Completed => all(State::Done),
        }
    }
}

/// The project's containers, told apart.
#[derive(Debug)]
pub(super) struct Services<'a> {
    /// The engine that they are on.
    pub engine: EngineView<'a>,
    /// A dependency before its dependents; disabled services last.
    pub nodes: Vec<Node<'a>>,
    pub orphans: Vec<ContainerId>,
    pub oneoffs: Vec<ContainerId>,
}

impl Stack {
    /// Tells the containers apart and finds each one's state.
    pub(super) fn services<'a>(&'a self, engine: EngineView<'a>, now: Stamp) -> Services<'a> {
        let mut of_service: BTreeMap<&ServiceName, Vec<&Container>> = BTreeMap::new();
        let (mut orphans, mut oneoffs) = (Vec::new(), Vec::new());
        for container in self.containers.values() {
            let is_declared = |s: &ServiceName| self.declared.as_ref().is_none_or(|p| p.services.contains_key(s));
            match &container.service {
                _ if container.oneoff => oneoffs.push(container),
                Some(service) if is_declared(service) => of_service.entry(service).or_default().push(container),
                _ => orphans.push(container),
            }
        }
        let names: Vec<&ServiceName> = match &self.declared {
            Some(project) => project.services.keys().collect(),
            None => of_service.keys().copied().collect(),
        };
        let arrows: BTreeMap<&ServiceName, Vec<Arrow<'_>>> =
            names.iter().map(|name| (*name, self.arrows(name, of_service.get(*name).map_or(&[], |c| c)))).collect();
        let jobs: BTreeSet<&ServiceName> =
            arrows.values().flatten().filter(|a| a.1 == Condition::Completed).map(|a| a.0).collect();
        let enabled =
            |name: &ServiceName| self.declared.as_ref().is_none_or(|p| p.services.get(name).is_some_and(|s| s.enabled));
        let on = |name: &ServiceName| arrows.get(name).into_iter().flatten().map(|a| a.0.clone()).collect();
        let graph = Graph::new(names.iter().map(|name| ((*name).clone(), on(name))));
        let mut order: Vec<&ServiceName> = graph.order().iter().collect();
        order.sort_by_key(|name| !enabled(name));
        let place: BTreeMap<&ServiceName, usize> = order.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        let nodes = order.iter().map(|name| {
            let arrows = arrows.get(name).into_iter().flatten();
            let deps = arrows.filter(|(on, ..)| enabled(on)).filter_map(|(on, condition, required)| {
                Some(Dep { on: *place.get(on)?, condition: *condition, required: *required })
            });
            let containers = of_service.remove(*name).unwrap_or_default();
            self.node(name, deps.collect(), jobs.contains(name), containers, now)
        });
        let nodes = nodes.collect();
        let by_name = |mut list: Vec<&Container>| {
            list.sort_by(|a, b| a.name.cmp(&b.name));
            list.into_iter().map(|c| c.id.clone()).collect()
        };
        Services { engine, nodes, orphans: by_name(orphans), oneoffs: by_name(oneoffs) }
    }

    /// Whom a service waits for: what the files say, or else the labels of its newest container.
    fn arrows<'a>(&'a self, name: &ServiceName, containers: &[&'a Container]) -> Vec<Arrow<'a>> {
        if let Some(project) = &self.declared {
            let deps = project.services.get(name).map_or(&[][..], |s| &s.depends_on);
            return deps.iter().map(|d| (&d.service, d.condition, d.required)).collect();
        }
        let newest = containers.iter().max_by_key(|c| c.created);
        newest.map_or(&[][..], |c| &c.depends_on).iter().map(|(s, condition)| (s, *condition, true)).collect()
    }

    fn node<'a>(
        &'a self,
        name: &ServiceName,
        deps: Vec<Dep>,
        job: bool,
        mut all: Vec<&'a Container>,
        now: Stamp,
    ) -> Node<'a> {
        all.sort_by(|a, b| a.number.cmp(&b.number).then_with(|| a.name.cmp(&b.name)));
        let mut counted: Vec<(&Container, State)> = Vec::new();
        for container in &all {
            let new = (*container, state::of(container, self.history.get(&container.id), job));
            let twin = counted.last_mut().filter(|(c, _)| c.number.is_some() && c.number == container.number);
            match twin {
                Some(held) if (held.1.is_up(), held.0.created) < (new.1.is_up(), new.0.created) => *held = new,
                Some(_) => {}
                None => counted.push(new),
            }
        }
        let declared = self.declared.as_ref().and_then(|p| p.services.get(name));
        let wanted = declared.map_or(counted.len(), |s| usize::try_from(s.replicas).unwrap_or(usize::MAX));
        let mut node = Node {
            name: name.clone(),
            declared,
            enabled: declared.is_none_or(|s| s.enabled),
            deps,
            job,
            wanted,
            all,
            counted,
            state: State::Unknown,
            looping: 0,
            proved: None,
        };
        let proofs = node.counted.iter().filter_map(|(c, _)| state::proved_at(c)).filter(|at| *at > now);
        (node.looping, node.proved) = proofs.fold((0, None), |(n, last), at| (n + 1, last.max(Some(at))));
        node.state = self.spoken_state(&node);
        node
    }

    /// The state that speaks for a service; before the first list nothing is known.
    fn spoken_state(&self, node: &Node<'_>) -> State {
        let worst = node.counted.iter().map(|(_, s)| *s).max_by_key(|s| state::attention(*s));
        worst.unwrap_or(if self.listed { State::Missing } else { State::Unknown })
    }
}
