//! Facts about a host: what an engine said of itself, and of the projects on it.

use std::{collections::BTreeMap, time::Duration};

use super::question::{Answer, Question};
use crate::{
    base::{
        id::{ContainerId, ImageId, ProjectName, VolumeName},
        loss::Loss,
        time::{OtherClock, Stamp},
    },
    stack::{self, Images, Quirks, VolumeUsage},
};

/// One thing an engine said.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Who the engine is. Sent after every (re)connect.
    Engine(EngineInfo),
    /// The connection's state changed.
    Link(Link),
    /// A far engine answered.
    Latency(Latency),
    /// All compose projects that the engine knows.
    Projects(Vec<ProjectSummary>),
    /// What the disk usage call said of volumes and images.
    Usage(Usage),
    /// The images that it was asked for; of others nothing is known any more.
    Images(Images),
    /// What was found out on request.
    Answered(Question, Answer),
    /// Something about the engine was lost on the way here.
    Lost(Loss),
    /// Something about one project.
    Stack(ProjectName, stack::Fact),
}

impl Fact {
    /// The project that it is about; `None` where it is about the host.
    pub fn project(&self) -> Option<&ProjectName> {
        if let Self::Stack(project, _) = self { Some(project) } else { None }
    }
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
    /// What it calls the system that it runs on: `Debian GNU/Linux 12 (bookworm)`, `Docker Desktop`; empty where it
    /// doesn't say.
    pub system: String,
}

impl EngineInfo {
    /// In what it differs from others.
    pub fn quirks(&self) -> Quirks {
        let minor = self.api.split_once('.').and_then(|(_, minor)| minor.parse::<u32>().ok());
        Quirks { start_interval: minor.is_some_and(|minor| minor >= 44) }
    }
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
pub struct Latency {
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

/// Disk usage as the engine counts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was asked, on the engine's clock.
    pub at: Stamp,
    /// What each volume of the engine takes.
    pub volumes: BTreeMap<VolumeName, VolumeUsage>,
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
    /// Its digests in registries (`shop/web@sha256:…`).
    pub digests: Vec<String>,
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
