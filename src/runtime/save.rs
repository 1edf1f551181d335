//! Writes files: for the user alone, whole or not at all, and never through what somebody else put in the way.
//!
//! A name that can be foreseen in a folder that others may write to can be a link of theirs to a file of ours. So a new
//! file is really new, and what is replaced is replaced by a rename, which takes the place of a link and not of what it
//! points to. A link that the user made is followed.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// What we write may tell of secrets: it is the user's own.
const PRIVATE: u32 = 0o600;
/// So are the folders that we make.
const PRIVATE_FOLDER: u32 = 0o700;
/// So many files of one name are told apart.
const MOST: u32 = 1000;

/// Makes a folder and those that it is in, where they aren't there; new ones are the user's own.
///
/// # Errors
/// As the system says.
pub fn folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder(parent)?;
    }
    match DirBuilder::new().mode(PRIVATE_FOLDER).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
        made => made?,
    }
    // A mask may have taken even our own rights.
    fs::set_permissions(path, Permissions::from_mode(PRIVATE_FOLDER))
}

/// Writes a file that isn't there yet.
///
/// # Errors
/// As the system says; there is no file then that wasn't there before.
pub fn new_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = create(path)?;
    written(file, path, bytes)
}

/// Writes a file under a name that is free: `name.ext`, else `name-2.ext` and so on. Its path.
///
/// # Errors
/// As the system says; there is no file then that wasn't there before.
pub fn under_a_free_name(folder: &Path, name: &str, extension: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let names =
        (1..=MOST).map(|n| if n == 1 { format!("{name}.{extension}") } else { format!("{name}-{n}.{extension}") });
    for path in names.map(|name| folder.join(name)) {
        match create(&path) {
            Ok(file) => return written(file, &path, bytes).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("there are {MOST} files of that name already")))
}

/// Writes a file in place of the one that is there, if one is: all of it or nothing. A file keeps its mode; a device or a
/// pipe is written to.
///
/// # Errors
/// As the system says, or when it is a link that another user made; what was there is left then.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return put(path, PRIVATE, bytes),
        there => there?,
    };
    if there.is_symlink() {
        // The system's own, as /dev/stdout is, are nobody's trap.
        if ![0, rustix::process::geteuid().as_raw()].contains(&there.uid()) {
            return Err(io::Error::other("it is a link that another user made, and isn't followed"));
        }
        let aim = fs::metadata(path)?;
        return if aim.is_file() { put(&fs::canonicalize(path)?, aim.mode(), bytes) } else { pour(path, bytes) };
    }
    if there.is_file() { put(path, there.mode(), bytes) } else { pour(path, bytes) }
}

/// Writes a file of our own in place of whatever has its name: all of it or nothing.
///
/// # Errors
/// As the system says; what was there is left then.
pub fn own(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, PRIVATE, bytes)
}

/// Into what is no file: all that can be done is to write.
fn pour(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

/// Writes a new file beside the one of this name, and gives it the name.
fn put(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it is the name of no file"))?;
    let hidden = format!(".{}.{}", name.to_string_lossy(), std::process::id());
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = under_a_free_name(folder, &hidden, "new", bytes)?;
    let named =
        fs::set_permissions(&beside, Permissions::from_mode(mode & 0o777)).and_then(|()| fs::rename(&beside, path));
    named.inspect_err(|_| {
        let _left_over = fs::remove_file(&beside);
    })
}

fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)?;
    file.set_permissions(Permissions::from_mode(PRIVATE))?;
    Ok(file)
}

fn written(mut file: File, path: &Path, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes).inspect_err(|_| {
        let _half = fs::remove_file(path);
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_planted_link_is_not_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let precious = dir.path().join("precious");
        fs::write(&precious, "kept").unwrap();
        symlink(&precious, dir.path().join("a.svg")).unwrap();
        symlink(dir.path().join("nowhere"), dir.path().join("a-2.svg")).unwrap();
        let made = under_a_free_name(dir.path(), "a", "svg", b"new").unwrap();
        assert_eq!(made, dir.path().join("a-3.svg"));
        assert_eq!((fs::read_to_string(&precious).unwrap().as_str(), mode(&made)), ("kept", 0o600));
        assert!(!dir.path().join("nowhere").exists());
        assert!(new_file(&dir.path().join("a-2.svg"), b"new").is_err());
    }

    #[test]
    fn what_the_user_names_is_replaced_whole_and_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        replace(&at("new"), b"1").unwrap();
        assert_eq!(mode(&at("new")), 0o600);
        fs::set_permissions(at("new"), Permissions::from_mode(0o644)).unwrap();
        symlink(at("new"), at("own")).unwrap();
        replace(&at("own"), b"2").unwrap();
        assert_eq!((fs::read_to_string(at("new")).unwrap().as_str(), mode(&at("new"))), ("2", 0o644));
        assert!(fs::symlink_metadata(at("own")).unwrap().is_symlink(), "a link of one's own is followed");
        replace(Path::new("/dev/null"), b"x").unwrap();
        assert!(replace(dir.path(), b"x").is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn folders_are_the_users_own() {
        let dir = tempfile::tempdir().unwrap();
        folder(&dir.path().join("a/b")).unwrap();
        folder(&dir.path().join("a/b")).unwrap();
        assert_eq!((mode(&dir.path().join("a")), mode(&dir.path().join("a/b"))), (0o700, 0o700));
        fs::write(dir.path().join("file"), "").unwrap();
        assert!(folder(&dir.path().join("file/c")).is_err());
    }
}
