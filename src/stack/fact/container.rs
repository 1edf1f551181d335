//! A container as the engine describes it, with its health, ports, mounts and networks.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    base::{
        id::{ContainerId, ImageId, ProjectName, ServiceName, VolumeName},
        num::nanos,
        time::Stamp,
    },
    compose::{Condition, HealthCheck, MountKind, Restart},
};

/// What a container is doing, in the engine's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// CreateConfig, not started.
    Created,
    /// Its process runs.
    Running,
    /// Frozen.
    Paused,
    /// Ended, and the engine is about to start it again.
    Restarting,
    /// Being removed.
    Removing,
    /// Ended.
    Exited,
    /// Could not be removed.
    Dead,
    /// A word we don't know.
    Unknown,
}

impl Phase {
    /// Reads the engine's word.
    pub fn parse(word: &str) -> Self {
        match word {
            "created" | "configured" | "initialized" => Self::Created,
            "running" | "stopping" => Self::Running,
            "paused" => Self::Paused,
            "restarting" => Self::Restarting,
            "removing" => Self::Removing,
            "exited" | "stopped" => Self::Exited,
            "dead" => Self::Dead,
            _ => Self::Unknown,
        }
    }
}

/// What the engine's health check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// Not yet known.
    Starting,
    /// The last probe passed.
    Healthy,
    /// Too many failed in a row.
    Unhealthy,
}

/// One run of a health check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Its start.
    pub start: Stamp,
    /// Its end.
    pub end: Stamp,
    /// Its exit code; −1 where it timed out or could not run.
    pub exit: i64,
    /// What it printed, unsanitised, at most 4 KiB.
    pub output: String,
}

/// How a command that was run in a container ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// How long it took.
    pub took: Duration,
    /// Its exit code; `None` where it hadn't ended when its time was up.
    pub exit: Option<i64>,
    /// What it printed on both of its outputs, unsanitised and bounded.
    pub output: String,
}

/// A container as the engine describes it. After a list only, `inspected` is false and what a list doesn't
/// hold is `None` or empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    /// Its id.
    pub id: ContainerId,
    /// Its name, without the leading slash.
    pub name: String,
    /// The compose project of its labels.
    pub project: Option<ProjectName>,
    /// The service of its labels.
    pub service: Option<ServiceName>,
    /// Its number among the service's replicas.
    pub number: Option<u32>,
    /// CreateConfig by `run`.
    pub oneoff: bool,
    /// The image as named when it was created.
    pub image: String,
    /// The image's id.
    pub image_id: ImageId,
    /// When it was created.
    pub created: Option<Stamp>,
    /// What it is doing.
    pub phase: Phase,
    /// When it was last started; `None` if never, or not inspected.
    pub started: Option<Stamp>,
    /// When it last ended.
    pub finished: Option<Stamp>,
    /// The last exit code; `None` while it never ended or isn't known.
    pub exit_code: Option<i64>,
    /// Killed for its memory.
    pub oom_killed: bool,
    /// Why a start failed; empty if it didn't.
    pub error: String,
    /// How often the engine restarted it.
    pub restarts: u32,
    /// What the health check says; `None` without one.
    pub health: Option<Health>,
    /// Probes that failed in a row.
    pub failing_streak: u32,
    /// The last probes that the engine remembers (five), oldest first.
    pub probes: Vec<Probe>,
    /// The health check in force, the image's included.
    pub check: Option<HealthCheck>,
    /// Its restart policy.
    pub restart: Restart,
    /// Its ports.
    pub ports: Vec<PortBinding>,
    /// Its mounts.
    pub mounts: Vec<MountPoint>,
    /// Its networks.
    pub networks: Vec<Attachment>,
    /// Its environment, `NAME=value`, unsanitised.
    pub env: Vec<String>,
    /// Its labels, unsanitised.
    pub labels: BTreeMap<String, String>,
    /// Entrypoint and command.
    pub command: Vec<String>,
    /// Whether it has a terminal (then its log isn't framed).
    pub tty: bool,
    /// How long a stop waits before it kills, if set.
    pub stop_timeout: Option<Duration>,
    /// Its dependencies as its labels tell them (compose v2 only).
    pub depends_on: Vec<(ServiceName, Condition)>,
    /// Its memory limit in bytes, if it has one.
    pub memory_limit: Option<u64>,
    /// Its logging driver.
    pub log_driver: String,
    /// What else it was created with; all of it default until it was inspected.
    pub config: CreateConfig,
    /// Whether this came from an inspection and not only from a list.
    pub inspected: bool,
}

