//! Tells when a file that the project was read from, or would be read from, is saved, appears or goes.
//!
//! Folders are watched rather than files: editors save by renaming, and a file that isn't there yet can't be
//! watched. Which files count is what the last reading asked the disk for, found or not.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode, ModifyKind},
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

/// A save is over when nothing more was heard for so long.
const QUIET: Duration = Duration::from_millis(80);
/// A file that is written without a pause is read again after this long all the same.
const LONGEST: Duration = Duration::from_millis(500);
/// More folders than this aren't watched; `F5` reads what is in the others.
const MOST_FOLDERS: usize = 256;

/// Which folder it is, whatever stands at its path later: device and inode.
type Identity = (u64, u64);

/// The watch over the files.
pub struct FileWatch {
    follower: Follower,
    /// When the first of the changes was heard that wait to be told, and when to tell.
    due: Option<(Instant, Instant)>,
}

/// Sets what is watched. It asks the disk, which may take its time, so this isn't done on the loop's thread.
#[derive(Clone)]
pub struct Follower {
    heard: Arc<Noticed>,
    folders: Arc<Mutex<Folders>>,
}

/// The folders that are watched.
struct Folders {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeMap<PathBuf, Identity>,
}

/// What the library's own thread needs.
#[derive(Default)]
struct Noticed {
    files: Mutex<BTreeSet<PathBuf>>,
    /// Folders that were moved or removed, and their watches with them; another may have taken their place, and
    /// even their inode.
    lost: Mutex<BTreeSet<PathBuf>>,
    changed: Notify,
}

impl Follower {
    /// Watches these files from now on, and no others. Whether a folder is watched that wasn't before: what
    /// happened in it until now was not heard.
    ///
    /// # Errors
    /// Why a folder can't be watched; the others are.
    pub fn follow(&self, files: &[PathBuf]) -> Result<bool, String> {
        // Who holds it longer than a moment waits for a disk that doesn't answer.
        let Ok(mut folders) = self.folders.try_lock() else {
            return Err(
                "The compose files can't be watched: an earlier attempt still hangs. F5 reads them again".into()
            );
        };
        let Folders { watcher: Some(watcher), watched } = &mut *folders else { return Ok(false) };
        let mut all: BTreeSet<PathBuf> = files.iter().cloned().collect();
        // Who saves the file behind a link doesn't touch the link's folder.
        all.extend(files.iter().filter(|f| f.is_symlink()).filter_map(|f| f.canonicalize().ok()));
        let mut wanted = BTreeMap::new();
        for file in &all {
            if let Some((folder, identity)) = file.ancestors().skip(1).find_map(existing)
                && (wanted.len() < MOST_FOLDERS || wanted.contains_key(&folder))
            {
                wanted.insert(folder, identity);
            }
        }
        *self.heard.files.lock().unwrap_or_else(PoisonError::into_inner) = all;
        let lost = std::mem::take(&mut *self.heard.lost.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut added, mut failed) = (false, None);
        watched.retain(|folder, identity| {
            let keep = wanted.get(folder) == Some(identity) && !lost.contains(folder);
            if !keep {
                // It may be gone already, and its watch with it.
                let _gone = watcher.unwatch(folder);
            }
            keep
        });
        for (folder, identity) in wanted {
            if watched.contains_key(&folder) {
                continue;
            }
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    added = true;
                    watched.insert(folder, identity);
                }
                // A folder of somebody else that we can't look into holds nothing that we could read.
                Err(error) if is_denied(&error) => {}
                Err(error) => failed = Some(unwatched(&error)),
            }
        }
        failed.map_or(Ok(added), Err)
    }
}

impl FileWatch {
    /// Watches nothing yet. Where the system has no way to watch, the reason is the second answer.
    pub fn new() -> (Self, Option<String>) {
        let heard = Arc::<Noticed>::default();
        let on_event = {
            let heard = Arc::clone(&heard);
            move |event: notify::Result<Event>| heard.event(event)
        };
        let (watcher, why) = match notify::recommended_watcher(on_event) {
            Ok(watcher) => (Some(watcher), None),
            Err(error) => (None, Some(unwatched(&error))),
        };
        let folders = Arc::new(Mutex::new(Folders { watcher, watched: BTreeMap::new() }));
        (Self { follower: Follower { heard, folders }, due: None }, why)
    }

    /// Who sets what is watched.
    pub fn follower(&self) -> Follower {
        self.follower.clone()
    }

    /// Waits until a save is over. Loses nothing when it is dropped and called again.
    pub async fn saved(&mut self) {
        loop {
            match self.due {
                None => self.follower.heard.changed.notified().await,
                Some((_, due)) => tokio::select! {
                    biased;
                    () = sleep_until(due) => {
                        self.due = None;
                        return;
                    }
                    () = self.follower.heard.changed.notified() => {}
                },
            }
            let now = Instant::now();
            let first = self.due.map_or(now, |(first, _)| first);
            self.due = Some((first, (now + QUIET).min(first + LONGEST)));
        }
    }
}

