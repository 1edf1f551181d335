//! A container as the engine keeps it: what it was made from, and what is true of it now.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use crate::base::time::Stamp;

use super::{
    action::{Action, Key, Ticket, Until},
    due::Ending,
    run::Run,
};
use crate::sim::scenario::{Behaviour, Restart, Template};

/// A container's `State.Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Made, never started; also after a start that failed.
    Created,
    /// Its program runs.
    Running,
    /// Its program is frozen.
    Paused,
    /// Dead, and the restart policy waits to start it again.
    Restarting,
    /// Its program ended.
    Exited,
}

impl Status {
    /// As the API spells it.
    pub fn word(self) -> &'static str {
        match self {
            Status::Created => "created",
            Status::Running => "running",
            Status::Paused => "paused",
            Status::Restarting => "restarting",
            Status::Exited => "exited",
        }
    }
}

/// A container's `Config.Healthcheck`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Healthcheck {
    /// As configured: `["CMD", …]` or `["CMD-SHELL", "…"]`.
    pub test: Vec<String>,
    /// From the end of a probe to the next one's start; from the start to the first.
    pub interval: Duration,
    /// How long a probe may take.
    pub timeout: Duration,
    /// While it lasts after the start, failures don't count.
    pub start_period: Duration,
    /// Between probes while the start period lasts (engines from 25 on).
    pub start_interval: Option<Duration>,
    /// Failures in a row that make it unhealthy.
    pub retries: u32,
    /// The values as the file gave them; what it left out is `None` (the API shows zero, or nothing).
    pub given: GivenCheck,
}

/// What of a health check was configured rather than assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GivenCheck {
    /// `interval`.
    pub interval: Option<Duration>,
    /// `timeout`.
    pub timeout: Option<Duration>,
    /// `start_period`.
    pub start_period: Option<Duration>,
    /// `retries`.
    pub retries: Option<u32>,
}

/// A published or exposed port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Inside the container.
    pub inside: u16,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// The host's address and port, where published.
    pub outside: Option<(String, u16)>,
}

/// Where a mount comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountSource {
    /// A volume, by its name on the engine.
    Volume(String),
    /// A path of the host.
    Bind(String),
    /// Memory.
    Tmpfs,
}

/// A container's mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub source: MountSource,
    /// Where, inside the container.
    pub target: String,
    /// Whether it may be written.
    pub writable: bool,
    /// Whether the volume has no name of its own (64 hex digits).
    pub anonymous: bool,
}

/// A container's place in a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The network's name on the engine.
    pub network: String,
    /// The network's id.
    pub network_id: String,
    /// The names it answers to, beside its id: container name and service.
    pub aliases: Vec<String>,
    /// Its id while it runs, else empty.
    pub id: String,
    /// The IPv4 address while it runs, else empty.
    pub address: String,
    /// The network's gateway while it runs, else empty.
    pub gateway: String,
    /// Length of the subnet's prefix while it runs, else 0.
    pub prefix: u8,
    /// The hardware address while it runs, else empty.
    pub mac: String,
    /// The address's part behind the prefix.
    pub(super) host: u32,
}

/// What a container was made from; shared by replicas.
#[derive(Debug)]
pub struct Spec {
    /// The compose project, empty where it has none.
    pub project: String,
    /// The compose service, empty where it has none.
    pub service: String,
    /// The image as named.
    pub image: String,
    /// The image's id.
    pub image_id: String,
    /// The program and its first arguments, from image or file.
    pub entrypoint: Vec<String>,
    /// What follows.
    pub command: Vec<String>,
    /// `NAME=value`.
    pub environment: Vec<String>,
    /// Ports, published or exposed.
    pub ports: Vec<Port>,
    /// The health check.
    pub healthcheck: Option<Healthcheck>,
    /// The restart policy.
    pub restart: Restart,
    /// `StopSignal`, where set.
    pub stop_signal: Option<String>,
    /// How long a stop waits before it kills; 10 s unless set.
    pub grace: Duration,
    /// Whether `grace` was set.
    pub grace_given: bool,
    /// Bytes of memory it may use; 0 is without limit.
    pub memory_limit: u64,
    /// Billionths of a CPU it may use; 0 is without limit.
    pub nano_cpus: u64,
    /// Whether it has a terminal: logs and attach are then unframed.
    pub tty: bool,
    /// Whether its input is open.
    pub stdin_open: bool,
    /// The user, empty where it is the image's.
    pub user: String,
    /// The working folder.
    pub working_dir: String,
    /// `init: true`.
    pub init: Option<bool>,
    /// `privileged: true`.
    pub privileged: bool,
    /// `read_only: true`.
    pub read_only: bool,
    /// How it behaves.
    pub behaviour: Arc<Behaviour>,
}

impl Spec {
    /// The program and its arguments.
    pub fn argv(&self) -> impl Iterator<Item = &str> {
        self.entrypoint.iter().chain(&self.command).map(String::as_str)
    }
}

/// `State.Health.Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HealthStatus {
    /// No probe decided yet.
    Starting,
    /// The last probe passed, or too few failed since.
    Healthy,
    /// Too many failed in a row.
    Unhealthy,
}

