//! What is known of an engine's images, as far as a project is judged by them.

use std::collections::BTreeMap;

use crate::{base::time::Stamp, compose::HealthCheck};

/// The images that an engine was asked for, each by the name or id that was asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Images(BTreeMap<String, Looked>);

/// What a look for an image came to: none where it isn't on the engine; why, where that can't be known.
pub type Looked = Result<Option<Box<ImageFacts>>, String>;

impl Images {
    /// An image by the name or id that was asked: `None` as long as it isn't known.
    pub fn of(&self, name: &str) -> Option<Result<Option<&ImageFacts>, &str>> {
        Some(self.0.get(name)?.as_ref().map(|found| found.as_deref()).map_err(String::as_str))
    }
}

impl Extend<(String, Looked)> for Images {
    fn extend<I: IntoIterator<Item = (String, Looked)>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

impl FromIterator<(String, Looked)> for Images {
    fn from_iter<I: IntoIterator<Item = (String, Looked)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl IntoIterator for Images {
    type Item = (String, Looked);
    type IntoIter = std::collections::btree_map::IntoIter<String, Looked>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// What an image is made for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImageFacts {
    /// Its id.
    pub id: String,
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// When it was made.
    pub created: Option<Stamp>,
    /// Its entrypoint.
    pub entrypoint: Vec<String>,
    /// Its command.
    pub cmd: Vec<String>,
    /// Its environment, `NAME=value`.
    pub env: Vec<String>,
    /// Its user; empty for root.
    pub user: String,
    /// Its working directory.
    pub working_dir: String,
    /// The signal that asks it to end.
    pub stop_signal: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Ports that it says it serves, `8080/tcp`.
    pub exposed: Vec<String>,
    /// Paths that become anonymous volumes where nothing is mounted.
    pub volumes: Vec<String>,
    /// Its health check.
    pub check: Option<HealthCheck>,
}
