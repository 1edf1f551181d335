//! Networks, volumes and images: what is there at first, how they are removed, and why they can't be.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::{
    action::{ApiError, Key},
    container::MountSource,
    event::Kind,
    state::World,
    things::{CacheRecord, Image, Network, Removal, Volume},
};
use crate::{
    base::time::Stamp,
    sim::{
        luck,
        scenario::{ImageConfig, Subnet},
    },
};

impl World {
    /// Puts what is there before the scenario begins: predefined networks, images, cache, volumes and old projects.
    pub(super) fn furnish(&mut self) {
        let scenario = self.scenario.clone();
        let day = Duration::from_secs(86_400);
        let long_ago = before(self.now, day * 30);
        for (name, driver, subnet) in
            [("bridge", "bridge", "172.17.0.0/16"), ("host", "host", ""), ("none", "null", "")]
        {
            let id = luck::hex(self.seed_of(luck::NETWORK, name), 64);
            let options = if name == "bridge" { default_bridge() } else { Vec::new() };
            let gateway = subnet.parse::<Subnet>().map(|s| s.host(1)).unwrap_or_default();
            self.networks.push(Network {
                id,
                name: name.into(),
                created: long_ago,
                driver: driver.into(),
                internal: false,
                attachable: false,
                subnet: subnet.into(),
                gateway,
                labels: Vec::new(),
                options,
                predefined: true,
                next_address: 2,
                freed: BTreeSet::new(),
            });
        }
        for rule in &scenario.images {
            let tag = if rule.name.is_empty() || rule.name.contains(':') {
                rule.name.clone()
            } else {
                format!("{}:latest", rule.name)
            };
            let unlike = luck::of_text(&rule.name) ^ rule.size;
            let id = format!("sha256:{}", luck::hex(luck::mix(luck::mix(self.seed, luck::IMAGE), unlike), 64));
            self.images.push(Image {
                id,
                tags: Some(tag).filter(|tag| !tag.is_empty()).into_iter().collect(),
                created: before(self.now, rule.age),
                size: rule.size,
                shared: rule.shared,
                config: rule.config.clone(),
            });
        }
        for project in &scenario.projects {
            for (_, service) in project.compose.services.iter() {
                self.have_image(&service.image);
            }
        }
        self.sort_images();
        for (number, (description, size)) in scenario.cache.iter().enumerate() {
            let seed = self.seed_of(luck::CACHE, &format!("{number} {description}"));
            let ago = Duration::from_secs(3600 + luck::below(seed, 20 * 86_400));
            self.cache.push(CacheRecord {
                id: luck::hex(seed, 25),
                description: description.clone(),
                size: *size,
                created: before(self.now, ago),
                last_used: before(self.now, ago / 3),
                used: 1 + u32::try_from(luck::below(seed >> 8, 9)).unwrap_or(0),
                shared: seed.is_multiple_of(3),
            });
        }
        for rule in &scenario.volumes {
            if let Some(age) = rule.age {
                self.add_volume(&rule.name, before(self.now, age), Vec::new());
            }
        }
        self.furnish_projects();
    }

    pub(super) fn seed_of(&self, purpose: u64, name: &str) -> u64 {
        luck::mix(luck::mix(self.seed, purpose), luck::of_text(name))
    }

    /// An image that the scenario doesn't describe gets a plausible size.
    fn have_image(&mut self, name: &str) {
        if self.image(name).is_ok() {
            return;
        }
        let seed = luck::of_text(name);
        let last = name.rsplit('/').next().unwrap_or(name);
        let tag = if last.contains(':') { name.to_owned() } else { format!("{name}:latest") };
        self.images.push(Image {
            id: format!("sha256:{}", luck::hex(self.seed_of(luck::IMAGE, &tag), 64)),
            tags: vec![tag],
            created: before(self.now, Duration::from_secs(3600 * (20 + luck::below(seed, 2000)))),
            size: (30 << 20) + luck::below(seed >> 7, 400 << 20),
            shared: 0,
            config: Arc::new(ImageConfig::default()),
        });
    }

    fn sort_images(&mut self) {
        self.images.sort_by(|a, b| b.created.cmp(&a.created).then_with(|| a.id.cmp(&b.id)));
    }

    /// Makes a volume if there is none of that name; whether it did.
    pub(super) fn add_volume(&mut self, name: &str, created: Stamp, labels: Vec<(String, String)>) -> bool {
        if self.volumes.contains_key(name) {
            return false;
        }
        let rule = self.scenario.volumes.iter().find(|rule| rule.name == name);
        let (size, growth) = rule.map_or((0, 0), |rule| (rule.size, rule.growth));
        let volume = Volume {
            name: name.into(),
            created,
            driver: "local".into(),
            labels,
            options: Vec::new(),
            size,
            growth,
            used: Duration::ZERO,
        };
        self.volumes.insert(name.into(), volume);
        true
    }

    /// A run ends: what grew in its volumes stays.
    pub(super) fn use_volumes(&mut self, key: Key) {
        let Some(container) = self.containers.get(&key) else { return };
        let Some(worked) = container.run().map(|run| run.worked(self.now)) else { return };
        for mount in container.mounts.clone() {
            if let MountSource::Volume(name) = &mount.source
                && let Some(volume) = self.volumes.get_mut(name)
            {
                volume.used += worked;
            }
        }
    }

