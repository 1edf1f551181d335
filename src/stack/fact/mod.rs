//! Facts: what the engine said of a project, in our words. They are all that enters the stack.
//!
//! A fact is either about the present (a container as inspected, the set of all containers) or about
//! history (an event, a log line, a sample). Facts about the present may come twice and in any order of
//! containers; the last one about a container holds.

mod container;
mod history;
mod stores;

pub use container::*;
pub use history::*;
pub use stores::*;

use crate::{
    base::{id::ContainerId, loss::Loss},
    logs::LogLine,
};

/// One thing the engine said of a project.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// These are all containers of the project, as the list knows them (no detail). Who isn't among them is gone.
    Listed(Vec<Container>),
    /// A container, inspected.
    Inspected(Box<Container>),
    /// A container is no more.
    Gone(ContainerId),
    /// Something happened. Kept as history; changes the present only until the next inspection.
    Happened(Event),
    /// All networks that carry the project's label or are used by its containers.
    Networks(Vec<Network>),
    /// All volumes that carry the project's label or are used by its containers; sizes come with `Usage`.
    Volumes(Vec<Volume>),
    /// A container's figures.
    Sample(ContainerId, Sample),
    /// New lines of a container's log, oldest first.
    Lines(ContainerId, Vec<LogLine>),
    /// A container's log is read from some lines back: what was written before those and isn't held stays unread.
    LogFollowed(ContainerId),
    /// A container's log can't be read, and why (`logging driver none`).
    LogUnreadable(ContainerId, String),
    /// How a container's log began after a start.
    Opened(ContainerId, super::Opening),
    /// The engine's own JSON of a container, pretty-printed; for the raw tab.
    Raw(ContainerId, String),
    /// Something was lost on the way here.
    Lost(Loss),
}
