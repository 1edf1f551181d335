//! Starts that are remembered: what one took, service by service, and their file's form.
//!
//! The file is JSON that people can read. What is no such file, or a newer one, is refused with words; what
//! single entries lack only costs those entries.

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use super::record::{LaneRecord, Remembered, StartRecord};
use super::{
    state::PROOF,
    timeline::{Lane, SpanKind, StartKind, Timeline},
};
use crate::base::{
    id::{ProjectName, ServiceName},
    time::Stamp,
};

/// How many starts of a project are kept.
const KEEP: usize = 40;
/// The largest file that is read, in bytes; one that we write is far smaller.
pub const LARGEST: usize = 1 << 20;
/// The version of the file's form.
const VERSION: u64 = 1;
/// Two starts whose beginnings are nearer than this are one: an engine's stamp may be told twice, a little apart.
const SAME: Duration = Duration::from_secs(1);

impl StartRecord {
    /// What is worth remembering of a start: nothing while it lasts, or where the engine no longer knows its end.
    /// Nor while a server without a health check may still end as soon as it was started.
    pub fn of(timeline: &Timeline, place: &str, now: Stamp) -> Option<Self> {
        let settled = timeline.settled?;
        let unproved = |l: &Lane| {
            let up = l.spans.last().is_some_and(|s| s.kind == SpanKind::Ready);
            up && l.probes.is_empty() && l.ready.is_some_and(|at| now.since(at) < PROOF)
        };
        if timeline.lanes.iter().any(|l| l.in_start && unproved(l)) {
            return None;
        }
        let lanes = timeline.lanes.iter().filter(|l| l.in_start);
        let lanes: Option<Vec<LaneRecord>> = lanes
            .map(|l| {
                Some(LaneRecord {
                    service: l.service.clone(),
                    container: l.container.clone()?,
                    started: l.started?,
                    ready: l.ready,
                })
            })
            .collect();
        let lanes = lanes.filter(|lanes| !lanes.is_empty())?;
        let took = settled.since(timeline.origin);
        Some(Self { began: timeline.origin, kind: timeline.kind, place: place.to_owned(), took, lanes })
    }

    /// Whether both are of one start.
    pub fn is_same(&self, other: &Self) -> bool {
        let gap = self.began.since(other.began).max(other.began.since(self.began));
        self.place == other.place && gap < SAME
    }

    /// Of how many containers it is known when they were ready.
    fn known(&self) -> usize {
        self.lanes.iter().filter(|l| l.ready.is_some()).count()
    }

    /// The services in it, each once, in order.
    pub fn services(&self) -> Vec<&ServiceName> {
        let mut names: Vec<&ServiceName> = self.lanes.iter().map(|l| &l.service).collect();
        names.sort();
        names.dedup();
        names
    }

    /// How long the slowest container of a service took from its start to its being ready, if all are known.
    pub fn took_of(&self, service: &ServiceName) -> Option<Duration> {
        let all: Option<Vec<Duration>> =
            self.lanes.iter().filter(|l| l.service == *service).map(LaneRecord::took).collect();
        all?.into_iter().max()
    }
}

/// Puts a start among those remembered, oldest first; whether that changed anything. What is known again of a
/// start is told by the engine again, so the newer record holds.
pub fn remember(starts: &mut Vec<StartRecord>, new: StartRecord) -> bool {
    match starts.iter_mut().find(|s| s.is_same(&new)) {
        Some(held) if *held == new => return false,
        // Somebody who looked earlier may have known more. What else differs went on (another service came later), or
        // is told more exactly: an event is stamped a little after what it tells of.
        Some(held) if (new.lanes.len(), new.known()) < (held.lanes.len(), held.known()) => return false,
        Some(held) if (new.lanes.len(), new.known(), new.took) == (held.lanes.len(), held.known(), held.took) => {
            return false;
        }
        Some(held) => *held = new,
        None => {
            let at = starts.partition_point(|s| s.began <= new.began);
            starts.insert(at, new);
        }
    }
    let excess = starts.len().saturating_sub(KEEP);
    starts.drain(..excess);
    true
}

