//! What the engine keeps beside containers: networks and volumes.

use std::collections::BTreeMap;

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
    /// Its labels, unsanitised.
    pub labels: BTreeMap<String, String>,
    /// What its driver was told, unsanitised.
    pub options: BTreeMap<String, String>,
    /// How far it reaches: `local`, `global`.
    pub scope: String,
}

impl Volume {
    /// In what another answer about a volume of this name differs. A volume has no id: one that is created again under
    /// its name is told from the one before by what the engine says of it, and by nothing else.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let all = [
            ("name", self.name != other.name),
            ("creation time", self.created != other.created),
            ("driver", self.driver != other.driver),
            ("labels", self.labels != other.labels),
            ("options", self.options != other.options),
            ("mount point", self.mountpoint != other.mountpoint),
            ("scope", self.scope != other.scope),
        ];
        all.into_iter().filter_map(|(what, differs)| differs.then_some(what)).collect()
    }
}
