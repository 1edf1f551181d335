//! The mounts of a service, `tmpfs:` among them.

use std::path::Path;

use indexmap::IndexMap;

use super::Context;
use crate::compose::{
    Mount, MountKind, Place, paths,
    syntax::mounts::spec,
    yaml::{Node, Value},
};

/// The mounts of a service; of several on one target the last counts.
pub fn read(volumes: Option<&Node>, tmpfs: Option<&Node>, trail: &str, context: &mut Context<'_, '_>) -> Vec<Mount> {
    let mut mounts: IndexMap<String, Mount> = IndexMap::new();
    for item in volumes.and_then(Node::list).unwrap_or_default() {
        let read = match &item.value {
            Value::Map(_) => long(item, trail),
            _ => short(&item.text().unwrap_or_default(), &item.place),
        };
        match read {
            Ok(mount) => {
                mounts.insert(mount.target.clone(), mount);
            }
            Err(message) => context.reader.report.error(&item.place, message),
        }
    }
    for (text, place) in tmpfs.map(crate::compose::reader::texts).unwrap_or_default() {
        let target = text.split(':').next().unwrap_or(text);
        let mount = mount(MountKind::Tmpfs, None, target, false, place);
        mounts.insert(mount.target.clone(), mount);
    }
    mounts.into_values().collect()
}

fn mount(kind: MountKind, source: Option<String>, target: &str, read_only: bool, place: &Place) -> Mount {
    // `/x` and `/x/` are one target.
    let target = paths::clean(Path::new(target)).to_string_lossy().into_owned();
    Mount { kind, source, target, read_only, create_source: true, place: Some(place.clone()) }
}

fn long(node: &Node, trail: &str) -> Result<Mount, String> {
    let text = |key: &str| node.at(key).and_then(Node::text).filter(|text| !text.is_empty());
    let kind = match text("type").as_deref() {
        Some("bind") => MountKind::Bind,
        Some("volume") | None => MountKind::Volume,
        Some("tmpfs") => MountKind::Tmpfs,
        Some(_) => MountKind::Other,
    };
    let Some(target) = text("target") else { return Err(format!("{trail} is missing a mount target")) };
    let source = text("source");
    if kind == MountKind::Bind && node.at("source").is_none() {
        return Err("invalid mount config for type \"bind\": field Source must not be empty".into());
    }
    let read_only = node.at("read_only").is_some_and(|flag| flag.value == Value::Bool(true));
    let create = node.find(&["bind", "create_host_path"]).is_none_or(|flag| flag.value != Value::Bool(false));
    Ok(Mount { create_source: create, ..mount(kind, source, &target, read_only, &node.place) })
}

/// Reads the short form, whose relative source is absolute by now.
fn short(text: &str, place: &Place) -> Result<Mount, String> {
    let spec = spec(text)?;
    Ok(mount(spec.kind, spec.source, &spec.target, spec.read_only, place))
}
