//! What the engine keeps beside containers: networks and volumes.

use crate::base::{
    id::{NetworkId, ProjectName, VolumeName},
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
