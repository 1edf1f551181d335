//! What docker compose says nothing about though nobody means it: a host port given twice, a condition that
//! can't be met, a volume of one letter. All of it is only a warning.

use std::collections::HashMap;

use crate::compose::{
    model::{Condition, MountKind, Project, Restart, Service},
    node::Node,
    problem::{Place, Problem},
    report::Report,
};

/// Looks at the enabled services.
pub fn look(model: &Node, project: &Project, report: &mut Report) {
    ports(model, project, report);
    for service in project.services.values().filter(|service| service.enabled) {
        conditions(service, project, report);
        one_letter(service, report);
    }
}

/// A host's port: number and protocol.
type HostPort = (String, String);

/// One use of a host's port: whose, at which address, where it is said.
struct Taken<'t> {
    by: &'t str,
    ip: Option<String>,
    place: &'t Place,
}

fn ports(model: &Node, project: &Project, report: &mut Report) {
    let mut taken: HashMap<HostPort, Vec<Taken<'_>>> = HashMap::new();
    for (name, entry) in model.section("services") {
        let Some(service) = project.services.get(name.as_str()).filter(|s| s.enabled && s.replicas > 0) else {
            continue;
        };
        for item in entry.node.items("ports") {
            let text = |key: &str| item.at(key).and_then(Node::text).filter(|text| !text.is_empty());
            let Some(published) = text("published").filter(|port| port != "0" && !port.contains('-')) else { continue };
            let key = (published, text("protocol").unwrap_or_else(|| "tcp".into()));
            let ip = text("host_ip").filter(|ip| ip != "0.0.0.0");
            let earlier = taken.entry(key.clone()).or_default();
            let clash = earlier.iter().find(|other| other.ip.is_none() || ip.is_none() || other.ip == ip);
            if let Some(other) = clash.filter(|_| earlier.len() < 100) {
                let message = format!(
                    "host port {}/{} is published twice: also by {} at {}",
                    key.0, key.1, other.by, other.place
                );
                let help = "only one container at a time can publish it: starting the other one fails";
                report.push(Problem::warning(message).at(item.place.clone()).help(help));
            } else if service.replicas > 1 {
                let message =
                    format!("host port {}/{} is published by {} containers of {name}", key.0, key.1, service.replicas);
                let help = "only one of them can publish it: publish a range of ports, or none";
                report.push(Problem::warning(message).at(item.place.clone()).help(help));
            }
            earlier.push(Taken { by: name, ip, place: &item.place });
        }
    }
}

fn conditions(service: &Service, project: &Project, report: &mut Report) {
    for dependency in &service.depends_on {
        let Some(other) = project.services.get(&dependency.service).filter(|other| other.enabled) else { continue };
        let (waiting, awaited) = (&service.name, &other.name);
        let (message, help) = match dependency.condition {
            Condition::Healthy => match &other.healthcheck {
                Some(check) if check.disabled => (
                    format!(
                        "{waiting} waits for {awaited} to become healthy, but the health check of {awaited} is disabled"
                    ),
                    "enable it, or wait for service_started".to_owned(),
                ),
                Some(_) => continue,
                None => (
                    format!("{waiting} waits for {awaited} to become healthy, but {awaited} has no health check here"),
                    format!("add `healthcheck:` to {awaited}, unless its image has one"),
                ),
            },
            Condition::Completed if matches!(other.restart, Restart::Always | Restart::UnlessStopped) => (
                format!("{waiting} waits for {awaited} to finish, but {awaited} is restarted whenever it exits"),
                format!("give {awaited} `restart: \"no\"` or `restart: on-failure`"),
            ),
            _ => continue,
        };
        let problem = Problem::warning(message).help(help);
        report.push(match &dependency.place {
            Some(place) => problem.at(place.clone()),
            None => problem,
        });
    }
}

/// `v:/data` is read as a path on drive V.
fn one_letter(service: &Service, report: &mut Report) {
    let on_drive = |text: &str| {
        let mut chars = text.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.as_str().starts_with(":/")
    };
    for mount in &service.mounts {
        let misread = match (mount.kind, &mount.source) {
            (MountKind::Volume, None) => Some(&mount.target).filter(|target| on_drive(target)),
            (MountKind::Bind, Some(source)) => {
                Some(source).filter(|source| on_drive(source) && !mount.target.starts_with('/'))
            }
            _ => None,
        };
        let (Some(path), Some(place)) = (misread, &mount.place) else { continue };
        let letter = path.chars().next().unwrap_or_default();
        let message = format!("{path} is read as a path on drive {letter}, not as the volume {letter}");
        let help = "give the volume a longer name, or use the long form with `type: volume`";
        report.push(Problem::warning(message).at(place.clone()).help(help));
    }
}
