//! What the engine keeps beside containers: networks, volumes and images, and what they take of the disk.

use std::collections::BTreeMap;

use crate::base::{
    id::{ContainerId, ImageId, NetworkId, ProjectName, VolumeName},
    time::Stamp,
};

/// A network on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// Its name.
    pub name: String,
    /// Its key in the project, by its label.
    pub key: Option<String>,
    /// The compose project of its labels.
    pub project: Option<ProjectName>,
    /// Its driver.
    pub driver: String,
    /// Without a way out.
    pub internal: bool,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// When it was created.
    pub created: Option<Stamp>,
}

/// A volume on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: VolumeName,
    /// Its key in the project, by its label; anonymous volumes have none.
    pub key: Option<String>,
    /// The compose project of its labels.
    pub project: Option<ProjectName>,
    /// Its driver.
    pub driver: String,
    /// Where the engine keeps it.
    pub mountpoint: String,
    /// When it was created.
    pub created: Option<Stamp>,
    /// Whether its name looks made up by the engine, or its labels say so.
    pub anonymous: bool,
}

/// Disk usage as the engine counts it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// When it was asked, on the engine's clock.
    pub at: Stamp,
    /// Bytes in each volume of the engine, and how many containers hold it; `None` for what wasn't counted.
    pub volumes: BTreeMap<VolumeName, (Option<u64>, Option<u32>)>,
    /// Every image of the engine.
    pub images: Vec<Image>,
    /// Bytes that the build cache holds.
    pub build_cache: Option<u64>,
    /// Bytes written by each container, by id.
    pub containers: BTreeMap<ContainerId, u64>,
}

/// An image on the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Its tags; none for a dangling image.
    pub tags: Vec<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Bytes it shares with others, if known.
    pub shared: Option<u64>,
    /// The compose project that built it, by its labels.
    pub project: Option<ProjectName>,
    /// How many containers use it, if known.
    pub containers: Option<u32>,
    /// When it was made.
    pub created: Option<Stamp>,
}
