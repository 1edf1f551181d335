//! A world: what is in it, how its time goes on, and what is due in it.

use std::{
    collections::{BTreeMap, BinaryHeap, HashMap},
    sync::Arc,
};

use super::{
    action::{ApiError, Done, Key},
    container::Container,
    due::{Due, Job},
    event::Events,
    things::{CacheRecord, Image, Network, Volume},
    words::Generation,
};
use crate::{
    base::{num::nanos, time::Stamp},
    sim::{
        luck,
        scenario::{Host, Scenario},
    },
};

/// A simulated engine's state at a moment.
#[derive(Debug)]
pub struct World {
    pub(super) scenario: Arc<Scenario>,
    pub(super) seed: u64,
    pub(super) generation: Generation,
    pub(super) engine_id: String,
    pub(super) begin: Stamp,
    pub(super) now: Stamp,
    pub(super) due: BinaryHeap<Due>,
    pub(super) due_count: u64,
    pub(super) jobs_done: u64,
    pub(super) containers: BTreeMap<Key, Container>,
    pub(super) by_name: HashMap<String, Key>,
    pub(super) by_id: BTreeMap<String, Key>,
    pub(super) networks: Vec<Network>,
    pub(super) volumes: BTreeMap<String, Volume>,
    pub(super) images: Vec<Image>,
    pub(super) cache: Vec<CacheRecord>,
    /// Ports of the host that containers hold: protocol, address and number.
    pub(super) ports: HashMap<(String, String, u16), Key>,
    pub(super) events: Events,
    pub(super) requests: BTreeMap<u64, Request>,
    pub(super) ups: BTreeMap<u32, Up>,
    pub(super) next_key: u32,
    pub(super) next_ticket: u64,
    pub(super) next_up: u32,
    pub(super) next_pid: u32,
}

/// A request that was begun.
#[derive(Debug)]
pub(super) struct Request {
    pub outcome: Option<Result<Done, ApiError>>,
    pub forgotten: bool,
}

/// An `up` that is under way.
#[derive(Debug, Clone)]
pub(super) struct Up {
    pub project: usize,
    pub began: Stamp,
    pub stage: Stage,
    /// Services, in dependency order.
    pub services: Vec<String>,
    /// The containers of each.
    pub made: HashMap<String, Vec<Key>>,
    /// Those that aren't started yet.
    pub waiting: Vec<String>,
}

/// How far an `up` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Networks and volumes are made next.
    Networks,
    /// Containers are made next.
    Containers,
    /// They are started as what they wait for becomes so.
    Starts,
}

impl World {
    /// A world in which the scenario begins at `start`. The same scenario, seed and start make the same world.
    pub fn new(scenario: Arc<Scenario>, seed: u64, start: Stamp) -> Self {
        Self::like(scenario, seed, start, Generation::default())
    }

    /// The same, of an engine of another generation.
    pub fn like(scenario: Arc<Scenario>, seed: u64, start: Stamp, generation: Generation) -> Self {
        let begin = start.shifted(-nanos(scenario.before));
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
    pub(super) fn luck(&self, key: Key, purpose: u64) -> u64 {
        luck::mix(luck::mix(self.seed, u64::from(key.0) | luck::CONTAINER), purpose)
    }

    /// Plans a job.
    pub(super) fn plan(&mut self, at: Stamp, job: Job) {
        self.due_count += 1;
        self.due.push(Due { at, order: self.due_count, job });
    }

    /// Does what is due, unless it is void.
    pub(super) fn perform(&mut self, job: Job) {
        match job {
            Job::Script(number) => self.play_step(number),
            Job::Up(number) => self.go_on_up(number),
            Job::Started(key, epoch) if self.in_epoch(key, epoch) => self.started(key),
            Job::Ends(key, epoch, ending) if self.in_epoch(key, epoch) => self.ends(key, ending),
            Job::GraceOver(key, epoch) if self.in_epoch(key, epoch) => self.kill_now(key),
            Job::CleanUp(key, epoch) if self.in_epoch(key, epoch) => self.clean_up(key),
            Job::Retry(key, epoch) if self.in_epoch(key, epoch) => self.retry(key),
            Job::ProbeBegins(key, epoch) if self.in_epoch(key, epoch) => self.probe_begins(key),
            Job::ProbeEnds(key, epoch, exec) if self.in_epoch(key, epoch) => self.probe_ends(key, exec),
            _ => {}
        }
    }

    fn in_epoch(&self, key: Key, epoch: u32) -> bool {
        self.containers.get(&key).is_some_and(|c| c.epoch == epoch)
    }
}
