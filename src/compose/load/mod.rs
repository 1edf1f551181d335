//! Reads a project from the disk: the only code of this room that touches it.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    files::{Files, MAX_BYTES, ReadError},
    loaded::Loaded,
    options::Options,
    project,
};

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
    String::from_utf8(read_file(path, most)?).map_err(|_| ReadError::Other("isn't UTF-8 text".into()))
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
