//! The engine's JSON: only the fields that are used. A null, a missing field or an unknown word never makes an
//! answer unreadable, and an item that can't be read doesn't take its list with it.

use std::collections::BTreeMap;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};

use super::Error;
use crate::base::time::Stamp;

/// A null is the same as nothing.
pub(super) fn lax<'de, D, T>(d: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(d).map(Option::unwrap_or_default)
}

/// Reads one thing.
pub(super) fn one<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|e| Error::Unreadable { what: what.into(), cause: e.to_string() })
}

/// Reads a list. Items that can't be read are left out, with a line in our log; the number is how many.
pub(super) fn many<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<(Vec<T>, usize), Error> {
    let whole = match one::<Option<Vec<T>>>(what, body) {
        Ok(list) => return Ok((list.unwrap_or_default(), 0)),
        Err(whole) => whole,
    };
    let items = parts(body).filter(|items| items.iter().all(|(key, _)| key.is_none())).ok_or(whole)?;
    let all = items.len();
    let read = |(_, item): (_, &[u8])| {
        let item = one(what, item);
        item.inspect_err(|error| tracing::warn!(%error, "an item of the engine's answer can't be read")).ok()
    };
    let list: Vec<T> = items.into_iter().filter_map(read).collect();
    let unreadable = all - list.len();
    Ok((list, unreadable))
}

/// Reads the list of volumes, likewise.
pub(super) fn volumes(what: &str, body: &[u8]) -> Result<(Vec<Volume>, usize), Error> {
    let whole = match one::<Volumes>(what, body) {
        Ok(list) => return Ok((list.volumes, 0)),
        Err(whole) => whole,
    };
    let list = parts(body).ok_or(whole)?.into_iter().find(|(key, _)| key.as_deref() == Some("Volumes"));
    list.map_or(Ok((Vec::new(), 0)), |(_, list)| many(what, list))
}

/// The values in a list or an object (there with their keys), each as it stands: one that can't be read costs none of
/// the others. `None` where there is no telling them apart.
pub(super) fn parts(json: &[u8]) -> Option<Vec<(Option<String>, &[u8])>> {
    let (open, mut rest) = json.trim_ascii_start().split_first()?;
    let (keyed, close) = match open {
        b'[' => (false, b']'),
        b'{' => (true, b'}'),
        _ => return None,
    };
    let mut parts = Vec::new();
    if rest.trim_ascii_start().first() == Some(&close) {
        return Some(parts);
    }
    loop {
        let key = if keyed { Some(next::<String>(&mut rest)?) } else { None };
        if keyed {
            rest = rest.trim_ascii_start().strip_prefix(b":")?;
        }
        let from = rest;
        next::<IgnoredAny>(&mut rest)?;
        parts.push((key, from.get(..from.len() - rest.len())?));
        let (end, more) = rest.trim_ascii_start().split_first()?;
        if *end == close {
            return Some(parts);
        }
        rest = Some(more).filter(|_| *end == b',')?;
    }
}

/// Takes one value from the front.
fn next<T: DeserializeOwned>(rest: &mut &[u8]) -> Option<T> {
    let from = *rest;
    let mut values = serde_json::Deserializer::from_slice(from).into_iter::<T>();
    let value = values.next()?.ok()?;
    *rest = from.get(values.byte_offset()..)?;
    Some(value)
}

/// Declares structs whose fields all take null and absence for their default.
macro_rules! wire {
    ($($(#[$doc:meta])* $name:ident { $($key:literal $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(default)]
        pub(super) struct $name {
            $(#[serde(rename = $key, deserialize_with = "lax")] pub $field: $type,)*
        }
    )*};
}
pub(super) use wire;

/// Words: a list, or one text of all of them, as Podman writes an entrypoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            List(Vec<String>),
            Text(String),
        }
        Ok(Self(match Either::deserialize(d)? {
            Either::List(words) => words,
            Either::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        }))
    }
}

/// A text, or a number in its place, as Podman writes a signal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text(pub String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Number(i64),
        }
        Ok(Self(match Either::deserialize(d)? {
            Either::Text(text) => text,
            Either::Number(number) => number.to_string(),
        }))
    }
}

