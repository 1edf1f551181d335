//! A checked document brought to the long forms and with the defaults that docker compose fills in: the model
//! that everything is printed from.
//!
//! The steps and their order are those of compose-go 2.9.1: `transform.Canonical`, `override.EnforceUnicity`,
//! `transform.SetDefaultValues`, `loader.Normalize`.

use std::collections::HashMap;

use super::parts::{self, MAX_PORTS};
use crate::compose::{
    env::Env,
    node::{Entry, Map, Node, Value},
    problem::Place,
    sources::Sources,
    syntax::paths::go_clean,
    trail::Trail,
};

/// What is done on the way to the model.
#[derive(Debug, Clone, Copy)]
pub struct Steps<'a> {
    /// The project's name, which goes before the names of networks and volumes.
    pub name: &'a str,
    /// The project's variables.
    pub env: &'a Env,
    /// Whether implied networks, names and dependencies are written out.
    pub normalize: bool,
    /// Whether names of variables without a value get one.
    pub replaced: bool,
}

/// About how many values the long forms of lists that are still short will add: each of their items becomes a
/// mapping.
pub fn growth(tree: &Node) -> usize {
    const EACH: usize = 4;
    let lists = ["depends_on", "env_file", "volumes", "devices", "secrets", "configs"];
    let short = |node: &Node| node.list().unwrap_or_default().iter().filter(|item| item.map().is_none()).count();
    let services = tree.at("services").and_then(Node::map);
    let of = |service: &Node| lists.iter().filter_map(|key| service.at(key)).map(short).sum::<usize>();
    services.into_iter().flatten().map(|(_, entry)| of(&entry.node)).sum::<usize>() * EACH
}

/// Brings a checked document to its long forms, relative paths left as they are; where variables aren't `replaced`,
/// with them in its texts.
///
/// Of what is known by the same key (a mount's target, say) only the last stays; `sources` are told.
pub fn lengthen(tree: &mut Node, replaced: bool, mut sources: Option<&mut Sources>) {
    let mut ports = MAX_PORTS;
    let services = Trail::ROOT.key("services");
    for (name, entry) in section_mut(tree, "services") {
        if let Value::Map(service) = &mut entry.node.value {
            lengthen_service(service, replaced, &mut ports, &services.key(name), sources.as_deref_mut());
        }
    }
}

/// Fills in what is left out, relative paths left as they are.
pub fn defaults(tree: &mut Node) {
    for (_, entry) in section_mut(tree, "services") {
        if let Value::Map(service) = &mut entry.node.value {
            service_defaults(service);
        }
    }
}

/// Gives the names alone in lists of variables the values that they have here. Docker compose leaves those in maps
/// to the whole project.
pub fn taken(tree: &mut Node, env: &Env) {
    for (_, entry) in section_mut(tree, "services") {
        let environment = entry.node.map_mut().and_then(|service| service.get_mut("environment"));
        if let Some(entry) = environment.filter(|entry| entry.node.list().is_some()) {
            known(&mut entry.node, env);
        }
    }
}

/// Writes out what is implied.
pub fn complete(tree: &mut Node, steps: &Steps<'_>) {
    for kind in ["networks", "volumes", "secrets", "configs"] {
        for (_, entry) in section_mut(tree, kind) {
            external(&mut entry.node);
        }
    }
    if steps.normalize {
        if let Some(root) = tree.map_mut() {
            let place = root.first().map(|(_, entry)| entry.key.clone());
            if let Some(place) = place {
                put(root, "name", Value::Str(steps.name.to_owned()), &place);
            }
        }
        networks(tree);
        for (_, entry) in section_mut(tree, "services") {
            if let Value::Map(service) = &mut entry.node.value {
                normalize(service, steps.replaced.then_some(steps.env));
            }
        }
        names(tree, steps.name);
    }
}

fn section_mut<'t>(tree: &'t mut Node, name: &str) -> impl Iterator<Item = (&'t String, &'t mut Entry)> {
    let map: Option<&mut Map> = tree.map_mut().and_then(|map| map.get_mut(name)).and_then(|entry| entry.node.map_mut());
    map.into_iter().flatten()
}

fn put(map: &mut Map, key: &str, value: Value, place: &Place) {
    map.insert(key.to_owned(), Entry { key: place.clone(), node: Node::new(value, place.clone()) });
}

/// The mapping that a value is; of what isn't one, an empty one is made.
fn made_map(node: &mut Node) -> Option<&mut Map> {
    if node.map().is_none() {
        node.value = Value::Map(Map::new());
    }
    node.map_mut()
}

/// Sets a key that isn't there yet.
fn fill(map: &mut Map, key: &str, value: Value, place: &Place) {
    if !map.contains_key(key) {
        put(map, key, value, place);
    }
}

