//! Reads the compose files beside the loop: a disk that doesn't answer must not freeze the keys, nor keep a later
//! reading from its turn.
//!
//! One reading counts, the last that was begun. One that hangs can't be ended; what it brings, should it end after all,
//! is about a time that is past.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{
    beside,
    files::{FileWatch, Follower},
    setup::{Reading, Setup, read},
};
use crate::compose;

/// After so long a reading is told to be under way still, and may be begun again beside it.
pub const LATE: Duration = Duration::from_secs(2);
/// How many may hang. Each keeps a thread.
const MOST_HUNG: usize = 8;

/// Where a reading is: what it asked the disk for last.
type At = Arc<Mutex<PathBuf>>;

/// The compose files: when they are saved, and what they hold.
pub struct Sources {
    /// When they are saved.
    pub watch: FileWatch,
    /// What they hold.
    pub readings: Readings,
    /// Why they can't be watched.
    pub unwatched: Option<String>,
}

impl Sources {
    /// Nothing is read yet, and nothing watched.
    pub fn new() -> Self {
        let (watch, unwatched) = FileWatch::new();
        Self { watch, readings: Readings::new(), unwatched }
    }

    /// Begins to read them, or leaves it for after the reading under way. One that is late is left behind where `restart`.
    /// The number of the reading that begins no earlier than now.
    ///
    /// # Errors
    /// Why they can't be read.
    pub fn begin(&mut self, setup: &Setup, restart: bool) -> Result<u64, String> {
        self.readings.begin(&setup.compose, setup.named.is_some(), self.watch.follower(), restart)
    }
}

/// The readings.
pub struct Readings {
    tell: mpsc::Sender<(u64, Reading)>,
    told: mpsc::Receiver<(u64, Reading)>,
    /// The number of the last that was begun.
    last: u64,
    /// The last one, while it isn't over.
    under_way: Option<UnderWay>,
    /// How many were begun and aren't over, that one left out.
    hung: usize,
}

struct UnderWay {
    began: Instant,
    at: At,
    /// One of the files changed since: they are to be read once more.
    again: bool,
}

impl Readings {
    /// None yet.
    pub fn new() -> Self {
        let (tell, told) = mpsc::channel(MOST_HUNG + 1);
        Self { tell, told, last: 0, under_way: None, hung: 0 }
    }

    fn begin(
        &mut self,
        options: &compose::Options,
        named: bool,
        follower: Follower,
        restart: bool,
    ) -> Result<u64, String> {
        if let Some(now) = &mut self.under_way {
            if !restart || now.began.elapsed() < LATE {
                now.again = true;
                return Ok(self.last.saturating_add(1));
            }
            if self.hung >= MOST_HUNG {
                return Err(format!("The compose files are not read again: {MOST_HUNG} earlier attempts still hang"));
            }
        }
        let (at, number, tell) = (At::default(), self.last.saturating_add(1), self.tell.clone());
        let (options, place) = (options.clone(), Arc::clone(&at));
        beside::begin("read the compose files", move || {
            let tell_place = |path: &Path| path.clone_into(&mut place.lock().unwrap_or_else(PoisonError::into_inner));
            let reading = read(&options, named, &follower, &tell_place);
            let _over = tell.blocking_send((number, reading));
        })?;
        self.last = number;
        self.hung += usize::from(self.under_way.is_some());
        self.under_way = Some(UnderWay { began: Instant::now(), at, again: false });
        Ok(number)
    }

    /// The number of the last that was begun.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The next that is over and counts, and whether the files are to be read once more. Loses nothing when it is
    /// dropped and called again.
    pub async fn next(&mut self) -> (Reading, bool) {
        loop {
            match self.told.recv().await {
                Some((number, reading)) if number == self.last => {
                    let again = self.under_way.take().is_some_and(|over| over.again);
                    return (reading, again);
                }
                Some(_) => self.hung = self.hung.saturating_sub(1),
                // We hold a sender ourselves.
                None => std::future::pending().await,
            }
        }
    }

    /// What the reading under way waits for, and since when, where it is late.
    pub fn late(&self) -> Option<(PathBuf, Instant)> {
        let now = self.under_way.as_ref().filter(|now| now.began.elapsed() >= LATE)?;
        Some((now.at.lock().unwrap_or_else(PoisonError::into_inner).clone(), now.began))
    }

