//! What is wrong between the parts of a project: names that lead nowhere, cycles, settings that exclude each
//! other. Only enabled services are looked at, as docker compose does.

mod hints;

use std::{collections::HashMap, net::IpAddr};

use super::{
    graph::Graph,
    model::{MountKind, Project, Service},
    node::{Entry, Node, Value},
    problem::{Place, Problem},
    report::Report,
    syntax::units,
};

/// Looks at the addresses that ports are published at: of all services, those that are off too.
fn addresses(tree: &Node, report: &mut Report) {
    for (name, entry) in tree.section("services") {
        for node in entry.node.items("ports").iter().filter_map(|port| port.at("host_ip")) {
            if let Some(ip) = node.str().filter(|ip| ip.parse::<IpAddr>().is_err()) {
                report.error(&node.place, format!("services.{name}.ports.[]: invalid ip address: {ip}"));
            }
        }
    }
}

/// Looks at published addresses and at what declares networks, volumes, secrets and configs, each on its own, before `canon` completes them.
pub fn resources(tree: &Node, report: &mut Report) {
    addresses(tree, report);
    for kind in ["networks", "volumes", "secrets", "configs"] {
        for (name, entry) in tree.section(kind) {
            resource(kind, name, &entry.node, report);
        }
    }
}

/// Looks at how the parts fit; `model` is the document that the project was taken from.
pub fn check(model: &Node, project: &Project, report: &mut Report) {
    let models: Vec<String> = model.section("models").map(|(name, _)| name.clone()).collect();
    for (name, entry) in model.section("services") {
        if let Some(service) = project.services.get(name.as_str()).filter(|service| service.enabled) {
            Look { node: &entry.node, place: &entry.key, service, project, models: &models, report }.all();
        }
    }
    container_names(project, report);
    cycle(project, report);
    hints::look(model, project, report);
}

/// Of two services that are on only one can have a container's name.
fn container_names(project: &Project, report: &mut Report) {
    let mut taken: HashMap<&str, &Service> = HashMap::new();
    for service in project.services.values().filter(|service| service.enabled) {
        let Some(name) = service.container_name.as_deref() else { continue };
        let Some(first) = taken.get(name) else {
            taken.insert(name, service);
            continue;
        };
        let (own, other) = (&service.name, &first.name);
        let message = format!(
            "services.{own}: container name \"{name}\" is already in use by service {other} (services.{other})"
        );
        let problem = Problem::error(message).help("give one of them another `container_name:`, or none");
        report.push(match &service.place {
            Some(place) => problem.at(place.clone()),
            None => problem,
        });
    }
}

fn cycle(project: &Project, report: &mut Report) {
    let enabled = project.services.values().filter(|s| s.enabled);
    let graph = Graph::new(enabled.map(|s| (s.name.clone(), s.depends_on.iter().map(|d| d.service.clone()).collect())));
    let Some(ring) = graph.cycle() else { return };
    let Some(first) = ring.first() else { return };
    let text: Vec<&str> = ring.iter().chain([first]).map(|name| name.as_str()).collect();
    let problem = Problem::error(format!("dependency cycle detected: {}", text.join(" -> ")))
        .help("none of them can start before the others: remove one of the dependencies");
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
    /// The names of the project's models.
    models: &'a [String],
    report: &'a mut Report,
}

