//! The typed project, taken last of all out of the document that `canon` completed.
//!
//! Forms are long, defaults filled in and names whole by now. What is still short there is what `canon` could not
//! understand: that is told, and the rest of the service read.

mod context;
mod forms;
mod mounts;
mod ports;
mod service;

use std::path::PathBuf;

use indexmap::IndexMap;

use self::context::Context;
use super::{
    canon::MAX_PORTS,
    env::Env,
    model::{Network, Origin, Print, Project, Resource, Volume},
    node::{Entry, Node},
    reader::Reader,
};

/// Fills the project from its completed document.
pub fn project(model: &Node, project: &mut Project, reader: &mut Reader<'_>, env: &Env) {
    let mut context = Context { reader, env, crowded: None };
    for (name, entry) in model.section("services").filter(|(_, entry)| entry.node.map().is_some()) {
        forms::check(name, &entry.node, &mut context.reader.report);
        let service = service::read(name, entry, &project.profiles, &mut context);
        project.services.insert(service.name.clone(), service);
    }
    // Of a project that is too large as a whole the lists are short for that.
    if let Some(place) = context.crowded.take().filter(|place| context.reader.may_copy(0, place)) {
        context.reader.report.error(&place, format!("the project publishes more than {MAX_PORTS} ports"));
    }
    for (key, entry) in model.section("networks") {
        let network = Network {
            name: name(key, &entry.node),
            external: entry.node.is("external", true),
            internal: entry.node.is("internal", true),
            driver: entry.node.at("driver").and_then(Node::text),
            subnets: subnets(&entry.node),
            place: Some(entry.key.clone()),
        };
        project.networks.insert(key.clone(), network);
    }
    for (key, entry) in model.section("volumes") {
        let volume = Volume {
            name: name(key, &entry.node),
            external: entry.node.is("external", true),
            driver: entry.node.at("driver").and_then(Node::text),
            place: Some(entry.key.clone()),
        };
        project.volumes.insert(key.clone(), volume);
    }
    project.secrets = resources(model, "secrets", env);
    project.configs = resources(model, "configs", env);
}

/// Its name on the engine; only where names aren't completed is there none.
fn name(key: &str, node: &Node) -> String {
    node.at("name").and_then(Node::text).unwrap_or_else(|| key.to_owned())
}

/// The subnets under `ipam`.
fn subnets(network: &Node) -> Vec<String> {
    let config = network.find(&["ipam", "config"]).and_then(Node::list).unwrap_or_default();
    config.iter().filter_map(|pool| pool.at("subnet")?.text()).collect()
}

fn resources(model: &Node, kind: &str, env: &Env) -> IndexMap<String, Resource> {
    let read = |(key, entry): (&String, &Entry)| {
        let text = |wanted: &str| entry.node.at(wanted).and_then(Node::text);
        let origin = if entry.node.is("external", true) {
            Origin::External(name(key, &entry.node))
        } else if let Some(file) = text("file") {
            Origin::File(PathBuf::from(file))
        } else if let Some(variable) = text("environment") {
            Origin::Environment(variable)
        } else {
            Origin::Inline
        };
        let print = match &origin {
            Origin::Environment(variable) => env.get(variable).map(|value| Print::of(value.as_bytes())),
            Origin::Inline => text("content").map(|content| Print::of(content.as_bytes())),
            Origin::File(_) | Origin::External(_) => None,
        };
        (key.clone(), Resource { origin, print, place: Some(entry.key.clone()) })
    };
    model.section(kind).map(read).collect()
}
