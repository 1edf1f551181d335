//! What programs of this machine are run for: `docker compose` and the settings' command.

use super::agreement::Agreed;
use crate::base::id::{ContainerId, ServiceName};

/// A run of a program on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Bring services up, by `docker compose`.
    Up(Up),
    /// The settings' command.
    Hook(Hook),
}

/// What `docker compose up` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Up {
    /// These services and what they depend on; empty is the whole project.
    pub services: Vec<ServiceName>,
    /// The containers that it was agreed to recreate; without an agreement none is.
    pub recreate: Option<Agreed<Vec<ContainerId>>>,
}

/// The settings' command for something that is worth attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The program and its arguments; no shell reads them.
    pub command: Vec<String>,
    /// What it finds in its environment beside ours: name and value.
    pub environment: Vec<(&'static str, String)>,
}
