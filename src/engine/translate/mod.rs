//! The engine's answers in our words.

use std::{collections::BTreeMap, time::Duration};

use super::{
    create_config::{more, published},
    error::cap,
    wire::{self, Labels},
};
use crate::{
    base::{
        id::{ProjectName, ServiceName},
        time::Stamp,
    },
    compose::{Condition, HealthCheck, MountKind, Restart},
    stack::{
        Attachment, Container, CreateConfig, Health, ImageFacts, MountPoint, Network, Phase, PortBinding, Probe, Volume,
    },
};

/// What is kept of a probe's output and of a start error, in bytes.
const TEXT_CAP: usize = 4096;

/// The labels that compose puts on what it makes.
pub(super) mod label {
    pub const PROJECT: &str = "com.docker.compose.project";
    pub const SERVICE: &str = "com.docker.compose.service";
    pub const NUMBER: &str = "com.docker.compose.container-number";
    pub const ONEOFF: &str = "com.docker.compose.oneoff";
    pub const DEPENDS_ON: &str = "com.docker.compose.depends_on";
    pub const FILES: &str = "com.docker.compose.project.config_files";
    pub const DIR: &str = "com.docker.compose.project.working_dir";
    pub const NETWORK: &str = "com.docker.compose.network";
    pub const VOLUME: &str = "com.docker.compose.volume";
    /// Docker's own mark (API 1.43 and later) on volumes without a name.
    pub const ANONYMOUS: &str = "com.docker.volume.anonymous";
}

/// A container of a list. What a list doesn't tell stays unknown.
pub(super) fn listed(c: wire::Listed) -> Container {
    let phase = Phase::parse(&c.state);
    let name = c.names.iter().map(|n| n.trim_start_matches('/')).find(|n| !n.contains('/'));
    let ended = matches!(phase, Phase::Exited | Phase::Dead | Phase::Restarting);
    let mut ports: Vec<PortBinding> = c
        .ports
        .into_iter()
        .map(|p| PortBinding {
            host_ip: p.ip,
            host_port: p.public.filter(|p| *p != 0),
            container_port: p.private,
            protocol: p.protocol,
        })
        .collect();
    ports.sort();
    Container {
        name: name.unwrap_or_default().to_owned(),
        phase,
        exit_code: if ended { exit_code(&c.status) } else { None },
        health: if phase == Phase::Running { status_health(&c.status) } else { None },
        created: c.created.0,
        image: c.image,
        ports,
        mounts: c.mounts.into_iter().map(mount).collect(),
        networks: attachments(c.networks.networks),
        ..blank(&c.id, &c.image_id, c.labels)
    }
}

/// A container that was inspected.
pub(super) fn inspected(c: wire::Inspected) -> Container {
    let state = c.state;
    let started = Stamp::parse(&state.started);
    let finished = Stamp::parse(&state.finished);
    let health = state.health.or(state.podman_health).filter(|h| !matches!(&*h.status, "none" | ""));
    let error = cap(state.error, TEXT_CAP);
    // While it runs, the code is that of the present run (0); before the first end there is none, but where the
    // start itself failed (126, 127, 128 and a text).
    // While it waits to be restarted, it counts as running.
    let ended = (!state.running || state.status == "restarting") && (finished.is_some() || !error.is_empty());
    let mut mounts: Vec<MountPoint> = c.mounts.into_iter().map(mount).collect();
    for target in c.host.tmpfs.keys().filter(|t| !mounts.iter().any(|m| m.target == **t)).cloned().collect::<Vec<_>>() {
        mounts.push(MountPoint { kind: MountKind::Tmpfs, volume: None, source: String::new(), target, writable: true });
    }
    let published = published(&c.host.ports);
    let more = more(&c.config, &c.host);
    // A stopped container publishes nothing; the ports it asks for still tell what it is for.
    let bound = if c.networks.ports.is_empty() { c.host.ports } else { c.networks.ports };
    Container {
        name: c.name.trim_start_matches('/').to_owned(),
        image: c.config.image,
        created: Stamp::parse(&c.created),
        phase: Phase::parse(&state.status),
        started,
        finished,
        exit_code: ended.then_some(state.exit_code),
        oom_killed: state.oom_killed,
        error,
        restarts: c.restarts,
        failing_streak: health.as_ref().map_or(0, |h| h.streak),
        health: health.as_ref().and_then(|h| parse_health(&h.status)),
        probes: health.map(|h| h.log.into_iter().filter_map(probe).collect()).unwrap_or_default(),
        check: c.config.check.map(|c| with_defaults(check(c))),
        restart: restart(&c.host.restart),
        ports: ports(bound, c.config.exposed.keys().cloned()),
        mounts,
        networks: attachments(c.networks.networks),
        env: c.config.env,
        command: std::iter::once(c.path).chain(c.args).filter(|a| !a.is_empty()).collect(),
        tty: c.config.tty,
        stop_timeout: c.config.stop_timeout.map(|s| Duration::from_secs(s.into())),
        memory_limit: (c.host.memory > 0).then_some(c.host.memory),
        log_driver: c.host.log.driver,
        config: CreateConfig {
            entrypoint: c.config.entrypoint.0,
            cmd: c.config.cmd.0,
            working_dir: c.config.working_dir,
            user: c.config.user,
            hostname: c.config.hostname,
            stop_signal: c.config.stop_signal.0,
            network_mode: c.host.network_mode,
            privileged: c.host.privileged,
            read_only: c.host.read_only,
            extra_hosts: c.host.extra_hosts,
            cap_add: c.host.cap_add,
            cap_drop: c.host.cap_drop,
            security_opt: c.host.security_opt,
            pids_limit: c.host.pids_limit.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0),
            nano_cpus: c.host.nano_cpus,
            shm_size: c.host.shm_size,
            published,
            exposed: c.config.exposed.into_keys().collect(),
            more,
        },
        inspected: true,
        ..blank(&c.id, &c.image_id, c.config.labels)
    }
}

