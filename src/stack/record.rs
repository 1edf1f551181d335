//! Starts that are remembered, as plain values.

use std::time::Duration;

use super::timeline::StartKind;
use crate::base::{
    id::{ContainerId, ServiceName},
    time::Stamp,
};

/// What is known of earlier starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Remembered {
    /// Not asked for yet.
    #[default]
    Unasked,
    /// They are being read.
    Asked,
    /// These are they, oldest first.
    Known(Vec<StartRecord>),
}

impl Remembered {
    /// Those that are known by now.
    pub fn starts(&self) -> &[StartRecord] {
        if let Self::Known(starts) = self { starts } else { &[] }
    }
}

/// One start that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartRecord {
    /// When it began, by the engine.
    pub began: Stamp,
    /// What kind of start it was.
    pub kind: StartKind,
    /// Which engine: `local`, or its host.
    pub place: String,
    /// How long it took until all was ready.
    pub took: Duration,
    /// The containers that were started in it.
    pub lanes: Vec<LaneRecord>,
}

/// One container's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneRecord {
    /// Its service.
    pub service: ServiceName,
    /// The container.
    pub container: ContainerId,
    /// When its process was started, for the first time in this start.
    pub started: Stamp,
    /// When it was ready; `None` where nobody knew any more when all of it was told.
    pub ready: Option<Stamp>,
}

impl LaneRecord {
    /// From its start to its being ready.
    pub fn took(&self) -> Option<Duration> {
        Some(self.ready?.since(self.started))
    }
}
