//! Disk usage, in the shape of engines before API 1.52 and in the newer one.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};

use super::{
    Connector, Engine, Error, Outlet,
    translate::label,
    transport::LIST_CAP,
    wire::{self, Labels, lax, wire},
};
use crate::{
    base::{num::total, time::Stamp},
    host::{Fact, Image, Usage},
    stack::VolumeUsage,
};

/// What is asked.
const WHAT: &str = "the disk usage";
/// Counting walks through every volume.
const DEADLINE: Duration = Duration::from_secs(120);
/// The pause before a failed count is tried again.
const AGAIN: Duration = Duration::from_secs(5);

wire! {
    /// `GET /system/df`: lists at the top, or within `…Usage` objects.
    Df {
        "Images" images: Vec<DfImage>,
        "Containers" containers: Vec<DfContainer>,
        "Volumes" volumes: Vec<DfVolume>,
        "BuildCache" cache: Vec<DfCache>,
        "ImageUsage" image_usage: Items<DfImage>,
        "ContainerUsage" container_usage: Items<DfContainer>,
        "VolumeUsage" volume_usage: Items<DfVolume>,
        "BuildCacheUsage" cache_usage: CacheUsage,
    }
    CacheUsage { "TotalSize" total: Option<i64>, }
    DfImage {
        "Id" id: String,
        "RepoTags" tags: Vec<String>,
        "RepoDigests" digests: Vec<String>,
        "Size" size: i64,
        "SharedSize" shared: Option<i64>,
        "Labels" labels: Labels,
        "Containers" containers: Option<i64>,
        "Created" created: i64,
    }
    DfContainer { "Id" id: String, "SizeRw" written: i64, }
    DfVolume { "Name" name: String, "UsageData" usage: Option<DfVolumeUsage>, }
    DfVolumeUsage { "Size" size: Option<i64>, "RefCount" count: Option<i64>, }
    DfCache { "Size" size: i64, "Shared" shared: bool, }
}

/// A list one level deeper, as engines write it from API 1.52 on.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
pub(super) struct Items<T> {
    #[serde(rename = "Items", default = "Vec::new", deserialize_with = "lax")]
    items: Vec<T>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl Engine {
    /// What volumes, images, containers and the build cache take on the disk. Slow: the engine counts.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn usage(&self) -> Result<Usage, Error> {
        let body = self.transport.get_within("/system/df?verbose=1", LIST_CAP, DEADLINE).await?;
        Ok(usage(self.counted(WHAT, df, &body)?, self.engine_now()))
    }
}

/// Reads the answer. Items that can't be read are left out; the number is how many.
fn df(what: &str, body: &[u8]) -> Result<(Df, usize), Error> {
    let whole = match wire::one(what, body) {
        Ok(df) => return Ok((df, 0)),
        Err(whole) => whole,
    };
    let mut unreadable = 0;
    let mut df = Df::default();
    for (key, part) in wire::parts(body).ok_or(whole)? {
        let lost = &mut unreadable;
        match key.as_deref().unwrap_or_default() {
            "Images" => df.images = list(what, part, lost),
            "Containers" => df.containers = list(what, part, lost),
            "Volumes" => df.volumes = list(what, part, lost),
            "BuildCache" => df.cache = list(what, part, lost),
            "ImageUsage" => df.image_usage.items = items(what, part, lost),
            "ContainerUsage" => df.container_usage.items = items(what, part, lost),
            "VolumeUsage" => df.volume_usage.items = items(what, part, lost),
            "BuildCacheUsage" => df.cache_usage = wire::one(what, part).unwrap_or_else(|_| missed(lost)),
            _ => {}
        }
    }
    Ok((df, unreadable))
}

/// The list of an `…Usage` object.
fn items<T: DeserializeOwned>(what: &str, object: &[u8], unreadable: &mut usize) -> Vec<T> {
    let parts = wire::parts(object).unwrap_or_default();
    let list_of = parts.into_iter().find(|(key, _)| key.as_deref() == Some("Items"));
    list_of.map_or_else(Vec::new, |(_, part)| list(what, part, unreadable))
}

fn list<T: DeserializeOwned>(what: &str, part: &[u8], unreadable: &mut usize) -> Vec<T> {
    let Ok((list, lost)) = wire::many(what, part) else { return missed(unreadable) };
    *unreadable += lost;
    list
}

/// In the place of what can't be read.
fn missed<T: Default>(unreadable: &mut usize) -> T {
    *unreadable += 1;
    T::default()
}