/// A moment: seconds since the epoch, or RFC 3339, as Podman writes some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moment(pub Option<Stamp>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Secs(i64),
            Text(String),
        }
        Ok(Self(match Either::deserialize(d)? {
            Either::Secs(secs) => (secs > 0).then(|| Stamp::from_secs(secs)),
            Either::Text(text) => Stamp::parse(&text),
        }))
    }
}

/// Labels, or whatever maps names to texts.
pub(super) type Labels = BTreeMap<String, String>;

wire! {
    /// `GET /version`
    Version {
        "Version" version: String,
        "ApiVersion" api: String,
        "MinAPIVersion" min_api: String,
    }
    /// `GET /info`
    Info {
        "SystemTime" time: String,
        "MemTotal" memory: u64,
        "Architecture" machine: String,
        "DockerRootDir" root: String,
        "OperatingSystem" system: String,
        "Swarm" swarm: Swarm,
    }
    Swarm { "LocalNodeState" state: String, }

    /// An item of `GET /containers/json`
    Listed {
        "Id" id: String,
        "Names" names: Vec<String>,
        "Image" image: String,
        "ImageID" image_id: String,
        "Created" created: Moment,
        "Ports" ports: Vec<ListedPort>,
        "Labels" labels: Labels,
        "State" state: String,
        "Status" status: String,
        "NetworkSettings" networks: NetworkSettings,
        "Mounts" mounts: Vec<Mount>,
    }
    ListedPort {
        "IP" ip: String,
        "PrivatePort" private: u16,
        "PublicPort" public: Option<u16>,
        "Type" protocol: String,
    }
    Mount {
        "Type" kind: String,
        "Name" name: String,
        "Source" source: String,
        "Destination" target: String,
        "RW" writable: bool,
    }
    NetworkSettings {
        "Networks" networks: BTreeMap<String, Option<Endpoint>>,
        "Ports" ports: BTreeMap<String, Option<Vec<HostPort>>>,
    }
    Endpoint {
        "IPAddress" ipv4: String,
        "GlobalIPv6Address" ipv6: String,
        "Aliases" aliases: Vec<String>,
        "DNSNames" dns_names: Vec<String>,
    }
    HostPort { "HostIp" ip: String, "HostPort" port: String, }

    /// `GET /containers/ID/json`
    Inspected {
        "Id" id: String,
        "Name" name: String,
        "Created" created: String,
        "Path" path: String,
        "Args" args: Vec<String>,
        "Image" image_id: String,
        "RestartCount" restarts: u32,
        "State" state: ContainerState,
        "Config" config: Config,
        "HostConfig" host: HostConfig,
        "Mounts" mounts: Vec<Mount>,
        "NetworkSettings" networks: NetworkSettings,
    }
    ContainerState {
        "Status" status: String,
        "Running" running: bool,
        "OOMKilled" oom_killed: bool,
        "ExitCode" exit_code: i64,
        "Error" error: String,
        "StartedAt" started: String,
        "FinishedAt" finished: String,
        "Health" health: Option<HealthState>,
        "Healthcheck" podman_health: Option<HealthState>,
    }
    HealthState {
        "Status" status: String,
        "FailingStreak" streak: u32,
        "Log" log: Vec<ProbeRun>,
    }
    ProbeRun {
        "Start" start: String,
        "End" end: String,
        "ExitCode" exit: i64,
        "Output" output: String,
    }
    Config {
        "Image" image: String,
        "Env" env: Vec<String>,
        "Labels" labels: Labels,
        "Tty" tty: bool,
        "Healthcheck" check: Option<Check>,
        "StopTimeout" stop_timeout: Option<u32>,
        "ExposedPorts" exposed: BTreeMap<String, serde_json::Value>,
        "Entrypoint" entrypoint: Words,
        "Cmd" cmd: Words,
        "WorkingDir" working_dir: String,
        "User" user: String,
        "Hostname" hostname: String,
        "StopSignal" stop_signal: Text,
        "Domainname" domainname: String,
        "OpenStdin" stdin_open: bool,
        "Volumes" volumes: BTreeMap<String, serde_json::Value>,
    }
    Check {
        "Test" test: Vec<String>,
        "Interval" interval: u64,
        "Timeout" timeout: u64,
        "StartPeriod" start_period: u64,
        "StartInterval" start_interval: u64,
        "Retries" retries: u32,
    }
    HostConfig {
        "RestartPolicy" restart: RestartPolicy,
        "Memory" memory: u64,
        "LogConfig" log: LogConfig,
        "PortBindings" ports: BTreeMap<String, Option<Vec<HostPort>>>,
        "Tmpfs" tmpfs: BTreeMap<String, String>,
        "NetworkMode" network_mode: String,
        "Privileged" privileged: bool,
        "ReadonlyRootfs" read_only: bool,
        "ExtraHosts" extra_hosts: Vec<String>,
        "CapAdd" cap_add: Vec<String>,
        "CapDrop" cap_drop: Vec<String>,
        "SecurityOpt" security_opt: Vec<String>,
        "PidsLimit" pids_limit: Option<i64>,
        "NanoCpus" nano_cpus: u64,
        "ShmSize" shm_size: u64,
        "Dns" dns: Vec<String>,
        "DnsSearch" dns_search: Vec<String>,
        "DnsOptions" dns_opt: Vec<String>,
        "GroupAdd" group_add: Vec<String>,
        "Sysctls" sysctls: Labels,
        "Devices" devices: Vec<Device>,
        "Ulimits" ulimits: Vec<Ulimit>,
        "CpusetCpus" cpuset: String,
        "CpuShares" cpu_shares: i64,
        "MemoryReservation" mem_reservation: i64,
        "MemorySwap" memswap_limit: i64,
        "OomScoreAdj" oom_score_adj: i64,
        "UsernsMode" userns_mode: String,
        "UTSMode" uts: String,
        "IpcMode" ipc: String,
        "PidMode" pid: String,
        "Init" init: Option<bool>,
        "Runtime" runtime: String,
        "CgroupParent" cgroup_parent: String,
    }
    Device {
        "PathOnHost" source: String,
        "PathInContainer" target: String,
        "CgroupPermissions" permissions: String,
    }
    Ulimit { "Name" name: String, "Soft" soft: i64, "Hard" hard: i64, }
    RestartPolicy { "Name" name: String, "MaximumRetryCount" retries: u32, }
    LogConfig { "Type" driver: String, "Config" options: Labels, }

    /// `GET /images/NAME/json`
    Image {
        "Id" id: String,
        "RepoTags" tags: Vec<String>,
        "RepoDigests" digests: Vec<String>,
        "Architecture" architecture: String,
        "Created" created: String,
        "Config" config: Config,
    }

    /// An item of `GET /networks`
    Network {
        "Id" id: String,
        "Name" name: String,
        "Created" created: String,
        "Driver" driver: String,
        "Internal" internal: bool,
        "Labels" labels: Labels,
        "IPAM" ipam: Ipam,
    }
    Ipam { "Config" config: Vec<IpamConfig>, }
    IpamConfig { "Subnet" subnet: String, }

    /// `GET /volumes`
    Volumes { "Volumes" volumes: Vec<Volume>, }
    Volume {
        "Name" name: String,
        "CreatedAt" created: String,
        "Driver" driver: String,
        "Mountpoint" mountpoint: String,
        "Labels" labels: Labels,
        "Options" options: Labels,
        "Scope" scope: String,
    }

    /// An object of `GET /events`
    Event {
        "Type" kind: String,
        "Action" action: String,
        "Actor" actor: Actor,
        "time" secs: i64,
        "timeNano" nanos: i64,
    }
    Actor { "ID" id: String, "Attributes" attributes: Labels, }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_gaps_are_defaults() {
        let c: Inspected =
            one("t", br#"{"Id":"a","State":null,"Config":{"Labels":null,"Env":null},"Mounts":null}"#).unwrap();
        assert_eq!(c.id, "a");
        assert!(c.config.labels.is_empty() && c.state.status.is_empty());
        assert!(many::<Listed>("t", b"null").unwrap().0.is_empty());
    }

    #[test]
    fn an_unreadable_item_does_not_take_the_list_with_it() {
        let (list, unreadable) = many::<Listed>("t", br#"[{"Id":"a"},{"Id":7},{"Id":"c","New":{"x":[1]}}]"#).unwrap();
        assert_eq!(unreadable, 1);
        assert_eq!(list.iter().map(|c| &*c.id).collect::<Vec<_>>(), ["a", "c"]);
        assert!(many::<Listed>("t", b"<html>").is_err());
        // Numbers that JSON can spell and no type can hold, and what is too deep.
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for strange in ["1e999", "123456789012345678901234567890", &deep] {
            let text = format!(r#"[{{"Id":"a"}},{{"Id":"b","Created":{strange}}},{{"Id":"c"}}]"#);
            let (list, unreadable) = many::<Listed>("t", text.as_bytes()).unwrap();
            assert_eq!((list.len(), unreadable), (2, 1), "{text}");
            let text = format!(r#"{{"Volumes":[{{"Name":"a"}},{{"Name":"b","CreatedAt":{strange}}}]}}"#);
            let (list, unreadable) = volumes("t", text.as_bytes()).unwrap();
            assert_eq!((list.len(), unreadable), (1, 1), "{text}");
        }
        let (list, unreadable) = volumes("t", br#"{"Volumes":[{"Name":"a"},{"Name":{}},{"Name":"c"}]}"#).unwrap();
        assert_eq!((list.len(), unreadable), (2, 1));
        assert_eq!(volumes("t", br#"{"Volumes":null}"#).unwrap().1, 0);
        assert!(many::<Listed>("t", br#"{"a":[],"b":1e999}"#).is_err(), "no list at all");
    }

    #[test]
    fn parts_are_told_apart_or_not_at_all() {
        let of = |json: &str| {
            let text = |part: &[u8]| String::from_utf8_lossy(part).trim().to_owned();
            let all = parts(json.as_bytes())?.into_iter();
            Some(all.map(|(key, part)| format!("{}={}", key.unwrap_or_default(), text(part))).collect::<Vec<_>>())
        };
        assert_eq!(
            of(r#" [1e999 , {"a":[1,"]"]},"\\ud800"]"#).unwrap(),
            ["=1e999", r#"={"a":[1,"]"]}"#, r#"="\\ud800""#]
        );
        assert_eq!(of(r#"{"a" : [1] ,"b":{}}"#).unwrap(), ["a=[1]", "b={}"]);
        assert_eq!(of(" [ ] "), Some(Vec::new()));
        for broken in ["", "7", "[", "[1", "[1,", "[1}", "[1 2]", "[1,]", r#"{"a"}"#, r#"{"a":1"#, r#"{7:1}"#, "[nope]"]
        {
            assert_eq!(of(broken), None, "{broken}");
        }
    }

    /// A number that fits nowhere, and a text that is no text: JSON that can't be read as such, either.
    #[test]
    fn what_no_json_can_hold_costs_its_item_alone() {
        let all = |bad: &[u8]| {
            [b"[{\"Id\":\"a\",\"Name\":\"a\"}, ".as_slice(), bad, b" ,{\"Id\":\"c\",\"Name\":\"c\"}]"].concat()
        };
        let bad = [br#"{"Id":1e999,"Name":1e999}"#.as_slice(), b"{\"Id\":\"\xff\",\"Name\":\"\xff\"}", b"1e999"];
        for bad in bad.into_iter().chain([br#"{"Id":"\ud800","Name":"\ud800"}"#.as_slice()]) {
            let list = all(bad);
            assert_eq!(many::<Listed>("t", &list).map(|(list, bad)| (list.len(), bad)).unwrap(), (2, 1));
            assert_eq!(many::<Network>("t", &list).map(|(list, bad)| (list.len(), bad)).unwrap(), (2, 1));
            let list = [b"{\"Warnings\":[], \"Volumes\":".as_slice(), &list, b"}"].concat();
            let bad = volumes("t", &list).map(|(list, bad)| (list.len(), bad)).unwrap();
            assert_eq!(bad, (2, 1), "{}", String::from_utf8_lossy(&list));
        }
    }
}
