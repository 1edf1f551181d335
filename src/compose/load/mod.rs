//! Reads a project from the disk: the only code of this room that touches it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Problem, Project,
    canon::Document,
    files::{Files, MAX_BYTES, ReadError},
    project,
    sources::Sources,
};

/// What the command line and the environment say about the project.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The current folder, absolute.
    pub cwd: PathBuf,
    /// Compose files in order (`-f`); `-` is the standard input. Empty: look for them.
    pub files: Vec<String>,
    /// What came on the standard input, for `-f -`.
    pub stdin: Option<String>,
    /// The name that messages give it; `(stdin)` unless it stands for a file.
    pub stdin_label: Option<PathBuf>,
    /// The project's name (`-p`).
    pub project_name: Option<String>,
    /// Profiles to switch on (`--profile`); `*` is all.
    pub profiles: Vec<String>,
    /// Files to use in place of `.env` (`--env-file`).
    pub env_files: Vec<PathBuf>,
    /// The folder that relative paths start from (`--project-directory`).
    pub project_directory: Option<PathBuf>,
    /// The process's environment, `COMPOSE_*` among it.
    pub env: BTreeMap<String, String>,
    /// Steps to leave out.
    pub how: How,
}

/// Steps that `config` can leave out on the way from files to a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Leave `${…}` as written.
    pub no_interpolate: bool,
    /// Leave relative paths as written.
    pub no_path_resolution: bool,
    /// Leave out the default network, names and implied dependencies.
    pub no_normalize: bool,
    /// Don't look at how the parts of the project fit.
    pub no_consistency: bool,
    /// Leave the services' env files unread.
    pub no_env_files: bool,
    /// Note where values come from.
    pub sources: bool,
}

/// A project as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The project; `None` when nothing of its files could be read.
    pub project: Option<Project>,
    /// Its document, to print it in docker compose's own form.
    pub document: Option<Document>,
    /// Where values come from, if that was asked for.
    pub sources: Option<Sources>,
    /// The variables that were known while the files were read.
    pub env: BTreeMap<String, String>,
    /// Everything that is wrong, errors first.
    pub problems: Vec<Problem>,
    /// Every file read or looked for: a change of one of them can change the project.
    pub watched: Vec<PathBuf>,
    /// Set when there is no compose file at all: where was looked.
    pub no_file: Option<String>,
}

/// Reads the project that the options describe.
pub fn load(options: &Options) -> Loaded {
    let disk = Disk::default();
    let loaded = project::read(options, &disk);
    Loaded { watched: disk.asked.into_inner().into_iter().collect(), ..loaded }
}

/// The disk, remembering what it was asked for.
#[derive(Debug, Default)]
struct Disk {
    asked: RefCell<BTreeSet<PathBuf>>,
}

impl Files for Disk {
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, ReadError> {
        self.asked.borrow_mut().insert(path.to_owned());
        read_file(path, MAX_BYTES).map(Arc::from)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.asked.borrow_mut().insert(path.to_owned());
        std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir())
    }
}

/// A plain file's text, if it has at most so many bytes: whatever a path may turn out to lead to.
///
/// # Errors
/// What is there instead.
pub fn read_text(path: &Path, most: u64) -> Result<String, ReadError> {
    String::from_utf8(read_file(path, most)?).map_err(|_| ReadError::Other("is not UTF-8 text".into()))
}

fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ReadError::Missing,
        std::io::ErrorKind::PermissionDenied => ReadError::Other("permission denied".into()),
        _ => ReadError::Other(e.to_string()),
    };
    // Opening a pipe would wait for a writer, so look first.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(ReadError::Folder);
    }
    if !metadata.is_file() {
        return Err(ReadError::Special);
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    // One byte more than allowed shows that there is more; the size itself may lie (/proc) or change.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(ReadError::TooLarge(most));
    }
    Ok(bytes)
}

#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod tests;
