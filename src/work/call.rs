//! What an engine is asked to do.

use std::time::Duration;

use super::agreement::Agreed;
use crate::base::{
    id::{ContainerId, ImageId, NetworkId, VolumeName},
    time::Stamp,
};

/// A call to the engine that changes something.
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// Start a container.
    Start(ContainerId),
    /// Stop a container, after its own grace period.
    Stop(ContainerId),
    /// Restart a container, after its own grace period.
    Restart(ContainerId),
    /// Pause a container.
    Pause(ContainerId),
    /// Unpause a container.
    Unpause(ContainerId),
    /// Send a signal (`SIGTERM`).
    Signal(Agreed<ContainerId>, String),
    /// Remove exactly this, if it still is what the plan said.
    Remove(Agreed<Object>),
    /// Run a health check by hand: a command in a container.
    Probe {
        /// In which container.
        container: ContainerId,
        /// The program and its arguments.
        command: Vec<String>,
        /// How long it may take.
        limit: Duration,
    },
}

/// Something that can be removed, with what tells that it still is what the plan meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A container; refused if it runs, unless `force`.
    Container {
        /// Which.
        id: ContainerId,
        /// Also if it runs.
        force: bool,
    },
    /// A network.
    Network(NetworkId),
    /// A volume, by its name; another may have taken the name meanwhile.
    Volume {
        /// Which.
        name: VolumeName,
        /// The engine's creation time of the one that was meant.
        created: Option<Stamp>,
    },
    /// An image, by its id; somebody may count on it by a name that it was given meanwhile.
    Image {
        /// Which.
        id: ImageId,
        /// The names that it had.
        tags: Vec<String>,
    },
}
