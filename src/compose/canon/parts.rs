//! Ports, mounts and devices in their long forms.

use crate::compose::{
    model::Port,
    node::{Node, Value},
    syntax::{mounts, paths::go_clean, ports::short},
};

/// No project publishes more ports than this; a range of all ports in a thousand services would fill the memory.
pub const MAX_PORTS: usize = 70_000;

/// Brings a list of ports to the long form; a range becomes several. What isn't understood stays, and so do those
/// that would be more than are `left`. Where variables aren't `replaced`, one that isn't understood keeps them all.
pub fn ports(node: &mut Node, left: &mut usize, replaced: bool) {
    let Value::List(list) = &mut node.value else { return };
    let read = |item: &Node| match &item.value {
        Value::Str(_) | Value::Int(_) => item.text().and_then(|spec| short(&spec).ok()),
        _ => Some(Vec::new()),
    };
    let read: Vec<_> = list.iter().map(read).collect();
    if !replaced && read.contains(&None) {
        return;
    }
    let mut all = Vec::with_capacity(list.len());
    for (item, ports) in std::mem::take(list).into_iter().zip(read) {
        let ports = ports.unwrap_or_default();
        // What is long already counts too.
        let wanted = if item.map().is_some() { 1 } else { ports.len() };
        let fits = wanted <= *left;
        if fits {
            *left -= wanted;
        }
        if fits && !ports.is_empty() {
            all.extend(ports.into_iter().map(|port| port_node(port, &item)));
        } else {
            all.push(item);
        }
    }
    *list = all;
}

fn port_node(port: Port, item: &Node) -> Node {
    let said = |key, value: Option<String>| value.map(|text| (key, Value::Str(text)));
    let entries = [
        Some(("mode", Value::Str("ingress".into()))),
        said("host_ip", port.host_ip),
        Some(("target", Value::Int(port.target.into()))),
        said("published", port.published),
        Some(("protocol", Value::Str(port.protocol))),
    ];
    Node::mapping(entries.into_iter().flatten(), &item.place)
}

/// What makes two ports the same one.
pub fn port_key(item: &Node) -> Option<String> {
    let part = |key: &str, default: &str| item.at(key).and_then(Node::text).unwrap_or_else(|| default.to_owned());
    if item.map().is_none() {
        // Where variables aren't replaced the short ones stay as written.
        return item.text();
    }
    // Docker compose takes a published number and the same as a text for two.
    let number = if item.at("published").is_some_and(|node| matches!(node.value, Value::Int(_))) { "int=" } else { "" };
    Some(format!(
        "{}:{number}{}:{}/{}",
        part("host_ip", "0.0.0.0"),
        part("published", ""),
        part("target", ""),
        part("protocol", "tcp")
    ))
}

/// Brings one mount to the long form.
pub fn volume(item: &mut Node) {
    let Some(Ok(spec)) = item.str().map(mounts::spec) else { return };
    let place = item.place.clone();
    let flag = |key, set: bool| set.then_some((key, Value::Bool(true)));
    let word = |key, text: Option<String>| text.map(|text| (key, Value::Str(text)));
    let is_bind = spec.kind == crate::compose::model::MountKind::Bind;
    let bind = (is_bind || spec.selinux.is_some() || spec.propagation.is_some()).then(|| {
        let parts =
            [word("selinux", spec.selinux), word("propagation", spec.propagation), flag("create_host_path", is_bind)];
        ("bind", Node::mapping(parts.into_iter().flatten(), &place).value)
    });
    let volume = (spec.nocopy || !is_bind && !spec.bare)
        .then(|| ("volume", Node::mapping(flag("nocopy", spec.nocopy), &place).value));
    let entries = [
        Some(("type", Value::Str(if is_bind { "bind" } else { "volume" }.into()))),
        word("source", spec.source),
        Some(("target", Value::Str(go_clean(&spec.target)))),
        flag("read_only", spec.read_only),
        bind,
        volume,
    ];
    *item = Node::mapping(entries.into_iter().flatten(), &place);
}

/// Brings one device, `SOURCE[:TARGET[:PERMISSIONS]]`, to the long form.
pub fn device(item: &mut Node) {
    let Some(text) = item.str() else { return };
    let mut parts = text.split(':');
    let source = parts.next().unwrap_or_default().to_owned();
    let target = parts.next().filter(|target| !target.is_empty()).unwrap_or(&source).to_owned();
    let permissions = parts.next().unwrap_or("rwm").to_owned();
    if parts.next().is_some() {
        return;
    }
    let place = item.place.clone();
    *item = Node::mapping(
        [("source", Value::Str(source)), ("target", Value::Str(target)), ("permissions", Value::Str(permissions))],
        &place,
    );
}
