//! `GET /system/df`: lists of everything with sizes, and from API 1.52 on sums around them.

use serde_json::{Value, json};

use super::{Face, container, image, put, volume};
use crate::sim::world::{CacheRecord, World};

/// Which kinds are asked for (`type`); all where none is named.
pub struct Kinds(pub Vec<String>);

impl Kinds {
    fn has(&self, kind: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|k| k == kind)
    }
}

/// The document.
pub fn usage(face: &Face, world: &World, kinds: &Kinds, verbose: bool) -> Value {
    let layers = layers(world);
    let images = || world.images().map(|i| image::summary(face, world, i, true)).collect::<Vec<_>>();
    let containers = || world.containers().map(|c| container::summary(face, world, c, true)).collect::<Vec<_>>();
    let volumes = || world.volumes().map(|v| volume::volume(face, world, v, true)).collect::<Vec<_>>();
    let cache = || world.cache().iter().map(|c| record(face, c)).collect::<Vec<_>>();
    let nullable = |wanted: bool, list: &dyn Fn() -> Vec<Value>| if wanted { Value::from(list()) } else { Value::Null };
    if face.since(52) && face.asked_since(52) {
        let mut document = json!({});
        let mut section = |key: &str, sums: [u64; 4], items: &dyn Fn() -> Vec<Value>| {
            let [active, total, reclaimable, size] = sums;
            let mut part = json!({
                "ActiveCount": active, "TotalCount": total, "Reclaimable": reclaimable, "TotalSize": size,
            });
            if verbose {
                put(&mut part, "Items", items());
            }
            put(&mut document, key, part);
        };
        if kinds.has("image") {
            section("ImageUsage", image_sums(world, layers), &images);
        }
        if kinds.has("container") {
            section("ContainerUsage", container_sums(world), &containers);
        }
        if kinds.has("volume") {
            section("VolumeUsage", volume_sums(world), &volumes);
        }
        if kinds.has("build-cache") {
            section("BuildCacheUsage", cache_sums(world), &cache);
        }
        return document;
    }
    let mut document = json!({
        "LayersSize": if kinds.has("image") { layers } else { 0 },
        "Images": nullable(kinds.has("image"), &images),
        "Containers": nullable(kinds.has("container"), &containers),
        "Volumes": nullable(kinds.has("volume"), &volumes),
        "BuildCache": nullable(kinds.has("build-cache"), &cache),
    });
    if !face.since(42) {
        put(&mut document, "BuilderSize", world.cache().iter().map(|c| c.size).sum::<u64>());
    }
    document
}

/// Bytes of all layers, each counted once: what images share lies there one time.
fn layers(world: &World) -> u64 {
    let own: u64 = world.images().map(|i| i.size.saturating_sub(i.shared)).sum();
    own + world.images().map(|i| i.shared).max().unwrap_or(0)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Active, total, reclaimable bytes, all bytes.
fn image_sums(world: &World, layers: u64) -> [u64; 4] {
    let used: Vec<_> = world.images().filter(|i| !world.image_users(&i.id).is_empty()).collect();
    let used_bytes: u64 = used.iter().map(|i| i.size.saturating_sub(i.shared)).sum();
    [count(used.len()), count(world.images().count()), layers.saturating_sub(used_bytes), layers]
}

fn container_sums(world: &World) -> [u64; 4] {
    let idle: u64 = world.containers().filter(|c| !c.running()).map(|c| c.size_rw).sum();
    let all: u64 = world.containers().map(|c| c.size_rw).sum();
    [count(world.containers().filter(|c| c.running()).count()), count(world.containers().count()), idle, all]
}

fn volume_sums(world: &World) -> [u64; 4] {
    let used = |name: &str| !world.volume_users(name).is_empty();
    let bytes = |wanted: bool| -> u64 {
        world.volumes().filter(|v| wanted || !used(&v.name)).map(|v| world.volume_size(v)).sum()
    };
    let active = world.volumes().filter(|v| used(&v.name)).count();
    [count(active), count(world.volumes().count()), bytes(false), bytes(true)]
}

fn cache_sums(world: &World) -> [u64; 4] {
    let own = |c: &&CacheRecord| !c.shared;
    let bytes: u64 = world.cache().iter().filter(own).map(|c| c.size).sum();
    [0, count(world.cache().len()), bytes, bytes]
}

fn record(face: &Face, record: &CacheRecord) -> Value {
    json!({
        "ID": record.id,
        "Parent": "",
        "Type": "regular",
        "Description": record.description,
        "InUse": false,
        "Shared": record.shared,
        "Size": record.size,
        "CreatedAt": face.time(Some(record.created)),
        "LastUsedAt": face.time(Some(record.last_used)),
        "UsageCount": record.used,
    })
}