#[derive(Serialize, Deserialize)]
struct File {
    stackview_starts: u64,
    project: String,
    starts: Vec<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Start {
    began_at: String,
    kind: String,
    engine: String,
    took_ms: u64,
    services: Vec<Part>,
}

#[derive(Serialize, Deserialize)]
struct Part {
    service: String,
    container: String,
    started_at: String,
    ready_at: Option<String>,
}

/// The file of these starts.
pub fn to_json(project: &ProjectName, starts: &[StartRecord]) -> String {
    let start = |s: &StartRecord| Start {
        began_at: s.began.to_string(),
        kind: s.kind.word().into(),
        engine: s.place.clone(),
        took_ms: millis(s.took),
        services: s
            .lanes
            .iter()
            .map(|l| Part {
                service: l.service.to_string(),
                container: l.container.to_string(),
                started_at: l.started.to_string(),
                ready_at: l.ready.map(|at| at.to_string()),
            })
            .collect(),
    };
    let starts = starts.iter().filter_map(|s| serde_json::to_value(start(s)).ok()).collect();
    let file = File { stackview_starts: VERSION, project: project.to_string(), starts };
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

/// Why a file of starts can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is broken, or nothing of ours: nothing in it can be kept.
    #[error("it is no file of remembered starts: {0}")]
    Broken(String),
    /// It is somebody's: of a newer form, or of another project.
    #[error("it has the form {0} of the project '{1}', and this stackview wants the form {VERSION} of its own project")]
    Foreign(u64, String),
}

/// The starts of a file.
///
/// # Errors
/// When it is no such file, one of another project, or of a newer form.
pub fn from_json(project: &ProjectName, text: &str) -> Result<Vec<StartRecord>, Unusable> {
    let file: File = serde_json::from_str(text).map_err(|e| Unusable::Broken(e.to_string()))?;
    if file.stackview_starts != VERSION || file.project != project.as_str() {
        return Err(Unusable::Foreign(file.stackview_starts, file.project));
    }
    let mut starts = Vec::new();
    for value in file.starts {
        if let Some(start) = serde_json::from_value::<Start>(value).ok().and_then(read) {
            remember(&mut starts, start);
        }
    }
    Ok(starts)
}

fn read(start: Start) -> Option<StartRecord> {
    let lanes: Option<Vec<LaneRecord>> = start
        .services
        .into_iter()
        .map(|p| {
            Some(LaneRecord {
                service: p.service.into(),
                container: p.container.into(),
                started: Stamp::parse(&p.started_at)?,
                ready: match p.ready_at {
                    Some(at) => Some(Stamp::parse(&at)?),
                    None => None,
                },
            })
        })
        .collect();
    Some(StartRecord {
        began: Stamp::parse(&start.began_at)?,
        kind: StartKind::parse(&start.kind)?,
        place: start.engine,
        took: Duration::from_millis(start.took_ms),
        lanes: lanes?,
    })
}

fn millis(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::fixture::{at, id_of};

    pub(super) fn record(began: f64, took: u64) -> StartRecord {
        StartRecord {
            began: at(began),
            kind: StartKind::Cold,
            place: "local".into(),
            took: Duration::from_secs(took),
            lanes: vec![LaneRecord {
                service: "db".into(),
                container: id_of("db"),
                started: at(began + 1.0),
                ready: Some(at(began) + Duration::from_secs(took)),
            }],
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut starts = vec![record(0.0, 12), record(500.0, 13)];
        starts[0].lanes[0].ready = None;
        let text = to_json(&"p".into(), &starts);
        assert_eq!(from_json(&"p".into(), &text), Ok(starts));
    }

    #[test]
    fn other_files_are_refused_and_bad_entries_left_out() {
        let text = to_json(&"p".into(), &[record(0.0, 12)]);
        assert_eq!(from_json(&"q".into(), &text), Err(Unusable::Foreign(1, "p".into())));
        assert!(matches!(from_json(&"p".into(), "{"), Err(Unusable::Broken(_))));
        let newer = text.replace("\"stackview_starts\": 1", "\"stackview_starts\": 2");
        assert_eq!(from_json(&"p".into(), &newer), Err(Unusable::Foreign(2, "p".into())));
        let broken = text.replace("\"cold\"", "\"lukewarm\"");
        assert_eq!(from_json(&"p".into(), &broken), Ok(Vec::new()));
    }

    #[test]
    fn a_start_is_kept_once_and_the_oldest_goes() {
        let mut starts = Vec::new();
        for i in 0..50_u32 {
            assert!(remember(&mut starts, record(f64::from(i) * 100.0, 12)));
        }
        assert!(!remember(&mut starts, record(4900.2, 12)));
        assert!(remember(&mut starts, record(4900.2, 14)), "it went on");
        let mut less = record(4900.2, 14);
        less.lanes[0].ready = None;
        assert!(remember(&mut starts, record(4900.0, 13)) && remember(&mut starts, record(4900.0, 14)), "exacter");
        assert!(!remember(&mut starts, less.clone()), "whoever looks later knows less");
        starts[39] = less;
        assert!(remember(&mut starts, record(4900.2, 14)), "and earlier, more");
        assert_eq!((starts.len(), starts[0].began, starts[39].took.as_secs()), (40, at(1000.0), 14));
    }
}
