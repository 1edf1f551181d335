//! What flows into the model (messages) and out of it (effects and wanted streams): plain values.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use super::Input;
use crate::{
    base::{
        id::{Address, ContainerId, HostId, ProjectName},
        time::Stamp,
    },
    compose::{Problem, Project},
    host::{ContextEntry, Fact, Question},
    stack::{self, starts::StartRecord},
    work::{Ended, Progress, Task, TaskId},
};

/// Everything that can change the model.
#[derive(Debug)]
pub enum Msg {
    /// The user did something.
    Input(Input),
    /// An engine said something.
    Facts(HostId, Vec<Fact>),
    /// The compose files were read (again). `None`: they give no project at all, and the problems say why.
    Loaded {
        /// The project, as far as it could be read.
        project: Option<Arc<Project>>,
        /// What is wrong with the files.
        problems: Vec<Problem>,
    },
    /// The compose files are being read, for so long already: the disk doesn't answer about this one. `None`: not any
    /// longer.
    StillReading(Option<(PathBuf, Duration)>),
    /// There is no compose file here and none was named; the text says where was looked.
    NoFile(String),
    /// A task ended.
    Ended(TaskId, Ended),
    /// A task says how far it is.
    Progress(TaskId, Progress),
    /// The compose files were read once more, as [`Effect::Reread`] asked under this number, and what they say is in the
    /// model; or why they couldn't be.
    Reread(u32, Result<(), String>),
    /// The picture was drawn, with what is open in it.
    Seen,
    /// An effect failed that isn't a task (copying, suspending).
    Failed(String),
    /// The screen was written into this file.
    Saved(String),
    /// Earlier starts of a project were read, for it on this host.
    Recalled(Address, Vec<StartRecord>),
    /// The docker contexts there are.
    Contexts(Vec<ContextEntry>),
    /// The system wants us to end.
    Leave,
    /// Time passed; nothing else.
    Tick,
}

impl Msg {
    /// Whether it brings figures and nothing else: they come every second, and nobody waits for them.
    pub fn is_figures(&self) -> bool {
        let is_figure = |fact: &Fact| {
            matches!(fact, Fact::Lost(_) | Fact::Stack(_, stack::Fact::Sample(..) | stack::Fact::Lost(_)))
        };
        matches!(self, Self::Facts(_, facts) if facts.iter().all(is_figure))
    }
}

/// What the runtime is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Give the terminal back and stop until continued.
    Suspend,
    /// Draw everything again, as after another program wrote on the screen.
    Redraw,
    /// Read the compose files again.
    Reload,
    /// Read the compose files once more, beginning now, and say so under this number.
    Reread(u32),
    /// Take the theme with this name.
    Theme(String),
    /// Write the present screen into a file.
    Save,
    /// Put this on the clipboard, by OSC 52.
    Copy(String),
    /// Perform this at a host, and tell how it ended.
    Perform(HostId, TaskId, Task),
    /// End a task of a host early.
    Cancel(HostId, TaskId),
    /// List and inspect everything of a host again.
    Resync(HostId),
    /// Read the earlier starts of a project, for it on this host.
    Recall(Address),
    /// Add a start to those of a project.
    Remember(ProjectName, StartRecord),
    /// Ring the bell.
    Bell,
    /// Have the terminal show a notification.
    Notify {
        /// Its title; clean.
        title: String,
        /// Its words; clean.
        words: String,
    },
    /// Look which docker contexts there are.
    Contexts,
    /// Open a host: the engine of a docker context.
    Open(HostId, String),
    /// Close a host, with every connection to it.
    Close(HostId),
}

/// What kinds of things are worth attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// The stack got ready.
    Ready,
    /// A service ended by itself, or couldn't be started.
    Died,
    /// A service turned unhealthy.
    Unhealthy,
}

impl Occasion {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Died => "died",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// A want, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    /// The host.
    pub host: HostId,
    /// The project on it; `None` for what is wanted of the host itself.
    pub project: Option<ProjectName>,
    /// What.
    pub want: Want,
}

/// A stream or answer that the present screen needs kept open or fresh. The runtime compares the set with the
/// one before: what is new is opened, what is gone is closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// The connection to the host, kept and told of. Everything else is wanted over it.
    Link,
    /// Events of the project, with its lists and inspections kept true. Always wanted while it is shown.
    Project,
    /// The list of all projects, kept true.
    Projects,
    /// A container's log, from so many lines back.
    Log {
        /// Whose.
        container: ContainerId,
        /// How many old lines.
        tail: u32,
    },
    /// How a container's log began after a start: its first line, and when it says that it listens.
    Opening {
        /// Whose.
        container: ContainerId,
        /// Which start.
        start: Stamp,
    },
    /// A container's figures.
    Stats(ContainerId),
    /// Disk usage: asked when first wanted, and again on request.
    Usage {
        /// Counts requests; a new number asks again.
        request: u32,
    },
    /// The answer to a rule's question about the engine, kept fresh.
    Ask(Question),
    /// A container's raw JSON, kept fresh.
    Raw(ContainerId),
    /// These images of the engine, by name or id, kept true.
    Images(BTreeSet<String>),
}

impl Want {
    /// How many logs are open at most.
    pub const MOST_LOGS: usize = 64;

    /// Whether it is about the host, not about a project.
    pub fn is_of_host(&self) -> bool {
        matches!(self, Self::Link | Self::Projects | Self::Usage { .. } | Self::Images(_) | Self::Ask(_))
    }
}
