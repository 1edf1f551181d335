//! What a client can ask of a container, how it is answered, and the engine's words where it can't be.

use crate::base::time::Stamp;

/// The engine's refusal: an HTTP status and the `message` of its body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {message}")]
pub struct ApiError {
    /// 304, 400, 404, 409, 500 …
    pub status: u16,
    /// As the engine words it.
    pub message: String,
}

impl ApiError {
    /// A refusal.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

/// A request that changes a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `POST /containers/ID/start`.
    Start,
    /// `POST /containers/ID/stop`; seconds to wait before the kill, the container's own where none; negative is
    /// without limit.
    Stop {
        /// `t`.
        timeout: Option<i64>,
        /// `signal` (API 1.42 on), the container's own where none.
        signal: Option<String>,
    },
    /// `POST /containers/ID/restart`.
    Restart {
        /// `t`.
        timeout: Option<i64>,
        /// `signal` (API 1.42 on).
        signal: Option<String>,
    },
    /// `POST /containers/ID/kill`; a name with or without `SIG`, or a number.
    Kill {
        /// `signal`; `SIGKILL` where none.
        signal: Option<String>,
    },
    /// `POST /containers/ID/pause`.
    Pause,
    /// `POST /containers/ID/unpause`.
    Unpause,
    /// `POST /containers/ID/rename`.
    Rename {
        /// The new name.
        to: String,
    },
    /// `DELETE /containers/ID`.
    Remove {
        /// Kill it first where it runs.
        force: bool,
        /// Remove its anonymous volumes, too.
        volumes: bool,
    },
    /// `POST /containers/ID/wait`.
    Wait(Until),
}

/// What a wait waits for (`condition`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Until {
    /// It doesn't run.
    #[default]
    NotRunning,
    /// It ends after this moment.
    NextExit,
    /// It is gone.
    Removed,
}

/// Names a request that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub(super) u64);

/// Names a container for good: its running number in this world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(pub u32);

/// How a request succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It is so now (204).
    Changed,
    /// It was so already (304).
    Unchanged,
    /// The answer to a wait (200).
    Exited {
        /// `StatusCode`.
        code: i64,
        /// `Error.Message`.
        error: Option<String>,
    },
}

/// Which lines of a container's log are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogRange {
    /// Lines later than this.
    pub after: Option<Stamp>,
    /// Lines not later than this; up to now where none.
    pub until: Option<Stamp>,
}
