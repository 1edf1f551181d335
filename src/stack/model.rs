//! What is known of one project on one engine, as plain values.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{Container, Event, Network, Opening, Probe, Sample, Volume, record::Remembered};
use crate::{
    base::{
        id::{ContainerId, NetworkId, ProjectName, VolumeName},
        loss::Ledger,
        ring::Ring,
        secrets::Known,
        time::Stamp,
    },
    compose::Project,
    logs::Logs,
};

/// Everything known about one project on one engine.
#[derive(Debug)]
pub struct Stack {
    /// The project's name.
    pub project: ProjectName,
    /// What its files declare; `None` where it is known from its labels alone.
    pub declared: Option<Arc<Project>>,
    /// Whether the containers were listed at least once; before that nothing is known of them.
    pub listed: bool,
    /// The project's containers, orphans and one-offs among them.
    pub containers: BTreeMap<ContainerId, Container>,
    /// The project's networks.
    pub networks: BTreeMap<NetworkId, Network>,
    /// The project's volumes.
    pub volumes: BTreeMap<VolumeName, Volume>,
    /// Events of this project, oldest first.
    pub events: Ring<Event>,
    /// What happened to each container, beyond what its last inspection still tells.
    pub history: BTreeMap<ContainerId, History>,
    /// The last figures of each container whose figures are looked at.
    pub samples: BTreeMap<ContainerId, Ring<Sample>>,
    /// The logs that are looked at.
    pub logs: Logs,
    /// What was lost, beside what the logs and the events count themselves.
    pub losses: Ledger,
    /// Raw JSON of the container last asked for.
    pub raw: Option<(ContainerId, String)>,
    /// How the logs of containers began, where that was looked at.
    pub opening: BTreeMap<ContainerId, Opening>,
    /// Earlier starts of the project.
    pub remembered: Remembered,
    /// Containers removed recently: an inspection that was under way then must not bring them back.
    pub(super) gone: VecDeque<ContainerId>,
    /// The secrets that it is known to hold.
    pub(super) known: Known,
}

/// What happened to one container, deduplicated; bounded.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// All probes seen, oldest first, by start.
    pub probes: BTreeMap<Stamp, Probe>,
    /// When it, or a process in it, was killed for its memory.
    pub ooms: BTreeMap<Stamp, ()>,
    /// Starts, by time.
    pub starts: BTreeMap<Stamp, ()>,
    /// Ends with their exit codes.
    pub ends: BTreeMap<Stamp, i64>,
    /// When it became healthy (`true`) or unhealthy (`false`).
    pub health: BTreeMap<Stamp, bool>,
    /// When a person asked it to end (kill or stop).
    pub asked: BTreeMap<Stamp, ()>,
    /// The first event that was seen of it. What happened before was not witnessed.
    pub watched: Option<Stamp>,
}

/// What a fact changed, so that only what shows it is drawn again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// Containers, networks, volumes; of a host the engine and the connection.
    pub present: bool,
    /// Events or probes.
    pub history: bool,
    /// Events from which nothing follows.
    pub events: bool,
    /// Figures.
    pub figures: bool,
    /// Log lines.
    pub logs: bool,
}

impl std::ops::BitOrAssign for Change {
    fn bitor_assign(&mut self, more: Self) {
        self.present |= more.present;
        self.history |= more.history;
        self.events |= more.events;
        self.figures |= more.figures;
        self.logs |= more.logs;
    }
}

impl Stack {
    /// Knows the project's name and files, and nothing of the engine yet.
    pub fn new(project: ProjectName, declared: Option<Arc<Project>>) -> Self {
        let mut stack = Self {
            project,
            declared,
            listed: false,
            containers: BTreeMap::new(),
            networks: BTreeMap::new(),
            volumes: BTreeMap::new(),
            events: Ring::new(2000, 512 << 10),
            history: BTreeMap::new(),
            samples: BTreeMap::new(),
            logs: Logs::default(),
            losses: Ledger::default(),
            raw: None,
            opening: BTreeMap::new(),
            remembered: Remembered::default(),
            gone: VecDeque::new(),
            known: Known::default(),
        };
        stack.learn_declared();
        stack
    }

    /// Takes what the files declare now; they were read again.
    pub fn declare(&mut self, declared: Option<Arc<Project>>) {
        self.declared = declared;
        self.learn_declared();
    }
}
