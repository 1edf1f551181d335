//! What a scenario consists of, and what is wrong with one.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::compose::Compose;

/// What is wrong with a scenario, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}{}: {message}", at.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default())]
pub struct ScenarioError {
    /// The file, or the built-in scenario's name.
    pub name: String,
    /// Line and column, both from 1, where known.
    pub at: Option<(u64, u64)>,
    /// What is wrong, and what to do.
    pub message: String,
}

/// The machine that the engine seems to run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// CPUs.
    pub cpus: u32,
    /// Bytes of memory.
    pub memory: u64,
}

/// A step of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When, from the beginning.
    pub at: Duration,
    /// What.
    pub deed: Deed,
    /// To which services; all where empty.
    pub services: Vec<String>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// As `docker compose up -d` does.
    Up,
    /// As `docker compose stop` does.
    Stop,
    /// As `docker compose restart` does.
    Restart,
    /// As `docker compose kill` does.
    Kill,
    /// As `docker compose pause` does.
    Pause,
    /// As `docker compose unpause` does.
    Unpause,
    /// The program fails its probes until it is started again.
    Fail,
    /// The program is cured.
    Heal,
    /// The kernel kills it for want of memory.
    Oom,
}

/// A project, as it was when a scenario begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// Not there yet: the script brings it up.
    New,
    /// Up for this long.
    Up(Duration),
    /// Its containers ended this long ago.
    Stopped(Duration),
    /// Taken down this long ago: its volumes are left.
    Down(Duration),
}

/// A project: its compose file, and how its services behave.
#[derive(Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Where its file seems to lie.
    pub folder: String,
    /// The compose file's text.
    pub text: String,
    /// The same, read.
    pub compose: Compose,
    /// What was before.
    pub past: Past,
}

/// What an image is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRule {
    /// `name:tag`; empty for an image without a tag.
    pub name: String,
    /// Bytes, shared layers included.
    pub size: u64,
    /// Bytes it shares with others.
    pub shared: u64,
    /// How old it is.
    pub age: Duration,
    /// What it gives containers.
    pub config: Arc<ImageConfig>,
}

/// What an image gives its containers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageConfig {
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `CMD`.
    pub command: Vec<String>,
    /// `ENV`.
    pub environment: Vec<String>,
    /// `EXPOSE`: `5432/tcp`.
    pub exposed: Vec<String>,
    /// `USER`.
    pub user: String,
    /// `WORKDIR`.
    pub working_dir: String,
    /// `STOPSIGNAL`.
    pub stop_signal: String,
    /// `VOLUME`.
    pub volumes: Vec<String>,
}

/// What a volume is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeRule {
    /// Its name on the engine.
    pub name: String,
    /// Bytes at first.
    pub size: u64,
    /// Bytes a second while it is in use.
    pub growth: u64,
    /// Where no project declares it: how long it has lain about. Such a volume exists from the beginning.
    pub age: Option<Duration>,
}

/// A scenario.
#[derive(Debug)]
pub struct Scenario {
    /// Its name: a built-in one's, or the file's stem.
    pub name: String,
    /// One line about it.
    pub about: String,
    /// The machine.
    pub host: Host,
    /// The projects; the first is the one that the dashboard shows.
    pub projects: Vec<Project>,
    /// Images.
    pub images: Vec<ImageRule>,
    /// Volumes.
    pub volumes: Vec<VolumeRule>,
    /// Bytes of the builder's cache, by record: description and size.
    pub cache: Vec<(String, u64)>,
    /// How much of the script is over when somebody first looks.
    pub before: Duration,
    /// What happens, in order of time.
    pub script: Vec<Step>,
    /// What `com.docker.compose.config-hash` says, by project and service, where the caller knows better than the
    /// simulator how docker compose computes it.
    pub config_hashes: HashMap<(String, String), String>,
}
