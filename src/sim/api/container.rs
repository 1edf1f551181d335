//! `GET /containers/json`: containers in brief, and what both views of a container share.

use serde_json::{Map, Value, json};

use super::{Face, object, put, status::status};
use crate::sim::world::{Container, Endpoint, Mount, MountSource, World};

/// Where the engine keeps its things.
pub(super) const ROOT: &str = "/var/lib/docker";

/// A container of the list.
pub fn summary(face: &Face, world: &World, container: &Container, size: bool) -> Value {
    let image = world.image(&container.spec.image_id).ok();
    let mut brief = json!({
        "Id": container.id,
        "Names": [format!("/{}", container.name)],
        // Once another image took the name, the list shows the id.
        "Image": if image.is_some_and(|i| i.tags.contains(&container.spec.image)) {
            container.spec.image.clone()
        } else {
            container.spec.image_id.clone()
        },
        "ImageID": container.spec.image_id,
        "Command": command(container),
        "Created": face.seconds(container.created),
        "Ports": ports(container),
    });
    if size {
        put_size(&mut brief, world, container);
    }
    let running = container.running();
    let networks = container.endpoints.iter().map(|e| {
        // The list knows the addresses, and leaves out what the container was made with.
        let mut place = endpoint(face, container, e, running);
        put(&mut place, "Aliases", Value::Null);
        if face.since(44) {
            put(&mut place, "DNSNames", Value::Null);
        }
        (e.network.clone(), place)
    });
    put(&mut brief, "Labels", object(&container.labels));
    put(&mut brief, "State", face.word(container.status.word(), "hibernating"));
    put(&mut brief, "Status", status(container, world.now()));
    put(&mut brief, "HostConfig", json!({"NetworkMode": network_mode(container)}));
    put(&mut brief, "NetworkSettings", json!({"Networks": networks.collect::<Map<_, _>>()}));
    put(&mut brief, "Mounts", container.mounts.iter().map(mount).collect::<Vec<_>>());
    if face.since(48) {
        put(&mut brief, "ImageManifestDescriptor", manifest(&container.spec.image_id));
    }
    if face.since(52) {
        let word = container.health.as_ref().map_or("none", |h| face.word(h.status.word(), "pondering"));
        let streak = container.health.as_ref().map_or(0, |h| h.failing_streak);
        put(&mut brief, "Health", json!({"Status": word, "FailingStreak": streak}));
    }
    brief
}

/// `SizeRw`, left out where nothing was written, and `SizeRootFs`.
pub(super) fn put_size(to: &mut Value, world: &World, container: &Container) {
    let image = world.image(&container.spec.image_id).map_or(0, |i| i.size);
    if container.size_rw > 0 {
        put(to, "SizeRw", container.size_rw);
    }
    put(to, "SizeRootFs", image + container.size_rw);
}

/// The program and its arguments in one line; what has blanks is quoted.
fn command(container: &Container) -> String {
    let quoted = |word: &str| if word.contains(' ') { format!("'{word}'") } else { word.to_owned() };
    let mut words = container.spec.argv();
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |line, word| line + " " + &quoted(word))
}

/// The network that the container was made in.
pub(super) fn network_mode(container: &Container) -> &str {
    // Compose makes a container in the first network by priority, then by name.
    container.endpoints.first().map_or("none", |e| e.network.as_str())
}

fn ports(container: &Container) -> Vec<Value> {
    let mut listed = Vec::new();
    for port in &container.spec.ports {
        let (inside, protocol) = (port.inside, &port.protocol);
        match &port.outside {
            _ if !container.alive() => {}
            None => listed.push(json!({"PrivatePort": inside, "Type": protocol})),
            Some((address, outside)) => {
                for host in addresses(address) {
                    listed.push(json!({"IP": host, "PrivatePort": inside, "PublicPort": outside, "Type": protocol}));
                }
            }
        }
    }
    listed
}

/// Published without an address is published on all of IPv4 and of IPv6.
pub(super) fn addresses(address: &str) -> Vec<&str> {
    if address.is_empty() || address == "0.0.0.0" { vec!["0.0.0.0", "::"] } else { vec![address] }
}

/// A container's place in a network.
pub(super) fn endpoint(face: &Face, container: &Container, place: &Endpoint, live: bool) -> Value {
    let text = |value: &str| if live { value.to_owned() } else { String::new() };
    let short = container.short().to_owned();
    let mut aliases = place.aliases.clone();
    let mut names = aliases.clone();
    names.push(short.clone());
    // Up to API 1.43 the engine added the short id; since then it is among the names that the DNS answers.
    if !face.since(44) {
        aliases.push(short);
    }
    let mut document = json!({"IPAMConfig": null, "Links": null, "Aliases": aliases});
    if face.since(44) {
        put(&mut document, "MacAddress", text(&place.mac));
    }
    if face.since(48) {
        put(&mut document, "DriverOpts", Value::Null);
        put(&mut document, "GwPriority", 0);
    }
    put(&mut document, "NetworkID", place.network_id.as_str());
    put(&mut document, "EndpointID", text(&place.id));
    put(&mut document, "Gateway", text(&place.gateway));
    put(&mut document, "IPAddress", text(&place.address));
    put(&mut document, "IPPrefixLen", if live { place.prefix } else { 0 });
    put(&mut document, "IPv6Gateway", "");
    put(&mut document, "GlobalIPv6Address", "");
    put(&mut document, "GlobalIPv6PrefixLen", 0);
    if !face.since(44) {
        put(&mut document, "MacAddress", text(&place.mac));
    }
    if !face.since(48) {
        put(&mut document, "DriverOpts", Value::Null);
    }
    if face.since(44) {
        put(&mut document, "DNSNames", names);
    }
    document
}

/// A mount as it is.
pub(super) fn mount(mount: &Mount) -> Value {
    let writable = mount.writable;
    match &mount.source {
        MountSource::Volume(name) => json!({
            "Type": "volume", "Name": name, "Source": volume_path(name), "Destination": mount.target,
            "Driver": "local", "Mode": "z", "RW": writable, "Propagation": "",
        }),
        MountSource::Bind(path) => json!({
            "Type": "bind", "Source": path, "Destination": mount.target,
            "Mode": if writable { "rw" } else { "ro" }, "RW": writable, "Propagation": "rprivate",
        }),
        MountSource::Tmpfs => json!({
            "Type": "tmpfs", "Source": "", "Destination": mount.target,
            "Mode": "", "RW": writable, "Propagation": "",
        }),
    }
}

/// Where a volume lies on the host.
pub(super) fn volume_path(name: &str) -> String {
    format!("{ROOT}/volumes/{name}/_data")
}

/// `ImageManifestDescriptor`, of API 1.48 and later.
pub(super) fn manifest(image_id: &str) -> Value {
    json!({
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": image_id,
        "size": 1024,
        "platform": {"architecture": "amd64", "os": "linux"},
    })
}
