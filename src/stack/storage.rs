//! What the project keeps on disk: volumes, bind mounts and tmpfs, who has them, and what becomes of them.
//!
//! What `down` removes follows docker compose v2: nothing here without `-v`; with it the declared volumes that
//! aren't external, and the anonymous ones of the containers. A volume that only carries the project's label
//! stays where the files don't declare it (`pkg/compose/down.go`: the project's volumes are those of the model).

use std::collections::BTreeMap;

use super::{Container, EngineView, Stack, Volume};
use crate::{
    base::id::{ServiceName, VolumeName},
    compose::{self, MountKind},
};

/// What identifies something that is stored, while figures about it change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageKey {
    /// A volume of the engine.
    Volume(VolumeName),
    /// A volume that is declared and doesn't exist; by its key in the files.
    DeclaredVolume(String),
    /// A bind mount: the host's path.
    Bind(String),
    /// A tmpfs: whose, and the container's path.
    Tmpfs(ServiceName, String),
}

/// What kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageKind {
    /// A volume with a name that somebody chose.
    Named,
    /// A volume with a name that the engine made up.
    Anonymous,
    /// A volume that is declared as made by somebody else.
    External,
    /// A folder or file of the host.
    Bind,
    /// Memory.
    Tmpfs,
}

impl StorageKind {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Named => "volume",
            Self::Anonymous => "anonymous",
            Self::External => "external",
            Self::Bind => "bind",
            Self::Tmpfs => "tmpfs",
        }
    }
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Kept,
    /// It stays, but no container holds it any more, and the next `up` doesn't find it again.
    Stranded,
    /// It is removed with what is in it.
    Removed,
    /// There is nothing to remove.
    Nothing,
}

impl Fate {
    /// The one word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Stranded => "stranded",
            Self::Removed => "removed",
            Self::Nothing => "–",
        }
    }
}

/// Who has a store, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StorageUse {
    /// The service, or the container's name where it is of none; unsanitised.
    pub who: String,
    /// The path in the container; unsanitised.
    pub target: String,
    /// Whether it may write there.
    pub writable: bool,
}

/// One store of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageItem {
    /// What identifies it.
    pub key: StorageKey,
    /// What kind.
    pub kind: StorageKind,
    /// Its name or path; unsanitised.
    pub name: String,
    /// Who mounts it, or would.
    pub used_by: Vec<StorageUse>,
    /// Whether the files name it.
    pub declared: bool,
    /// Whether it is there: a volume on the engine, a mount in a container.
    pub exists: bool,
    /// Bytes in it, if measured.
    pub size: Option<u64>,
    /// It carries the project's label, but is neither declared nor mounted: left over.
    pub orphaned: bool,
    /// What `down` makes of it.
    pub on_down: Fate,
    /// What `down -v` makes of it.
    pub on_down_v: Fate,
}

impl StorageItem {
    fn new(key: StorageKey, kind: StorageKind, name: &str) -> Self {
        Self {
            key,
            kind,
            name: name.to_owned(),
            used_by: Vec::new(),
            declared: false,
            exists: false,
            size: None,
            orphaned: false,
            on_down: Fate::Kept,
            on_down_v: Fate::Kept,
        }
    }

    fn use_by(&mut self, who: &str, target: &str, writable: bool) {
        // What a container has goes before what the files would give the next one.
        if !self.used_by.iter().any(|u| u.who == who && u.target == target) {
            self.used_by.push(StorageUse { who: who.to_owned(), target: target.to_owned(), writable });
        }
    }

    fn settle(&mut self, has_files: bool) {
        let is_volume = matches!(self.key, StorageKey::Volume(_));
        self.orphaned = is_volume && !self.declared && self.used_by.is_empty();
        (self.on_down, self.on_down_v) = match self.kind {
            _ if !self.exists => (Fate::Nothing, Fate::Nothing),
            StorageKind::External | StorageKind::Bind => (Fate::Kept, Fate::Kept),
            StorageKind::Tmpfs => (Fate::Removed, Fate::Removed),
            StorageKind::Anonymous if self.used_by.is_empty() => (Fate::Kept, Fate::Kept),
            StorageKind::Anonymous => (Fate::Stranded, Fate::Removed),
            // Without files docker compose takes what carries the project's label for declared.
            StorageKind::Named if self.declared || !has_files => (Fate::Kept, Fate::Removed),
            StorageKind::Named => (Fate::Kept, Fate::Kept),
        };
        self.used_by.sort();
    }
}