    /// `DELETE /networks/ID`.
    pub fn remove_network(&mut self, network: &str) -> Result<(), ApiError> {
        let found = self.network(network)?;
        let (id, name) = (found.id.clone(), found.name.clone());
        if found.predefined {
            return Err(ApiError::new(403, format!("{name} is a pre-defined network and cannot be removed")));
        }
        if !self.members(found).is_empty() {
            let message = format!("error while removing network: network {name} id {id} has active endpoints");
            return Err(ApiError::new(403, message));
        }
        self.drop_network(&id);
        Ok(())
    }

    pub(super) fn drop_network(&mut self, id: &str) {
        if let Some(at) = self.networks.iter().position(|n| n.id == id) {
            let network = self.networks.remove(at);
            self.tell_of(Kind::Network, "destroy", id, vec![("name", network.name), ("type", network.driver)]);
        }
    }

    /// `DELETE /volumes/NAME`.
    pub fn remove_volume(&mut self, volume: &str, force: bool) -> Result<(), ApiError> {
        if !self.volumes.contains_key(volume) {
            return if force { Ok(()) } else { self.volume(volume).map(|_| ()) };
        }
        let users: Vec<String> = self.volume_users(volume).iter().map(|c| c.id.clone()).collect();
        if !users.is_empty() {
            let message = format!("remove {volume}: volume is in use - [{}]", users.join(", "));
            return Err(ApiError::new(409, message));
        }
        self.drop_volume(volume);
        Ok(())
    }

    pub(super) fn drop_volume(&mut self, name: &str) {
        if self.volumes.remove(name).is_some() {
            self.tell_of(Kind::Volume, "destroy", name, vec![("driver", "local".into())]);
        }
    }

    /// The volumes without a name of their own that only this container mounts go with it.
    pub(super) fn remove_anonymous_volumes(&mut self, key: Key) {
        let Some(container) = self.containers.get(&key) else { return };
        let names: Vec<String> = container
            .mounts
            .iter()
            .filter_map(|mount| match &mount.source {
                MountSource::Volume(name) if mount.anonymous => Some(name.clone()),
                _ => None,
            })
            .collect();
        for name in names {
            if self.volume_users(&name).len() <= 1 {
                self.drop_volume(&name);
            }
        }
    }

    /// `DELETE /images/NAME`.
    pub fn remove_image(&mut self, image: &str, force: bool) -> Result<Vec<Removal>, ApiError> {
        let found = self.image(image)?;
        let id = found.id.clone();
        let short = |id: &str| id.strip_prefix("sha256:").and_then(|d| d.get(..12)).unwrap_or(id).to_owned();
        let digits = image.strip_prefix("sha256:").unwrap_or(image);
        let by_id = id.strip_prefix("sha256:").is_some_and(|d| d.starts_with(digits));
        let last_tag = found.tags.len() <= 1;
        let tag = found.tags.iter().find(|t| **t == image || **t == format!("{image}:latest")).cloned();
        if by_id && found.tags.len() > 1 && !force {
            let message = format!(
                "conflict: unable to delete {} (must be forced) - image is referenced in multiple repositories",
                short(&id)
            );
            return Err(ApiError::new(409, message));
        }
        let users = self.image_users(&id);
        let user = users.iter().find(|c| c.running()).or(users.first());
        if let Some(user) = user.filter(|_| last_tag || by_id) {
            let running = user.running();
            let what = match &tag {
                Some(_) if !by_id => {
                    format!(
                        "conflict: unable to remove repository reference \"{image}\" (must force) - container {} is using its referenced image {}",
                        user.short(),
                        short(&id)
                    )
                }
                _ if running => {
                    format!(
                        "conflict: unable to delete {} (cannot be forced) - image is being used by running container {}",
                        short(&id),
                        user.short()
                    )
                }
                _ => format!(
                    "conflict: unable to delete {} (must be forced) - image is being used by stopped container {}",
                    short(&id),
                    user.short()
                ),
            };
            if !force || (running && by_id) {
                return Err(ApiError::new(409, what));
            }
        }
        let tags = if by_id { found.tags.clone() } else { tag.into_iter().collect() };
        Ok(self.drop_image(&id, &tags))
    }

    /// Takes tags off an image, and the image away where none is left.
    pub(super) fn drop_image(&mut self, id: &str, tags: &[String]) -> Vec<Removal> {
        let mut removed = Vec::new();
        for tag in tags {
            if let Some(image) = self.images.iter_mut().find(|image| image.id == id) {
                image.tags.retain(|t| t != tag);
            }
            removed.push(Removal::Untagged(tag.clone()));
            self.tell_of(Kind::Image, "untag", id, vec![("name", id.to_owned())]);
        }
        let used = !self.image_users(id).is_empty();
        let at = self.images.iter().position(|image| image.id == id && image.tags.is_empty());
        if let Some(at) = at.filter(|_| !used) {
            self.images.remove(at);
            removed.push(Removal::Deleted(id.to_owned()));
            self.tell_of(Kind::Image, "delete", id, vec![("name", id.to_owned())]);
        }
        removed
    }
}

/// A moment so long before another.
pub(super) fn before(at: Stamp, ago: Duration) -> Stamp {
    at.shifted(-crate::base::num::nanos(ago))
}

fn default_bridge() -> Vec<(String, String)> {
    [
        ("com.docker.network.bridge.default_bridge", "true"),
        ("com.docker.network.bridge.enable_icc", "true"),
        ("com.docker.network.bridge.enable_ip_masquerade", "true"),
        ("com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"),
        ("com.docker.network.bridge.name", "docker0"),
        ("com.docker.network.driver.mtu", "1500"),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .into()
}
