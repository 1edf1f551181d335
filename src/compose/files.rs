//! What the reader needs from a file system, so that everything but `load` is pure.

use std::{fmt, path::Path, sync::Arc};

/// No compose file, env file or included file may be larger, in bytes.
pub const MAX_BYTES: u64 = 16 << 20;

/// Where file contents come from.
pub trait Files {
    /// The content of a regular file of at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// Says what stands at the path instead.
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, ReadError>;

    /// Whether something other than a folder is at the path.
    fn is_file(&self, path: &Path) -> bool;
}

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// Nothing is there.
    Missing,
    /// A folder is there.
    Folder,
    /// A pipe, socket or device is there; reading it could last for ever.
    Special,
    /// It is larger than so many bytes.
    TooLarge(u64),
    /// Anything else, in the system's words.
    Other(String),
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no such file or directory"),
            Self::Folder => f.write_str("is a directory"),
            Self::Special => f.write_str("is a pipe, socket or device, not a file"),
            Self::TooLarge(most) if *most < 1 << 20 => write!(f, "is larger than {} KiB", most >> 10),
            Self::TooLarge(most) => write!(f, "is larger than {} MB", most >> 20),
            Self::Other(text) => f.write_str(text),
        }
    }
}