impl Container {
    /// A container of which nothing is known but its id.
    pub fn bare(id: ContainerId) -> Self {
        Self {
            id,
            name: String::new(),
            project: None,
            service: None,
            number: None,
            oneoff: false,
            image: String::new(),
            image_id: ImageId::from(""),
            created: None,
            phase: Phase::Unknown,
            started: None,
            finished: None,
            exit_code: None,
            oom_killed: false,
            error: String::new(),
            restarts: 0,
            health: None,
            failing_streak: 0,
            probes: Vec::new(),
            check: None,
            restart: Restart::No,
            ports: Vec::new(),
            mounts: Vec::new(),
            networks: Vec::new(),
            env: Vec::new(),
            labels: BTreeMap::new(),
            command: Vec::new(),
            tty: false,
            stop_timeout: None,
            depends_on: Vec::new(),
            memory_limit: None,
            log_driver: String::new(),
            config: CreateConfig::default(),
            inspected: false,
        }
    }

    /// From when on what it wrote is of its present life. Not its start: the engine notes that when the program
    /// runs already (26.1 dates one first line in eight before `StartedAt`, by up to 10 ms and under load by more).
    /// And not the end before, since last words may be dated late; half-way between them.
    pub fn speaks_since(&self) -> Option<Stamp> {
        let started = self.started?;
        let earliest = started.shifted(-EARLY);
        let before = self.finished.filter(|end| *end < started);
        let half_way = before.map(|end| end.shifted(nanos(started.since(end)) / 2));
        half_way.or(self.created).map_or(earliest, |at| at.max(earliest)).min(started).into()
    }
}

/// How long before its start, by the engine, a program may have run, in nanoseconds.
const EARLY: i64 = 2_000_000_000;

/// What a container was created with, as inspect's `Config` and `HostConfig` tell it: what a diagnosis or a
/// comparison with the file needs beyond what every screen shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateConfig {
    /// `Config.Entrypoint`, the image's included.
    pub entrypoint: Vec<String>,
    /// `Config.Cmd`, the image's included.
    pub cmd: Vec<String>,
    /// `Config.WorkingDir`.
    pub working_dir: String,
    /// `Config.User`; empty for the image's own, mostly root.
    pub user: String,
    /// `Config.Hostname`.
    pub hostname: String,
    /// `Config.StopSignal`.
    pub stop_signal: String,
    /// `HostConfig.NetworkMode`.
    pub network_mode: String,
    /// `HostConfig.Privileged`.
    pub privileged: bool,
    /// `HostConfig.ReadonlyRootfs`.
    pub read_only: bool,
    /// `HostConfig.ExtraHosts`, `name:address`.
    pub extra_hosts: Vec<String>,
    /// `HostConfig.CapAdd`.
    pub cap_add: Vec<String>,
    /// `HostConfig.CapDrop`.
    pub cap_drop: Vec<String>,
    /// `HostConfig.SecurityOpt`.
    pub security_opt: Vec<String>,
    /// `HostConfig.PidsLimit`; `None` where there is no limit.
    pub pids_limit: Option<u64>,
    /// Processors it may use, in billionths: `HostConfig.NanoCpus`; 0 where there is no limit.
    pub nano_cpus: u64,
    /// `HostConfig.ShmSize`, in bytes.
    pub shm_size: u64,
    /// `HostConfig.PortBindings`: the host's address and port (or range) as they were asked for, and the
    /// container's as `80/tcp`.
    pub published: Vec<(String, String, String)>,
    /// `Config.ExposedPorts`, the image's included: `80/tcp`.
    pub exposed: Vec<String>,
    /// Other settings by compose's name for each, in one comparable line; those that aren't set are left out.
    pub more: BTreeMap<&'static str, String>,
}

/// A port of a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortBinding {
    /// The host's address; empty where it isn't published.
    pub host_ip: String,
    /// The host's port, if published.
    pub host_port: Option<u16>,
    /// The container's port.
    pub container_port: u16,
    /// `tcp`, `udp`, `sctp`.
    pub protocol: String,
}

/// A mount of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountPoint {
    /// Its kind.
    pub kind: MountKind,
    /// The volume's name, for volumes.
    pub volume: Option<VolumeName>,
    /// The host's path.
    pub source: String,
    /// The path in the container.
    pub target: String,
    /// Writable.
    pub writable: bool,
}

/// A container's place in a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The network's name.
    pub network: String,
    /// Its address there; empty while it isn't running.
    pub address: String,
    /// Its names there.
    pub aliases: Vec<String>,
}
