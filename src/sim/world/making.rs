//! Containers out of a compose file, named and labelled as docker compose 2.26 does.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::{
    action::Key,
    container::{Container, Endpoint, GivenCheck, Healthcheck, Mount, MountSource, Port, Spec, Status},
    event::Kind,
    state::World,
    things::Network,
};
use crate::{
    base::time::Stamp,
    sim::{
        luck,
        scenario::{Project, Restart, Service, Subnet},
    },
};

/// The version of docker compose that seems to have made everything.
const COMPOSE: &str = "2.26.1";

impl World {
    /// Makes a project's networks that aren't there.
    pub(super) fn make_networks(&mut self, project: usize, created: Stamp) {
        let scenario = self.scenario.clone();
        let Some(project) = scenario.projects.get(project) else { return };
        for key in network_keys(project) {
            let declared = project.compose.networks.get(&key).and_then(Option::as_ref);
            let name = network_name(project, &key);
            if self.networks.iter().any(|n| n.name == name) {
                continue;
            }
            let given = declared.and_then(|net| net.ipam.config.first()).and_then(|pool| pool.subnet);
            let subnet = given.unwrap_or_else(|| self.free_subnet());
            let id = luck::hex(luck::mix(self.seed_of(luck::NETWORK, &name), self.events.next()), 64);
            let driver = declared.and_then(|net| net.driver.clone()).unwrap_or_else(|| "bridge".into());
            let mut labels = own_labels(project, "com.docker.compose.network", &key);
            labels.extend(declared.map(|net| net.labels.0.clone()).unwrap_or_default());
            labels.sort();
            self.networks.push(Network {
                id: id.clone(),
                name: name.clone(),
                created,
                driver: driver.clone(),
                internal: declared.is_some_and(|net| net.internal),
                attachable: declared.is_some_and(|net| net.attachable),
                subnet: subnet.to_string(),
                gateway: subnet.host(1),
                labels,
                options: Vec::new(),
                predefined: false,
                next_address: 2,
                freed: std::collections::BTreeSet::new(),
            });
            self.tell_of(Kind::Network, "create", &id, vec![("name", name), ("type", driver)]);
        }
    }

    fn free_subnet(&self) -> Subnet {
        let taken: Vec<Subnet> = self.networks.iter().filter_map(|n| n.subnet.parse().ok()).collect();
        let overlaps = |a: &Subnet, b: &Subnet| {
            let mask = u32::MAX << (32 - u32::from(a.prefix.min(b.prefix)));
            a.base & mask == b.base & mask
        };
        let small = (0..=255).map(|n| Subnet { base: u32::from_be_bytes([192, 168, n, 0]), prefix: 24 });
        let pools = (18..=31).map(|n| Subnet { base: u32::from_be_bytes([172, n, 0, 0]), prefix: 16 }).chain(small);
        let mut free = pools.filter(|pool| taken.iter().all(|other| !overlaps(pool, other)));
        free.next().unwrap_or(Subnet { base: u32::from_be_bytes([10, 0, 0, 0]), prefix: 16 })
    }

    /// Makes a project's volumes that aren't there.
    pub(super) fn make_volumes(&mut self, project: usize, created: Stamp) {
        let scenario = self.scenario.clone();
        let Some(project) = scenario.projects.get(project) else { return };
        for (key, declared) in project.compose.volumes.iter() {
            let name = volume_name(project, key);
            let mut labels = own_labels(project, "com.docker.compose.volume", key);
            labels.extend(declared.as_ref().map(|store| store.labels.0.clone()).unwrap_or_default());
            labels.sort();
            if self.add_volume(&name, created, labels) {
                self.tell_of(Kind::Volume, "create", &name, vec![("driver", "local".into())]);
            }
        }
    }

    /// Makes a service's containers that aren't there; all of them, by number.
    pub(super) fn make_containers(&mut self, project: usize, service: &str, created: Stamp) -> Vec<Key> {
        let scenario = self.scenario.clone();
        let Some(found) = scenario.projects.get(project) else { return Vec::new() };
        let Some(service_) = found.compose.services.get(service) else { return Vec::new() };
        let spec = Arc::new(self.spec(found, service, service_));
        let mut keys = Vec::new();
        let labels = self.labels(found, service, service_, &spec);
        for number in 1..=service_.replicas() {
            let name = match &service_.container_name {
                Some(name) => name.clone(),
                None => format!("{}-{service}-{number}", found.name),
            };
            match self.by_name.get(&name) {
                Some(key) => keys.push(*key),
                None => keys.push(self.make_container(found, service_, name, number, &spec, &labels, created)),
            }
        }
        keys
    }

