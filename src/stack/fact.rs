//! Facts: what the engine said, in our words. They are all that enters the stack.
//!
//! A fact is either about the present (a container as inspected, the set of all containers) or about
//! history (an event, a log line, a sample). Facts about the present may come twice and in any order of
//! containers; the last one about a container holds.

use std::{collections::BTreeMap, time::Duration};

use super::question::{Answered, Question};
use crate::{
    base::{
        id::{ContainerId, ImageId, NetworkId, ProjectName, ServiceName, VolumeName},
        ring::Cost,
        time::{OtherClock, Stamp},
    },
    compose::{Condition, HealthCheck, MountKind, Restart},
};

/// One thing the engine said.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Who the engine is. Sent after every (re)connect.
    Engine(EngineInfo),
    /// The connection's state changed.
    Link(Link),
    /// A far engine answered.
    Heard(Heard),
    /// These are all containers of the project, as the list knows them (no detail). Who isn't among them is gone.
    Listed(Vec<Container>),
    /// A container, inspected.
    Inspected(Box<Container>),
    /// A container is no more.
    Gone(ContainerId),
    /// Something happened. Kept as history; changes the present only until the next inspection.
    Happened(Event),
    /// All networks that carry the project's label or are used by its containers.
    Networks(Vec<Network>),
    /// All volumes that carry the project's label or are used by its containers; sizes come with `Usage`.
    Volumes(Vec<Volume>),
    /// What the disk usage call said of volumes and images.
    Usage(Usage),
    /// All compose projects that the engine knows.
    Projects(Vec<ProjectSummary>),
    /// A container's figures.
    Sample(ContainerId, Sample),
    /// New lines of a container's log, oldest first.
    Lines(ContainerId, Vec<LogLine>),
    /// Lines of a container's log that were skipped, because they came faster than they could be taken.
    LinesLost(ContainerId, u64),
    /// A container's log can't be read, and why (`logging driver none`).
    LogUnreadable(ContainerId, String),
    /// How a container's log began after a start.
    Opened(ContainerId, super::Opening),
    /// The engine's own JSON of a container, pretty-printed; for the raw tab.
    Raw(ContainerId, String),
    /// What was found out on request, and when.
    Answered(Question, Answered),
}

/// The place of an engine at one of the usual sockets.
pub const LOCAL: &str = "local";

/// Who the engine is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// Where it is: [`LOCAL`], the host, or the docker context that it was found by.
    pub place: String,
    /// `Docker`, `Podman`, …
    pub product: String,
    /// Its version: `20.10.24`.
    pub version: String,
    /// The API version in use: `1.41`.
    pub api: String,
    /// Its clock.
    pub clock: OtherClock,
    /// The host's memory in bytes, if it says.
    pub memory: Option<u64>,
    /// The host's processor as images call it: `amd64`; empty where it doesn't say.
    pub architecture: String,
    /// The folder on the host that holds images, volumes and containers; empty where it doesn't say.
    pub root: String,
    /// Whether it is part of a swarm.
    pub swarm: bool,
}

/// The connection to the engine. Moments are on our clock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Link {
    /// The first attempt is under way.
    #[default]
    Connecting,
    /// Answers come.
    Live,
    /// There is no engine; the text says where was looked and why it failed.
    Lost {
        /// When it was lost, or first missed.
        since: Stamp,
        /// Attempts since.
        attempts: u32,
        /// When the next attempt is made.
        next: Stamp,
        /// What kind of failure, to say what to do.
        kind: LostKind,
        /// The failure in words.
        error: String,
    },
}

/// The last answer of a far engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// When it came, on our clock.
    pub at: Stamp,
    /// How long it took: there and back.
    pub took: Duration,
    /// Logs and figures that aren't shown, since no more streams are opened at once.
    pub waiting: usize,
}

/// Why there is no engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostKind {
    /// Nothing there: no socket, or nobody behind it.
    Absent,
    /// There, but we may not.
    Permission,
    /// Far away, and the way there is barred: the network, TLS or ssh.
    Unreachable,
    /// Something answers, but not as an engine should; or too old, or too new.
    Unusable,
}

/// What a container is doing, in the engine's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Made, not started.
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
    /// Made by `run`.
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
    pub made: Made,
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
            made: Made::default(),
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
        let half_way = before.map(|end| end.shifted((started.as_nanos() - end.as_nanos()) / 2));
        half_way.or(self.created).map_or(earliest, |at| at.max(earliest)).min(started).into()
    }
}

/// How long before its start, by the engine, a program may have run, in nanoseconds.
const EARLY: i64 = 2_000_000_000;

/// What a container was created with, as inspect's `Config` and `HostConfig` tell it: what a diagnosis or a
/// comparison with the file needs beyond what every screen shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Made {
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

