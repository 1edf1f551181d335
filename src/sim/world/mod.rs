//! The world of a simulated engine: what exists, how it lives, and what can be done to it.
//!
//! Pure and seeded: no clock, no I/O, no randomness but what follows from the seed. Time is what
//! [`World::advance`] says. Things that will happen wait in a heap; what can be computed for any moment (log lines,
//! statistics, sizes) is computed when it is asked for, so that ten thousand containers cost nothing while nobody
//! looks.
//!
//! How it works, by file: `due` the heap and what waits in it; `life` starts and ends; `probes` health; `requests` what
//! clients ask for; `queries` what they read; `making` containers from a compose file; `up` the part of docker compose;
//! `script` the scenario's steps; `stores` networks, volumes and images; `lines` and `usage` what is computed.

mod action;
mod container;
mod due;
mod event;
mod life;
mod lines;
mod making;
mod ports;
mod probes;
mod prune;
mod queries;
mod requests;
mod run;
mod script;
mod signal;
mod stats;
mod stores;
mod things;
mod up;
mod usage;
mod words;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BinaryHeap, HashMap},
    sync::Arc,
};

pub use action::{Action, ApiError, Done, LogRange, Ticket, Until};
pub use container::{
    Container, Endpoint, GivenCheck, Health, HealthStatus, Healthcheck, Mount, MountSource, Port, Probe, Restart, Spec,
    Status,
};
pub use event::{Event, Events, KEPT, Kind};
pub use lines::{LogLine, Output};
pub use stats::{Process, Sample};
pub use things::{CacheRecord, Image, ImageConfig, Network, Pruned, Removal, Volume};
pub use words::Generation;

use super::{
    luck,
    scenario::{Host, Scenario},
};
use crate::base::time::Stamp;

/// Names a container for good: its running number in this world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(pub(super) u32);

/// A simulated engine's state at a moment.
#[derive(Debug)]
pub struct World {
    scenario: Arc<Scenario>,
    seed: u64,
    generation: Generation,
    engine_id: String,
    begin: Stamp,
    now: Stamp,
    due: BinaryHeap<due::Due>,
    due_count: u64,
    jobs_done: u64,
    containers: BTreeMap<Key, Container>,
    by_name: HashMap<String, Key>,
    by_id: BTreeMap<String, Key>,
    networks: Vec<Network>,
    volumes: BTreeMap<String, Volume>,
    images: Vec<Image>,
    cache: Vec<CacheRecord>,
    /// Ports of the host that containers hold: protocol, address and number.
    ports: HashMap<(String, String, u16), Key>,
    events: Events,
    requests: BTreeMap<u64, requests::Request>,
    ups: BTreeMap<u32, up::Up>,
    next_key: u32,
    next_ticket: u64,
    next_up: u32,
    next_pid: u32,
}

impl World {
    /// A world in which the scenario begins at `start`. The same scenario, seed and start make the same world.
    pub fn new(scenario: Arc<Scenario>, seed: u64, start: Stamp) -> Self {
        Self::like(scenario, seed, start, Generation::default())
    }

    /// The same, of an engine of another generation.
    pub fn like(scenario: Arc<Scenario>, seed: u64, start: Stamp, generation: Generation) -> Self {
        let begin = start.shifted(-crate::base::num::nanos(scenario.before));
        let mut world = Self {
            seed,
            generation,
            engine_id: luck::hex(luck::mix(seed, luck::ENGINE), 32),
            begin,
            now: begin,
            due: BinaryHeap::new(),
            due_count: 0,
            jobs_done: 0,
            containers: BTreeMap::new(),
            by_name: HashMap::new(),
            by_id: BTreeMap::new(),
            networks: Vec::new(),
            volumes: BTreeMap::new(),
            images: Vec::new(),
            cache: Vec::new(),
            ports: HashMap::new(),
            events: Events::new(),
            requests: BTreeMap::new(),
            ups: BTreeMap::new(),
            next_key: 0,
            next_ticket: 0,
            next_up: 0,
            next_pid: 1200,
            scenario,
        };
        world.furnish();
        world.plan_script();
        world.advance(start);
        world
    }

    /// The same scenario from its beginning, now, with other ids: an engine that was wiped and set up again.
    pub fn reborn(&self) -> Self {
        Self::like(self.scenario.clone(), luck::mix(self.seed, luck::REBORN), self.now, self.generation)
    }

    /// What it plays.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Which engines it behaves like.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The machine it seems to run on.
    pub fn host(&self) -> &Host {
        &self.scenario.host
    }

    /// The engine's own id, for `info`: 32 hex digits.
    pub fn engine_id(&self) -> &str {
        &self.engine_id
    }

    /// The engine's present moment.
    pub fn now(&self) -> Stamp {
        self.now
    }

    /// Lets happen what is due up to and at `to`; earlier moments change nothing.
    pub fn advance(&mut self, to: Stamp) {
        while self.next_due().is_some_and(|at| at <= to) {
            let Some(due) = self.due.pop() else { break };
            self.now = self.now.max(due.at);
            self.jobs_done += 1;
            self.perform(due.job);
        }
        self.now = self.now.max(to);
    }

    /// When something will happen next; log lines and statistics don't count.
    pub fn next_due(&self) -> Option<Stamp> {
        self.due.peek().map(|due| due.at)
    }

    /// How much was done so far, in steps: what `advance` costs.
    pub fn jobs_done(&self) -> u64 {
        self.jobs_done
    }

    /// Luck for a container and a purpose.
    fn luck(&self, key: Key, purpose: u64) -> u64 {
        luck::mix(luck::mix(self.seed, u64::from(key.0) | luck::CONTAINER), purpose)
    }
}
