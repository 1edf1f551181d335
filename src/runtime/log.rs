//! Our own log: a file under the user's state folder, never the screen, and without secrets.
//!
//! An engine that talks nonsense can give a reason to complain many times a second, for days. So the same complaint is
//! written a few times a minute and then counted, and when a file is as large as it may be a new one begins, with the one
//! before it kept. A thread of its own writes it: a disk that hangs holds nobody up, and what it can't take in time is left
//! out.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};

use etcetera::BaseStrategy;
use tracing::{Metadata, callsite::Identifier};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use super::{save, secrets};

/// The largest file, in bytes; the one before it is as large.
const LARGEST: u64 = 1 << 20;
/// So many lines may wait to be written. The room for them is taken at once.
const WAITING: usize = 1024;
/// So often the same complaint is written in one period; beyond that it is counted.
const OFTEN: u32 = 20;
/// The period.
const PERIOD: Duration = Duration::from_secs(60);

/// Logs warnings, or what `STACKVIEW_LOG` asks for (`debug`, `stackview=trace`), as long as the answer is held. Without
/// a place to write to there is no log; that is no reason not to start.
///
/// # Errors
/// Why there is none, where somebody may want to know.
pub fn begin() -> Result<Option<WorkerGuard>, String> {
    let Some(folder) = etcetera::choose_base_strategy().ok().and_then(|s| s.state_dir()) else { return Ok(None) };
    let folder = folder.join("stackview");
    if save::folder(&folder).is_err() {
        return Ok(None);
    }
    let path = folder.join("log");
    only_a_file(&path)?;
    let Ok(pages) = Pages::open(path, LARGEST) else { return Ok(None) };
    let (to, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(Masked(pages));
    let filter = EnvFilter::try_from_env("STACKVIEW_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = Log { to, heard: Mutex::default() };
    let _already = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(log).try_init();
    Ok(Some(guard))
}

/// Writes without secrets. Each event is written at once, so that none is cut between two writes.
struct Masked<W>(W);

impl<W: Write> Write for Masked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(secrets::masked(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether what has the name of the log is a plain file: to open a pipe would wait until somebody reads it, and what is
/// behind a link is none of ours.
fn only_a_file(path: &Path) -> Result<(), String> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(format!("stackview keeps no log: {} is no regular file. Remove it", path.display()));
    }
    Ok(())
}

/// Where it is written to, by whoever has something to say.
struct Log<W> {
    to: W,
    heard: Mutex<Complaints>,
}

/// Opens a file to add to it: the user's own, and no link.
fn page(path: &Path) -> io::Result<File> {
    let no_link = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(no_link).open(path)
}

struct Pages {
    path: PathBuf,
    largest: u64,
    file: File,
    size: u64,
}

/// How often each place in the program complained.
#[derive(Default)]
struct Complaints(HashMap<Identifier, Heard>);

/// How often a place in the program complained.
struct Heard {
    since: Instant,
    times: u32,
    left_out: u64,
}

impl Complaints {
    /// Whether a line of this origin is written now; and how many weren't since the last that was.
    fn is_due(&mut self, of: Identifier, now: Instant) -> (bool, u64) {
        let heard = self.0.entry(of).or_insert(Heard { since: now, times: 0, left_out: 0 });
        if now.duration_since(heard.since) >= PERIOD {
            (heard.since, heard.times) = (now, 0);
        }
        heard.times = heard.times.saturating_add(1);
        if heard.times > OFTEN {
            heard.left_out = heard.left_out.saturating_add(1);
            return (false, 0);
        }
        (true, std::mem::take(&mut heard.left_out))
    }
}

impl Pages {
    fn open(path: PathBuf, largest: u64) -> io::Result<Self> {
        let file = page(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, largest, file, size })
    }

    /// Begins a new file; the old one takes the place of the one before it, which is dropped.
    fn turn(&mut self) -> io::Result<()> {
        let mut before = self.path.clone().into_os_string();
        before.push(".1");
        let dropped = fs::read(&before).map_or(0, |old| old.split(|b| *b == b'\n').count().saturating_sub(1));
        fs::rename(&self.path, &before)?;
        self.file = page(&self.path)?;
        self.size = 0;
        if dropped > 0 {
            let words = format!("{dropped} older lines were dropped\n");
            self.file.write_all(words.as_bytes())?;
            self.size = u64::try_from(words.len()).unwrap_or_default();
        }
        Ok(())
    }
}

impl Write for Pages {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let long = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.size.saturating_add(long) > self.largest && self.size > 0 {
            self.turn()?;
        }
        self.file.write_all(line)?;
        self.size = self.size.saturating_add(long);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What one line is written to.
struct Line<'a, W> {
    to: W,
    heard: &'a Mutex<Complaints>,
    of: Option<Identifier>,
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let due = |of: Identifier| {
            // Whoever panicked while he held it left whole counts.
            self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_due(of, Instant::now())
        };
        let (due, left_out) = self.of.clone().map_or((true, 0), due);
        if left_out > 0 {
            self.to.write_all(format!("{left_out} lines like the next one were left out\n").as_bytes())?;
        }
        if due {
            self.to.write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Log<W> {
    type Writer = Line<'a, W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { to: self.to.make_writer(), heard: &self.heard, of: None }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Self::Writer {
        Line { to: self.to.make_writer(), heard: &self.heard, of: Some(meta.callsite()) }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::base::secrets::Known;

    #[test]
    fn our_own_log_holds_no_secret() {
        let mut known = Known::default();
        known.learn("LOG_TEST_PASSWORD", "only-in-the-log-test-1");
        secrets::learn(&known);
        let mut out = Masked(Vec::new());
        out.write_all(b"WARN only-in-the-log-test-1 and postgres://u:pw-in-url@h\n").unwrap();
        assert_eq!(String::from_utf8(out.0).unwrap(), "WARN ******** and postgres://u:********@h\n");
    }

    #[test]
    fn it_never_grows_beyond_two_files_and_says_what_it_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = Pages::open(path.clone(), 1000).unwrap();
        for n in 0..500 {
            log.write_all(format!("line {n}\n").as_bytes()).unwrap();
        }
        let sizes: Vec<u64> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).collect();
        assert!(sizes.len() == 2 && sizes.iter().all(|size| *size <= 1000), "{sizes:?}");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with("line 499\n"), "{text}");
        assert!(text.lines().next().unwrap().ends_with(" older lines were dropped"), "{text}");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        // Another run goes on in the same file.
        let held = fs::metadata(&path).unwrap().len();
        assert_eq!(Pages::open(path, 1000).unwrap().size, held);
    }

    #[test]
    fn the_same_complaint_is_written_a_few_times_and_then_counted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let log = Log { to: Mutex::new(Pages::open(path.clone(), LARGEST).unwrap()), heard: Mutex::default() };
        let quiet = tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(log).finish();
        tracing::subscriber::with_default(quiet, || {
            for n in 0..10_000 {
                tracing::warn!("nonsense {n}");
            }
            tracing::warn!("something else");
        });
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 21, "{text}");
        assert!(text.contains("nonsense 0") && text.ends_with("something else\n"), "{text}");
        let mut heard = Complaints::default();
        let (of, now) = (metadata(), Instant::now());
        let due: Vec<bool> = (0..25).map(|_| heard.is_due(of.clone(), now).0).collect();
        assert_eq!(due.iter().filter(|due| **due).count(), 20);
        assert_eq!(heard.is_due(of, now + PERIOD), (true, 5), "the next that is written says how many weren't");
    }

    /// The origin of some line.
    fn metadata() -> Identifier {
        struct Origin;
        impl tracing::callsite::Callsite for Origin {
            fn set_interest(&self, _: tracing::subscriber::Interest) {}
            fn metadata(&self) -> &Metadata<'_> {
                unreachable!("nobody asks")
            }
        }
        static ORIGIN: Origin = Origin;
        Identifier(&ORIGIN)
    }

    #[test]
    fn what_is_no_file_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let (file, pipe) = (folder.path().join("log"), folder.path().join("pipe"));
        assert_eq!(only_a_file(&file), Ok(()));
        fs::write(&file, "").unwrap();
        assert_eq!(only_a_file(&file), Ok(()));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(only_a_file(&pipe).unwrap_err().contains("pipe is no regular file"));
    }

    #[test]
    fn a_link_in_its_place_is_not_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let (path, aim) = (dir.path().join("log"), dir.path().join("precious"));
        fs::write(&aim, "kept").unwrap();
        std::os::unix::fs::symlink(&aim, &path).unwrap();
        assert!(only_a_file(&path).is_err() && Pages::open(path, LARGEST).is_err());
        assert_eq!(fs::read_to_string(aim).unwrap(), "kept");
    }
}