fn lengthen_service(
    service: &mut Map,
    replaced: bool,
    ports_left: &mut usize,
    trail: &Trail<'_>,
    mut sources: Option<&mut Sources>,
) {
    for (key, entry) in service.iter_mut() {
        let node = &mut entry.node;
        match key.as_str() {
            "build" => build(node),
            "depends_on" => depends_on(node),
            "env_file" => each_of(node, |item| match &item.value {
                Value::Str(path) => {
                    *item = Node::mapping(
                        [("path", Value::Str(path.clone())), ("required", Value::Bool(true))],
                        &item.place.clone(),
                    );
                }
                Value::Map(_) => {
                    let place = item.place.clone();
                    if let Some(map) = item.map_mut() {
                        fill(map, "required", Value::Bool(true), &place);
                    }
                }
                _ => {}
            }),
            "label_file" => each_of(node, |_| {}),
            "dns" => {
                each_of(node, |_| {});
                if let Value::List(list) = &mut node.value {
                    list.retain(|item| !item.is_null() && item.str() != Some(""));
                }
            }
            "gpus" if node.str().is_some() => {
                let place = node.place.clone();
                node.value = Value::List(vec![Node::mapping([("count", Value::Str("all".into()))], &place)]);
            }
            "networks" | "models" => {
                names_to_map(node);
                for (_, network) in node.map_mut().into_iter().flatten() {
                    for (key, entry) in network.node.map_mut().into_iter().flatten() {
                        unique(key, &mut entry.node, &Trail::ROOT, None);
                    }
                }
            }
            "volumes" => items(node, parts::volume),
            "devices" => items(node, parts::device),
            "secrets" | "configs" => items(node, source),
            "ports" => parts::ports(node, ports_left, replaced),
            _ => {}
        }
        unique(key, node, &trail.key(key), sources.as_deref_mut());
    }
}

fn build(node: &mut Node) {
    if let Value::Str(context) = &node.value {
        let place = node.place.clone();
        *node = Node::mapping([("context", Value::Str(context.clone()))], &place);
    }
    for (key, entry) in node.map_mut().into_iter().flatten() {
        let node = &mut entry.node;
        match key.as_str() {
            "secrets" => items(node, source),
            "additional_contexts" => {
                // What isn't a pair stays in its list, to be told of.
                let items = node.list().unwrap_or_default();
                if items.iter().filter_map(Node::text).all(|text| text.contains('=')) {
                    pairs_to_map(node);
                }
            }
            "ssh" => pairs_to_map(node),
            "tags" => unique("tags", node, &Trail::ROOT, None),
            _ => {}
        }
    }
}

fn depends_on(node: &mut Node) {
    if let Value::List(list) = &node.value {
        let entry = |item: &Node| {
            let node = Node::mapping([("condition", Value::Str("service_started".into()))], &item.place);
            Some((item.text()?, Entry { key: item.place.clone(), node }))
        };
        node.value = Value::Map(list.iter().filter_map(entry).collect());
    }
    for (_, entry) in node.map_mut().into_iter().flatten() {
        let place = entry.key.clone();
        if let Some(map) = entry.node.map_mut() {
            fill(map, "condition", Value::Str("service_started".into()), &place);
            fill(map, "required", Value::Bool(true), &place);
        }
    }
}

/// A single value as a list of one; then every item changed.
fn each_of(node: &mut Node, change: impl Fn(&mut Node)) {
    if matches!(node.value, Value::Str(_)) {
        let item = Node::new(std::mem::replace(&mut node.value, Value::Null), node.place.clone());
        node.value = Value::List(vec![item]);
    }
    items(node, change);
}

fn items(node: &mut Node, change: impl Fn(&mut Node)) {
    if let Value::List(list) = &mut node.value {
        list.iter_mut().for_each(change);
    }
}

fn source(item: &mut Node) {
    if let Value::Str(name) = &item.value {
        let place = item.place.clone();
        *item = Node::mapping([("source", Value::Str(name.clone()))], &place);
    }
}

fn names_to_map(node: &mut Node) {
    if let Value::List(list) = &node.value {
        let entry = |item: &Node| {
            let node = Node::new(Value::Null, item.place.clone());
            Some((item.text()?, Entry { key: item.place.clone(), node }))
        };
        node.value = Value::Map(list.iter().filter_map(entry).collect());
    }
}

fn pairs_to_map(node: &mut Node) {
    if let Value::List(list) = &node.value {
        let entry = |item: &Node| {
            let text = item.text()?;
            let (key, value) = match text.split_once('=') {
                Some((key, value)) => (key.to_owned(), Value::Str(value.to_owned())),
                None => (text, Value::Null),
            };
            Some((key, Entry { key: item.place.clone(), node: Node::new(value, item.place.clone()) }))
        };
        node.value = Value::Map(list.iter().filter_map(entry).collect());
    }
}

