//! Reads a project from the disk: the only code of this room that touches it.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::{Mode, OFlags};

use super::{
    files::{Files, MAX_BYTES, ReadError},
    loaded::Loaded,
    options::Options,
    project,
};

/// Reads the project that the options describe.
pub fn load(options: &Options) -> Loaded {
    load_telling(options, &|_| {})
}

/// The same. Before each look at the disk it is told at what: one that doesn't answer may then be named.
pub fn load_telling(options: &Options, tell: &dyn Fn(&Path)) -> Loaded {
    let disk = Disk { asked: RefCell::default(), tell };
    let loaded = project::read(options, &disk);
    Loaded { watched: disk.asked.into_inner().into_iter().collect(), ..loaded }
}

/// The disk, remembering what it was asked for.
struct Disk<'t> {
    asked: RefCell<BTreeSet<PathBuf>>,
    tell: &'t dyn Fn(&Path),
}

impl Disk<'_> {
    fn ask(&self, path: &Path) {
        (self.tell)(path);
        self.asked.borrow_mut().insert(path.to_owned());
    }
}

impl Files for Disk<'_> {
    fn read(&self, path: &Path) -> Result<Arc<[u8]>, ReadError> {
        self.ask(path);
        read_file(path, MAX_BYTES).map(Arc::from)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.ask(path);
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
    let file = open(path).map_err(failed)?;
    // Something else may have taken its place meanwhile.
    if !file.metadata().map_err(failed)?.is_file() {
        return Err(ReadError::Special);
    }
    // One byte more than allowed shows that there is more; the size itself may lie (/proc) or change.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > most {
        return Err(ReadError::TooLarge(most));
    }
    Ok(bytes)
}

/// Opens it without waiting for anybody at its other end.
fn open(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(rustix::fs::open(path, flags, Mode::empty()).map(File::from)?)
}

#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod tests;
