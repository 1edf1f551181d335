//! `GET /images/json` and `GET /images/NAME/json`.

use serde_json::{Value, json};

use super::{Face, hex, inspect::graph, list_or_null, put};
use crate::sim::world::{Image, ImageConfig, Removal, World};

/// An image in brief; its shared size and users only for the disk usage.
pub fn summary(face: &Face, world: &World, image: &Image, usage: bool) -> Value {
    let users = world.image_users(&image.id).len();
    let dangling = image.tags.is_empty();
    let (tags, digests) = match dangling {
        // Up to API 1.42 an image without a name had placeholders.
        true if !face.since(43) => (json!(["<none>:<none>"]), json!(["<none>@<none>"])),
        true => (json!([]), json!([])),
        false if face.since(44) && !usage => (json!(image.tags), json!([])),
        false => (json!(image.tags), Value::Null),
    };
    let count: i64 = if usage { i64::try_from(users).unwrap_or(i64::MAX) } else { -1 };
    let shared: i64 = if usage { i64::try_from(image.shared).unwrap_or(i64::MAX) } else { -1 };
    let mut document = json!({
        "Containers": count,
        "Created": face.seconds(image.created),
        "Id": image.id,
        "Labels": null,
        "ParentId": "",
        "RepoDigests": digests,
        "RepoTags": tags,
        "SharedSize": shared,
        "Size": image.size,
    });
    if !face.asked_since(44) || !face.since(44) {
        put(&mut document, "VirtualSize", image.size);
    }
    document
}

/// Everything about an image.
pub fn inspect(face: &Face, image: &Image) -> Value {
    let mut document = json!({"Id": image.id, "RepoTags": image.tags, "RepoDigests": []});
    if !face.since(52) {
        put(&mut document, "Parent", "");
    }
    put(&mut document, "Comment", "");
    put(&mut document, "Created", face.time(Some(image.created)));
    if !face.since(45) {
        put(&mut document, "Container", "");
        put(&mut document, "ContainerConfig", config(face, &image.config, true));
    }
    if !face.since(52) {
        put(&mut document, "DockerVersion", face.release.engine);
    }
    put(&mut document, "Author", "");
    put(&mut document, "Config", config(face, &image.config, false));
    put(&mut document, "Architecture", "amd64");
    put(&mut document, "Os", "linux");
    put(&mut document, "Size", image.size);
    if !face.since(44) {
        put(&mut document, "VirtualSize", image.size);
    }
    put(&mut document, "GraphDriver", graph(face, &image.id, false));
    let layer = format!("sha256:{}", hex(&format!("diff {}", image.id)));
    put(&mut document, "RootFS", json!({"Type": "layers", "Layers": [layer]}));
    put(&mut document, "Metadata", json!({"LastTagTime": face.time(Some(image.created))}));
    document
}

/// What containers of the image run; `built` for the container that once built it.
fn config(face: &Face, config: &ImageConfig, built: bool) -> Value {
    let mut document = json!({});
    if !face.since(50) {
        for key in ["Hostname", "Domainname"] {
            put(&mut document, key, "");
        }
    }
    put(&mut document, "User", config.user.as_str());
    if !face.since(50) {
        for key in ["AttachStdin", "AttachStdout", "AttachStderr"] {
            put(&mut document, key, false);
        }
    }
    if !config.exposed.is_empty() {
        let ports: serde_json::Map<_, _> = config.exposed.iter().map(|p| (p.clone(), json!({}))).collect();
        put(&mut document, "ExposedPorts", ports);
    }
    if !face.since(50) {
        for key in ["Tty", "OpenStdin", "StdinOnce"] {
            put(&mut document, key, false);
        }
    }
    put(&mut document, "Env", json!(config.environment));
    // The classic builder wrote down the last step that it ran.
    let command = if built {
        json!(["/bin/sh", "-c", "#(nop) ", format!("CMD {}", json!(config.command))])
    } else {
        list_or_null(&config.command)
    };
    put(&mut document, "Cmd", command);
    if !face.since(50) {
        put(&mut document, "Image", "");
    }
    let volumes: serde_json::Map<_, _> = config.volumes.iter().map(|v| (v.clone(), json!({}))).collect();
    put(&mut document, "Volumes", if volumes.is_empty() { Value::Null } else { Value::Object(volumes) });
    put(&mut document, "WorkingDir", config.working_dir.as_str());
    put(&mut document, "Entrypoint", list_or_null(&config.entrypoint));
    put(&mut document, "OnBuild", Value::Null);
    put(&mut document, "Labels", if built { json!({}) } else { Value::Null });
    if !config.stop_signal.is_empty() {
        put(&mut document, "StopSignal", config.stop_signal.as_str());
    }
    document
}

/// What an image's removal answers.
pub fn removals(removals: &[Removal]) -> Value {
    let said = removals.iter().map(|removal| match removal {
        Removal::Untagged(name) => json!({"Untagged": name}),
        Removal::Deleted(id) => json!({"Deleted": id}),
    });
    said.collect()
}
