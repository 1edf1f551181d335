//! What the words of the screen come from: each service's state, whether it is ready, what blocks it and why,
//! and the verdict over all of them.

use super::{
    Container, EngineView, Overview, Phase, PortBinding, ServiceStatus, Stack, State, Verdict,
    blockers::Obstacles,
    services::{Node, Services},
    state, verdict,
};
use crate::base::{id::ContainerId, time::Stamp};

impl Stack {
    /// What is true of the project on this engine at a moment on the engine's clock.
    pub fn overview(&self, engine: EngineView<'_>, engine_now: Stamp) -> Overview {
        let mut services = self.services(engine, engine_now);
        let obstacles = services.obstacles(self, engine_now);
        let status = |at: usize, node: &Node<'_>| self.status_of(node, at, &services, &obstacles);
        let statuses: Vec<ServiceStatus> =
            services.nodes.iter().enumerate().map(|(at, node)| status(at, node)).collect();
        let verdict = self.verdict(&services, &obstacles);
        let root = match verdict {
            Verdict::Starting | Verdict::Degraded | Verdict::Failed => verdict::root(&services, &obstacles),
            Verdict::Ready | Verdict::Stopped | Verdict::Unknown => None,
        };
        let running = services.nodes.iter().flat_map(|n| &n.counted).filter(|(_, s)| s.is_up());
        Overview {
            verdict,
            ready: statuses.iter().filter(|s| s.enabled && s.ready && !s.is_off()).count(),
            total: statuses.iter().filter(|s| s.enabled && !s.is_off()).count(),
            up_since: running.filter_map(|(c, _)| c.started).min(),
            stale_at: obstacles.until.filter(|_| !matches!(verdict, Verdict::Ready | Verdict::Unknown)),
            drift: self.drift(engine, &statuses),
            places: statuses.iter().enumerate().map(|(at, status)| (status.name.clone(), at)).collect(),
            services: statuses,
            orphans: services.orphans,
            oneoffs: services.oneoffs,
            root,
        }
    }

    /// One container's state, a replica of this service or (`None`) an orphan or one-off.
    pub fn container_state(&self, container: &Container, of: Option<&ServiceStatus>) -> State {
        let job = of.is_some_and(|s| s.oneshot);
        match state::of(container, self.history.get(&container.id), job) {
            State::Created if of.is_some_and(|s| !s.blocked_by.is_empty()) => State::Waiting,
            state => state,
        }
    }

    /// Since when one container is in that state, if that is known.
    pub fn container_since(&self, container: &Container, of: Option<&ServiceStatus>) -> Option<Stamp> {
        state::since(container, self.history.get(&container.id), self.container_state(container, of))
    }

    /// The earliest that running containers can have come into their state: the first start among them. It
    /// stands in where the moment itself isn't known any more.
    pub fn running_since(&self, containers: &[ContainerId]) -> Option<Stamp> {
        let containers = containers.iter().filter_map(|id| self.containers.get(id));
        containers.filter(|c| c.phase == Phase::Running).filter_map(|c| c.started).min()
    }

    /// When a container first became healthy after its last start, if that is known.
    pub fn healthy_at(&self, container: &Container) -> Option<Stamp> {
        self.history.get(&container.id)?.healthy_at(container)
    }

    fn status_of(&self, node: &Node<'_>, at: usize, services: &Services<'_>, obstacles: &Obstacles) -> ServiceStatus {
        let unsatisfied = obstacles.unsatisfied.get(at).map_or(&[][..], |b| b);
        let first = unsatisfied.iter().find(|(_, b)| b.hopeless).or_else(|| unsatisfied.first());
        let blocker =
            first.filter(|_| !obstacles.at_rest).and_then(|(on, b)| Some((b, services.nodes.get(*on)?.state)));
        let blocked = !node.state.is_up() && !node.is_ready() && node.state != State::Unknown;
        ServiceStatus {
            name: node.name.clone(),
            enabled: node.enabled,
            declared: node.declared.is_some(),
            state: node.state,
            ready: node.is_ready(),
            oneshot: node.job || node.state == State::Done,
            blocked_by: unsatisfied.iter().filter(|_| blocked).map(|(_, b)| b.clone()).collect(),
            reason: self.reason(
                node,
                blocker,
                obstacles.stuck.get(at) == Some(&true),
                obstacles.at_rest,
                services.engine.quirks,
            ),
            restarts: node.counted.iter().fold(0, |sum, (c, _)| sum.saturating_add(c.restarts)),
            ports: ports(node),
            containers: node.all.iter().map(|c| c.id.clone()).collect(),
            ready_replicas: node.ready_replicas(),
            replicas: node.replicas(),
            exit_code: node.speaker().filter(|_| node.state == State::Exited).and_then(|c| c.exit_code),
            since: self.since(node),
        }
    }

    /// A service is ready since its last container got so; anything else began with the first.
    fn since(&self, node: &Node<'_>) -> Option<Stamp> {
        let speaking = node.counted.iter().filter(|(_, s)| *s == node.state);
        let stamps = speaking.map(|(c, s)| state::since(c, self.history.get(&c.id), *s));
        let stamps: Vec<Stamp> = stamps.collect::<Option<_>>()?;
        if node.is_ready() { stamps.into_iter().max() } else { stamps.into_iter().min() }
    }
}

/// The ports of the containers; what the files declare, while none is up that could tell.
fn ports(node: &Node<'_>) -> Vec<PortBinding> {
    let mut ports: Vec<PortBinding> = node.counted.iter().flat_map(|(c, _)| c.ports.iter().cloned()).collect();
    if ports.is_empty() && !node.state.is_up() {
        let declared = node.declared.map_or(&[][..], |s| &s.ports);
        ports.extend(declared.iter().map(|p| PortBinding {
            host_ip: p.host_ip.clone().unwrap_or_default(),
            host_port: p.published.as_ref().and_then(|port| port.parse().ok()),
            container_port: p.target,
            protocol: p.protocol.clone(),
        }));
    }
    ports.sort();
    ports.dedup();
    ports
}