/// Something that happened on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the engine.
    pub at: Stamp,
    /// What.
    pub kind: EventKind,
    /// What it happened to.
    pub subject: Subject,
    /// The service, for a container of one.
    pub service: Option<ServiceName>,
    /// The name of the container, network or volume.
    pub name: String,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A container.
    Container(ContainerId),
    /// A network, and the container that was connected or disconnected.
    Network(NetworkId, Option<ContainerId>),
    /// A volume, and the container that mounted or unmounted it.
    Volume(VolumeName, Option<ContainerId>),
    /// An image, by name or id.
    Image(String),
    /// The engine itself, or something rarer.
    Other(String),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Made.
    Create,
    /// Started.
    Start,
    /// Its process ended, with this code.
    Die(i64),
    /// A stop was carried out.
    Stop,
    /// A signal was sent.
    Kill(String),
    /// Killed for memory (it, or a child of it).
    Oom,
    /// A restart was carried out.
    Restart,
    /// Frozen.
    Pause,
    /// Thawed.
    Unpause,
    /// Renamed from this name.
    Rename(String),
    /// Removed.
    Destroy,
    /// The health changed.
    Health(Health),
    /// A health probe (or another exec) ended, with this code.
    ExecDie(i64),
    /// A network was connected.
    Connect,
    /// A network was disconnected.
    Disconnect,
    /// A volume was mounted.
    Mount,
    /// A volume was unmounted.
    Unmount,
    /// Anything else, in the engine's word.
    Other(String),
}

impl Cost for Event {
    fn cost(&self) -> usize {
        size_of::<Self>() + self.name.len() + 96
    }
}

/// A network on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// Its name.
    pub name: String,
    /// Its key in the project, by its label.
    pub key: Option<String>,
    /// The compose project of its labels.
    pub project: Option<ProjectName>,
    /// Its driver.
    pub driver: String,
    /// Without a way out.
    pub internal: bool,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// When it was created.
    pub created: Option<Stamp>,
}

/// A volume on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: VolumeName,
    /// Its key in the project, by its label; anonymous volumes have none.
    pub key: Option<String>,
    /// The compose project of its labels.
    pub project: Option<ProjectName>,
    /// Its driver.
    pub driver: String,
    /// Where the engine keeps it.
    pub mountpoint: String,
    /// When it was created.
    pub created: Option<Stamp>,
    /// Whether its name looks made up by the engine, or its labels say so.
    pub anonymous: bool,
}

/// Disk usage as the engine counts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was asked, on the engine's clock.
    pub at: Stamp,
    /// Bytes in each volume of the engine, and how many containers hold it; `None` for what wasn't counted.
    pub volumes: BTreeMap<VolumeName, (Option<u64>, Option<u32>)>,
    /// Every image of the engine.
    pub images: Vec<Image>,
    /// Bytes that the build cache holds.
    pub build_cache: Option<u64>,
    /// Bytes written by each container, by id.
    pub containers: BTreeMap<ContainerId, u64>,
}

/// An image on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Its tags; none for a dangling image.
    pub tags: Vec<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Bytes it shares with others, if known.
    pub shared: Option<u64>,
    /// The compose project that built it, by its labels.
    pub project: Option<ProjectName>,
    /// How many containers use it, if known.
    pub containers: Option<u32>,
    /// When it was made.
    pub created: Option<Stamp>,
}

/// A compose project that the engine knows by its containers' labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectSummary {
    /// Its name.
    pub name: ProjectName,
    /// Containers that run, of all.
    pub running: usize,
    /// All of its containers.
    pub total: usize,
    /// Containers that are unhealthy, restarting, or ended with an error.
    pub troubled: usize,
    /// The compose files of its labels.
    pub files: Vec<String>,
    /// The folder of its labels.
    pub dir: Option<String>,
}

/// A container's figures over the last interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// When, by the engine.
    pub at: Stamp,
    /// Share of one processor, in percent; `None` for the first sample.
    pub cpu: Option<f32>,
    /// Memory in use, in bytes, page cache left out.
    pub memory: u64,
    /// Its limit, in bytes.
    pub memory_limit: u64,
    /// Bytes received and sent since it started.
    pub network: (u64, u64),
    /// Bytes read and written since it started.
    pub disk: (u64, u64),
    /// Processes.
    pub pids: u32,
}

/// One line of a log, as raw bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When, by the engine.
    pub at: Stamp,
    /// Whether it came on standard error.
    pub stderr: bool,
    /// The line without its end; unsanitised, cut at the reader's cap.
    pub text: Box<[u8]>,
    /// Whether it was cut there.
    pub cut: bool,
}

impl Cost for LogLine {
    fn cost(&self) -> usize {
        size_of::<Self>() + self.text.len()
    }
}
