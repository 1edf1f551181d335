//! Mistakes in the forms of single keys that the schema can't see.

use crate::compose::{
    node::{Node, Value},
    problem::Problem,
    report::Report,
};

/// Looks at the keys of one service, in their long forms.
pub fn check(name: &str, node: &Node, report: &mut Report) {
    devices(name, node, report);
    gpus(name, node, report);
    watch(name, node, report);
    for path in [&["extra_hosts"] as &[&str], &["build", "extra_hosts"]] {
        if let Some(list) = node.find(path) {
            hosts(name, &path.join("."), list, report);
        }
    }
    let contexts = node.find(&["build", "additional_contexts"]).and_then(Node::list).unwrap_or_default();
    for item in contexts.iter().filter(|item| !item.text().is_some_and(|text| text.contains('='))) {
        let value = item.text().unwrap_or_default();
        let message = format!("services.{name}.build.additional_contexts: invalid value {value}, expected key=value");
        report.error(&item.place, message);
    }
}

fn devices(name: &str, node: &Node, report: &mut Report) {
    for (index, item) in node.at("devices").and_then(Node::list).unwrap_or_default().iter().enumerate() {
        match &item.value {
            Value::Str(text) => {
                let message = format!("confusing device mapping, please use long syntax: {text}");
                report.push(
                    Problem::error(message).at(item.place.clone()).help("a device is SOURCE[:TARGET[:PERMISSIONS]]"),
                );
            }
            Value::Map(map) if !map.contains_key("target") => {
                let message = format!("service device services.{name}.devices.[{index}] is missing a mount target");
                report.error(&item.place, message);
            }
            _ => {}
        }
    }
}

fn gpus(name: &str, node: &Node, report: &mut Report) {
    for item in node.at("gpus").and_then(Node::list).unwrap_or_default() {
        if item.at("count").is_some() && item.at("device_ids").is_some() {
            let message = format!("services.{name}.gpus.[]: \"count\" and \"device_ids\" attributes are exclusive");
            report.error(&item.place, message);
        }
    }
}

fn watch(name: &str, node: &Node, report: &mut Report) {
    for item in node.find(&["develop", "watch"]).and_then(Node::list).unwrap_or_default() {
        if let Some(path) = item.at("path").filter(|path| path.str() == Some("")) {
            report.error(&path.place, format!("services.{name}.develop.watch.[].path: value can't be blank"));
        }
    }
}

fn hosts(name: &str, key: &str, node: &Node, report: &mut Report) {
    let mut look = |host: &str, place| {
        if host.is_empty() || host.contains([':', '=']) {
            report.error(place, format!("error decoding 'services[{name}].{key}': bad host name '{host}'"));
        }
    };
    match &node.value {
        Value::Map(map) => map.iter().for_each(|(host, entry)| look(host, &entry.key)),
        Value::List(items) => {
            for item in items {
                let text = item.text().unwrap_or_default();
                if let Some((host, _)) = text.split_once('=').or_else(|| text.split_once(':')) {
                    look(host, &item.place);
                }
            }
        }
        _ => {}
    }
}