/// Asks for the disk usage once, again only while it fails.
pub async fn poll_usage(connector: Connector, out: Outlet) {
    loop {
        let engine = connector.connection().await;
        match engine.usage().await {
            Ok(usage) => {
                let lost = engine.unread.take(engine.engine_now()).into_iter().map(Fact::Lost);
                // Nobody wants it any more.
                let _closed = out.send(std::iter::once(Fact::Usage(usage)).chain(lost).collect()).await;
                return;
            }
            Err(error) => tracing::warn!(%error, "the disk usage can't be had"),
        }
        tokio::select! {
            () = out.closed() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

/// −1 stands for what wasn't counted.
fn counted(n: Option<i64>) -> Option<u64> {
    n.and_then(|n| u64::try_from(n).ok())
}

fn small(n: Option<i64>) -> Option<u32> {
    n.and_then(|n| u32::try_from(n).ok())
}

/// An image's names, without the words that stand for none.
fn named(names: Vec<String>) -> Vec<String> {
    names.into_iter().filter(|name| !name.starts_with("<none>")).collect()
}

fn usage(df: Df, at: Stamp) -> Usage {
    // Items shared between records would count twice.
    let cache = total(df.cache.iter().filter(|c| !c.shared).filter_map(|c| counted(Some(c.size))));
    let volumes = df.volumes.into_iter().chain(df.volume_usage.items);
    let images = df.images.into_iter().chain(df.image_usage.items);
    let containers = df.containers.into_iter().chain(df.container_usage.items);
    Usage {
        at,
        volumes: volumes
            .map(|v| {
                let usage = v.usage.unwrap_or_default();
                (v.name.into(), VolumeUsage { size: counted(usage.size), containers: small(usage.count) })
            })
            .collect(),
        images: images
            .map(|i| Image {
                id: i.id.into(),
                tags: named(i.tags),
                digests: named(i.digests),
                size: counted(Some(i.size)).unwrap_or(0),
                shared: counted(i.shared),
                project: i.labels.get(label::PROJECT).filter(|p| !p.is_empty()).map(|p| p.as_str().into()),
                containers: small(i.containers),
                created: (i.created > 0).then(|| Stamp::from_secs(i.created)),
            })
            .collect(),
        build_cache: Some(counted(df.cache_usage.total).unwrap_or(cache)),
        containers: containers.map(|c| (c.id.into(), counted(Some(c.written)).unwrap_or(0))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Usage {
        let (usage, lost) = read_counting(json);
        assert_eq!(lost, 0);
        usage
    }

    fn read_counting(json: &str) -> (Usage, usize) {
        let (df, lost) = df(WHAT, json.as_bytes()).unwrap();
        (usage(df, Stamp::from_secs(1)), lost)
    }

    #[test]
    fn an_item_that_cannot_be_read_is_missing_alone() {
        let list = |name: &str, id: &str, count: &str| {
            format!(r#"[{{"{id}":"{name}1"}},{{"{id}":"{name}2","{count}":1e999}},{{"{id}":"{name}3"}}]"#)
        };
        let (images, containers) = (list("i", "Id", "Size"), list("c", "Id", "SizeRw"));
        let volumes = r#"[{"Name":"v1"},{"Name":"v2","UsageData":{"Size":1e999}},{"Name":"v3"}]"#;
        let cache = r#"[{"Size":1},{"Size":1e999},{"Size":2}]"#;
        let (usage, lost) = read_counting(&format!(
            r#"{{"LayersSize":1e999,"Images":{images},"Containers":{containers},"Volumes":{volumes},"BuildCache":{cache}}}"#
        ));
        let (newer, _) = read_counting(&format!(
            r#"{{"ImageUsage":{{"Items":{images}}},"ContainerUsage":{{"Items":{containers}}},"VolumeUsage":{{"Items":{volumes}}},
            "BuildCacheUsage":{{"Items":{cache},"TotalSize":3}}}}"#
        ));
        assert_eq!((lost, &usage), (4, &newer));
        assert_eq!((usage.images.len(), usage.containers.len(), usage.volumes.len()), (2, 2, 2));
        assert_eq!(usage.build_cache, Some(3));
    }

    #[test]
    fn both_shapes_say_the_same() {
        let image = r#"{"Id":"sha256:1","RepoTags":["<none>:<none>"],"RepoDigests":["<none>@<none>"],"Size":10,"SharedSize":-1,"Containers":2,"Created":5,
            "Labels":{"com.docker.compose.project":"p"}}"#;
        let volume = r#"{"Name":"p_data","UsageData":{"Size":7,"RefCount":1}},{"Name":"x","UsageData":{"Size":-1,"RefCount":-1}},{"Name":"y"}"#;
        let old = read(&format!(
            r#"{{"Images":[{image}],"Volumes":[{volume}],"Containers":[{{"Id":"c","SizeRw":3}}],"BuildCache":[{{"Size":4}},{{"Size":9,"Shared":true}}]}}"#
        ));
        let new = read(&format!(
            r#"{{"ImageUsage":{{"Items":[{image}]}},"VolumeUsage":{{"Items":[{volume}]}},"ContainerUsage":{{"Items":[{{"Id":"c","SizeRw":3}}]}},
            "BuildCacheUsage":{{"TotalSize":4}}}}"#
        ));
        assert_eq!(old, new);
        assert_eq!(old.volumes["p_data"], VolumeUsage { size: Some(7), containers: Some(1) });
        assert_eq!((old.volumes["x"], old.volumes["y"]), Default::default());
        assert!(old.images[0].tags.is_empty() && old.images[0].digests.is_empty() && old.images[0].shared.is_none());
        assert_eq!((old.build_cache, old.images[0].containers), (Some(4), Some(2)));
    }
}
