//! The keys that are maps and lists of their own: variables, labels, ports, mounts, networks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    difference::{Difference, Side},
    values::{list, scalar},
};
use crate::{
    compose::{MountKind, Origin},
    stack::{ImageFacts, MountPoint},
};

fn map(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Two maps under one key, name by name.
fn compare(
    key: &str,
    has: &BTreeMap<&str, String>,
    wanted: &BTreeMap<&str, String>,
    extra_counts: impl Fn(&str) -> bool,
) -> Vec<Difference> {
    let names: BTreeSet<&&str> = has.keys().chain(wanted.keys()).collect();
    let differs = names.into_iter().filter(|name| {
        let (old, new) = (has.get(**name), wanted.get(**name));
        old != new && (new.is_some() || extra_counts(name))
    });
    let difference =
        |name: &&str| Difference::new(format!("{key}.{name}"), has.get(*name).cloned(), wanted.get(*name).cloned());
    differs.map(difference).collect()
}

fn pair(entry: &str) -> (&str, String) {
    entry.split_once('=').map_or((entry, String::new()), |(name, value)| (name, value.to_owned()))
}

/// The image's variables, and over them the file's.
pub fn environment(side: &Side<'_>, image: Option<&ImageFacts>) -> Vec<Difference> {
    let has: BTreeMap<&str, String> = side.container.env.iter().map(|entry| pair(entry)).collect();
    let mut wanted: BTreeMap<&str, String> =
        image.into_iter().flat_map(|image| &image.env).map(|entry| pair(entry)).collect();
    wanted.extend(map(side.resolved.get("environment")).map(|(name, value)| (name.as_str(), scalar(value))));
    // Proxies come from the user's own docker configuration, and what runs in the image from nobody knows where.
    compare("environment", &has, &wanted, |name| image.is_some() && !is_proxy(name))
}

fn is_proxy(name: &str) -> bool {
    let lower = name.to_lowercase();
    matches!(&*lower, "http_proxy" | "https_proxy" | "ftp_proxy" | "no_proxy" | "all_proxy")
}

/// The image's labels, and over them the file's; those of compose and of Docker Desktop are nobody's.
pub fn labels(side: &Side<'_>, image: Option<&ImageFacts>) -> Vec<Difference> {
    let own = |name: &str| name.starts_with("com.docker.compose.") || name.starts_with("desktop.docker.io/");
    let has = side.container.labels.iter().filter(|(name, _)| !own(name));
    let has: BTreeMap<&str, String> = has.map(|(name, value)| (name.as_str(), value.clone())).collect();
    let of_image = image.into_iter().flat_map(|image| &image.labels).filter(|(name, _)| !own(name));
    let mut wanted: BTreeMap<&str, String> = of_image.map(|(name, value)| (name.as_str(), value.clone())).collect();
    wanted.extend(map(side.resolved.get("labels")).map(|(name, value)| (name.as_str(), scalar(value))));
    compare("labels", &has, &wanted, |_| image.is_some())
}

/// Published ports, as `docker compose` writes them.
pub fn ports(side: &Side<'_>) -> Option<Difference> {
    let said = array(side.resolved.get("ports")).map(|port| {
        let part = |key: &str| port.get(key).map(scalar).unwrap_or_default();
        let protocol = port.get("protocol").map_or_else(|| "tcp".to_owned(), scalar);
        published(&part("host_ip"), &part("published"), &format!("{}/{protocol}", part("target")))
    });
    let said = list(said);
    let has = list(side.container.config.published.iter().map(|(ip, port, target)| published(ip, port, target)));
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    (said != has).then(|| Difference::new("ports", text(has), text(said)))
}

fn published(ip: &str, port: &str, target: &str) -> String {
    let ip = if ip.is_empty() { String::new() } else { format!("{ip}:") };
    let port = if matches!(port, "" | "0") { String::new() } else { format!("{port}:") };
    format!("{ip}{port}{}", target.trim_end_matches("/tcp"))
}

/// Ports that are open inside, the image's and the published ones among them.
pub fn expose(side: &Side<'_>, image: Option<&ImageFacts>) -> Option<Difference> {
    let image = image?;
    let whole = |port: String| if port.contains('/') { port } else { format!("{port}/tcp") };
    let own: BTreeSet<String> = array(side.resolved.get("expose")).map(|port| whole(scalar(port))).collect();
    let published = array(side.resolved.get("ports")).map(|port| {
        let protocol = port.get("protocol").map_or_else(|| "tcp".to_owned(), scalar);
        format!("{}/{protocol}", port.get("target").map(scalar).unwrap_or_default())
    });
    let implied: BTreeSet<String> = image.exposed.iter().cloned().chain(published).collect();
    // A port that is no longer published is told by `ports`.
    let was: BTreeSet<&String> = side.container.config.published.iter().map(|(_, _, target)| target).collect();
    let exposed = &side.container.config.exposed;
    let has: BTreeSet<&String> = exposed.iter().filter(|p| !implied.contains(*p) && !was.contains(p)).collect();
    let wanted: BTreeSet<&String> = own.iter().filter(|p| !implied.contains(*p) && !was.contains(p)).collect();
    let text = |ports: BTreeSet<&String>| Some(list(ports.into_iter().cloned())).filter(|text| !text.is_empty());
    (has != wanted).then(|| Difference::new("expose", text(has), text(wanted)))
}

/// A mount that the file asks for.
struct Wanted {
    kind: MountKind,
    /// The path or the volume's name; `None` where any will do.
    source: Option<String>,
    writable: bool,
}

impl Wanted {
    fn is(&self, mount: &MountPoint) -> bool {
        let source = match mount.kind {
            MountKind::Volume => mount.volume.as_ref().map_or(mount.source.as_str(), |v| v.as_str()),
            // Docker Desktop shows the host's folders so.
            _ => mount.source.strip_prefix("/host_mnt").unwrap_or(&mount.source),
        };
        let same = self.source.as_deref().is_none_or(|wanted| trimmed(wanted) == trimmed(source));
        self.kind == mount.kind && same && (self.kind == MountKind::Tmpfs || self.writable == mount.writable)
    }

    fn words(&self) -> String {
        words(self.kind, self.source.as_deref().unwrap_or_default(), self.writable)
    }
}

fn trimmed(path: &str) -> &str {
    if path.len() > 1 { path.trim_end_matches('/') } else { path }
}

fn words(kind: MountKind, source: &str, writable: bool) -> String {
    let kind = match kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Other => "other",
    };
    let source = if source.is_empty() { String::new() } else { format!(" {source}") };
    format!("{kind}{source}{}", if writable { "" } else { ", read-only" })
}

