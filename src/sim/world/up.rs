//! `docker compose up -d`, as the engine sees it: networks, volumes, containers, and starts in dependency order.
//!
//! Compose looks every half second whether what a service waits for is so, and then starts it; that is why a dependent
//! starts up to a second after its dependency's `healthy`.

use std::{collections::HashMap, time::Duration};

use super::{
    action::Key,
    container::{HealthStatus, Status},
    due::Job,
    state::{Stage, Up, World},
};
use crate::{base::time::Stamp, sim::scenario::Gate};

/// How often compose looks.
const LOOKS: Duration = Duration::from_millis(500);

/// Whether a dependency is as its dependents want it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Yes,
    NotYet,
    Never,
}

impl World {
    /// Begins `up` of some services and what they depend on; of all where none is named.
    pub(super) fn up(&mut self, project: usize, services: &[String]) {
        let services = self.in_order(project, services);
        let number = self.next_up;
        self.next_up += 1;
        let up = Up {
            project,
            began: self.now,
            stage: Stage::Networks,
            services,
            made: HashMap::new(),
            waiting: Vec::new(),
        };
        self.ups.insert(number, up);
        self.plan(self.now, Job::Up(number));
    }

    /// A project's services such that each comes after what it depends on; those named, and what they need.
    pub(super) fn in_order(&self, project: usize, named: &[String]) -> Vec<String> {
        let scenario = self.scenario.clone();
        let Some(compose) = scenario.projects.get(project).map(|p| &p.compose) else { return Vec::new() };
        let mut wanted: Vec<&str> = compose.services.iter().map(|(name, _)| name).collect();
        if !named.is_empty() {
            let mut needed: Vec<&str> = named.iter().map(String::as_str).collect();
            let mut at = 0;
            while let Some(name) = needed.get(at) {
                let further = compose.services.get(name).map(|s| s.depends_on.0.iter()).into_iter().flatten();
                let further: Vec<&str> = further.map(|(name, _)| name.as_str()).collect();
                for name in further {
                    if !needed.contains(&name) {
                        needed.push(name);
                    }
                }
                at += 1;
            }
            wanted.retain(|name| needed.contains(name));
        }
        let mut order: Vec<String> = Vec::new();
        while !wanted.is_empty() {
            let ready = |name: &&str| {
                let service = compose.services.get(name);
                service.is_none_or(|s| s.depends_on.0.iter().all(|(d, _)| !wanted.contains(&d.as_str())))
            };
            let (now, later): (Vec<&str>, Vec<&str>) = wanted.iter().partition(|name| ready(name));
            if now.is_empty() {
                break;
            }
            order.extend(now.into_iter().map(str::to_owned));
            wanted = later;
        }
        order
    }

    /// Goes on with an `up`.
    pub(super) fn go_on_up(&mut self, number: u32) {
        let Some(mut up) = self.ups.remove(&number) else { return };
        let now = self.now;
        let next = match up.stage {
            Stage::Networks => {
                self.make_networks(up.project, now);
                self.make_volumes(up.project, now);
                up.stage = Stage::Containers;
                Some(now + Duration::from_millis(90))
            }
            Stage::Containers => {
                for service in std::mem::take(&mut up.services) {
                    let keys = self.make_containers(up.project, &service, now);
                    up.made.insert(service.clone(), keys);
                    up.waiting.push(service);
                }
                up.stage = Stage::Starts;
                Some(now + Duration::from_millis(110))
            }
            Stage::Starts => {
                self.start_ready(&mut up, false);
                (!up.waiting.is_empty()).then(|| now + LOOKS)
            }
        };
        if let Some(next) = next {
            self.ups.insert(number, up);
            self.plan(next, Job::Up(number));
        }
    }

    /// Compose sees a start at once, without looking for it.
    pub(super) fn somebody_started(&mut self, key: Key) {
        if self.ups.is_empty() {
            return;
        }
        let Some(project) = self.containers.get(&key).map(|c| c.spec.project.clone()) else { return };
        let numbers: Vec<u32> = self.ups.keys().copied().collect();
        for number in numbers {
            let same = |up: &&Up| self.scenario.projects.get(up.project).is_some_and(|p| p.name == project);
            if self.ups.get(&number).filter(same).is_none_or(|up| up.stage != Stage::Starts) {
                continue;
            }
            // It stays planned; here only what waits for nothing but starts is looked at.
            if let Some(mut up) = self.ups.remove(&number) {
                self.start_ready(&mut up, true);
                self.ups.insert(number, up);
            }
        }
    }

    fn start_ready(&mut self, up: &mut Up, starts_only: bool) {
        let scenario = self.scenario.clone();
        let Some(project) = scenario.projects.get(up.project) else { return };
        let mut waiting = std::mem::take(&mut up.waiting);
        let mut failed = false;
        waiting.retain(|name| {
            let Some(service) = project.compose.services.get(name) else { return false };
            let gates = &service.depends_on.0;
            if starts_only && gates.iter().any(|(_, how)| how.condition != Gate::Started) {
                return true;
            }
            let verdicts = gates.iter().map(|(other, how)| self.verdict(up.made.get(other), how.condition, up.began));
            match verdicts.max().unwrap_or(Verdict::Yes) {
                Verdict::NotYet => true,
                Verdict::Never => {
                    failed = true;
                    true
                }
                Verdict::Yes => {
                    for key in up.made.get(name).into_iter().flatten() {
                        let idle = self
                            .containers
                            .get(key)
                            .is_some_and(|c| matches!(c.status, Status::Created | Status::Exited) && c.busy.is_none());
                        if idle {
                            // What the engine refuses, compose only reports.
                            let _ = self.start(*key, None, false);
                        }
                    }
                    false
                }
            }
        });
        // A dependency that can't become what is wanted ends the whole command.
        up.waiting = if failed { Vec::new() } else { waiting };
    }

    fn verdict(&self, dependency: Option<&Vec<Key>>, gate: Gate, began: Stamp) -> Verdict {
        let mut all = Verdict::Yes;
        for container in dependency.into_iter().flatten().filter_map(|key| self.containers.get(key)) {
            let ran_now = container.started.is_some_and(|at| at >= began);
            let one = match (gate, container.status) {
                (Gate::Started, Status::Running | Status::Paused) => Verdict::Yes,
                (Gate::Started, _) if ran_now => Verdict::Yes,
                (Gate::Healthy, Status::Running | Status::Paused) => {
                    match container.health.as_ref().map(|h| h.status) {
                        Some(HealthStatus::Healthy) => Verdict::Yes,
                        Some(HealthStatus::Unhealthy) => Verdict::Never,
                        _ => Verdict::NotYet,
                    }
                }
                (Gate::Healthy, Status::Exited) if ran_now => Verdict::Never,
                (Gate::Completed, Status::Exited) if ran_now && container.exit_code == 0 => Verdict::Yes,
                (Gate::Completed, Status::Exited) if ran_now => Verdict::Never,
                // A start that was refused leaves nothing to wait for.
                (_, Status::Created) if container.refusals > 0 => Verdict::Never,
                _ => Verdict::NotYet,
            };
            all = all.max(one);
        }
        all
    }
}
