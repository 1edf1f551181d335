//! What an engine is asked to do.

use std::{collections::BTreeSet, time::Duration};

use super::agreement::Agreed;
use crate::{
    base::id::{ContainerId, ImageId, NetworkId},
    stack::Volume,
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

/// Something that can be removed, with everything that the engine told of it when the plan was made: what is another
/// by now isn't touched.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// A volume: it has no id, and another may take its name.
    Volume(Box<Volume>),
    /// An image, by its id; somebody may count on it by a name that it was given meanwhile.
    Image {
        /// Which.
        id: ImageId,
        /// The tags and digests that it had.
        names: BTreeSet<String>,
    },
}