/// Mounts by the path in the container: volumes, tmpfs, and the files of secrets and configs.
pub fn mounts(side: &Side<'_>, image: Option<&ImageFacts>) -> Vec<Difference> {
    let wanted = wanted_mounts(side);
    let has: BTreeMap<&str, &MountPoint> = side.container.mounts.iter().map(|m| (trimmed(&m.target), m)).collect();
    let mut found = Vec::new();
    for (target, mount) in &wanted {
        let held = has.get(trimmed(target));
        if !held.is_some_and(|held| mount.is(held)) {
            let old = held.map(|m| words(m.kind, m.volume.as_ref().map_or(&*m.source, |v| v.as_str()), m.writable));
            found.push(Difference::new(format!("volumes.{target}"), old, Some(mount.words())));
        }
    }
    // What came with volumes_from can't be told from what is no longer said.
    if side.resolved.get("volumes_from").is_some() {
        return found;
    }
    for (target, mount) in has {
        let of_image = image.is_none_or(|image| image.volumes.iter().any(|path| trimmed(path) == target));
        let wanted = wanted.keys().any(|path| trimmed(path) == target);
        let from_image = of_image && mount.kind == MountKind::Volume;
        if !wanted && !from_image {
            let source = mount.volume.as_ref().map_or(&*mount.source, |v| v.as_str());
            let old = words(mount.kind, source, mount.writable);
            found.push(Difference::new(format!("volumes.{target}"), Some(old), None));
        }
    }
    found
}

