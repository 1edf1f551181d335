//! The mounts of a service, `tmpfs:` among them.

use indexmap::IndexMap;

use super::context::Context;
use crate::compose::{
    model::{Mount, MountKind},
    node::{Node, Value},
    syntax::{mounts::spec, paths::go_clean},
};

/// The mounts of a service; of several on one target the last counts.
pub fn read(service: &Node, trail: &str, context: &mut Context<'_, '_>) -> Vec<Mount> {
    let mut mounts: IndexMap<String, Mount> = IndexMap::new();
    for item in service.items("volumes") {
        let read = match &item.value {
            Value::Map(_) => mount(item, trail),
            _ => match spec(&item.text().unwrap_or_default()) {
                Err(why) => Err(why),
                // No text, which the schema told.
                Ok(_) => continue,
            },
        };
        match read {
            Ok(mount) => {
                mounts.insert(mount.target.clone(), mount);
            }
            Err(why) => context.reader.report.error(&item.place, why),
        }
    }
    for (text, place) in service.at("tmpfs").map(Node::texts).unwrap_or_default() {
        let mount = Mount {
            kind: MountKind::Tmpfs,
            source: None,
            // `/x` and `/x/` are one target.
            target: go_clean(text.split(':').next().unwrap_or(text)),
            read_only: false,
            create_source: true,
            place: Some(place.clone()),
        };
        mounts.insert(mount.target.clone(), mount);
    }
    mounts.into_values().collect()
}

fn mount(node: &Node, trail: &str) -> Result<Mount, String> {
    let text = |key: &str| node.at(key).and_then(Node::text).filter(|text| !text.is_empty());
    let kind = match text("type").as_deref() {
        Some("bind") => MountKind::Bind,
        Some("volume") | None => MountKind::Volume,
        Some("tmpfs") => MountKind::Tmpfs,
        Some(_) => MountKind::Other,
    };
    let Some(target) = text("target") else { return Err(format!("{trail} is missing a mount target")) };
    if kind == MountKind::Bind && node.at("source").is_none() {
        return Err("invalid mount config for type \"bind\": field Source must not be empty".into());
    }
    Ok(Mount {
        kind,
        source: text("source"),
        target,
        read_only: node.is("read_only", true),
        create_source: !node.at("bind").is_some_and(|bind| bind.is("create_host_path", false)),
        place: Some(node.place.clone()),
    })
}
