//! The words of the screen as values: a service's state, what blocks it and why, and the verdict over all services.

use std::collections::BTreeMap;

use super::{Drift, PortBinding};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        time::Stamp,
    },
    compose::Condition,
};

/// A service's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its health check passes.
    Healthy,
    /// It runs and has no health check.
    Running,
    /// It runs and its health check hasn't passed yet.
    Starting,
    /// Created, and waiting for a dependency.
    Waiting,
    /// Created, never started, waiting for nobody.
    Created,
    /// Declared, never created.
    Missing,
    /// Ended because somebody asked.
    Stopped,
    /// A one-shot that succeeded.
    Done,
    /// Ended by itself.
    Exited,
    /// Could not be started.
    Failed,
    /// Its health check fails.
    Unhealthy,
    /// Ended, and about to be started again.
    Restarting,
    /// Frozen.
    Paused,
    /// The engine doesn't say.
    Unknown,
}

impl State {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Running => "running",
            Self::Starting => "starting",
            Self::Waiting => "waiting",
            Self::Created => "created",
            Self::Missing => "missing",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Exited => "exited",
            Self::Failed => "failed",
            Self::Unhealthy => "unhealthy",
            Self::Restarting => "restarting",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }

    /// Whether a process of it runs.
    pub fn is_up(self) -> bool {
        matches!(
            self,
            Self::Healthy | Self::Running | Self::Starting | Self::Unhealthy | Self::Paused | Self::Restarting
        )
    }

    /// Whether the eye should be led here.
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::Exited | Self::Failed | Self::Unhealthy | Self::Restarting)
    }
}

/// The stack in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every enabled service is ready.
    Ready,
    /// Not all are, but nothing stands in the way.
    Starting,
    /// Some are, and at least one can't become so without help.
    Degraded,
    /// None is, and at least one can't become so without help.
    Failed,
    /// Nothing runs, and nothing failed.
    Stopped,
    /// There is no engine to ask.
    Unknown,
}

impl Verdict {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Starting => "starting",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Unknown => "unknown",
        }
    }
}

/// A dependency that isn't satisfied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// Who is waited for.
    pub service: ServiceName,
    /// For what.
    pub condition: Condition,
    /// Whether it can't be satisfied any more without help.
    pub hopeless: bool,
}

/// Why a service isn't ready. Words are made of it by [`Reason::words`], since some grow with time.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A dependency isn't satisfied yet.
    Waits {
        /// The first unsatisfied dependency.
        on: Blocker,
        /// That dependency's state.
        state: State,
        /// Since when: its own creation.
        since: Option<Stamp>,
    },
    /// No probe has ended yet.
    ProbeDue {
        /// When the first probe is expected to start; `None` if the interval isn't known.
        at: Option<Stamp>,
    },
    /// The last probe failed.
    ProbeFailed {
        /// Its exit code.
        exit: i64,
        /// What it printed, one clean line.
        output: String,
        /// When it ended.
        at: Stamp,
        /// Failures in a row that counted.
        streak: u32,
        /// Failures in a row that make it unhealthy.
        retries: u32,
        /// When the next probe is expected to start.
        next: Option<Stamp>,
    },
    /// It ended.
    Exited {
        /// Its exit code.
        code: i64,
        /// Killed for memory.
        oom: bool,
        /// When.
        at: Option<Stamp>,
        /// Its memory limit in bytes, if it has one.
        limit: Option<u64>,
        /// After so many restarts the engine gave up, by the restart policy.
        gave_up: Option<u32>,
    },
    /// It ends again and again.
    Loops {
        /// The last exit code, if known.
        code: Option<i64>,
        /// Killed for memory.
        oom: bool,
        /// Its memory limit in bytes, if it has one.
        limit: Option<u64>,
        /// How often it was restarted.
        count: u32,
        /// How long the engine paused before the last restart, or pauses now.
        pause: Option<std::time::Duration>,
    },
    /// It could not be started.
    StartFailed {
        /// The engine's words, one clean line.
        error: String,
    },
    /// Fewer containers than wanted are ready.
    Fewer {
        /// Ready ones.
        ready: usize,
        /// Wanted ones.
        wanted: usize,
    },
    /// Frozen by somebody.
    Paused,
    /// Created, and not started by anybody.
    NotStarted,
    /// Created or stopped just now, and probably about to be started.
    NotYetStarted,
    /// Ended because somebody asked.
    Stopped {
        /// Its exit code, if known.
        code: Option<i64>,
    },
    /// Health says unhealthy, but no probe tells why.
    Unhealthy,
    /// Health says unhealthy only because it was paused.
    Unpaused,
}

/// What is true of one service.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceStatus {
    /// Its name.
    pub name: ServiceName,
    /// Whether its profiles are on.
    pub enabled: bool,
    /// Whether any file declares it (else it is known from labels alone).
    pub declared: bool,
    /// Its state.
    pub state: State,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether it is a job that is meant to end.
    pub oneshot: bool,
    /// Unsatisfied dependencies, while it isn't up.
    pub blocked_by: Vec<Blocker>,
    /// Why it isn't ready; `None` when it is, or when nothing more is known than its state.
    pub reason: Option<Reason>,
    /// Restarts by the engine, of all of its containers.
    pub restarts: u32,
    /// Ports of all of its containers; those declared, where none exists.
    pub ports: Vec<PortBinding>,
    /// Its containers, by number; one-offs are not among them.
    pub containers: Vec<ContainerId>,
    /// Containers that are ready.
    pub ready_replicas: usize,
    /// Containers that are wanted.
    pub replicas: usize,
    /// The exit code that the state's word is followed by (`exited 1`).
    pub exit_code: Option<i64>,
    /// Since when it is in this state, by the engine; `None` where it can't be known.
    pub since: Option<Stamp>,
}

impl ServiceStatus {
    /// Whether none of it is wanted (`replicas: 0`, `--scale web=0`), and none is there.
    pub fn is_off(&self) -> bool {
        self.declared && self.replicas == 0
    }

    /// The one word for its state.
    pub fn word(&self) -> &'static str {
        if self.is_off() { "off" } else { self.state.word() }
    }
}

/// The whole project at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// In one word.
    pub verdict: Verdict,
    /// Enabled services that are ready, but those of which none is wanted.
    pub ready: usize,
    /// Enabled services of which any is wanted.
    pub total: usize,
    /// Every service, in dependency order (a dependency before its dependents), disabled ones last.
    pub services: Vec<ServiceStatus>,
    /// How the containers of each service stand to its file; services without a container are left out.
    pub drift: BTreeMap<ServiceName, Drift>,
    /// Containers of the project that no file declares.
    pub orphans: Vec<ContainerId>,
    /// Containers made by `run`.
    pub oneoffs: Vec<ContainerId>,
    /// The deepest service that isn't ready and stands in the way of others, or itself failed; with the
    /// chain from the first dependent down to it (`frontend, backend, db`).
    pub root: Option<(ServiceName, Vec<ServiceName>)>,
    /// When the oldest running container was started, by the engine.
    pub up_since: Option<Stamp>,
    /// When this reads differently though nothing happens, on the engine's clock: what was on its way until
    /// then no longer is. It is to be recreated then.
    pub stale_at: Option<Stamp>,
    /// Where each service is among `services`: every row of a screen asks for some.
    pub(super) places: BTreeMap<ServiceName, usize>,
}

impl Overview {
    /// The status of a service.
    pub fn service(&self, name: &str) -> Option<&ServiceStatus> {
        self.services.get(*self.places.get(name)?)
    }
}
