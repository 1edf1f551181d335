//! The resolved project as plain values: what the dashboard shows and what the engine is compared with.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{Hash, Hasher},
    path::PathBuf,
    time::Duration,
};

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::{newer::Newer, problem::Place, provenance::Provenance};
use crate::base::{
    id::{ProjectName, ServiceName},
    secrets::Known,
};

/// A compose project: every service that the files declare, enabled or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The project's name, which its containers carry as a label.
    pub name: ProjectName,
    /// The folder that relative paths start from.
    pub dir: PathBuf,
    /// The files it was read from, in order of merging; included and extended files come after.
    pub files: Vec<PathBuf>,
    /// All services, in the file's order.
    pub services: IndexMap<ServiceName, Service>,
    /// Networks by key, `default` among them where a service uses it.
    pub networks: IndexMap<String, Network>,
    /// Volumes by key.
    pub volumes: IndexMap<String, Volume>,
    /// Secrets by key.
    pub secrets: IndexMap<String, Resource>,
    /// Configs by key.
    pub configs: IndexMap<String, Resource>,
    /// The profiles that are on.
    pub profiles: Vec<String>,
    /// Variables of the shell that hide another value of `.env`, with the place of that.
    pub hidden: Vec<(String, Place)>,
    /// The services that are on in docker compose's own form, as `config --format json` prints them; empty where
    /// that wasn't asked for ([`Loaded::resolved`](super::Loaded::resolved)) or the files hold errors.
    pub resolved: BTreeMap<ServiceName, serde_json::Value>,
    /// Those of them that docker compose 2.26 makes something else of, in its form.
    pub resolved_26: BTreeMap<ServiceName, serde_json::Value>,
    /// What an older docker compose makes something else of.
    pub newer: Vec<Newer>,
    /// Where the services' values come from; empty where that wasn't asked for ([`How::sources`](super::How)).
    pub provenance: Provenance,
    /// The secrets that its files declare.
    pub known: Known,
}

/// A service as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: ServiceName,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Whether its profiles are on (a service without profiles always is).
    pub enabled: bool,
    /// The profiles it belongs to.
    pub profiles: Vec<String>,
    /// The image, if one is named.
    pub image: Option<String>,
    /// Whether the file has `build:`.
    pub build: bool,
    /// `pull_policy`, if set.
    pub pull_policy: Option<String>,
    /// A fixed container name.
    pub container_name: Option<String>,
    /// How many containers are wanted (`scale`, `deploy.replicas`), 1 unless said; 0 is possible.
    pub replicas: u32,
    /// The restart policy.
    pub restart: Restart,
    /// What it waits for, those implied by links, `network_mode` and `volumes_from` among them.
    pub depends_on: Vec<Dependency>,
    /// The health check of the file; `None` where the file has none (the image may have one).
    pub healthcheck: Option<HealthCheck>,
    /// Published ports.
    pub ports: Vec<Port>,
    /// Mounts, `tmpfs:` among them.
    pub mounts: Vec<Mount>,
    /// Networks it joins.
    pub networks: Vec<NetworkUse>,
    /// `network_mode`, if set.
    pub network_mode: Option<String>,
    /// Environment, env files included; `None` is a variable taken from nowhere (declared, no value).
    pub environment: IndexMap<String, Option<String>>,
    /// The environment as docker compose reads it before 2.39, where that is another: what values of env files use is
    /// looked up in another order.
    pub environment_26: Option<IndexMap<String, Option<String>>>,
    /// Secrets granted.
    pub secrets: Vec<Grant>,
    /// Configs granted.
    pub configs: Vec<Grant>,
    /// Labels.
    pub labels: IndexMap<String, String>,
    /// The command, split; `None` where the image's is used.
    pub command: Option<Vec<String>>,
    /// The entrypoint, split; `None` where the image's is used.
    pub entrypoint: Option<Vec<String>>,
    /// How long a stop waits before it kills.
    pub stop_grace_period: Option<Duration>,
    /// What else a diagnosis looks at.
    pub setup: Setup,
}

impl Service {
    /// Its profiles that have a name: those that can be asked for.
    pub fn named_profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.iter().map(String::as_str).filter(|name| !name.is_empty())
    }
}

/// What a service says of itself that only a diagnosis looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setup {
    /// `user`, if set.
    pub user: Option<String>,
    /// The memory limit in bytes, if one is set (`mem_limit`, `deploy.resources.limits.memory`).
    pub memory: Option<u64>,
    /// `platform`, if set.
    pub platform: Option<String>,
    /// `privileged`.
    pub privileged: bool,
    /// The arguments of its build, with their values.
    pub build_args: IndexMap<String, String>,
    /// Variables that only an `env_file` gives it.
    pub injected: BTreeSet<String>,
    /// Variables of `environment` whose value is written in the file, with no `${…}` in it, and where.
    pub literals: IndexMap<String, Place>,
}

/// An arrow of the dependency graph, seen from the dependent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Whom it waits for.
    pub service: ServiceName,
    /// For what.
    pub condition: Condition,
    /// Whether it can't do without.
    pub required: bool,
    /// Whether it is restarted after a restart of the dependency.
    pub restart: bool,
    /// Where this is said.
    pub place: Option<Place>,
}