fn wanted_mounts(side: &Side<'_>) -> BTreeMap<String, Wanted> {
    let mut wanted = BTreeMap::new();
    for mount in array(side.resolved.get("volumes")) {
        let part = |key: &str| mount.get(key).map(scalar).filter(|text| !text.is_empty());
        let kind = match part("type").as_deref() {
            Some("bind") => MountKind::Bind,
            Some("volume") => MountKind::Volume,
            Some("tmpfs") => MountKind::Tmpfs,
            _ => continue,
        };
        let source = match kind {
            MountKind::Volume => part("source").map(|key| {
                let name = side.project.volumes.get(&key).map(|volume| volume.name.clone());
                name.unwrap_or(key)
            }),
            MountKind::Tmpfs => None,
            _ => part("source"),
        };
        let writable = mount.get("read_only") != Some(&Value::Bool(true));
        if let Some(target) = part("target") {
            wanted.insert(target, Wanted { kind, source, writable });
        }
    }
    for item in array(side.resolved.get("tmpfs")) {
        let text = scalar(item);
        let target = text.split(':').next().unwrap_or(&text).to_owned();
        wanted.insert(target, Wanted { kind: MountKind::Tmpfs, source: None, writable: true });
    }
    let grants = [
        (&side.service.secrets, &side.project.secrets, "/run/secrets/"),
        (&side.service.configs, &side.project.configs, "/"),
    ];
    for (grants, resources, folder) in grants {
        for grant in grants {
            // Other contents are copied into the container, which leaves no trace in its description.
            let Some(Origin::File(path)) = resources.get(&grant.source).map(|r| &r.origin) else { continue };
            let target = grant.target.as_deref().unwrap_or(&grant.source);
            let target = if target.starts_with('/') { target.to_owned() } else { format!("{folder}{target}") };
            let source = Some(path.display().to_string());
            wanted.insert(target, Wanted { kind: MountKind::Bind, source, writable: false });
        }
    }
    wanted
}

/// The networks it is in, by their names on the engine, or the mode in their place.
pub fn networks(side: &Side<'_>) -> Vec<Difference> {
    let text = |all: &BTreeSet<String>| Some(list(all.iter().cloned())).filter(|text| !text.is_empty());
    if let Some(mode) = side.resolved.get("network_mode").map(scalar).filter(|mode| !mode.is_empty()) {
        // A container's name may have become its id.
        let by_name = mode.starts_with("container:") && !is_id(&mode);
        let has = &side.container.config.network_mode;
        let same = *has == mode || by_name && has.starts_with("container:");
        return (!same).then(|| Difference::new("network_mode", Some(has.clone()), Some(mode))).into_iter().collect();
    }
    let name = |key: &String| side.project.networks.get(key).map_or_else(|| key.clone(), |n| n.name.clone());
    let wanted: BTreeSet<String> = map(side.resolved.get("networks")).map(|(key, _)| name(key)).collect();
    let has: BTreeSet<String> = side.container.networks.iter().map(|n| n.network.clone()).collect();
    let mut found = Vec::new();
    if wanted != has {
        found.push(Difference::new("networks", text(&has), text(&wanted)));
    }
    for (key, value) in map(side.resolved.get("networks")) {
        let network = name(key);
        let Some(held) = side.container.networks.iter().find(|n| n.network == network) else { continue };
        let aliases: BTreeSet<String> = array(value.get("aliases")).map(scalar).collect();
        let missing: BTreeSet<String> = aliases.into_iter().filter(|a| !held.aliases.contains(a)).collect();
        if !missing.is_empty() {
            found.push(Difference::new(format!("networks.{key}.aliases"), None, text(&missing)));
        }
    }
    found
}

fn is_id(mode: &str) -> bool {
    mode.strip_prefix("container:").is_some_and(|id| id.len() == 64 && id.bytes().all(|b| b.is_ascii_hexdigit()))
}