impl Noticed {
    fn event(&self, event: notify::Result<Event>) {
        let counts = match event {
            Ok(event) => {
                let ours = is_change(event.kind) && event.paths.iter().any(|path| self.concerns(path));
                if ours && matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))) {
                    let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
                    let folders = event.paths.iter().filter(|path| !files.contains(*path));
                    self.lost.lock().unwrap_or_else(PoisonError::into_inner).extend(folders.cloned());
                }
                ours || event.need_rescan()
            }
            // Something was lost; reading once too often does no harm.
            Err(_) => true,
        };
        if counts {
            self.changed.notify_one();
        }
    }

    /// Whether it is one of the files, or a folder on the way to one.
    fn concerns(&self, path: &Path) -> bool {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.contains(path) || files.iter().any(|file| file.starts_with(path))
    }
}

/// That a file was opened or read is no change: we do that ourselves.
fn is_change(kind: EventKind) -> bool {
    !matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write))
}

fn existing(folder: &Path) -> Option<(PathBuf, Identity)> {
    let metadata = std::fs::metadata(folder).ok().filter(std::fs::Metadata::is_dir)?;
    Some((folder.to_owned(), (metadata.dev(), metadata.ino())))
}

fn is_denied(error: &notify::Error) -> bool {
    matches!(&error.kind, notify::ErrorKind::Io(io) if io.kind() == std::io::ErrorKind::PermissionDenied)
}

fn unwatched(error: &notify::Error) -> String {
    format!("The compose files can't be watched: {error}. F5 reads them again")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use futures::FutureExt;
    use notify::event::CreateKind;

    use super::*;

    /// Far more than it takes; it only bounds a failing test.
    const PATIENCE: Duration = Duration::from_secs(30);

    async fn is_told(watch: &mut FileWatch) {
        tokio::time::timeout(PATIENCE, watch.saved()).await.expect("a save is told");
    }

    fn follow(dir: &Path, names: &[&str]) -> (FileWatch, Vec<PathBuf>) {
        let (watch, why) = FileWatch::new();
        assert_eq!(why, None);
        let files: Vec<_> = names.iter().map(|name| dir.join(name)).collect();
        assert_eq!(watch.follower().follow(&files), Ok(true));
        assert_eq!(watch.follower().follow(&files), Ok(false), "nothing new the second time");
        (watch, files)
    }

    #[tokio::test]
    async fn every_way_to_save_is_heard() {
        let dir = tempfile::tempdir().unwrap();
        let (mut watch, files) = follow(dir.path(), &["compose.yaml", ".env"]);
        fs::write(&files[0], "a").unwrap();
        is_told(&mut watch).await;
        fs::write(&files[0], "b").unwrap();
        is_told(&mut watch).await;
        // As most editors save: a new file takes the old one's name.
        fs::write(dir.path().join("swap"), "c").unwrap();
        fs::rename(dir.path().join("swap"), &files[0]).unwrap();
        is_told(&mut watch).await;
        fs::remove_file(&files[0]).unwrap();
        is_told(&mut watch).await;
        fs::write(&files[1], "A=1").unwrap();
        is_told(&mut watch).await;
    }

    #[test]
    fn what_is_none_of_ours_and_reading_are_not_told() {
        let told = |kind: EventKind, path: &str| {
            let heard = Noticed::default();
            heard.files.lock().unwrap().insert("/p/a/compose.yaml".into());
            heard.event(Ok(Event::new(kind).add_path(path.into())));
            heard.changed.notified().now_or_never().is_some()
        };
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let create = EventKind::Create(CreateKind::Any);
        assert!(told(written, "/p/a/compose.yaml") && told(create, "/p/a/compose.yaml"));
        assert!(told(create, "/p/a"), "a folder on the way to it");
        assert!(!told(written, "/p/a/other.yaml") && !told(create, "/p/b"));
        for kind in [AccessKind::Open(AccessMode::Any), AccessKind::Read, AccessKind::Close(AccessMode::Read)] {
            assert!(!told(EventKind::Access(kind), "/p/a/compose.yaml"), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_comes_later_is_found_and_its_files_are_watched() {
        let dir = tempfile::tempdir().unwrap();
        let (mut watch, files) = follow(dir.path(), &["sub/deep/compose.yaml"]);
        fs::create_dir_all(dir.path().join("sub/deep")).unwrap();
        is_told(&mut watch).await;
        assert_eq!(watch.follower().follow(&files), Ok(true));
        fs::write(&files[0], "a").unwrap();
        is_told(&mut watch).await;
        // Another folder takes its place.
        fs::remove_dir_all(dir.path().join("sub/deep")).unwrap();
        is_told(&mut watch).await;
        fs::create_dir(dir.path().join("sub/deep")).unwrap();
        assert_eq!(watch.follower().follow(&files), Ok(true), "the new folder is watched");
        fs::write(&files[0], "b").unwrap();
        is_told(&mut watch).await;
    }

    #[tokio::test]
    async fn the_file_behind_a_link_is_watched() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("real")).unwrap();
        let real = dir.path().join("real/compose.yaml");
        fs::write(&real, "a").unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join("compose.yaml")).unwrap();
        let (mut watch, _) = follow(dir.path(), &["compose.yaml"]);
        fs::write(&real, "b").unwrap();
        is_told(&mut watch).await;
    }
}
