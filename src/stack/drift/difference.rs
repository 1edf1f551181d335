//! How containers stand to their file, as values.

use serde_json::Value;

use crate::{
    base::id::ContainerId,
    compose::{Project, Service},
    stack::{Container, EngineView},
};

/// The label that says which docker compose made a container.
pub(super) const VERSION: &str = "com.docker.compose.version";

/// How a service's containers stand to its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// They are what it says.
    Same {
        /// By compose's own digest; else by comparing what can be compared.
        exact: bool,
    },
    /// They aren't; `up` recreates them.
    Drifted {
        /// Which of them.
        containers: Vec<ContainerId>,
        /// In what they differ; of several containers those of the first.
        differences: Vec<Difference>,
    },
    /// It can't be known, and why.
    Unknown(String),
}

/// A key whose value isn't what the file says. The values are as they are: unsanitised, and secret maybe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// As compose names it: `image`, `environment.LOG_LEVEL`.
    pub key: String,
    /// What the container has; `None` where it has none.
    pub old: Option<String>,
    /// What the file says; `None` where it says nothing.
    pub new: Option<String>,
}

impl Difference {
    pub(super) fn new(key: impl Into<String>, old: Option<String>, new: Option<String>) -> Self {
        Self { key: key.into(), old, new }
    }
}

/// A container beside what the file says of it.
pub(super) struct Side<'a> {
    pub engine: EngineView<'a>,
    pub project: &'a Project,
    pub service: &'a Service,
    /// The service in compose's own form, with the ids of containers that it shares something with.
    pub resolved: &'a Value,
    pub container: &'a Container,
}
