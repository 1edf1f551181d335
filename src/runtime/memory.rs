//! The starts that are remembered, in one file a project under the user's state folder.
//!
//! A file that can't be used costs its memory and a line in our log, never the start of the program. It is
//! replaced by a rename, so that whoever reads it sees the old or the new one; what another stackview wrote
//! meanwhile is read again first.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use super::{save, secrets};
use crate::{
    base::id::ProjectName,
    stack::starts::{self, LARGEST, StartRecord, Unusable},
};

/// The folder of the files; `None` where the user has no home.
fn folder() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.state_dir().unwrap_or_else(|| base.data_dir()).join("stackview").join("starts"))
}

/// A project's file: its name as it is where that is a plain one, else its other bytes in hex.
fn file_name(project: &ProjectName) -> String {
    let mut name = String::new();
    for byte in project.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    name.truncate(180);
    name + ".json"
}

/// The starts of a project, oldest first; none where none are remembered.
pub fn recall(project: &ProjectName) -> Vec<StartRecord> {
    folder().map(|folder| recall_from(&folder, project)).unwrap_or_default()
}

/// Adds a start to those remembered.
///
/// # Errors
/// When its file can't be written, with where it is.
pub fn remember(project: &ProjectName, start: StartRecord) -> Result<(), String> {
    let Some(folder) = folder() else { return Ok(()) };
    remember_in(&folder, project, start)
        .map_err(|e| format!("this start can't be remembered in {}: {e}", folder.join(file_name(project)).display()))
}

fn recall_from(folder: &Path, project: &ProjectName) -> Vec<StartRecord> {
    let path = folder.join(file_name(project));
    match read(&path, project) {
        Ok(starts) => starts,
        Err(Trouble::Io(error)) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(trouble) => {
            tracing::warn!("the remembered starts in {} can't be used: {trouble}", path.display());
            Vec::new()
        }
    }
}

fn remember_in(folder: &Path, project: &ProjectName, start: StartRecord) -> Result<(), Trouble> {
    let path = folder.join(file_name(project));
    let mut known = match read(&path, project) {
        Ok(starts) => starts,
        Err(Trouble::Io(error)) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        // Nothing in it could be kept.
        Err(Trouble::Unusable(Unusable::Broken(_))) => Vec::new(),
        Err(trouble) => return Err(trouble),
    };
    if !starts::remember(&mut known, start) {
        return Ok(());
    }
    save::folder(folder)?;
    save::own(&path, secrets::masked(&starts::to_json(project, &known)).as_bytes())?;
    Ok(())
}

/// Why a file can't be read.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Unusable(#[from] Unusable),
}

fn read(path: &Path, project: &ProjectName) -> Result<Vec<StartRecord>, Trouble> {
    let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    // Before it is opened: a pipe would keep whoever opens it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no plain file").into());
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        return Err(Unusable::Broken(format!("it is larger than {} MiB", LARGEST >> 20)).into());
    }
    let text = String::from_utf8(bytes).map_err(|_| Unusable::Broken("it is no text".into()))?;
    Ok(starts::from_json(project, &text)?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        base::time::Stamp,
        stack::{starts::LaneRecord, timeline::StartKind},
    };

    fn start(secs: i64) -> StartRecord {
        let began = Stamp::from_secs(1_790_000_000 + secs);
        StartRecord {
            began,
            kind: StartKind::Cold,
            place: "local".into(),
            took: Duration::from_secs(9),
            lanes: vec![LaneRecord {
                service: "db".into(),
                container: "abc".into(),
                started: began,
                ready: Some(began + Duration::from_secs(9)),
            }],
        }
    }

    #[test]
    fn starts_are_remembered_by_their_project() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("not/there/yet");
        let project = ProjectName::from("app");
        assert!(recall_from(&dir, &project).is_empty());
        remember_in(&dir, &project, start(0)).unwrap();
        remember_in(&dir, &project, start(100)).unwrap();
        remember_in(&dir, &project, start(100)).unwrap();
        assert_eq!(recall_from(&dir, &project), [start(0), start(100)]);
        assert!(recall_from(&dir, &"other".into()).is_empty());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn what_is_broken_is_written_again_and_what_is_newer_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let project = ProjectName::from("app");
        let path = folder.path().join("app.json");
        fs::write(&path, [0xff, 0, b'{']).unwrap();
        assert!(recall_from(folder.path(), &project).is_empty());
        remember_in(folder.path(), &project, start(0)).unwrap();
        assert_eq!(recall_from(folder.path(), &project), [start(0)]);
        let newer = fs::read_to_string(&path).unwrap().replace("\"stackview_starts\": 1", "\"stackview_starts\": 9");
        fs::write(&path, &newer).unwrap();
        assert!(recall_from(folder.path(), &project).is_empty());
        assert!(remember_in(folder.path(), &project, start(5)).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), newer);
    }

    #[test]
    fn what_is_no_file_costs_nothing_but_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("app.json");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(recall_from(folder.path(), &"app".into()).is_empty());
        assert!(remember_in(folder.path(), &"app".into(), start(0)).is_err());
        fs::create_dir(folder.path().join("web.json")).unwrap();
        assert!(recall_from(folder.path(), &"web".into()).is_empty());
        assert!(remember_in(folder.path(), &"web".into(), start(0)).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left over");
    }

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(file_name(&"my-app_2".into()), "my-app_2.json");
        assert_eq!(file_name(&"../a b".into()), "%2e%2e%2fa%20b.json");
    }
}