    #[expect(clippy::too_many_arguments, reason = "what a container is made from is so much")]
    fn make_container(
        &mut self,
        project: &Project,
        service: &Service,
        name: String,
        number: u32,
        spec: &Arc<Spec>,
        labels: &[(String, String)],
        created: Stamp,
    ) -> Key {
        let key = Key(self.next_key);
        self.next_key += 1;
        let id = luck::hex(self.luck(key, 1), 64);
        let mut labels = labels.to_vec();
        labels.push(("com.docker.compose.container-number".into(), number.to_string()));
        labels.sort();
        let mounts = self.mounts(project, service, key, created);
        let mut endpoints: Vec<Endpoint> = Vec::new();
        for network_key in service_networks(service) {
            let network = network_name(project, &network_key);
            let Some(found) = self.networks.iter().find(|n| n.name == network) else { continue };
            let place = service.networks.0.iter().find(|(key, _)| *key == network_key).and_then(|(_, p)| p.as_ref());
            let mut aliases = vec![name.clone(), spec.service.clone()];
            aliases.extend(place.map(|place| place.aliases.clone()).unwrap_or_default());
            endpoints.push(Endpoint::idle(&network, &found.id, aliases));
        }
        endpoints.sort_by(|a, b| a.network.cmp(&b.network));
        let health = spec.healthcheck.as_ref().map(|_| super::container::Health {
            status: super::container::HealthStatus::Starting,
            failing_streak: 0,
            log: VecDeque::new(),
        });
        let container = Container {
            key,
            id: id.clone(),
            name: name.clone(),
            created,
            spec: spec.clone(),
            number,
            labels: Arc::new(labels),
            status: Status::Created,
            pid: 0,
            exit_code: 0,
            error: String::new(),
            oom_killed: false,
            started: None,
            finished: None,
            restarts: 0,
            health,
            endpoints,
            mounts,
            size_rw: spec.behaviour.layer,
            runs: VecDeque::new(),
            run_count: 0,
            epoch: 0,
            stopped_by_hand: false,
            failing: false,
            backoff: Duration::from_millis(100),
            will_end: None,
            grace: None,
            refusals: 0,
            busy: None,
            queue: VecDeque::new(),
            after_end: Vec::new(),
            untold_death: None,
            waits: Vec::new(),
            probe: None,
            probe_count: 0,
        };
        self.by_name.insert(name, key);
        self.by_id.insert(id, key);
        self.containers.insert(key, container);
        self.tell(key, "create", Vec::new());
        key
    }

    fn mounts(&mut self, project: &Project, service: &Service, key: Key, created: Stamp) -> Vec<Mount> {
        let mut mounts = Vec::new();
        let image = self.image(&service.image).map(|image| image.config.volumes.clone()).unwrap_or_default();
        let given = service.volumes.iter().map(|m| (m.source.clone(), m.target.clone(), m.writable));
        let given: Vec<_> = given.collect();
        let missing = image.into_iter().filter(|path| given.iter().all(|(_, target, _)| target != path));
        let missing: Vec<_> = missing.map(|path| (None, path, true)).collect();
        for (source, target, writable) in given.into_iter().chain(missing) {
            let (source, anonymous) = match source {
                Some(path) if path.starts_with(['.', '~']) => {
                    let path = path.trim_start_matches('.').trim_start_matches('~');
                    (MountSource::Bind(format!("{}{path}", project.folder)), false)
                }
                Some(path) if path.starts_with('/') => (MountSource::Bind(path), false),
                Some(volume) => {
                    let name = volume_name(project, &volume);
                    // The engine tells of it once more when a container is made with it.
                    self.tell_of(Kind::Volume, "create", &name, vec![("driver", "local".into())]);
                    (MountSource::Volume(name), false)
                }
                None => {
                    let name = luck::hex(luck::mix(self.luck(key, luck::VOLUME), luck::of_text(&target)), 64);
                    if self.add_volume(&name, created, Vec::new()) {
                        self.tell_of(Kind::Volume, "create", &name, vec![("driver", "local".into())]);
                    }
                    (MountSource::Volume(name), true)
                }
            };
            mounts.push(Mount { source, target, writable, anonymous });
        }
        let memory = service.tmpfs.iter().map(|target| Mount {
            source: MountSource::Tmpfs,
            target: target.split(':').next().unwrap_or(target).to_owned(),
            writable: true,
            anonymous: false,
        });
        mounts.extend(memory);
        mounts
    }

