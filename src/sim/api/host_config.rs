//! `HostConfig` of a container's inspection.

use serde_json::{Map, Value, json};

use super::{Face, container::network_mode, drop_keys, put};
use crate::sim::world::{Container, MountSource, Restart};

/// What the host grants the container.
pub(super) fn host_config(face: &Face, container: &Container) -> Value {
    let spec = &container.spec;
    let (policy, retries) = match spec.restart {
        // Compose gives no policy; older engines kept that as it came.
        Restart::No if !face.since(44) => ("", 0),
        Restart::OnFailure(retries) => ("on-failure", retries),
        other => (other.word(), 0),
    };
    let swap = if spec.memory_limit > 0 { spec.memory_limit.saturating_mul(2) } else { 0 };
    let mut config = json!({
        "Binds": binds(container),
        "ContainerIDFile": "",
        "LogConfig": {"Type": "json-file", "Config": {}},
        "NetworkMode": network_mode(container),
        "PortBindings": bindings(container),
        "RestartPolicy": {"Name": face.word(policy, "when-it-rains"), "MaximumRetryCount": retries},
        "AutoRemove": false,
        "VolumeDriver": "",
        "VolumesFrom": null,
        "ConsoleSize": [0, 0],
        "CapAdd": null,
        "CapDrop": null,
        "CgroupnsMode": if face.release.cgroups == "1" { "host" } else { "private" },
        "Dns": null,
        "DnsOptions": null,
        "DnsSearch": null,
        "ExtraHosts": [],
        "GroupAdd": null,
        "IpcMode": "private",
        "Cgroup": "",
        "Links": null,
        "OomScoreAdj": 0,
        "PidMode": "",
        "Privileged": spec.privileged,
        "PublishAllPorts": false,
        "ReadonlyRootfs": spec.read_only,
        "SecurityOpt": null,
        "UTSMode": "",
        "UsernsMode": "",
        "ShmSize": 67_108_864,
        "Runtime": "runc",
        "Isolation": "",
        "CpuShares": 0,
        "Memory": spec.memory_limit,
        "NanoCpus": spec.nano_cpus,
        "CgroupParent": "",
        "BlkioWeight": 0,
    });
    for key in [
        "BlkioWeightDevice",
        "BlkioDeviceReadBps",
        "BlkioDeviceWriteBps",
        "BlkioDeviceReadIOps",
        "BlkioDeviceWriteIOps",
    ] {
        put(&mut config, key, Value::Null);
    }
    for key in ["CpuPeriod", "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime"] {
        put(&mut config, key, 0);
    }
    for (key, value) in [("CpusetCpus", ""), ("CpusetMems", "")] {
        put(&mut config, key, value);
    }
    for key in ["Devices", "DeviceCgroupRules", "DeviceRequests"] {
        put(&mut config, key, Value::Null);
    }
    put(&mut config, "KernelMemory", 0);
    put(&mut config, "KernelMemoryTCP", 0);
    put(&mut config, "MemoryReservation", 0);
    put(&mut config, "MemorySwap", swap);
    put(&mut config, "MemorySwappiness", Value::Null);
    put(&mut config, "OomKillDisable", if face.release.cgroups == "1" { Value::Bool(false) } else { Value::Null });
    put(&mut config, "PidsLimit", Value::Null);
    put(&mut config, "Ulimits", Value::Null);
    for key in ["CpuCount", "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth"] {
        put(&mut config, key, 0);
    }
    if let Some(init) = spec.init {
        put(&mut config, "Init", init);
    }
    let mounts = volumes(container);
    if !mounts.is_empty() {
        put(&mut config, "Mounts", mounts);
    }
    put(&mut config, "MaskedPaths", masked(face));
    put(
        &mut config,
        "ReadonlyPaths",
        json!(["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]),
    );
    // Engines dropped them one after the other.
    if face.since(42) {
        drop_keys(&mut config, &["KernelMemory", "KernelMemoryTCP"]);
    }
    config
}

fn masked(face: &Face) -> Vec<&'static str> {
    let mut paths = vec!["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats"];
    paths.extend(["/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"]);
    if face.since(44) {
        paths.push("/sys/devices/virtual/powercap");
    }
    paths
}

/// Host folders, as compose gives them: `/srv:/data:rw`.
fn binds(container: &Container) -> Value {
    let mut binds = container.mounts.iter().filter_map(|mount| match &mount.source {
        MountSource::Bind(path) => {
            Some(format!("{path}:{}:{}", mount.target, if mount.writable { "rw" } else { "ro" }))
        }
        _ => None,
    });
    match binds.next() {
        None => Value::Null,
        Some(first) => std::iter::once(first).chain(binds).collect(),
    }
}

/// Volumes, as compose gives them.
fn volumes(container: &Container) -> Vec<Value> {
    let mounted = container.mounts.iter().filter_map(|mount| {
        let MountSource::Volume(name) = &mount.source else { return None };
        let mut document = json!({"Type": "volume"});
        if !mount.anonymous {
            put(&mut document, "Source", name.as_str());
        }
        put(&mut document, "Target", mount.target.as_str());
        if !mount.writable {
            put(&mut document, "ReadOnly", true);
        }
        put(&mut document, "VolumeOptions", json!({}));
        Some(document)
    });
    mounted.collect()
}

fn bindings(container: &Container) -> Value {
    let mut bindings = Map::new();
    for port in &container.spec.ports {
        let Some((address, outside)) = &port.outside else { continue };
        let host = if address == "0.0.0.0" { "" } else { address };
        let key = format!("{}/{}", port.inside, port.protocol);
        let list = bindings.entry(key).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(json!({"HostIp": host, "HostPort": outside.to_string()}));
        }
    }
    Value::Object(bindings)
}
