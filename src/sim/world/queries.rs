//! What clients read: containers, networks, volumes and images, by name or id, with the engine's errors.

use std::time::Duration;

use super::{
    action::{ApiError, Key},
    container::{Container, MountSource},
    requests,
    state::World,
    stats::Process,
    things::{CacheRecord, Image, Network, Volume},
};

impl World {
    /// All containers, newest first, as the engine lists them.
    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.values().rev()
    }

    /// By name, id, or the beginning of an id.
    pub fn container(&self, name: &str) -> Result<&Container, ApiError> {
        let plain = name.strip_prefix('/').unwrap_or(name);
        let key = match self.by_id.get(plain).or_else(|| self.by_name.get(plain)) {
            Some(key) => Some(*key),
            None => self.by_prefix(plain)?,
        };
        key.and_then(|key| self.containers.get(&key)).ok_or_else(|| requests::no_such(name))
    }

    fn by_prefix(&self, prefix: &str) -> Result<Option<Key>, ApiError> {
        if prefix.is_empty() {
            return Ok(None);
        }
        let mut found = self.by_id.range(prefix.to_owned()..).take_while(|(id, _)| id.starts_with(prefix));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(ApiError::new(400, format!("Multiple IDs found with provided prefix: {prefix}"))),
            (one, _) => Ok(one.map(|(_, key)| *key)),
        }
    }

    /// All networks, oldest first.
    pub fn networks(&self) -> impl Iterator<Item = &Network> {
        self.networks.iter()
    }

    /// By name, id, or the beginning of an id.
    pub fn network(&self, name: &str) -> Result<&Network, ApiError> {
        let exact =
            self.networks.iter().find(|n| n.id == name).or_else(|| self.networks.iter().find(|n| n.name == name));
        let mut begins = self.networks.iter().filter(|n| !name.is_empty() && n.id.starts_with(name));
        match (exact, begins.next(), begins.next()) {
            (Some(network), ..) | (None, Some(network), None) => Ok(network),
            (None, None, _) => Err(ApiError::new(404, format!("network {name} not found"))),
            (None, Some(_), Some(_)) => {
                let message = format!("network {name} is ambiguous (2 matches found based on ID prefix)");
                Err(ApiError::new(400, message))
            }
        }
    }

    /// All volumes, by name.
    pub fn volumes(&self) -> impl Iterator<Item = &Volume> {
        self.volumes.values()
    }

    /// By name.
    pub fn volume(&self, name: &str) -> Result<&Volume, ApiError> {
        self.volumes.get(name).ok_or_else(|| ApiError::new(404, format!("get {name}: no such volume")))
    }

    /// Bytes in a volume now.
    pub fn volume_size(&self, volume: &Volume) -> u64 {
        let mut used = volume.used;
        if volume.growth > 0 {
            let longest = self.volume_users(&volume.name).into_iter().filter_map(|c| c.run());
            used += longest.map(|run| run.worked(self.now)).max().unwrap_or(Duration::ZERO);
        }
        volume.size + volume.growth.saturating_mul(used.as_millis().try_into().unwrap_or(u64::MAX)) / 1000
    }

    /// Containers that mount a volume, running or not.
    pub fn volume_users(&self, volume: &str) -> Vec<&Container> {
        let mounts =
            |c: &&Container| c.mounts.iter().any(|m| matches!(&m.source, MountSource::Volume(v) if v == volume));
        self.containers.values().filter(mounts).collect()
    }

    /// All images, newest first.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.images.iter()
    }

    /// By tag, id, or the beginning of an id.
    pub fn image(&self, name: &str) -> Result<&Image, ApiError> {
        let last = name.rsplit('/').next().unwrap_or(name);
        let tag = if last.contains(':') { name.to_owned() } else { format!("{name}:latest") };
        let digits = name.strip_prefix("sha256:").unwrap_or(name);
        let by_id = |image: &&Image| {
            let id = image.id.strip_prefix("sha256:").unwrap_or(&image.id);
            digits.len() >= 4 && digits.bytes().all(|b| b.is_ascii_hexdigit()) && id.starts_with(digits)
        };
        let by_tag = self.images.iter().find(|image| image.tags.contains(&tag));
        by_tag
            .or_else(|| self.images.iter().find(by_id))
            .ok_or_else(|| ApiError::new(404, format!("No such image: {tag}")))
    }

    /// Containers made from an image.
    pub fn image_users(&self, id: &str) -> Vec<&Container> {
        self.containers.values().filter(|c| c.spec.image_id == id).collect()
    }

    /// The builder's cache.
    pub fn cache(&self) -> &[CacheRecord] {
        &self.cache
    }

    /// The processes of a running container; makes the event `top`.
    pub fn top(&mut self, container: &str) -> Result<Vec<Process>, ApiError> {
        let found = self.container(container)?;
        if !found.alive() {
            return Err(self.generation.not_running(found));
        }
        let (key, processes) = (found.key, self.processes(found));
        self.tell(key, "top", Vec::new());
        Ok(processes)
    }

    /// Makes a container's event for something that only the API's side knows: `attach`, `resize`, `archive-path`.
    pub fn note(&mut self, container: &str, action: &str, own: Vec<(&'static str, String)>) -> Result<(), ApiError> {
        let key = self.container(container)?.key;
        self.tell(key, action.to_owned(), own);
        Ok(())
    }
}