    /// When it is to be told that one is late: each second from then on.
    pub fn tell_at(&self) -> Option<Instant> {
        let began = self.under_way.as_ref()?.began;
        let seconds = began.elapsed().as_secs().saturating_add(1);
        Some(began + LATE.max(Duration::from_secs(seconds)))
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, process::Command};

    use tokio::time::timeout;

    use super::*;
    use crate::app::Msg;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn services(reading: &Reading) -> usize {
        let Msg::Loaded { project: Some(project), .. } = &reading.msg else { panic!("{:?}", reading.msg) };
        project.services.len()
    }

    #[tokio::test]
    async fn what_changes_meanwhile_is_read_after() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("compose.yaml"), "services: {a: {image: x}}").unwrap();
        let options = compose::Options { cwd: folder.path().into(), ..compose::Options::default() };
        let (watch, _) = FileWatch::new();
        let mut readings = Readings::new();
        let begun = [1, 2].map(|_| readings.begin(&options, false, watch.follower(), true).unwrap());
        assert_eq!(begun, [1, 2], "who asks during a reading is answered by the next");
        assert_eq!((readings.last, readings.hung), (1, 0), "one at a time");
        let (reading, again) = timeout(PATIENCE, readings.next()).await.expect("it is read");
        assert!(again && services(&reading) == 1 && readings.tell_at().is_none());
    }

    /// A disk that hangs can't be had here without a server: the reading that waits for it is put in its place.
    #[tokio::test]
    async fn one_that_hangs_is_told_and_left_behind() {
        let mut readings = Readings::new();
        let at = At::new(Mutex::new("/far/compose.yaml".into()));
        let began = Instant::now().checked_sub(LATE).unwrap();
        (readings.last, readings.under_way) = (1, Some(UnderWay { began, at, again: false }));
        assert_eq!(readings.late().unwrap().0, Path::new("/far/compose.yaml"));
        assert!(readings.tell_at().is_some_and(|at| at > Instant::now()));

        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("compose.yaml"), "services: {a: {image: x}}").unwrap();
        let options = compose::Options { cwd: folder.path().into(), ..compose::Options::default() };
        let (watch, _) = FileWatch::new();
        readings.begin(&options, false, watch.follower(), false).unwrap();
        assert_eq!(readings.last, 1, "a change of a file waits for it");
        readings.begin(&options, false, watch.follower(), true).unwrap();
        assert_eq!((readings.last, readings.hung), (2, 1));
        // The old one ends after all: it is about a time that is past.
        let stale = Reading { msg: Msg::Tick, unheard: Ok(false) };
        readings.tell.send((1, stale)).await.unwrap();
        let (reading, _) = timeout(PATIENCE, readings.next()).await.expect("it is read");
        assert_eq!(services(&reading), 1);
    }

    #[tokio::test]
    async fn threads_that_hang_are_bounded() {
        let mut readings = Readings::new();
        let began = Instant::now().checked_sub(LATE).unwrap();
        readings.under_way = Some(UnderWay { began, at: At::default(), again: false });
        readings.hung = MOST_HUNG;
        let (watch, _) = FileWatch::new();
        let said = readings.begin(&compose::Options::default(), false, watch.follower(), true).unwrap_err();
        assert!(said.contains("8 earlier attempts still hang"), "{said}");
    }

    /// A pipe in a file's place is refused at once, and none of the reader's threads waits for its writer.
    #[tokio::test]
    async fn a_pipe_in_a_files_place_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["compose.yaml", ".env"] {
            let path = folder.path().join(name);
            assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        }
        let options = compose::Options { cwd: folder.path().into(), ..compose::Options::default() };
        let (watch, _) = FileWatch::new();
        let mut readings = Readings::new();
        readings.begin(&options, false, watch.follower(), true).unwrap();
        let (reading, _) = timeout(PATIENCE, readings.next()).await.expect("it ends");
        let Msg::Loaded { project: None, problems } = reading.msg else { panic!("{:?}", reading.msg) };
        assert!(!problems.is_empty());
    }
}