    fn spec(&self, project: &Project, name: &str, service: &Service) -> Spec {
        let image = self.image(&service.image).ok();
        let config = image.map(|image| image.config.clone()).unwrap_or_default();
        let entrypoint = service.entrypoint.as_ref().map_or_else(|| config.entrypoint.clone(), |words| words.0.clone());
        let command = match &service.command {
            Some(words) => words.0.clone(),
            None if service.entrypoint.is_some() => Vec::new(),
            None => config.command.clone(),
        };
        let mut environment: Vec<String> =
            service.environment.0.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let set = |entry: &&String| {
            let key = entry.split('=').next().unwrap_or(entry);
            service.environment.0.iter().all(|(other, _)| other != key)
        };
        environment.extend(config.environment.iter().filter(set).cloned());
        let mut ports: Vec<Port> = service
            .ports
            .iter()
            .chain(&service.expose)
            .map(|p| Port { inside: p.inside, protocol: p.protocol.clone(), outside: p.outside.clone() })
            .collect();
        for exposed in &config.exposed {
            let (port, protocol) = exposed.split_once('/').unwrap_or((exposed, "tcp"));
            if let Ok(inside) = port.parse()
                && ports.iter().all(|p| p.inside != inside)
            {
                ports.push(Port { inside, protocol: protocol.into(), outside: None });
            }
        }
        let seconds = Duration::from_secs;
        let check =
            service.healthcheck.as_ref().filter(|c| !c.disable && c.test.0.first().is_some_and(|t| t != "NONE"));
        let healthcheck = check.map(|check| Healthcheck {
            test: check.test.0.clone(),
            interval: check.interval.unwrap_or(seconds(30)).max(Duration::from_millis(1)),
            timeout: check.timeout.unwrap_or(seconds(30)),
            start_period: check.start_period.unwrap_or(Duration::ZERO),
            start_interval: check.start_interval,
            retries: check.retries.unwrap_or(3).max(1),
            given: GivenCheck {
                interval: check.interval,
                timeout: check.timeout,
                start_period: check.start_period,
                retries: check.retries,
            },
        });
        let or = |own: &str, image: &str| if own.is_empty() { image.to_owned() } else { own.to_owned() };
        Spec {
            project: project.name.clone(),
            service: name.into(),
            image: service.image.clone(),
            image_id: image.map(|image| image.id.clone()).unwrap_or_default(),
            entrypoint,
            command,
            environment,
            ports,
            healthcheck,
            restart: service.restart.0,
            stop_signal: service.stop_signal.clone().or(Some(config.stop_signal.clone()).filter(|s| !s.is_empty())),
            grace: service.stop_grace_period.unwrap_or(seconds(10)),
            grace_given: service.stop_grace_period.is_some(),
            memory_limit: service.memory_limit(),
            nano_cpus: service.nano_cpus(),
            tty: service.tty,
            stdin_open: service.stdin_open,
            user: or(&service.user, &config.user),
            working_dir: or(&service.working_dir, &config.working_dir),
            init: service.init,
            privileged: service.privileged,
            read_only: service.read_only,
            behaviour: service.behaviour.clone(),
        }
    }

    /// All labels but the container's number.
    fn labels(&self, project: &Project, name: &str, service: &Service, spec: &Spec) -> Vec<(String, String)> {
        let known = self.scenario.config_hashes.get(&(project.name.clone(), name.to_owned())).cloned();
        // Without somebody who knows docker compose's own, any that follows from the service serves.
        let hash = known.unwrap_or_else(|| luck::hex(luck::of_text(&format!("{service:?}")), 64));
        let depends: Vec<String> = service
            .depends_on
            .0
            .iter()
            .map(|(other, how)| format!("{other}:{}:{}", how.condition.word(), how.restart))
            .collect();
        let mut labels: Vec<(String, String)> = [
            ("com.docker.compose.config-hash", hash),
            ("com.docker.compose.depends_on", depends.join(",")),
            ("com.docker.compose.image", spec.image_id.clone()),
            ("com.docker.compose.oneoff", "False".into()),
            ("com.docker.compose.project", project.name.clone()),
            ("com.docker.compose.project.config_files", format!("{}/compose.yaml", project.folder)),
            ("com.docker.compose.project.working_dir", project.folder.clone()),
            ("com.docker.compose.service", name.to_owned()),
            ("com.docker.compose.version", COMPOSE.into()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        labels.extend(service.labels.0.clone());
        labels
    }
}

impl Restart {
    /// `MaximumRetryCount`.
    pub fn retries(self) -> u32 {
        match self {
            Restart::OnFailure(most) => most,
            _ => 0,
        }
    }
}

fn own_labels(project: &Project, key: &str, value: &str) -> Vec<(String, String)> {
    vec![
        (key.into(), value.into()),
        ("com.docker.compose.project".into(), project.name.clone()),
        ("com.docker.compose.version".into(), COMPOSE.into()),
    ]
}

/// The networks that a service is in, by their keys in the file.
fn service_networks(service: &Service) -> Vec<String> {
    if service.networks.0.is_empty() {
        return vec!["default".into()];
    }
    service.networks.0.iter().map(|(key, _)| key.clone()).collect()
}

/// The networks that somebody is in, in the order of their names.
fn network_keys(project: &Project) -> Vec<String> {
    let mut keys: Vec<String> =
        project.compose.services.iter().flat_map(|(_, service)| service_networks(service)).collect();
    keys.sort();
    keys.dedup();
    keys
}

fn network_name(project: &Project, key: &str) -> String {
    let declared = project.compose.networks.get(key).and_then(Option::as_ref);
    declared.and_then(|net| net.name.clone()).unwrap_or_else(|| format!("{}_{key}", project.name))
}

fn volume_name(project: &Project, key: &str) -> String {
    let declared = project.compose.volumes.get(key).and_then(Option::as_ref);
    match declared {
        Some(store) if store.name.is_some() => store.name.clone().unwrap_or_default(),
        Some(store) if store.external => key.into(),
        _ => format!("{}_{key}", project.name),
    }
}