/// What the labels tell, and nothing else.
fn blank(id: &str, image_id: &str, labels: Labels) -> Container {
    let text = |key: &str| labels.get(key).map(String::as_str).filter(|v| !v.is_empty());
    Container {
        project: text(label::PROJECT).map(ProjectName::from),
        service: text(label::SERVICE).map(ServiceName::from),
        number: text(label::NUMBER).and_then(|n| n.parse().ok()),
        oneoff: text(label::ONEOFF).is_some_and(|v| v.eq_ignore_ascii_case("true")),
        depends_on: text(label::DEPENDS_ON).map(depends_on).unwrap_or_default(),
        image_id: image_id.into(),
        labels,
        ..Container::bare(id.into())
    }
}

/// Compose v2's label: `db:service_healthy:false,…`, in any order; sorted here, since the engine's isn't kept.
fn depends_on(text: &str) -> Vec<(ServiceName, Condition)> {
    let mut all: Vec<_> = text
        .split(',')
        .filter_map(|item| {
            let mut parts = item.split(':');
            let service = parts.next().filter(|s| !s.is_empty())?;
            let condition = match parts.next() {
                Some("service_healthy") => Condition::Healthy,
                Some("service_completed_successfully") => Condition::Completed,
                _ => Condition::Started,
            };
            Some((ServiceName::from(service), condition))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// `Exited (137) 3 seconds ago`, `Restarting (1) …`
fn exit_code(status: &str) -> Option<i64> {
    status.split_once('(')?.1.split_once(')')?.0.parse().ok()
}

/// `Up 2 seconds (health: starting)`
fn status_health(status: &str) -> Option<Health> {
    let inside = status.rsplit_once('(')?.1.strip_suffix(')')?;
    parse_health(inside.strip_prefix("health: ").unwrap_or(inside))
}

/// The engine's word for health.
pub(super) fn parse_health(word: &str) -> Option<Health> {
    match word {
        "healthy" => Some(Health::Healthy),
        "unhealthy" => Some(Health::Unhealthy),
        "starting" => Some(Health::Starting),
        _ => None,
    }
}

fn probe(p: wire::ProbeRun) -> Option<Probe> {
    let start = Stamp::parse(&p.start)?;
    Some(Probe { start, end: Stamp::parse(&p.end).unwrap_or(start), exit: p.exit, output: cap(p.output, TEXT_CAP) })
}

/// A check as it was declared.
fn check(c: wire::Check) -> HealthCheck {
    let set = |nanos: u64| (nanos > 0).then(|| Duration::from_nanos(nanos));
    HealthCheck {
        disabled: c.test.first().is_some_and(|t| t == "NONE"),
        test: c.test,
        interval: set(c.interval),
        timeout: set(c.timeout),
        start_period: set(c.start_period),
        start_interval: set(c.start_interval),
        retries: (c.retries > 0).then_some(c.retries),
    }
}

/// What isn't set is Docker's default, which is filled in (30 s, 30 s, 0 s, 3; moby `daemon/health.go`).
fn with_defaults(check: HealthCheck) -> HealthCheck {
    let default = Duration::from_secs(30);
    HealthCheck {
        interval: check.interval.or(Some(default)),
        timeout: check.timeout.or(Some(default)),
        start_period: check.start_period.or(Some(Duration::ZERO)),
        retries: check.retries.or(Some(3)),
        ..check
    }
}

/// An image.
pub(super) fn image(image: wire::Image) -> ImageFacts {
    let config = image.config;
    ImageFacts {
        id: image.id,
        architecture: image.architecture,
        created: Stamp::parse(&image.created),
        entrypoint: config.entrypoint.0,
        cmd: config.cmd.0,
        env: config.env,
        user: config.user,
        working_dir: config.working_dir,
        stop_signal: config.stop_signal.0,
        labels: config.labels,
        exposed: config.exposed.into_keys().collect(),
        volumes: config.volumes.into_keys().collect(),
        check: config.check.map(check),
    }
}

fn restart(policy: &wire::RestartPolicy) -> Restart {
    match &*policy.name {
        "always" => Restart::Always,
        "unless-stopped" => Restart::UnlessStopped,
        "on-failure" => Restart::OnFailure((policy.retries > 0).then_some(policy.retries)),
        _ => Restart::No,
    }
}

fn mount(m: wire::Mount) -> MountPoint {
    let kind = match &*m.kind {
        "bind" => MountKind::Bind,
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other,
    };
    MountPoint {
        kind,
        volume: (kind == MountKind::Volume && !m.name.is_empty()).then(|| m.name.into()),
        source: m.source,
        target: m.target,
        writable: m.writable,
    }
}

fn attachments(networks: BTreeMap<String, Option<wire::Endpoint>>) -> Vec<Attachment> {
    networks
        .into_iter()
        .map(|(network, end)| {
            let end = end.unwrap_or_default();
            // Engines from 25 on keep `Aliases` as given and put every name into `DNSNames`.
            let aliases = if end.dns_names.is_empty() { end.aliases } else { end.dns_names };
            Attachment { network, address: if end.ipv4.is_empty() { end.ipv6 } else { end.ipv4 }, aliases }
        })
        .collect()
}

/// Bound ports, and exposed ones that aren't bound.
fn ports(
    bound: BTreeMap<String, Option<Vec<wire::HostPort>>>,
    exposed: impl Iterator<Item = String>,
) -> Vec<PortBinding> {
    let mut all: Vec<PortBinding> = Vec::new();
    for (key, hosts) in bound.into_iter().chain(exposed.map(|key| (key, None))) {
        let (port, protocol) = key.split_once('/').unwrap_or((&key, "tcp"));
        let Ok(container_port) = port.parse() else { continue };
        let one = |host_ip: String, host_port| PortBinding {
            host_ip,
            host_port,
            container_port,
            protocol: protocol.to_owned(),
        };
        match hosts.filter(|h| !h.is_empty()) {
            Some(hosts) => all.extend(hosts.into_iter().map(|h| {
                let port = h.port.parse().ok().filter(|p| *p != 0);
                one(if port.is_some() { h.ip } else { String::new() }, port)
            })),
            None if all.iter().any(|p| p.container_port == container_port && p.protocol == protocol) => {}
            None => all.push(one(String::new(), None)),
        }
    }
    all.sort();
    all.dedup();
    all
}

/// A network.
pub(super) fn network(n: wire::Network) -> Network {
    let text = |key: &str| n.labels.get(key).filter(|v| !v.is_empty()).cloned();
    Network {
        key: text(label::NETWORK),
        project: text(label::PROJECT).map(ProjectName::from),
        id: n.id.into(),
        name: n.name,
        driver: n.driver,
        internal: n.internal,
        subnets: n.ipam.config.into_iter().map(|c| c.subnet).filter(|s| !s.is_empty()).collect(),
        created: Stamp::parse(&n.created),
    }
}

/// A volume. Engines before API 1.43 don't mark anonymous ones: their names are 64 hex digits.
pub(super) fn volume(v: wire::Volume) -> Volume {
    let text = |key: &str| v.labels.get(key).filter(|v| !v.is_empty()).cloned();
    Volume {
        key: text(label::VOLUME),
        project: text(label::PROJECT).map(ProjectName::from),
        anonymous: v.labels.contains_key(label::ANONYMOUS)
            || (v.name.len() == 64 && v.name.bytes().all(|b| b.is_ascii_hexdigit())),
        name: v.name.into(),
        driver: v.driver,
        mountpoint: v.mountpoint,
        created: Stamp::parse(&v.created),
        labels: v.labels,
        options: v.options,
        scope: v.scope,
    }
}

#[cfg(test)]
mod tests;
