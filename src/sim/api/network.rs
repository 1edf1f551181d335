//! `GET /networks` and `GET /networks/ID`.

use serde_json::{Map, Value, json};

use super::{Face, object, put};
use crate::sim::world::{Network, World};

/// A network; its members only where one network is asked for.
pub fn network(face: &Face, world: &World, network: &Network, with_members: bool) -> Value {
    let pools = if network.subnet.is_empty() {
        // Older engines wrote an empty list for host and none.
        if face.since(44) { Value::Null } else { json!([]) }
    } else {
        json!([{"Subnet": network.subnet, "Gateway": network.gateway}])
    };
    let mut document = json!({
        "Name": network.name,
        "Id": network.id,
        "Created": face.time(Some(network.created)),
        "Scope": "local",
        "Driver": network.driver,
    });
    if face.since(47) {
        put(&mut document, "EnableIPv4", true);
    }
    put(&mut document, "EnableIPv6", false);
    put(&mut document, "IPAM", json!({"Driver": "default", "Options": null, "Config": pools}));
    put(&mut document, "Internal", network.internal);
    put(&mut document, "Attachable", network.attachable);
    put(&mut document, "Ingress", false);
    put(&mut document, "ConfigFrom", json!({"Network": ""}));
    put(&mut document, "ConfigOnly", false);
    // From Docker 29 on the list has no members at all.
    if with_members || !face.since(52) {
        put(&mut document, "Containers", if with_members { members(world, network) } else { json!({}) });
    }
    put(&mut document, "Options", object(&network.options));
    put(&mut document, "Labels", object(&network.labels));
    document
}

fn members(world: &World, network: &Network) -> Value {
    let mut found: Vec<_> = world.members(network);
    found.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let prefix = network.subnet.split_once('/').map_or("", |(_, prefix)| prefix);
    let member = |address: &str| if address.is_empty() { String::new() } else { format!("{address}/{prefix}") };
    let members = found.into_iter().map(|(container, place)| {
        let document = json!({
            "Name": container.name,
            "EndpointID": place.id,
            "MacAddress": place.mac,
            "IPv4Address": member(&place.address),
            "IPv6Address": "",
        });
        (container.id.clone(), document)
    });
    Value::Object(members.collect::<Map<_, _>>())
}