impl Stack {
    /// Everything that the project stores or declares to on this engine: volumes, then bind mounts, then tmpfs, by
    /// name.
    pub fn storage(&self, engine: EngineView<'_>) -> Vec<StorageItem> {
        let mut items = BTreeMap::new();
        for volume in self.volumes.values() {
            let item = volume_item(volume, engine);
            items.insert(item.key.clone(), item);
        }
        for container in self.containers.values() {
            add_mounts(&mut items, container);
        }
        if let Some(project) = &self.declared {
            add_declared(&mut items, project);
        }
        let mut items: Vec<StorageItem> = items.into_values().collect();
        for item in &mut items {
            item.settle(self.declared.is_some());
        }
        items.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        items
    }
}

fn volume_item(volume: &Volume, engine: EngineView<'_>) -> StorageItem {
    let kind = if volume.anonymous { StorageKind::Anonymous } else { StorageKind::Named };
    let mut item = StorageItem::new(StorageKey::Volume(volume.name.clone()), kind, &volume.name);
    item.exists = true;
    item.size = engine.volumes.and_then(|volumes| volumes.get(&volume.name)).and_then(|usage| usage.size);
    item
}

fn add_mounts(items: &mut BTreeMap<StorageKey, StorageItem>, container: &Container) {
    let who = container.service.clone().unwrap_or_else(|| container.name.as_str().into());
    for mount in &container.mounts {
        let (key, kind, name) = match (mount.kind, &mount.volume) {
            (MountKind::Volume, Some(volume)) => {
                (StorageKey::Volume(volume.clone()), StorageKind::Named, volume.as_str())
            }
            (MountKind::Bind, _) => (StorageKey::Bind(mount.source.clone()), StorageKind::Bind, mount.source.as_str()),
            (MountKind::Tmpfs, _) => {
                (StorageKey::Tmpfs(who.clone(), mount.target.clone()), StorageKind::Tmpfs, mount.target.as_str())
            }
            (MountKind::Volume | MountKind::Other, _) => continue,
        };
        let item = items.entry(key.clone()).or_insert_with(|| StorageItem::new(key, kind, name));
        item.exists = true;
        item.use_by(&who, &mount.target, mount.writable);
    }
}

fn add_declared(items: &mut BTreeMap<StorageKey, StorageItem>, project: &compose::Project) {
    for (key, volume) in &project.volumes {
        let item = declared_volume(items, key, volume);
        item.declared = true;
        if volume.external {
            item.kind = StorageKind::External;
        }
    }
    for service in project.services.values().filter(|s| s.enabled) {
        for mount in &service.mounts {
            let item = match (mount.kind, &mount.source) {
                (MountKind::Volume, Some(source)) => {
                    let Some(volume) = project.volumes.get(source) else { continue };
                    declared_volume(items, source, volume)
                }
                (MountKind::Bind, Some(path)) => entry(items, StorageKey::Bind(path.clone()), StorageKind::Bind, path),
                (MountKind::Tmpfs, _) => {
                    let key = StorageKey::Tmpfs(service.name.clone(), mount.target.clone());
                    entry(items, key, StorageKind::Tmpfs, &mount.target)
                }
                // An anonymous volume gets its name when a container is made.
                (MountKind::Volume | MountKind::Bind | MountKind::Other, _) => continue,
            };
            item.declared = true;
            item.use_by(&service.name, &mount.target, !mount.read_only);
        }
    }
}

/// The item of a declared volume: the engine's, where it has one of that name.
fn declared_volume<'a>(
    items: &'a mut BTreeMap<StorageKey, StorageItem>,
    key: &str,
    volume: &compose::Volume,
) -> &'a mut StorageItem {
    let on_engine = StorageKey::Volume(volume.name.as_str().into());
    let key = if items.contains_key(&on_engine) { on_engine } else { StorageKey::DeclaredVolume(key.to_owned()) };
    entry(items, key, StorageKind::Named, &volume.name)
}

fn entry<'a>(
    items: &'a mut BTreeMap<StorageKey, StorageItem>,
    key: StorageKey,
    kind: StorageKind,
    name: &str,
) -> &'a mut StorageItem {
    items.entry(key.clone()).or_insert_with(|| StorageItem::new(key, kind, name))
}
