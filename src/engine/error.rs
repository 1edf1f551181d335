//! What can go wrong with the engine, in words that say what was tried and what to do.

use std::{io, os::unix::fs::FileTypeExt, path::Path};

use crate::{host::LostKind, work};

/// The longest message of the engine that is kept, in bytes.
pub(super) const MESSAGE_CAP: usize = 4096;

/// There is no engine to talk to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers.
    #[error("No container engine answers. Looked at: {}. Is the engine running? Name another one with -H or DOCKER_HOST.", looked.join("; "))]
    Absent {
        /// Each place with what happened there.
        looked: Vec<String>,
    },
    /// The socket is there, but not for us.
    #[error(
        "Permission denied at {place}. Join the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again), or use a rootless engine."
    )]
    Permission {
        /// The socket.
        place: String,
    },
    /// Far away, and the way there is barred.
    #[error("The engine at {place} can't be reached: {why}. {todo}.")]
    Unreachable {
        /// Its address.
        place: String,
        /// What happened.
        why: String,
        /// What to do.
        todo: String,
        /// Whether it stays so until somebody does something: trying often helps nobody.
        hopeless: bool,
    },
    /// It can't be used: wrong kind of address, wrong answers, too old, too new.
    #[error("{0}")]
    Unusable(String),
}

impl ConnectError {
    /// Which kind it is, for the screen.
    pub fn kind(&self) -> LostKind {
        match self {
            Self::Absent { .. } => LostKind::Absent,
            Self::Permission { .. } => LostKind::Permission,
            Self::Unreachable { .. } => LostKind::Unreachable,
            Self::Unusable(_) => LostKind::Unusable,
        }
    }

    /// Whether it stays so until somebody does something.
    pub(super) fn is_hopeless(&self) -> bool {
        matches!(self, Self::Unreachable { hopeless: true, .. })
    }

    /// What a failed attempt to open a socket means.
    pub(super) fn of_socket(path: &Path, error: &io::Error) -> Self {
        let place = path.display().to_string();
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Permission { place },
            _ => Self::Absent { looked: vec![format!("{place} ({})", why_not(path, error))] },
        }
    }
}

/// A far engine can't be reached, and what to do about it.
pub(super) fn unreachable(address: &impl std::fmt::Display, why: &str, todo: &str, hopeless: bool) -> ConnectError {
    ConnectError::Unreachable { place: address.to_string(), why: why.into(), todo: todo.into(), hopeless }
}

/// Why a place can't be connected to, in a few words: what is no socket refuses as one that nobody listens at.
pub(super) fn why_not(path: &Path, error: &io::Error) -> String {
    match path.metadata() {
        Ok(found) if !found.file_type().is_socket() => "not a socket".into(),
        _ => reason(error),
    }
}

/// An I/O error in a few words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "not there".into(),
        io::ErrorKind::ConnectionRefused => "nothing listens".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

/// A request failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no engine.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// It would have changed something, and nothing may be changed. Nothing was sent.
    #[error("Refused, since stackview runs read-only: {0} was not sent.")]
    ReadOnly(String),
    /// The engine said no; these are its words.
    #[error("{message}")]
    Engine {
        /// Its HTTP status.
        status: u16,
        /// Its words.
        message: String,
    },
    /// The thing is no longer what the plan said; nothing was done.
    #[error("Not done: {0}")]
    Changed(String),
    /// It was done, and with it more than the plan said: what.
    #[error("{0}")]
    Overtaken(String),
    /// The connection broke.
    #[error("The connection to the engine broke at {what}: {cause}")]
    Broken {
        /// The request.
        what: String,
        /// What happened.
        cause: String,
    },
    /// No answer in time.
    #[error("The engine didn't answer {what} within {secs} s")]
    Deadline {
        /// The request.
        what: String,
        /// The deadline in seconds.
        secs: u64,
    },
    /// An answer that can't be read.
    #[error("The engine's answer to {what} can't be read: {cause}")]
    Unreadable {
        /// The request.
        what: String,
        /// Why.
        cause: String,
    },
}

impl Error {
    /// Whether the engine said that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Engine { status: 404, .. })
    }

    /// Which kind of loss it is, if the connection is given up for it.
    pub fn kind(&self) -> LostKind {
        match self {
            Self::Connect(error) => error.kind(),
            Self::Broken { .. } | Self::Deadline { .. } => LostKind::Absent,
            _ => LostKind::Unusable,
        }
    }
}

impl From<Error> for work::Error {
    fn from(error: Error) -> Self {
        let words = error.to_string();
        match error {
            Error::Connect(_) | Error::Broken { .. } => Self::NoEngine(words),
            Error::ReadOnly(_) => Self::ReadOnly,
            Error::Engine { status: 404, message } => Self::NotFound { message },
            Error::Engine { status, message } => Self::Engine { status, message },
            Error::Changed(what) => Self::Changed(what),
            Error::Deadline { .. } => Self::TimedOut(words),
            Error::Unreadable { .. } | Error::Overtaken(_) => Self::Other(words),
        }
    }
}

/// The beginning of a text, at most `cap` bytes and whole characters.
pub(super) fn cap(mut text: String, cap: usize) -> String {
    if text.len() > cap {
        let end = (0..=cap).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}
