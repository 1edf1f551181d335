//! What is wrong between the parts of a project: names that lead nowhere, cycles, settings that exclude each
//! other. Only enabled services are looked at, as docker compose does.

use super::{
    MountKind, Place, Problem, Project, Service,
    graph::Graph,
    report::Report,
    typed::{is_external, section, units},
    yaml::{Node, Value},
};

/// Looks at everything; `tree` is the document that the project was taken from.
pub fn check(tree: &Node, project: &Project, report: &mut Report) {
    for (name, entry) in section(tree, "services") {
        if let Some(service) = project.services.get(name.as_str()).filter(|service| service.enabled) {
            Look { node: &entry.node, place: &entry.key, service, project, report }.all();
        }
    }
    cycle(project, report);
    for kind in ["networks", "volumes", "secrets", "configs"] {
        for (name, entry) in section(tree, kind) {
            resource(kind, name, &entry.node, report);
        }
    }
}

fn cycle(project: &Project, report: &mut Report) {
    let enabled = project.services.values().filter(|s| s.enabled);
    let graph = Graph::new(enabled.map(|s| (s.name.clone(), s.depends_on.iter().map(|d| d.service.clone()).collect())));
    let Some(ring) = graph.cycle() else { return };
    let Some(first) = ring.first() else { return };
    let text: Vec<&str> = ring.iter().chain([first]).map(|name| name.as_str()).collect();
    let problem = Problem::error(format!("dependency cycle detected: {}", text.join(" -> ")))
        .help("none of them can start before the others: take one of the dependencies away");
    let next = ring.get(1).unwrap_or(first);
    let place = project
        .services
        .get(first)
        .and_then(|s| s.depends_on.iter().find(|d| d.service == *next))
        .and_then(|d| d.place.clone());
    report.push(match place {
        Some(place) => problem.at(place),
        None => problem,
    });
}

/// One service being looked at.
struct Look<'a> {
    node: &'a Node,
    place: &'a Place,
    service: &'a Service,
    project: &'a Project,
    report: &'a mut Report,
}

impl Look<'_> {
    fn all(&mut self) {
        self.source();
        self.names();
        self.dependencies();
        self.networks();
        self.replicas();
        self.limits();
        self.platforms();
    }

    fn error(&mut self, place: Option<&Place>, message: String, help: Option<String>) {
        let problem = Problem::error(message).at(place.unwrap_or(self.place).clone());
        self.report.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }

    fn source(&mut self) {
        let service = self.service;
        if service.image.is_none() && !service.build && self.node.at("provider").is_none() {
            let message = format!("service \"{}\" has neither an image nor a build context specified", service.name);
            self.error(None, message, Some("add `image:` or `build:`".into()));
        }
    }

    /// Networks, volumes, secrets and configs must be declared.
    fn names(&mut self) {
        let (service, project, node) = (self.service, self.project, self.node);
        let place = |key: &str, name: &str| node.at(key).and_then(|list| item_place(list, name));
        for used in service.networks.iter().map(|used| &used.network) {
            if !project.networks.contains_key(used) {
                self.undeclared("network", used, project.networks.keys(), place("networks", used));
            }
        }
        for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Volume) {
            if let Some(source) = mount.source.as_ref().filter(|source| !project.volumes.contains_key(*source)) {
                self.undeclared("volume", source, project.volumes.keys(), mount.place.clone());
            }
        }
        for source in service.secrets.iter().map(|grant| &grant.source) {
            if !project.secrets.contains_key(source) {
                self.undeclared("secret", source, project.secrets.keys(), place("secrets", source));
            }
        }
        for source in service.configs.iter().map(|grant| &grant.source) {
            if !project.configs.contains_key(source) {
                self.undeclared("config", source, project.configs.keys(), place("configs", source));
            }
        }
        for secret in node.find(&["build", "secrets"]).and_then(Node::list).unwrap_or_default() {
            let name = secret.str().or_else(|| secret.at("source").and_then(Node::str));
            if let Some(name) = name.filter(|name| !project.secrets.contains_key(*name)) {
                self.undeclared("build secret", name, project.secrets.keys(), Some(secret.place.clone()));
            }
        }
    }

    fn undeclared<'k>(
        &mut self,
        kind: &str,
        name: &str,
        known: impl Iterator<Item = &'k String>,
        place: Option<Place>,
    ) {
        let section = kind.rsplit(' ').next().unwrap_or(kind);
        let meant = self.report.meant(name, known.map(String::as_str));
        let help = meant.unwrap_or_else(|| format!("declare it under `{section}s:`"));
        let message = format!("service \"{}\" refers to undefined {kind} {name}", self.service.name);
        self.error(place.as_ref(), message, Some(help));
    }

    fn dependencies(&mut self) {
        let (service, project) = (self.service, self.project);
        for dependency in &service.depends_on {
            let name = &dependency.service;
            let message = format!("service \"{}\" depends on undefined service \"{name}\"", service.name);
            let help = match project.services.get(name) {
                Some(other) if other.enabled || !dependency.required => continue,
                Some(other) => format!(
                    "it is declared, but its profile is off: try --profile {}",
                    other.profiles.join(" or --profile ")
                ),
                None => {
                    let known = project.services.keys().map(|known| known.as_str());
                    self.report.meant(name, known).unwrap_or_else(|| "no file declares it".into())
                }
            };
            self.error(dependency.place.as_ref(), message, Some(help));
        }
    }

    fn networks(&mut self) {
        if let (Some(mode), true) = (self.node.at("network_mode"), !self.service.networks.is_empty())
            && !mode.is_null()
            && self.service.network_mode.is_some()
        {
            let message =
                format!("service {} declares mutually exclusive `network_mode` and `networks`", self.service.name);
            self.error(Some(&mode.place), message, None);
        }
    }

    fn replicas(&mut self) {
        let service = self.service;
        self.agree("scale", &["scale"], &["deploy", "replicas"]);
        if let (Some(name), true) = (&service.container_name, service.replicas > 1) {
            let message = format!(
                "services.{}: can't set container_name and {} replicas: the name {name} can be taken once only",
                service.name, service.replicas
            );
            let place = self.node.at("container_name").map(|node| node.place.clone());
            self.error(place.as_ref(), message, Some("take `container_name:` away".into()));
        }
    }

    fn limits(&mut self) {
        self.agree("mem_limit", &["mem_limit"], &["deploy", "resources", "limits", "memory"]);
        self.agree("mem_reservation", &["mem_reservation"], &["deploy", "resources", "reservations", "memory"]);
        self.agree("cpus", &["cpus"], &["deploy", "resources", "limits", "cpus"]);
        self.agree("pids_limit", &["pids_limit"], &["deploy", "resources", "limits", "pids"]);
        for (n, device) in self
            .node
            .find(&["deploy", "resources", "reservations", "devices"])
            .and_then(Node::list)
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            if device.at("count").is_some() && device.at("device_ids").is_some() {
                let name = &self.service.name;
                let message = format!(
                    "services.{name}.deploy.resources.reservations.devices.{n}: \"count\" and \"device_ids\" attributes are exclusive"
                );
                self.error(Some(&device.place), message, None);
            }
        }
    }

    /// An old key and its successor below `deploy` must say the same.
    fn agree(&mut self, key: &str, old: &[&str], new: &[&str]) {
        let (Some(old), Some(new_node)) = (self.node.find(old), self.node.find(new)) else { return };
        if let (Some(a), Some(b)) = (amount(old), amount(new_node))
            && (a - b).abs() > f64::EPSILON
        {
            let message =
                format!("services.{}: can't set distinct values on '{key}' and '{}'", self.service.name, new.join("."));
            let place = old.place.clone();
            self.error(Some(&place), message, None);
        }
    }

    fn platforms(&mut self) {
        let Some(platforms) =
            self.node.find(&["build", "platforms"]).filter(|p| p.list().is_some_and(|l| !l.is_empty()))
        else {
            return;
        };
        let Some(platform) = self.node.at("platform").and_then(Node::str).filter(|p| !p.is_empty()) else { return };
        if !platforms.list().unwrap_or_default().iter().any(|p| p.str() == Some(platform)) {
            let message = format!("service.build.platforms MUST include service.platform \"{platform}\"");
            self.error(Some(&platforms.place), message, None);
        }
    }
}

