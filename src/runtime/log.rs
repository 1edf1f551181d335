//! Our own log: a file under the user's state folder, never the screen. Old files go after three days.
//!
//! A thread of its own writes it: a disk that hangs holds nobody up. What it can't take in time is left out.

use std::{fs, path::Path};

use etcetera::BaseStrategy;
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

/// How the files' names begin.
const PREFIX: &str = "log";

/// Logs warnings, or what `STACKVIEW_LOG` asks for (`debug`, `stackview=trace`), as long as the answer is held. Without
/// a place to write to there is no log; that is no reason not to start.
///
/// # Errors
/// Why there is none, where somebody may want to know.
pub fn begin() -> Result<Option<WorkerGuard>, String> {
    let Some(folder) = etcetera::choose_base_strategy().ok().and_then(|s| s.state_dir()) else { return Ok(None) };
    let folder = folder.join("stackview");
    if fs::create_dir_all(&folder).is_err() {
        return Ok(None);
    }
    only_files(&folder)?;
    let appender =
        RollingFileAppender::builder().rotation(Rotation::DAILY).filename_prefix(PREFIX).max_log_files(3).build(folder);
    let Ok(appender) = appender else { return Ok(None) };
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let filter = EnvFilter::try_from_env("STACKVIEW_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let _already = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).try_init();
    Ok(Some(guard))
}

/// Whether what has the name of a log there is a plain file: to open a pipe would wait until somebody reads it, and what
/// is behind a link is none of ours.
fn only_files(folder: &Path) -> Result<(), String> {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_log = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_log && entry.file_type().is_ok_and(|kind| !kind.is_file()) {
            let path = entry.path();
            return Err(format!("stackview keeps no log: {} is no regular file. Remove it", path.display()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("log.2026-11-29"), "").unwrap();
        fs::create_dir(folder.path().join("starts")).unwrap();
        assert_eq!(only_files(folder.path()), Ok(()));
        let pipe = folder.path().join("log.2026-11-30");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(only_files(folder.path()).unwrap_err().contains("log.2026-11-30 is no regular file"));
    }
}