impl HealthStatus {
    /// As the API spells it.
    pub fn word(self) -> &'static str {
        match self {
            HealthStatus::Starting => "starting",
            HealthStatus::Healthy => "healthy",
            HealthStatus::Unhealthy => "unhealthy",
        }
    }
}

/// A probe that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// When it began.
    pub start: Stamp,
    /// When it ended.
    pub end: Stamp,
    /// Its exit code; −1 where it couldn't run or timed out.
    pub exit: i64,
    /// What it wrote, or the engine's words.
    pub output: String,
}

/// `State.Health`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The verdict.
    pub status: HealthStatus,
    /// Failures in a row.
    pub failing_streak: u32,
    /// The last five probes, oldest first.
    pub log: VecDeque<Probe>,
}

/// What a container is busy with, and for which request. Requests wait meanwhile, as the engine's do for the container's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Busy {
    /// It starts.
    Starting {
        /// The request that started it.
        ticket: Option<Ticket>,
        /// Whether that was a restart.
        restart: bool,
    },
    /// The engine cleans up after it.
    Cleaning,
}

/// What follows an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// A stop is done.
    Stopped(Option<Ticket>),
    /// A restart starts it again.
    Restart(Option<Ticket>),
    /// It is removed, with its anonymous volumes or without.
    Remove(Option<Ticket>, bool),
    /// A kill is done.
    Killed(Option<Ticket>),
}

/// What a probe will have found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub began: Stamp,
    pub takes: Duration,
    pub exit: i64,
    pub output: Template,
    pub timed_out: bool,
}

/// A container.
#[derive(Debug, Clone)]
pub struct Container {
    pub(super) key: Key,
    /// 64 hex digits.
    pub id: String,
    /// Its name, without the API's leading `/`.
    pub name: String,
    /// When it was made.
    pub created: Stamp,
    /// What it was made from.
    pub spec: Arc<Spec>,
    /// Its number among the service's replicas, from 1.
    pub number: u32,
    /// Labels, sorted by key.
    pub labels: Arc<Vec<(String, String)>>,
    /// `State.Status`.
    pub status: Status,
    /// The program's process id on the host; 0 while none runs.
    pub pid: u32,
    /// The last exit code.
    pub exit_code: i64,
    /// Why the last start failed.
    pub error: String,
    /// Whether the last run ended for want of memory.
    pub oom_killed: bool,
    /// When it last started.
    pub started: Option<Stamp>,
    /// When it last ended.
    pub finished: Option<Stamp>,
    /// How often the restart policy started it since somebody did.
    pub restarts: u32,
    /// Health, where it has a check that isn't disabled.
    pub health: Option<Health>,
    /// Its networks, in the order of their names.
    pub endpoints: Vec<Endpoint>,
    /// Its mounts.
    pub mounts: Vec<Mount>,
    /// Bytes it wrote into its own layer so far (`SizeRw`).
    pub size_rw: u64,
    /// What it lived through, for its logs and statistics.
    pub(super) runs: VecDeque<Run>,
    /// How many runs it had, those forgotten included.
    pub(super) run_count: u32,
    /// Timers of another epoch are void.
    pub(super) epoch: u32,
    /// Whether somebody stopped it: the restart policy then rests.
    pub(super) stopped_by_hand: bool,
    /// A failure that the script gave it; the next start takes it away.
    pub(super) failing: bool,
    /// The pause that the restart policy makes next.
    pub(super) backoff: Duration,
    /// When and how its program will end by itself.
    pub(super) will_end: Option<(Stamp, Ending)>,
    /// When the grace of a stop is over.
    pub(super) grace: Option<Stamp>,
    /// Starts that were refused so far.
    pub(super) refusals: u32,
    /// What waits for a start or a clean-up that is under way.
    pub(super) busy: Option<Busy>,
    /// Requests that wait until that is over.
    pub(super) queue: VecDeque<(Ticket, Action)>,
    /// What follows when the program has ended and all is cleaned up.
    pub(super) after_end: Vec<After>,
    /// What `die` has to tell of the last end, where it hasn't yet.
    pub(super) untold_death: Option<Vec<(&'static str, String)>>,
    /// Who waits for what.
    pub(super) waits: Vec<(Ticket, Until)>,
    /// The probe that is under way: its exec's number, and how it will end.
    pub(super) probe: Option<(u64, Found)>,
    /// How many probes it had.
    pub(super) probe_count: u64,
}

impl Container {
    /// The first twelve digits of the id.
    pub fn short(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }

    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// `State.Running`: also while paused, and while the restart policy waits.
    pub fn running(&self) -> bool {
        matches!(self.status, Status::Running | Status::Paused | Status::Restarting)
    }

    /// Whether a program of it exists, frozen or not.
    pub fn alive(&self) -> bool {
        matches!(self.status, Status::Running | Status::Paused)
    }

    /// The run that lasts.
    pub(super) fn run(&self) -> Option<&Run> {
        self.runs.back().filter(|run| run.end.is_none())
    }

    /// The run that lasts, to note something in it.
    pub(super) fn run_mut(&mut self) -> Option<&mut Run> {
        self.runs.back_mut().filter(|run| run.end.is_none())
    }
}
