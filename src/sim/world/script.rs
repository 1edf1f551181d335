//! The scenario's steps, and what its projects were before it began.

use std::time::Duration;

use super::{
    action::Key,
    container::Status,
    due::{Ending, Job},
    run::Run,
    state::World,
    stores::before,
};
use crate::sim::{
    luck,
    scenario::{Deed, Past},
};

impl World {
    pub(super) fn plan_script(&mut self) {
        let steps: Vec<_> = self.scenario.script.iter().map(|step| self.begin + step.at).collect();
        for (number, at) in steps.into_iter().enumerate() {
            self.plan(at, Job::Script(number));
        }
    }

    /// Plays a step of the script.
    pub(super) fn play_step(&mut self, number: usize) {
        let scenario = self.scenario.clone();
        let Some(step) = scenario.script.get(number) else { return };
        let Some(project) = scenario.project() else { return };
        if step.deed == Deed::Up {
            self.up(0, &step.services);
            return;
        }
        let named = |service: &String| step.services.is_empty() || step.services.contains(service);
        let of = |c: &&super::container::Container| c.spec.project == project.name && named(&c.spec.service);
        let keys: Vec<Key> = self.containers.values().filter(of).map(|c| c.key).collect();
        for key in keys {
            self.play(key, step.deed);
        }
    }

    fn play(&mut self, key: Key, deed: Deed) {
        let now = self.now;
        let Some(container) = self.containers.get_mut(&key) else { return };
        let (name, status) = (container.name.clone(), container.status);
        let request = |world: &mut Self, action| {
            // Nobody waits for the answer, and a refusal is how an engine would take it.
            if let Ok(ticket) = world.begin(&name, action) {
                world.forget(ticket);
            }
        };
        match deed {
            Deed::Up => {}
            Deed::Stop => request(self, super::action::Action::Stop { timeout: None, signal: None }),
            Deed::Restart => request(self, super::action::Action::Restart { timeout: None, signal: None }),
            Deed::Kill => request(self, super::action::Action::Kill { signal: None }),
            Deed::Pause => request(self, super::action::Action::Pause),
            Deed::Unpause => request(self, super::action::Action::Unpause),
            Deed::Fail => {
                container.failing = true;
                if let Some(run) = container.run_mut() {
                    run.sicken(now);
                }
            }
            Deed::Heal => {
                container.failing = false;
                if let Some(run) = container.run_mut() {
                    run.heal(now);
                }
            }
            Deed::Oom if matches!(status, Status::Running) => self.ends(key, Ending { code: 137, oom: true }),
            Deed::Oom => {}
        }
    }

    /// Puts the projects as they were before the scenario began. No event tells of it.
    pub(super) fn furnish_projects(&mut self) {
        let scenario = self.scenario.clone();
        for (number, project) in scenario.projects.iter().enumerate() {
            let (Past::Up(ago) | Past::Stopped(ago) | Past::Down(ago)) = project.past else { continue };
            let created = match project.past {
                Past::Up(_) => before(self.now, ago),
                // Nobody makes a project and ends it at once.
                _ => before(self.now, ago + Duration::from_secs(2 * 3600)),
            };
            self.make_volumes(number, created);
            if matches!(project.past, Past::Down(_)) {
                continue;
            }
            self.make_networks(number, created);
            for service in self.in_order(number, &[]) {
                for key in self.make_containers(number, &service, created) {
                    self.age(key, project.past);
                }
            }
        }
        self.events = super::event::Events::new();
    }

    /// A container as if it had lived for a while.
    fn age(&mut self, key: Key, past: Past) {
        let now = self.now;
        let jitter = Duration::from_millis(400 + luck::below(self.luck(key, 0xa9e), 1600));
        let pid = 1200 + u32::try_from(luck::below(self.luck(key, 0x71d), 60_000)).unwrap_or(0);
        let Some(container) = self.containers.get_mut(&key) else { return };
        let start = container.created + jitter;
        let behaviour = container.spec.behaviour.clone();
        let exit = behaviour.exits.as_ref();
        container.run_count = 1;
        container.started = Some(start);
        let mut run = Run::new(0, start, pid, String::new());
        let ended = match (past, exit) {
            (Past::Stopped(ago), _) => Some((before(now, ago), behaviour.term.code, true)),
            (_, Some(exit))
                if container.spec.restart == crate::sim::scenario::Restart::No && now.since(start) > exit.after =>
            {
                Some((start + exit.after, exit.code, false))
            }
            _ => None,
        };
        if let Some((at, code, by_hand)) = ended {
            run.term = by_hand.then_some(at);
            run.by_itself = !by_hand;
            run.end(at);
            container.runs.push_back(run);
            container.status = Status::Exited;
            container.finished = Some(at);
            container.exit_code = code;
            container.stopped_by_hand = by_hand;
            if let Some(health) = &mut container.health {
                health.status = super::container::HealthStatus::Unhealthy;
            }
            return;
        }
        container.status = Status::Running;
        container.pid = pid;
        container.runs.push_back(run);
        self.enter_networks(key);
        let health = self.long_healthy(key);
        let Some(container) = self.containers.get_mut(&key) else { return };
        let address = container.endpoints.first().map(|e| e.address.clone()).unwrap_or_default();
        if let Some(run) = container.run_mut() {
            run.address = address;
        }
        let last = health.as_ref().and_then(|h| h.log.back()).map_or(start, |probe| probe.end);
        container.health = health;
        let epoch = container.epoch;
        let next = container.spec.healthcheck.as_ref().map(|check| (last + check.interval).max(now));
        if let Some(next) = next {
            self.plan(next, Job::ProbeBegins(key, epoch));
        }
    }
}