impl Look<'_> {
    fn all(&mut self) {
        self.source();
        self.mounts();
        self.dockerfile();
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

    /// Nothing is mounted where `tmpfs:` mounts already: docker compose compares to the letter, and takes each list's
    /// own repeats away before, but for those of `tmpfs:` with options.
    fn mounts(&mut self) {
        let (name, node) = (&self.service.name, self.node);
        let of = |key: &'static str, target: fn(&Node) -> Option<String>| {
            node.items(key).iter().enumerate().filter_map(move |(n, item)| Some((key, n, target(item)?, &item.place)))
        };
        let tmpfs = of("tmpfs", |item| Some(item.text()?.split(':').next()?.to_owned()));
        let volumes = of("volumes", |item| item.at("target")?.text());
        let mut taken: HashMap<String, String> = HashMap::new();
        for (key, n, target, place) in tmpfs.chain(volumes) {
            let own = format!("services.{name}.{key}[{n}]");
            match taken.get(&target) {
                Some(first) => {
                    let message = format!("{own}: target {target} already mounted as {first}");
                    self.report.error(place, message);
                }
                None => drop(taken.insert(target, own)),
            }
        }
    }

    fn dockerfile(&mut self) {
        let said = |key: &str| self.node.find(&["build", key]).filter(|node| node.str().is_some_and(|t| !t.is_empty()));
        if let (Some(_), Some(inline)) = (said("dockerfile"), said("dockerfile_inline")) {
            let name = &self.service.name;
            // The typing mistake is docker compose's own.
            let message = format!("service \"{name}\" declares mutualy exclusive dockerfile and dockerfile_inline");
            let place = inline.place.clone();
            self.error(Some(&place), message, Some("remove one of them".into()));
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
        for (model, entry) in node.section("models").filter(|(name, _)| !self.models.contains(name)) {
            self.undeclared("model", model, self.models.iter(), Some(entry.key.clone()));
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
            let name = secret.at("source").and_then(Node::str);
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
                    "it is declared, but its profile is inactive: try --profile {}",
                    other.named_profiles().collect::<Vec<_>>().join(" or --profile ")
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
        for (key, path) in [("scale", &["scale"] as &[&str]), ("deploy.replicas", &["deploy", "replicas"])] {
            if let Some(node) = self.node.find(path).filter(|node| matches!(node.value, Value::Int(..0))) {
                let message = format!("services.{}.{key}: must be greater than or equal to 0", service.name);
                self.error(Some(&node.place), message, None);
            }
        }
        if let (Some(name), true) = (&service.container_name, service.replicas > 1) {
            let key = if self.node.at("scale").is_some() { "scale" } else { "deploy.replicas" };
            // The key and the service stand in each other's place in docker compose's own words.
            let message = format!(
                "services.{key}: can't set container_name and {} as container name must be unique",
                service.name
            );
            let help = format!("{} containers can't all be called {name}: remove `container_name:`", service.replicas);
            let place = self.node.at("container_name").map(|node| node.place.clone());
            self.error(place.as_ref(), message, Some(help));
        }
    }

    fn limits(&mut self) {
        for (old, group, new) in [
            ("mem_limit", "limits", "memory"),
            ("mem_reservation", "reservations", "memory"),
            ("cpus", "limits", "cpus"),
            ("pids_limit", "limits", "pids"),
        ] {
            // Where the group is there, docker compose takes what it doesn't say for 0.
            if self.node.find(&["deploy", "resources", group]).is_some_and(|node| node.map().is_some()) {
                self.agree(old, &[old], &["deploy", "resources", group, new]);
            }
        }
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
        let Some(old) = self.node.find(old) else { return };
        let (Some(a), b) = (amount(old), self.node.find(new).and_then(amount)) else { return };
        if key != "scale" && a == 0.0 || key == "scale" && b.is_none() {
            return;
        }
        if (a - b.unwrap_or_default()).abs() > f64::EPSILON {
            let message =
                format!("services.{}: can't set distinct values on '{key}' and '{}'", self.service.name, new.join("."));
            let place = old.place.clone();
            self.error(Some(&place), message, None);
        }
    }

    fn platforms(&mut self) {
        self.contexts();
        self.watch();
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

impl Look<'_> {
    /// Other services as contexts of the build.
    fn contexts(&mut self) {
        let (service, project) = (self.service, self.project);
        let contexts = self.node.find(&["build", "additional_contexts"]).and_then(Node::map);
        for (context, entry) in contexts.into_iter().flatten() {
            let Some(target) = entry.node.str().and_then(|text| text.strip_prefix("service:")) else { continue };
            let other = project.services.get(target).filter(|other| other.enabled);
            let word = match other {
                None => "unknown",
                Some(other) if !other.build => "non-buildable",
                Some(_) => continue,
            };
            let message = format!(
                "service \"{}\" declares {word} service \"{target}\" as additional contexts {context}",
                service.name
            );
            let known = project.services.keys().map(|known| known.as_str());
            let help = if other.is_none() { self.report.meant(target, known) } else { None };
            self.error(Some(&entry.node.place), message, help);
        }
    }

    fn watch(&mut self) {
        for item in self.node.find(&["develop", "watch"]).and_then(Node::list).unwrap_or_default() {
            let action = item.at("action").and_then(Node::str).unwrap_or_default();
            let target = item.at("target").and_then(Node::str).unwrap_or_default();
            if target.is_empty() && !matches!(action, "rebuild" | "restart") {
                let message =
                    format!("services.{}.develop.watch: target is required for non-rebuild actions", self.service.name);
                self.error(Some(&item.place), message, None);
            }
        }
    }
}

/// A number, or the bytes of a size.
fn amount(node: &Node) -> Option<f64> {
    units::size(&node.text()?)
}

/// The place of a name in a list or map of names.
fn item_place(node: &Node, name: &str) -> Option<Place> {
    match &node.value {
        Value::Map(map) => map.get(name).map(|entry| entry.key.clone()),
        Value::List(items) => {
            items.iter().find(|item| item.at("source").and_then(Node::str) == Some(name)).map(|item| item.place.clone())
        }
        _ => None,
    }
}

/// A network, volume, secret or config on its own.
fn resource(kind: &str, name: &str, node: &Node, report: &mut Report) {
    let Some(map) = node.map() else { return };
    let set = |key: &str| map.get(key).filter(|entry| !entry.node.is_null());
    let is_external = |entry: &&Entry| entry.node.map().is_some() || entry.node.value == Value::Bool(true);
    if let Some(external) = map.get("external").filter(is_external) {
        if external.node.at("name").is_some() {
            let words = "external.name is deprecated. Please set name and external: true";
            report.warning(&external.key, format!("{kind}.{name}: {words}"));
            if let Some(own) = set("name").filter(|own| Some(&own.node) != external.node.at("name")) {
                report.error(&own.key, format!("{kind}.{name}: name and external.name conflict; only use name"));
            }
        }
        if kind == "volumes" {
            let own = |key: &str| matches!(key, "name" | "external") || key.starts_with("x-");
            for (other, entry) in map.iter().filter(|(key, _)| !own(key)) {
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
