//! What becomes of volumes, bind mounts and tmpfs.

use std::sync::Arc;

use crate::{
    base::id::VolumeName,
    compose::{self, Mount, MountKind, Project},
    stack::{
        fixture::*,
        storage::{Fate, StorageItem, StorageKey, StorageKind},
        *,
    },
};

fn declared() -> Arc<Project> {
    let mount = |kind, source: Option<&str>, target: &str| Mount {
        create_source: true,
        kind,
        source: source.map(Into::into),
        target: target.into(),
        read_only: false,
        place: None,
    };
    let mut db = service("db", &[]);
    db.mounts = vec![
        mount(MountKind::Volume, Some("data"), "/data"),
        mount(MountKind::Volume, Some("shared"), "/shared"),
        mount(MountKind::Volume, Some("new"), "/new"),
        mount(MountKind::Bind, Some("/p/conf"), "/conf"),
        mount(MountKind::Tmpfs, None, "/tmp"),
    ];
    let volume = |name: &str, external| compose::Volume { name: name.into(), external, driver: None, place: None };
    let mut project = Arc::unwrap_or_clone(project([db]));
    project.volumes.insert("data".into(), volume("p_data", false));
    project.volumes.insert("new".into(), volume("p_new", false));
    project.volumes.insert("shared".into(), volume("shared", true));
    Arc::new(project)
}

fn volume(name: &str, anonymous: bool) -> Volume {
    Volume {
        name: name.into(),
        key: None,
        project: Some(PROJECT.into()),
        driver: "local".into(),
        mountpoint: String::new(),
        created: None,
        anonymous,
        labels: std::collections::BTreeMap::new(),
        options: std::collections::BTreeMap::new(),
        scope: "local".into(),
    }
}

fn stored(declared: Option<Arc<Project>>) -> Vec<StorageItem> {
    let mount = |kind, volume: Option<&str>, source: &str, target: &str| MountPoint {
        kind,
        volume: volume.map(VolumeName::from),
        source: source.into(),
        target: target.into(),
        writable: true,
    };
    let mut db = container("db").running(1.0);
    db.mounts = vec![
        mount(MountKind::Volume, Some("p_data"), "", "/data"),
        mount(MountKind::Volume, Some("shared"), "", "/shared"),
        mount(MountKind::Volume, Some("abc123"), "", "/cache"),
        mount(MountKind::Bind, None, "/p/conf", "/conf"),
    ];
    let mut stack = stack(declared, &[db]);
    let list = [("p_data", false), ("p_old", false), ("shared", false), ("abc123", true)];
    stack.apply(Fact::Volumes(list.into_iter().map(|(name, anonymous)| volume(name, anonymous)).collect()));
    stack.taken = [(VolumeName::from("p_data"), VolumeUsage { size: Some(42), containers: Some(1) })].into();
    stack.storage()
}

#[test]
fn fates() {
    let rows: Vec<_> =
        stored(Some(declared())).into_iter().map(|i| (i.name, i.kind, i.orphaned, i.on_down, i.on_down_v)).collect();
    let row = |name: &str, kind, orphaned, down, down_v| (name.to_string(), kind, orphaned, down, down_v);
    assert_eq!(
        rows,
        [
            row("p_data", StorageKind::Named, false, Fate::Kept, Fate::Removed),
            row("p_new", StorageKind::Named, false, Fate::Nothing, Fate::Nothing),
            row("p_old", StorageKind::Named, true, Fate::Kept, Fate::Kept),
            row("abc123", StorageKind::Anonymous, false, Fate::Stranded, Fate::Removed),
            row("shared", StorageKind::External, false, Fate::Kept, Fate::Kept),
            row("/p/conf", StorageKind::Bind, false, Fate::Kept, Fate::Kept),
            row("/tmp", StorageKind::Tmpfs, false, Fate::Nothing, Fate::Nothing),
        ]
    );
}

#[test]
fn sizes_uses_and_keys() {
    let items = stored(Some(declared()));
    let data = &items[0];
    assert_eq!((data.size, data.declared, data.used_by.len()), (Some(42), true, 1));
    assert_eq!((data.used_by[0].who.as_str(), data.used_by[0].target.as_str()), ("db", "/data"));
    assert_eq!(items[1].key, StorageKey::DeclaredVolume("new".into()));
    assert_eq!(items[1].used_by.len(), 1, "who would mount it");
}

#[test]
fn without_files_labels_declare() {
    let items = stored(None);
    let old = items.iter().find(|i| i.name == "p_old").unwrap();
    assert_eq!(old.on_down_v, Fate::Removed);
}
