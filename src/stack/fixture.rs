//! Containers, projects and moments for tests, of this room and of others.

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use indexmap::IndexMap;

use super::{storage::StorageItem, timeline::Timeline, *};
use crate::{
    base::{
        id::{ContainerId, ImageId, ServiceName, VolumeName},
        time::Stamp,
    },
    compose::{self, Condition, Dependency, HealthCheck, Project, Restart, Service},
};

/// The project that all fixtures belong to.
pub(crate) const PROJECT: &str = "p";

/// A moment, in seconds from the fixtures' zero.
pub(crate) fn at(secs: f64) -> Stamp {
    #[expect(clippy::cast_possible_truncation, reason = "a test's seconds are few")]
    let millis = (secs * 1000.0).round() as i64;
    Stamp::from_secs(1_790_000_000).shifted(millis * 1_000_000)
}

/// A probe from and to these seconds.
pub(crate) fn probe(start: f64, end: f64, exit: i64) -> Probe {
    Probe { start: at(start), end: at(end), exit, output: if exit == 0 { "ok".into() } else { "no answer".into() } }
}

/// A container of a service, created at zero and never started.
pub(crate) fn container(service: &str) -> Container {
    Container {
        name: format!("{PROJECT}-{service}-1"),
        project: Some(PROJECT.into()),
        service: Some(service.into()),
        number: Some(1),
        image: format!("{service}:latest"),
        image_id: ImageId::from("sha256:0"),
        created: Some(at(0.0)),
        phase: Phase::Created,
        log_driver: "json-file".into(),
        inspected: true,
        ..Container::bare(id_of(service))
    }
}

/// The id of the first container of a service.
pub(crate) fn id_of(service: &str) -> ContainerId {
    ContainerId::from(format!("{service:0<64}"))
}

/// Changes to a container, each named after what happened to it.
impl Container {
    pub(crate) fn replica(self, number: u32) -> Self {
        let service = self.service.clone().unwrap();
        Self {
            id: ContainerId::from(format!("{:0<64}", format!("{service}{number}"))),
            name: format!("{PROJECT}-{service}-{number}"),
            number: Some(number),
            ..self
        }
    }

    pub(crate) fn created_at(self, secs: f64) -> Self {
        Self { created: Some(at(secs)), ..self }
    }

    pub(crate) fn running(self, since: f64) -> Self {
        Self { phase: Phase::Running, started: Some(at(since)), ..self }
    }

    pub(crate) fn checked(self, interval: u64, health: Health) -> Self {
        let check = HealthCheck {
            test: vec!["CMD".into(), "probe".into()],
            interval: Some(Duration::from_secs(interval)),
            ..HealthCheck::default()
        };
        let failing_streak = if health == Health::Unhealthy { 3 } else { self.failing_streak };
        Self { check: Some(check), health: Some(health), failing_streak, ..self }
    }

    pub(crate) fn probed(self, probes: &[Probe]) -> Self {
        Self { probes: probes.to_vec(), ..self }
    }

    pub(crate) fn exited(self, code: i64, when: f64) -> Self {
        let started = self.started.or(Some(at(0.0)));
        Self { phase: Phase::Exited, started, finished: Some(at(when)), exit_code: Some(code), ..self }
    }

    pub(crate) fn restarting(self, restarts: u32) -> Self {
        Self { phase: Phase::Restarting, restarts, restart: Restart::Always, exit_code: Some(1), ..self }
    }
}

/// A declared service that waits for others.
pub(crate) fn service(name: &str, deps: &[(&str, Condition)]) -> Service {
    Service {
        name: name.into(),
        place: None,
        enabled: true,
        profiles: Vec::new(),
        image: Some(format!("{name}:latest")),
        build: false,
        pull_policy: None,
        container_name: None,
        replicas: 1,
        restart: Restart::No,
        depends_on: deps
            .iter()
            .map(|(on, condition)| Dependency {
                service: (*on).into(),
                condition: *condition,
                required: true,
                restart: false,
                place: None,
            })
            .collect(),
        healthcheck: None,
        ports: Vec::new(),
        mounts: Vec::new(),
        networks: Vec::new(),
        network_mode: None,
        environment: IndexMap::new(),
        environment_26: None,
        secrets: Vec::new(),
        configs: Vec::new(),
        labels: IndexMap::new(),
        command: None,
        entrypoint: None,
        stop_grace_period: None,
        setup: compose::Setup::default(),
    }
}

