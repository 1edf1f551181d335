//! `GET /version` and `GET /info`.

use serde_json::{Value, json};

use super::{Face, container::ROOT, drop_keys, inspect::driver, put};
use crate::sim::world::{Status, World};

const KERNEL: &str = "6.1.0-18-amd64";
/// What `docker version` shows above the engine's versions.
const PLATFORM: &str = "Simulated Engine - stackview";

/// `GET /version`.
pub fn version(face: &Face) -> Value {
    let release = &face.release;
    let (containerd, runc) = release.parts;
    let part = |name: &str, version: &str, commit: &str| json!({"Name": name, "Version": version, "Details": {"GitCommit": commit}});
    let engine = json!({
        "Name": "Engine",
        "Version": release.engine,
        "Details": {
            "ApiVersion": release.version.to_string(), "Arch": "amd64", "BuildTime": release.built,
            "Experimental": "false", "GitCommit": release.commit, "GoVersion": release.go,
            "KernelVersion": KERNEL, "MinAPIVersion": release.oldest.to_string(), "Os": "linux",
        },
    });
    json!({
        "Platform": {"Name": PLATFORM},
        "Components": [
            engine,
            part("containerd", containerd, containerd),
            part("runc", runc, runc),
            part("docker-init", "0.19.0", "de40ad0"),
        ],
        "Version": release.engine,
        "ApiVersion": release.version.to_string(),
        "MinAPIVersion": release.oldest.to_string(),
        "GitCommit": release.commit,
        "GoVersion": release.go,
        "Os": "linux",
        "Arch": "amd64",
        "KernelVersion": KERNEL,
        "BuildTime": release.built,
    })
}

/// `GET /info`.
pub fn info(face: &Face, world: &World) -> Value {
    let count = |wanted: fn(Status) -> bool| world.containers().filter(|c| wanted(c.status)).count();
    let all = world.containers().count();
    let paused = count(|s| s == Status::Paused);
    let running = count(|s| matches!(s, Status::Running | Status::Restarting));
    let host = world.host();
    let (containerd, runc) = face.release.parts;
    // Later engines write an empty list where older ones wrote null, and the other way round.
    let (empty, none) = if face.since(44) { (Value::Null, json!([])) } else { (json!([]), Value::Null) };
    let mut logs = vec!["awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local"];
    if !face.since(44) {
        logs.push("logentries");
    }
    logs.extend(["splunk", "syslog"]);
    let mut info = json!({
        "ID": world.engine_id(),
        "Containers": all,
        "ContainersRunning": running,
        "ContainersPaused": paused,
        "ContainersStopped": all - running - paused,
        "Images": world.images().count(),
        "Driver": driver(face),
        "DriverStatus": none,
        "Plugins": {
            "Volume": ["local"],
            "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
            "Authorization": null,
            "Log": logs,
        },
        "MemoryLimit": true,
        "SwapLimit": true,
        "KernelMemory": true,
        "KernelMemoryTCP": true,
        "CpuCfsPeriod": true,
        "CpuCfsQuota": true,
        "CPUShares": true,
        "CPUSet": true,
        "PidsLimit": true,
        "IPv4Forwarding": true,
        "BridgeNfIptables": true,
        "BridgeNfIp6tables": true,
        "Debug": false,
        "NFd": 29,
        "OomKillDisable": face.release.cgroups == "1",
        "NGoroutines": 44,
    });
    // In two parts: the macro's depth is bounded.
    let rest = json!({
        "SystemTime": face.time(Some(world.now())),
        "LoggingDriver": "json-file",
        "CgroupDriver": if face.release.cgroups == "1" { "cgroupfs" } else { "systemd" },
        "CgroupVersion": face.release.cgroups,
        "NEventsListener": 0,
        "KernelVersion": KERNEL,
        "OperatingSystem": "Debian GNU/Linux 12 (bookworm)",
        "OSVersion": "12",
        "OSType": "linux",
        "Architecture": "x86_64",
        "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {
            "AllowNondistributableArtifactsCIDRs": empty,
            "AllowNondistributableArtifactsHostnames": empty,
            "InsecureRegistryCIDRs": ["127.0.0.0/8"],
            "IndexConfigs": {"docker.io": {"Name": "docker.io", "Mirrors": [], "Secure": true, "Official": true}},
            "Mirrors": empty,
        },
        "NCPU": host.cpus,
        "MemTotal": host.memory,
        "GenericResources": null,
        "DockerRootDir": ROOT,
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "Name": host.name,
        "Labels": [],
        "ExperimentalBuild": false,
        "ServerVersion": face.release.engine,
        "Runtimes": runtimes(face),
        "DefaultRuntime": "runc",
        "Swarm": {
            "NodeID": "", "NodeAddr": "", "LocalNodeState": "inactive", "ControlAvailable": false, "Error": "",
            "RemoteManagers": null,
        },
        "LiveRestoreEnabled": false,
        "Isolation": "",
        "InitBinary": "docker-init",
        "ContainerdCommit": commit(face, containerd),
        "RuncCommit": commit(face, runc),
        "InitCommit": commit(face, "de40ad0"),
        "SecurityOptions": [if face.since(42) { "name=seccomp,profile=builtin" } else { "name=seccomp,profile=default" }],
    });
    if let (Some(info), Value::Object(rest)) = (info.as_object_mut(), rest) {
        info.extend(rest);
    }
    if face.since(44) {
        put(&mut info, "DefaultAddressPools", json!([{"Base": "172.17.0.0/12", "Size": 16}]));
        put(&mut info, "CDISpecDirs", json!([]));
    }
    if face.since(52) {
        put(&mut info, "FirewallBackend", json!({"Driver": "iptables"}));
    }
    put(&mut info, "Warnings", Value::Null);
    if face.since(42) {
        drop_keys(&mut info, &["KernelMemory"]);
    }
    if face.since(52) {
        drop_keys(&mut info, &["KernelMemoryTCP", "BridgeNfIptables", "BridgeNfIp6tables"]);
        if let Some(registry) = info.get_mut("RegistryConfig") {
            drop_keys(registry, &["AllowNondistributableArtifactsCIDRs", "AllowNondistributableArtifactsHostnames"]);
        }
    }
    info
}

fn runtimes(face: &Face) -> Value {
    let features = json!({"org.opencontainers.runtime-spec.features": "{\"ociVersionMin\":\"1.0.0\"}"});
    let mut runtime = json!({"path": "runc"});
    if face.since(44) {
        put(&mut runtime, "status", features);
    }
    let mut all = json!({"io.containerd.runc.v2": runtime});
    if !face.since(42) {
        put(&mut all, "io.containerd.runtime.v1.linux", runtime.clone());
    }
    put(&mut all, "runc", runtime);
    all
}

fn commit(face: &Face, id: &str) -> Value {
    if face.since(49) { json!({"ID": id}) } else { json!({"ID": id, "Expected": id}) }
}
