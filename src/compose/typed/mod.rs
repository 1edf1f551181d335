//! The typed project, taken out of the merged and checked document last of all.

mod forms;
mod mounts;
pub mod ports;
mod service;

use std::path::PathBuf;

use indexmap::IndexMap;

use super::{
    Network, Origin, Project, Resource, Volume,
    env::Env,
    reader::Reader,
    yaml::{Entry, Map, Node, Value},
};

/// What extraction needs beside the document.
pub struct Context<'a, 'f> {
    /// For env files and problems.
    pub reader: &'a mut Reader<'f>,
    /// The project's variables.
    pub env: &'a Env,
}

/// Fills the project from the document.
pub fn project(tree: &Node, project: &mut Project, context: &mut Context<'_, '_>) {
    let mut port_budget = ports::MAX_PORTS;
    for (name, entry) in section(tree, "services") {
        if entry.node.map().is_none() {
            continue;
        }
        forms::check(name, &entry.node, &mut context.reader.report);
        let service = service::read(name, entry, &project.profiles, &mut port_budget, context);
        project.services.insert(service.name.clone(), service);
    }
    let prefix = project.name.clone();
    let full = |node: &Node, key: &str| {
        let said = node.find(&["external", "name"]).or_else(|| node.at("name")).and_then(Node::text);
        said.unwrap_or_else(|| if is_external(node) { key.to_owned() } else { format!("{prefix}_{key}") })
    };
    let text = |node: &Node, key: &str| node.at(key).and_then(Node::text);
    for (key, entry) in section(tree, "networks") {
        let node = &entry.node;
        let network = Network {
            name: full(node, key),
            external: is_external(node),
            internal: is_true(node.at("internal")),
            driver: text(node, "driver"),
            subnets: subnets(node),
            place: Some(entry.key.clone()),
        };
        project.networks.insert(key.clone(), network);
    }
    let uses_default = project.services.values().any(|s| s.networks.iter().any(|n| n.network == "default"));
    if uses_default && !context.reader.how.no_normalize && !project.networks.contains_key("default") {
        let name = format!("{prefix}_default");
        let network =
            Network { name, external: false, internal: false, driver: None, subnets: Vec::new(), place: None };
        project.networks.insert("default".into(), network);
    }
    for (key, entry) in section(tree, "volumes") {
        let node = &entry.node;
        let volume = Volume {
            name: full(node, key),
            external: is_external(node),
            driver: text(node, "driver"),
            place: Some(entry.key.clone()),
        };
        project.volumes.insert(key.clone(), volume);
    }
    project.secrets = resources(tree, "secrets");
    project.configs = resources(tree, "configs");
}

/// The subnets under `ipam`.
fn subnets(network: &Node) -> Vec<String> {
    let config = network.find(&["ipam", "config"]).and_then(Node::list).unwrap_or_default();
    config.iter().filter_map(|pool| pool.at("subnet")?.text()).collect()
}

fn resources(tree: &Node, name: &str) -> IndexMap<String, Resource> {
    let read = |(key, entry): (&String, &Entry)| {
        let text = |wanted: &str| entry.node.at(wanted).and_then(Node::text);
        let origin = if is_external(&entry.node) {
            let named = entry.node.find(&["external", "name"]).and_then(Node::text).or_else(|| text("name"));
            Origin::External(named.unwrap_or_else(|| key.clone()))
        } else if let Some(file) = text("file") {
            Origin::File(PathBuf::from(file))
        } else if let Some(variable) = text("environment") {
            Origin::Environment(variable)
        } else {
            Origin::Inline
        };
        (key.clone(), Resource { origin, place: Some(entry.key.clone()) })
    };
    section(tree, name).map(read).collect()
}

/// The entries of a top section.
pub fn section<'t>(tree: &'t Node, name: &str) -> impl Iterator<Item = (&'t String, &'t Entry)> {
    let map: Option<&Map> = tree.at(name).and_then(Node::map);
    map.into_iter().flatten()
}

/// Whether a network, volume, secret or config is somebody else's.
pub fn is_external(node: &Node) -> bool {
    node.at("external").is_some_and(|external| external.map().is_some() || external.value == Value::Bool(true))
}

fn is_true(node: Option<&Node>) -> bool {
    node.is_some_and(|node| node.value == Value::Bool(true))
}
