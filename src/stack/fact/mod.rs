//! Facts: what the engine said, in our words. They are all that enters the stack.
//!
//! A fact is either about the present (a container as inspected, the set of all containers) or about
//! history (an event, a log line, a sample). Facts about the present may come twice and in any order of
//! containers; the last one about a container holds.

mod container;
mod history;
mod stores;

use std::time::Duration;

pub use container::*;
pub use history::*;
pub use stores::*;

use super::question::{Answered, Question};
use crate::{
    base::{
        id::{ContainerId, ProjectName},
        time::{OtherClock, Stamp},
    },
    logs::LogLine,
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