/// Lists whose items are known by a key: of several with one key the last stands at the first's position.
fn unique(key: &str, node: &mut Node, trail: &Trail<'_>, mut sources: Option<&mut Sources>) {
    let Value::List(list) = &mut node.value else { return };
    let known_by: fn(&Node) -> Option<String> = match key {
        "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search" | "links" | "profiles" | "tmpfs" | "tags"
        | "aliases" | "link_local_ips" => before_equals,
        "expose" => Node::text,
        "env_file" => |item| item.at("path").and_then(Node::text),
        "volumes" | "devices" => |item| item.at("target").and_then(Node::text),
        "secrets" => |item| mount_key(item, "/run/secrets"),
        "configs" => |item| mount_key(item, ""),
        "ports" => parts::port_key,
        _ => return,
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<Node> = Vec::with_capacity(list.len());
    for item in std::mem::take(list) {
        let Some(key) = known_by(&item) else {
            kept.push(item);
            continue;
        };
        match seen.get(&key).and_then(|at| Some((at, kept.get_mut(*at)?))) {
            Some((at, earlier)) => {
                if let Some(sources) = &mut sources {
                    sources.overrides(&trail.index(*at), earlier, &item.place);
                }
                *earlier = item;
            }
            None => {
                seen.insert(key, kept.len());
                kept.push(item);
            }
        }
    }
    *list = kept;
}

fn before_equals(item: &Node) -> Option<String> {
    let text = item.text()?;
    Some(text.split_once('=').map_or(text.clone(), |(key, _)| key.to_owned()))
}

fn mount_key(item: &Node, folder: &str) -> Option<String> {
    item.at("target")
        .and_then(Node::text)
        .or_else(|| Some(format!("{folder}/{}", item.at("source").and_then(Node::text).unwrap_or_default())))
}

fn service_defaults(service: &mut Map) {
    for (key, entry) in service.iter_mut() {
        let node = &mut entry.node;
        match key.as_str() {
            "build" => {
                let place = node.place.clone();
                if let Some(map) = node.map_mut() {
                    fill(map, "context", Value::Str(".".into()), &place);
                }
            }
            "secrets" => items(node, |item| {
                let target = item.at("source").and_then(Node::text).unwrap_or_default();
                let place = item.place.clone();
                if let Some(map) = item.map_mut() {
                    fill(map, "target", Value::Str(format!("/run/secrets/{target}")), &place);
                }
            }),
            "ports" => items(node, |item| {
                let place = item.place.clone();
                if let Some(map) = item.map_mut() {
                    fill(map, "protocol", Value::Str("tcp".into()), &place);
                    fill(map, "mode", Value::Str("ingress".into()), &place);
                }
            }),
            "gpus" => items(node, all_devices),
            "deploy" => {
                let steps = ["resources", "reservations", "devices"];
                let devices = steps.iter().try_fold(node, |node, key| {
                    node.map_mut().and_then(|map| map.get_mut(*key)).map(|entry| &mut entry.node)
                });
                if let Some(devices) = devices {
                    items(devices, all_devices);
                }
            }
            _ => {}
        }
    }
}

fn all_devices(item: &mut Node) {
    let place = item.place.clone();
    if let Some(map) = item.map_mut()
        && !map.contains_key("device_ids")
    {
        fill(map, "count", Value::Str("all".into()), &place);
    }
}

/// The old form `external: {name: x}`.
fn external(node: &mut Node) {
    let named = node.find(&["external", "name"]).cloned();
    let place = node.place.clone();
    if let Some(map) = node.map_mut()
        && let Some(external) = map.get_mut("external")
        && external.node.map().is_some()
    {
        external.node.value = Value::Bool(true);
        if let Some(name) = named {
            fill(map, "name", name.value, &place);
        }
    }
}

/// The network `default`, for services that name none.
fn networks(tree: &mut Node) {
    let mut used = None;
    for (_, entry) in section_mut(tree, "services") {
        let place = entry.key.clone();
        let Some(service) = entry.node.map_mut() else { continue };
        if service.contains_key("network_mode") || service.contains_key("provider") {
            continue;
        }
        let none = service.get("networks").is_none_or(|n| n.node.is_null() || n.node.map().is_some_and(Map::is_empty));
        if none {
            let default = Node::mapping([("default", Value::Null)], &place);
            put(service, "networks", default.value, &place);
        }
        if service.get("networks").is_some_and(|n| n.node.at("default").is_some()) {
            used = used.or(Some(place));
        }
    }
    let (Some(place), Some(root)) = (used, tree.map_mut()) else { return };
    let networks = root
        .entry("networks".to_owned())
        .or_insert_with(|| Entry { key: place.clone(), node: Node::new(Value::Map(Map::new()), place.clone()) });
    if let Some(map) = made_map(&mut networks.node) {
        fill(map, "default", Value::Null, &place);
    }
}

fn normalize(service: &mut Map, env: Option<&Env>) {
    if let Some(policy) = service.get_mut("pull_policy")
        && policy.node.str() == Some("if_not_present")
    {
        policy.node.value = Value::Str("missing".into());
    }
    if let Some(entry) = service.get_mut("build") {
        let place = entry.node.place.clone();
        if let Some(build) = entry.node.map_mut() {
            let said = |map: &Map, key: &str| map.get(key).is_some_and(|entry| !entry.node.is_null());
            if !said(build, "context") {
                put(build, "context", Value::Str(".".into()), &place);
            }
            if !said(build, "dockerfile") && !said(build, "dockerfile_inline") {
                put(build, "dockerfile", Value::Str("Dockerfile".into()), &place);
            }
            if let (Some(args), Some(env)) = (build.get_mut("args"), env) {
                known(&mut args.node, env);
                unset_gone(&mut args.node);
            }
        }
    }
    if let (Some(environment), Some(env)) = (service.get_mut("environment"), env) {
        known(&mut environment.node, env);
    }
    if let Some(volumes) = service.get_mut("volumes") {
        items(&mut volumes.node, |item| {
            if let Some(target) = item.map_mut().and_then(|map| map.get_mut("target"))
                && let Value::Str(path) = &mut target.node.value
            {
                *path = go_clean(path);
            }
        });
    }
    implied(service);
}

/// Names without a value take the variable's.
fn known(node: &mut Node, env: &Env) {
    match &mut node.value {
        Value::Map(map) => {
            for (key, entry) in map.iter_mut().filter(|(_, entry)| entry.node.is_null()) {
                if let Some(value) = env.get(key) {
                    // It is the name that says so.
                    let value = Node::new(Value::Str(value.to_owned()), entry.key.clone());
                    entry.node = Node { filled: true, ..value };
                }
            }
        }
        Value::List(items) => {
            for item in items {
                if let Some((name, value)) = item.str().and_then(|name| Some((name, env.get(name)?))) {
                    item.value = Value::Str(format!("{name}={value}"));
                    item.filled = true;
                }
            }
        }
        _ => {}
    }
}

/// Takes away the names that have no value.
fn unset_gone(node: &mut Node) {
    match &mut node.value {
        Value::Map(map) => map.retain(|_, entry| !entry.node.is_null()),
        Value::List(items) => items.retain(|item| item.text().is_none_or(|text| text.contains('='))),
        _ => {}
    }
}

/// Dependencies that links, shared namespaces and shared volumes bring along.
fn implied(service: &mut Map) {
    let mut found: Vec<(String, bool, Place)> = Vec::new();
    for item in service.get("links").and_then(|e| e.node.list()).unwrap_or_default() {
        let Some(link) = item.text() else { continue };
        let mut parts = link.split(':');
        let name = match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(_alias), None) => name.to_owned(),
            _ => link,
        };
        found.push((name, true, item.place.clone()));
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        if let Some(node) = service.get(key).map(|entry| &entry.node)
            && let Some(name) = node.str().and_then(|text| text.strip_prefix("service:"))
        {
            found.push((name.to_owned(), true, node.place.clone()));
        }
    }
    for item in service.get("volumes_from").and_then(|e| e.node.list()).unwrap_or_default() {
        if let Some(from) = item.text().filter(|from| !from.starts_with("container:")) {
            found.push((from.split(':').next().unwrap_or(&from).to_owned(), false, item.place.clone()));
        }
    }
    let Some((_, _, place)) = found.first().cloned() else { return };
    let entry = service
        .entry("depends_on".to_owned())
        .or_insert_with(|| Entry { key: place.clone(), node: Node::new(Value::Map(Map::new()), place) });
    let Some(map) = made_map(&mut entry.node) else { return };
    for (name, restart, place) in found {
        let node = Node::mapping(
            [
                ("condition", Value::Str("service_started".into())),
                ("restart", Value::Bool(restart)),
                ("required", Value::Bool(true)),
            ],
            &place,
        );
        map.entry(name).or_insert(Entry { key: place, node });
    }
}

/// What has no name is called by the project's and its own key.
fn names(tree: &mut Node, project: &str) {
    for kind in ["networks", "volumes", "configs", "secrets"] {
        for (key, entry) in section_mut(tree, kind) {
            let place = entry.key.clone();
            let external = entry.node.is("external", true);
            if let Some(map) = made_map(&mut entry.node)
                && map.get("name").is_none_or(|name| name.node.is_null())
            {
                let name = if external { key.clone() } else { format!("{project}_{key}") };
                put(map, "name", Value::Str(name), &place);
            }
        }
    }
}
