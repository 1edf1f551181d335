//! What flows into the model (messages) and out of it (effects and wanted streams): plain values.

use std::sync::Arc;

use super::{
    Input,
    job::JobId,
    plan::{Confirmed, Target},
};
use crate::{
    base::id::{ContainerId, ProjectName},
    compose::{Problem, Project},
    stack::Fact,
};

/// Everything that can change the model.
#[derive(Debug)]
pub enum Msg {
    /// The user did something.
    Input(Input),
    /// The engine said something.
    Facts(Vec<Fact>),
    /// The compose files were read (again). `None`: they give no project at all, and the problems say why.
    Loaded {
        /// The project, as far as it could be read.
        project: Option<Arc<Project>>,
        /// What is wrong with the files.
        problems: Vec<Problem>,
    },
    /// There is no compose file here and none was named; the text says where was looked.
    NoFile(String),
    /// A call of a job ended.
    Called {
        /// The job it belongs to.
        job: JobId,
        /// The call.
        call: Call,
        /// The engine's error in full, if it failed.
        result: Result<(), String>,
    },
    /// An effect failed that isn't a call (copying, suspending).
    Failed(String),
    /// The screen was written into this file.
    Saved(String),
    /// Time passed; nothing else.
    Tick,
}

impl Msg {
    /// Whether it brings figures and nothing else: they come every second, and nobody waits for them.
    pub fn is_figures(&self) -> bool {
        matches!(self, Self::Facts(facts) if facts.iter().all(|fact| matches!(fact, Fact::Sample(..))))
    }
}

/// What the runtime is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Give the terminal back and stop until continued.
    Suspend,
    /// Draw everything anew, as after another program wrote on the screen.
    Redraw,
    /// Read the compose files again.
    Reload,
    /// Take the theme with this name.
    Theme(String),
    /// Write the present screen into a file.
    Save,
    /// Put this on the clipboard, by OSC 52.
    Copy(String),
    /// Make a call to the engine, as part of a job.
    Call(JobId, Call),
    /// List and inspect everything again.
    Resync,
    /// Ring the bell.
    Bell,
}

/// A call to the engine that changes something.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Start a container.
    Start(ContainerId),
    /// Stop a container, after its own grace period.
    Stop(ContainerId),
    /// Restart a container, after its own grace period.
    Restart(ContainerId),
    /// Freeze.
    Pause(ContainerId),
    /// Thaw.
    Unpause(ContainerId),
    /// Send a signal (`SIGTERM`).
    Signal(Confirmed<ContainerId>, String),
    /// Remove exactly this, if it still is what the plan said.
    Remove(Confirmed<Target>),
}

/// A stream or answer that the present screen needs kept open or fresh. The runtime compares the set with the
/// one before: what is new is opened, what is gone is closed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Want {
    /// Events of a project, with its lists and inspections kept true. Always wanted while a project is shown.
    Project(ProjectName),
    /// The list of all projects, kept true.
    Projects,
    /// A container's log, from so many lines back.
    Log {
        /// Whose.
        container: ContainerId,
        /// How many old lines.
        tail: u32,
    },
    /// A container's figures.
    Stats(ContainerId),
    /// Disk usage: asked when first wanted, and again on request.
    Usage {
        /// Counts requests; a new number asks again.
        request: u32,
    },
    /// A container's raw JSON, kept fresh.
    Raw(ContainerId),
}
