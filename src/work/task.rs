//! One performance of something: what it is, how far it is, and how it may end.
//!
//! There are four kinds, and each is performed in one place: a call by `engine`'s `calls`, a run of a program beside
//! the loop, a transfer of bytes, and a session that has the terminal for itself. All of them live alike: they begin
//! with an id of their own, may tell how far they are, may be cancelled where that is possible, and end once.

use super::{call::Call, error::Error, run::Run};
use crate::stack::Ran;

/// The number of a performance. None is given twice while the program runs: what comes late for one that is
/// forgotten is about nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(u64);

/// Something to perform.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// A call to the engine.
    Call(Call),
    /// A run of a program on this machine.
    Run(Run),
    /// A transfer of bytes between this machine and the engine.
    Transfer(Transfer),
    /// A program that has the terminal until it ends.
    Session(Session),
}

/// A transfer of bytes. There is none yet: the first variant names what goes where, and the compiler then asks for
/// who performs it.
#[derive(Debug, Clone, PartialEq)]
pub enum Transfer {}

/// A session in the terminal. There is none yet, as with [`Transfer`].
#[derive(Debug, Clone, PartialEq)]
pub enum Session {}

/// The kinds of performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call to the engine.
    Call,
    /// A run of a program on this machine.
    Run,
    /// A transfer of bytes.
    Transfer,
    /// A program that has the terminal.
    Session,
}

impl Kind {
    /// Whether one that was begun can be ended early. A call can't: the engine has it. Neither can a session: it
    /// has the keys, and ends as its program does.
    pub fn can_be_cancelled(self) -> bool {
        matches!(self, Self::Run | Self::Transfer)
    }
}

impl Task {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Call(_) => Kind::Call,
            Self::Run(_) => Kind::Run,
            Self::Transfer(_) => Kind::Transfer,
            Self::Session(_) => Kind::Session,
        }
    }
}

/// How far a performance is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How much is done.
    pub done: u64,
    /// Of how much, where that is known by now.
    pub total: Option<u64>,
    /// What is counted.
    pub unit: Unit,
    /// It in words; clean.
    pub words: String,
}

/// What progress counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Containers, networks and volumes.
    Things,
    /// Bytes.
    Bytes,
}

/// What a performance that succeeded came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; there is no more to say.
    Done,
    /// A command in a container ended, or its time was up.
    Ran(Ran),
    /// So many bytes went.
    Moved {
        /// How many.
        bytes: u64,
    },
    /// A session's program ended.
    Left {
        /// Its exit code; `None` where a signal ended it.
        code: Option<i32>,
    },
}

/// How a performance ended.
pub type Ended = Result<Outcome, Error>;

/// A performance under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// Its number.
    pub id: TaskId,
    /// What is performed.
    pub task: Task,
    /// How far it is, as far as it told.
    pub progress: Option<Progress>,
    /// It was asked to end early.
    pub cancelled: bool,
}

impl Performance {
    /// It says how far it is. What is being cancelled tells nothing new.
    pub fn tell(&mut self, progress: Progress) {
        if !self.cancelled {
            self.progress = Some(progress);
        }
    }

    /// Asks it to end early. Whether that has to be passed on: once, and where it can be.
    pub fn cancel(&mut self) -> bool {
        let asks = !self.cancelled && self.task.kind().can_be_cancelled();
        self.cancelled |= asks;
        asks
    }
}

/// Gives performances their numbers, and keeps those that are of no job.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tasks {
    last: u64,
    alone: Vec<Performance>,
}

impl Tasks {
    /// A performance begins.
    pub fn begin(&mut self, task: Task) -> Performance {
        self.last = self.last.saturating_add(1);
        Performance { id: TaskId(self.last), task, progress: None, cancelled: false }
    }

    /// One that is of no job begins: its number and what is to be performed.
    pub fn begin_alone(&mut self, task: Task) -> (TaskId, Task) {
        let performance = self.begin(task.clone());
        let id = performance.id;
        self.alone.push(performance);
        (id, task)
    }

    /// One that is of no job ended: what it was. `None` where it isn't known, or was forgotten.
    pub fn end(&mut self, id: TaskId) -> Option<Task> {
        let at = self.alone.iter().position(|performance| performance.id == id)?;
        Some(self.alone.remove(at).task)
    }

    /// The engine is left: what was asked of it doesn't matter any more.
    pub fn leave(&mut self) {
        self.alone.retain(|performance| performance.task.kind() == Kind::Run);
    }
}