/// A declared project of these services.
pub(crate) fn project(services: impl IntoIterator<Item = Service>) -> Arc<Project> {
    Arc::new(Project {
        name: PROJECT.into(),
        dir: PathBuf::from("/p"),
        files: vec![PathBuf::from("/p/compose.yaml")],
        services: services.into_iter().map(|s| (s.name.clone(), s)).collect(),
        networks: IndexMap::new(),
        volumes: IndexMap::new(),
        secrets: IndexMap::new(),
        configs: IndexMap::new(),
        profiles: Vec::new(),
        hidden: Vec::new(),
        resolved: BTreeMap::new(),
        resolved_26: BTreeMap::new(),
        newer: Vec::new(),
        provenance: Default::default(),
        known: Default::default(),
    })
}

/// A project of `frontend` ← `backend` ← `db`, each waiting for the one before to be healthy.
pub(crate) fn chain() -> Arc<Project> {
    project([
        service("frontend", &[("backend", Condition::Healthy)]),
        service("backend", &[("db", Condition::Healthy)]),
        service("db", &[]),
    ])
}

/// A stack with the engine that it is on, as the room above hands it down.
#[derive(Debug)]
pub(crate) struct Placed {
    stack: Stack,
    pub lost: bool,
    pub taken: BTreeMap<VolumeName, VolumeUsage>,
    pub images: Images,
}

impl Placed {
    pub fn engine(&self) -> EngineView<'_> {
        EngineView {
            quirks: Quirks::default(),
            lost: self.lost,
            place: "local",
            volumes: Some(&self.taken),
            images: Some(&self.images),
        }
    }

    pub fn apply(&mut self, fact: Fact) -> Change {
        self.stack.apply(fact, Quirks::default())
    }

    pub fn overview(&self, now: Stamp) -> Overview {
        self.stack.overview(self.engine(), now)
    }

    pub fn storage(&self) -> Vec<StorageItem> {
        self.stack.storage(self.engine())
    }

    pub fn timeline(&self, now: Stamp) -> Option<Timeline> {
        Timeline::of(&self.stack, self.engine(), &self.overview(now), now)
    }
}

impl Deref for Placed {
    type Target = Stack;

    fn deref(&self) -> &Stack {
        &self.stack
    }
}

impl DerefMut for Placed {
    fn deref_mut(&mut self) -> &mut Stack {
        &mut self.stack
    }
}

/// A stack on which these containers were listed and inspected.
pub(crate) fn stack(declared: Option<Arc<Project>>, containers: &[Container]) -> Placed {
    let stack = Stack::new(PROJECT.into(), declared);
    let mut placed = Placed { stack, lost: false, taken: BTreeMap::new(), images: Images::default() };
    for fact in snapshot(containers) {
        placed.apply(fact);
    }
    placed
}

/// The facts of a whole snapshot: the list, then an inspection of each.
pub(crate) fn snapshot(containers: &[Container]) -> Vec<Fact> {
    let listed = containers.iter().map(|c| Container {
        inspected: false,
        started: None,
        finished: None,
        probes: Vec::new(),
        check: None,
        ..c.clone()
    });
    let mut facts = vec![Fact::Listed(listed.collect())];
    facts.extend(containers.iter().map(|c| Fact::Inspected(Box::new(c.clone()))));
    facts
}

/// An event of a service's first container.
pub(crate) fn event(service: &str, secs: f64, kind: EventKind) -> Fact {
    Fact::Happened(Event {
        at: at(secs),
        kind,
        subject: EventSubject::Container(id_of(service)),
        service: Some(ServiceName::from(service)),
        name: format!("{PROJECT}-{service}-1"),
    })
}
