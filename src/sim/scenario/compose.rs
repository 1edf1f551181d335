//! The compose file of a scenario, as far as the world needs it: strict, small, and without interpolation.
//!
//! The dashboard reads the same text with its own reader. This one is apart from it on purpose, and refuses what it
//! doesn't know rather than play a stack that differs from the picture of it.

use std::{sync::Arc, time::Duration};

use serde::Deserialize;

use super::{
    behaviour::Behaviour,
    fields::{Entries, EnvironmentFile, ListOrMap, Words},
    units,
};

/// A compose file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compose {
    #[serde(default, rename = "name")]
    pub(super) _name: Option<String>,
    /// Services in the file's order.
    pub services: Entries<Service>,
    /// Declared volumes.
    #[serde(default)]
    pub volumes: Entries<Option<Store>>,
    /// Declared networks.
    #[serde(default)]
    pub networks: Entries<Option<Net>>,
}

/// A service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its image.
    pub image: String,
    /// Where it would be built; only its presence matters.
    #[serde(default, rename = "build")]
    pub(super) _build: Option<serde::de::IgnoredAny>,
    /// `container_name`.
    #[serde(default)]
    pub container_name: Option<String>,
    /// `command`; words where it is one text.
    #[serde(default)]
    pub command: Option<Words>,
    /// `entrypoint`.
    #[serde(default)]
    pub entrypoint: Option<Words>,
    /// `ports`, short form.
    #[serde(default)]
    pub ports: Vec<super::fields::PortText>,
    /// `expose`.
    #[serde(default)]
    pub expose: Vec<super::fields::PortText>,
    /// `environment`.
    #[serde(default)]
    pub environment: EnvironmentFile,
    /// `healthcheck`.
    #[serde(default)]
    pub healthcheck: Option<Check>,
    /// `depends_on`.
    #[serde(default)]
    pub depends_on: ListOrMap<Dependency>,
    /// `volumes`, short form.
    #[serde(default)]
    pub volumes: Vec<super::fields::MountText>,
    /// `tmpfs`.
    #[serde(default, deserialize_with = "units::texts")]
    pub tmpfs: Vec<String>,
    /// `networks`.
    #[serde(default)]
    pub networks: ListOrMap<Option<Place>>,
    /// `restart`.
    #[serde(default)]
    pub restart: super::fields::RestartText,
    /// `deploy`.
    #[serde(default)]
    pub deploy: Deploy,
    /// `scale`.
    #[serde(default)]
    pub scale: Option<u32>,
    /// `mem_limit`.
    #[serde(default, deserialize_with = "units::size")]
    pub mem_limit: u64,
    /// `cpus`, in thousandths of a percent.
    #[serde(default, deserialize_with = "units::percent")]
    pub cpus: u64,
    /// `stop_grace_period`.
    #[serde(default, deserialize_with = "units::maybe_span")]
    pub stop_grace_period: Option<Duration>,
    /// `stop_signal`.
    #[serde(default)]
    pub stop_signal: Option<String>,
    /// `labels`.
    #[serde(default)]
    pub labels: EnvironmentFile,
    /// `user`.
    #[serde(default)]
    pub user: String,
    /// `working_dir`.
    #[serde(default)]
    pub working_dir: String,
    /// `tty`.
    #[serde(default)]
    pub tty: bool,
    /// `stdin_open`.
    #[serde(default)]
    pub stdin_open: bool,
    /// `init`.
    #[serde(default)]
    pub init: Option<bool>,
    /// `privileged`.
    #[serde(default)]
    pub privileged: bool,
    /// `read_only`.
    #[serde(default)]
    pub read_only: bool,
    /// How it behaves.
    #[serde(skip)]
    pub behaviour: Arc<Behaviour>,
}

impl Service {
    /// How many containers it has.
    pub fn replicas(&self) -> u32 {
        self.scale.or(self.deploy.replicas).unwrap_or(1)
    }

    /// Bytes of memory that each may use; 0 is without limit.
    pub fn memory_limit(&self) -> u64 {
        self.mem_limit.max(self.deploy.resources.limits.memory)
    }

    /// Billionths of a CPU that each may use; 0 is without limit.
    pub fn nano_cpus(&self) -> u64 {
        // `cpus: 0.5` was read as half a percent: thousandths of a percent are 10⁻⁵ of that unit.
        self.cpus.max(self.deploy.resources.limits.cpus) * 1_000_000
    }
}

/// `depends_on`'s value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dependency {
    /// What must be so before the dependent is started.
    pub condition: Gate,
    /// Whether it is restarted with its dependency.
    pub restart: bool,
    /// Whether it is an error if the dependency isn't there.
    pub required: Option<bool>,
}

/// `condition`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
pub enum Gate {
    /// Started.
    #[default]
    #[serde(rename = "service_started")]
    Started,
    /// Healthy.
    #[serde(rename = "service_healthy")]
    Healthy,
    /// Ended with 0.
    #[serde(rename = "service_completed_successfully")]
    Completed,
}

impl Gate {
    /// As the file spells it.
    pub fn word(self) -> &'static str {
        match self {
            Gate::Started => "service_started",
            Gate::Healthy => "service_healthy",
            Gate::Completed => "service_completed_successfully",
        }
    }
}

/// `healthcheck`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Check {
    /// `test`; a text is a shell's line.
    pub test: super::fields::TestText,
    /// `interval`.
    #[serde(deserialize_with = "units::maybe_span")]
    pub interval: Option<Duration>,
    /// `timeout`.
    #[serde(deserialize_with = "units::maybe_span")]
    pub timeout: Option<Duration>,
    /// `start_period`.
    #[serde(deserialize_with = "units::maybe_span")]
    pub start_period: Option<Duration>,
    /// `start_interval`.
    #[serde(deserialize_with = "units::maybe_span")]
    pub start_interval: Option<Duration>,
    /// `retries`.
    pub retries: Option<u32>,
    /// `disable`.
    pub disable: bool,
}

/// `deploy`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deploy {
    /// `replicas`.
    pub replicas: Option<u32>,
    /// `resources`.
    pub resources: Resources,
}

/// `deploy.resources`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resources {
    /// `limits`.
    pub limits: Limits,
}

/// `deploy.resources.limits`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// `memory`.
    #[serde(deserialize_with = "units::size")]
    pub memory: u64,
    /// `cpus`.
    #[serde(deserialize_with = "units::percent")]
    pub cpus: u64,
}

/// A service's place in a network.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// Further names.
    pub aliases: Vec<String>,
}

/// A declared volume.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Its name on the engine.
    pub name: Option<String>,
    /// Whether somebody else makes it.
    pub external: bool,
    /// `labels`.
    pub labels: EnvironmentFile,
}

/// A declared network.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Net {
    /// Its name on the engine.
    pub name: Option<String>,
    /// `driver`; `bridge` where none.
    pub driver: Option<String>,
    /// `internal`.
    pub internal: bool,
    /// `attachable`.
    pub attachable: bool,
    /// `ipam`.
    pub ipam: Ipam,
    /// `labels`.
    pub labels: EnvironmentFile,
}

/// `ipam`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ipam {
    /// `config`.
    pub config: Vec<Pool>,
}

/// An address pool.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pool {
    /// `subnet`, a /16 or /24 of IPv4.
    pub subnet: Option<super::fields::Subnet>,
}
