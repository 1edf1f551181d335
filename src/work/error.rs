//! How work can fail: an error that somebody can decide on, with the words that the user reads.

/// Something that was to be done wasn't.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing may be changed; nothing was.
    #[error("stackview is read-only")]
    ReadOnly,
    /// The thing is no longer what the plan said; nothing was done.
    #[error("Not done: {0}")]
    Changed(String),
    /// There is no such thing.
    #[error("{message}")]
    NotFound {
        /// The engine's words.
        message: String,
    },
    /// The engine refused; these are its words.
    #[error("{message}")]
    Engine {
        /// Its HTTP status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// There is no engine to do it, or the way to it broke: why, and what to do.
    #[error("{0}")]
    NoEngine(String),
    /// Docker's command line or its compose plugin isn't installed: which, and what to do.
    #[error("{0}")]
    NoCompose(String),
    /// A program of this machine failed or couldn't be run: its own words, or ours.
    #[error("{0}")]
    Program(String),
    /// It was cancelled.
    #[error("cancelled; what was done by then stays")]
    Cancelled,
    /// It took too long: what, and how long was waited.
    #[error("{0}")]
    TimedOut(String),
    /// What it has to wait for can't come true any more, or didn't in time.
    #[error("{0}")]
    NeverReady(String),
    /// So many of its kind run already that it was left out.
    #[error("left out, since {0} run already")]
    Busy(usize),
    /// An answer that can't be read, or another fault that nobody can decide on.
    #[error("{0}")]
    Other(String),
}

/// What went wrong in a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was to be done: `start shop-db-1`.
    pub what: String,
    /// Why it wasn't.
    pub error: Error,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.error)
    }
}