/// What a dependent waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// `service_started`
    Started,
    /// `service_healthy`
    Healthy,
    /// `service_completed_successfully`
    Completed,
}

impl Condition {
    /// Compose's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "service_started",
            Self::Healthy => "service_healthy",
            Self::Completed => "service_completed_successfully",
        }
    }

    /// Reads compose's name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Started, Self::Healthy, Self::Completed].into_iter().find(|c| c.as_str() == text)
    }
}

/// A restart policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Restart {
    /// Never.
    #[default]
    No,
    /// Whatever it ended with.
    Always,
    /// When it ended with an error, at most so often (`None`: for ever).
    OnFailure(Option<u32>),
    /// Always, but not after a person stopped it.
    UnlessStopped,
}

/// A health check. What isn't set takes the engine's default (30 s, 30 s, 3, 0 s).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthCheck {
    /// `CMD …`, `CMD-SHELL …` or `NONE`; empty where only the times of the image's check are changed.
    pub test: Vec<String>,
    /// Pause between the end of a probe and the next.
    pub interval: Option<Duration>,
    /// How long a probe may take.
    pub timeout: Option<Duration>,
    /// Failures before this much has passed don't count.
    pub start_period: Option<Duration>,
    /// The interval during the start period (engine 25 or later).
    pub start_interval: Option<Duration>,
    /// Failures in a row that make it unhealthy.
    pub retries: Option<u32>,
    /// Switched off.
    pub disabled: bool,
}

/// A published port.
#[derive(Debug, Clone, Eq)]
pub struct Port {
    /// The host's address, if one is named.
    pub host_ip: Option<String>,
    /// The host's port or range; `None` is a random one.
    pub published: Option<String>,
    /// The container's port.
    pub target: u16,
    /// `tcp`, `udp`, `sctp`.
    pub protocol: String,
    /// Where this is said.
    pub place: Option<Place>,
}

impl Port {
    /// All but the place: one that is said elsewhere is the same port.
    fn said(&self) -> (&Option<String>, &Option<String>, u16, &str) {
        (&self.host_ip, &self.published, self.target, &self.protocol)
    }
}

impl PartialEq for Port {
    fn eq(&self, other: &Self) -> bool {
        self.said() == other.said()
    }
}

impl Hash for Port {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.said().hash(state);
    }
}

/// What kind of mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MountKind {
    /// A folder or file of the host.
    Bind,
    /// A named volume (with a source) or an anonymous one (without).
    Volume,
    /// Memory.
    Tmpfs,
    /// Something rarer: `npipe`, `cluster`, `image`.
    Other,
}

/// A mount as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Its kind.
    pub kind: MountKind,
    /// The host's absolute path, or the volume's key.
    pub source: Option<String>,
    /// The path in the container.
    pub target: String,
    /// Not writable.
    pub read_only: bool,
    /// Whether the engine makes a folder where a bind's source is missing: the short form, and
    /// `create_host_path` unless it is false.
    pub create_source: bool,
    /// Where this is said.
    pub place: Option<Place>,
}

/// A network that a service joins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkUse {
    /// The network's key.
    pub network: String,
    /// Further names of the service there.
    pub aliases: Vec<String>,
    /// A fixed address.
    pub ipv4: Option<String>,
}

/// A network of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its name on the engine.
    pub name: String,
    /// Made by somebody else.
    pub external: bool,
    /// Without a way out.
    pub internal: bool,
    /// Its driver, if one is named.
    pub driver: Option<String>,
    /// The subnets that it asks for.
    pub subnets: Vec<String>,
    /// Where it is declared; of one that is implied, the first service that joins it.
    pub place: Option<Place>,
}

/// A volume of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name on the engine.
    pub name: String,
    /// Made by somebody else; never removed by `down -v`.
    pub external: bool,
    /// Its driver, if one is named.
    pub driver: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// Where a secret's or config's content comes from. The content itself is never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file, as an absolute path.
    File(PathBuf),
    /// A variable of the environment.
    Environment(String),
    /// Written in the compose file.
    Inline,
    /// On the engine already, under this name.
    External(String),
}

/// A secret or a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Where its content comes from.
    pub origin: Origin,
    /// What its content is known by, where that is written in the file or in a variable.
    pub print: Option<Print>,
    /// Where it is declared.
    pub place: Option<Place>,
}

/// What a content is known by that isn't kept: its size, and a digest of its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// Its size in bytes.
    pub size: u64,
    head: [u8; 32],
}

impl Print {
    /// How much of a content its digest is of, in bytes: as much as the engine is asked for.
    pub const HEAD: usize = 512;

    /// Of a content.
    pub fn of(content: &[u8]) -> Self {
        Self { size: u64::try_from(content.len()).unwrap_or(u64::MAX), head: Self::digest(content) }
    }

    /// Whether a content of another place begins alike.
    pub fn begins_as(&self, head: &[u8]) -> bool {
        self.head == Self::digest(head)
    }

    fn digest(content: &[u8]) -> [u8; 32] {
        Sha256::digest(content.get(..Self::HEAD).unwrap_or(content)).into()
    }
}

/// A secret or config granted to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The resource's key.
    pub source: String,
    /// The path in the container, if said.
    pub target: Option<String>,
}
