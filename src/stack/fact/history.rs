//! Facts about history: events, and what containers say and use as time goes by.

use crate::base::{
    id::{ContainerId, NetworkId, ServiceName, VolumeName},
    ring::Cost,
    time::Stamp,
};

use super::Health;

/// Something that happened on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, by the engine.
    pub at: Stamp,
    /// What.
    pub kind: EventKind,
    /// What it happened to.
    pub subject: EventSubject,
    /// The service, for a container of one.
    pub service: Option<ServiceName>,
    /// The name of the container, network or volume.
    pub name: String,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventSubject {
    /// A container.
    Container(ContainerId),
    /// A network, and the container that was connected or disconnected.
    Network(NetworkId, Option<ContainerId>),
    /// A volume, and the container that mounted or unmounted it.
    Volume(VolumeName, Option<ContainerId>),
    /// An image, by name or id.
    Image(String),
    /// The engine itself, or something rarer.
    Other(String),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Made.
    Create,
    /// Started.
    Start,
    /// Its process ended, with this code.
    Die(i64),
    /// A stop was carried out.
    Stop,
    /// A signal was sent.
    Kill(String),
    /// Killed for memory (it, or a child of it).
    Oom,
    /// A restart was carried out.
    Restart,
    /// Frozen.
    Pause,
    /// Thawed.
    Unpause,
    /// Renamed from this name.
    Rename(String),
    /// Removed.
    Destroy,
    /// The health changed.
    Health(Health),
    /// A health probe (or another exec) ended, with this code.
    ExecDie(i64),
    /// A network was connected.
    Connect,
    /// A network was disconnected.
    Disconnect,
    /// A volume was mounted.
    Mount,
    /// A volume was unmounted.
    Unmount,
    /// Anything else, in the engine's word.
    Other(String),
}

impl Cost for Event {
    fn cost(&self) -> usize {
        size_of::<Self>() + self.name.len() + 96
    }
}

/// A container's figures over the last interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sample {
    /// When, by the engine.
    pub at: Stamp,
    /// Share of one processor, in percent; `None` for the first sample.
    pub cpu: Option<f32>,
    /// Memory in use, in bytes, page cache left out.
    pub memory: u64,
    /// Its limit, in bytes.
    pub memory_limit: u64,
    /// Bytes received and sent since it started.
    pub network: (u64, u64),
    /// Bytes read and written since it started.
    pub disk: (u64, u64),
    /// Processes.
    pub pids: u32,
}
