//! `GET /volumes` and `GET /volumes/NAME`.

use serde_json::{Value, json};

use super::{Face, container::volume_path, object_or_null, put};
use crate::sim::world::{Volume, World};

/// A volume; with its size and users for the disk usage.
pub fn volume(face: &Face, world: &World, volume: &Volume, usage: bool) -> Value {
    let mut document = json!({
        // Whole seconds: the engine reads it off the folder.
        "CreatedAt": crate::base::time::Stamp::from_secs(face.seconds(volume.created)).to_string(),
        "Driver": volume.driver,
        "Labels": object_or_null(&volume.labels),
        "Mountpoint": volume_path(&volume.name),
        "Name": volume.name,
        "Options": object_or_null(&volume.options),
        "Scope": "local",
    });
    if usage {
        let users = world.volume_users(&volume.name).len();
        put(&mut document, "UsageData", json!({"RefCount": users, "Size": world.volume_size(volume)}));
    }
    document
}