/// A number, or the bytes of a size.
fn amount(node: &Node) -> Option<f64> {
    units::size(&node.text()?)
}

/// Where a name stands in a list or map of names.
fn item_place(node: &Node, name: &str) -> Option<Place> {
    match &node.value {
        Value::Map(map) => map.get(name).map(|entry| entry.key.clone()),
        Value::List(items) => items
            .iter()
            .find(|item| item.str().or_else(|| item.at("source").and_then(Node::str)) == Some(name))
            .map(|item| item.place.clone()),
        _ => None,
    }
}

/// A network, volume, secret or config on its own.
fn resource(kind: &str, name: &str, node: &Node, report: &mut Report) {
    let Some(map) = node.map() else { return };
    let set = |key: &str| map.get(key).filter(|entry| !entry.node.is_null());
    if let Some(external) = map.get("external").filter(|_| is_external(node)) {
        if external.node.at("name").is_some() {
            let words = "external.name is deprecated. Please set name and external: true";
            report.warning(&external.key, format!("{kind}.{name}: {words}"));
            if let Some(own) = set("name") {
                report.error(&own.key, format!("{kind}.{name}: name and external.name conflict; only use name"));
            }
        }
        if kind != "networks" {
            let others = ["driver", "driver_opts", "labels", "file", "environment", "content"];
            for (other, entry) in others.iter().filter_map(|key| Some((key, set(key)?))) {
                let message = format!("{kind}.{name}: conflicting parameters \"external\" and \"{other}\" specified");
                report.error(&entry.key, message);
            }
        }
        return;
    }
    if !matches!(kind, "secrets" | "configs") {
        return;
    }
    let sources: &[&str] =
        if kind == "secrets" { &["file", "environment"] } else { &["file", "environment", "content"] };
    let given = sources.iter().filter(|key| set(key).is_some()).count();
    match given {
        0 => report.error(&node.place, format!("{kind}.{name}: one of {} must be set", sources.join("|"))),
        1 => {}
        _ => {
            let message = format!("{kind}.{name}: {} attributes are mutually exclusive", sources.join("|"));
            report.error(&node.place, message);
        }
    }
}

#[cfg(test)]
mod tests;
