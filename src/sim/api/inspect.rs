//! `GET /containers/ID/json`: everything about a container.

use serde_json::{Map, Value, json};

use super::{
    Face,
    container::{ROOT, addresses, endpoint, manifest, mount, put_size},
    drop_keys, hex,
    host_config::host_config,
    list_or_null, object, put,
};
use crate::{
    base::num::nanos,
    sim::world::{Container, Healthcheck, Status, World},
};

/// The document.
pub fn inspect(face: &Face, world: &World, container: &Container, size: bool) -> Value {
    let folder = format!("{ROOT}/containers/{}", container.id);
    let mut words = container.spec.argv();
    let path = words.next().unwrap_or_default().to_owned();
    let arguments: Vec<&str> = words.collect();
    // A container that never ran has no host name file yet.
    let hostname = if container.started.is_some() { format!("{folder}/hostname") } else { String::new() };
    let mut document = json!({
        "Id": container.id,
        "Created": face.time(Some(container.created)),
        "Path": path,
        "Args": arguments,
        "State": state(face, container),
        "Image": container.spec.image_id,
        "ResolvConfPath": format!("{folder}/resolv.conf"),
        "HostnamePath": hostname,
        "HostsPath": format!("{folder}/hosts"),
        "LogPath": format!("{folder}/{}-json.log", container.id),
        "Name": format!("/{}", container.name),
        "RestartCount": container.restarts,
        "Driver": driver(face),
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": null,
        "HostConfig": host_config(face, container),
    });
    if face.since(48) {
        put(&mut document, "ImageManifestDescriptor", manifest(&container.spec.image_id));
    }
    if face.since(52) {
        put(&mut document, "Storage", json!({"RootFS": {"Snapshot": {"Name": "overlayfs"}}}));
    } else {
        put(&mut document, "GraphDriver", graph(face, &container.id, true));
    }
    if size {
        put(&mut document, "SizeRw", container.size_rw);
        put_size(&mut document, world, container);
    }
    put(&mut document, "Mounts", container.mounts.iter().map(mount).collect::<Vec<_>>());
    put(&mut document, "Config", config(face, container));
    put(&mut document, "NetworkSettings", network_settings(face, container));
    document
}

/// The storage driver.
pub(super) fn driver(face: &Face) -> &'static str {
    if face.since(52) { "overlayfs" } else { "overlay2" }
}

/// `GraphDriver`: where the layers lie.
pub(super) fn graph(face: &Face, id: &str, with_lower: bool) -> Value {
    let folder = format!("{ROOT}/{}/{}", driver(face), hex(&format!("layer {id}")));
    let mut data = Map::new();
    if with_lower {
        data.insert("LowerDir".into(), format!("{folder}-init/diff").into());
    }
    for (key, part) in [("MergedDir", "merged"), ("UpperDir", "diff"), ("WorkDir", "work")] {
        data.insert(key.into(), format!("{folder}/{part}").into());
    }
    json!({"Data": data, "Name": driver(face)})
}

fn state(face: &Face, container: &Container) -> Value {
    let mut state = json!({
        "Status": face.word(container.status.word(), "hibernating"),
        "Running": container.running(),
        "Paused": container.status == Status::Paused,
        "Restarting": container.status == Status::Restarting,
        "OOMKilled": container.oom_killed,
        "Dead": false,
        "Pid": container.pid,
        "ExitCode": container.exit_code,
        "Error": container.error,
        "StartedAt": face.time(container.started),
        "FinishedAt": face.time(container.finished),
    });
    if let Some(health) = &container.health {
        let probes = health.log.iter().map(|probe| {
            json!({
                "Start": face.time(Some(probe.start)),
                "End": face.time(Some(probe.end)),
                "ExitCode": probe.exit,
                "Output": probe.output,
            })
        });
        let health = json!({
            "Status": face.word(health.status.word(), "pondering"),
            "FailingStreak": health.failing_streak,
            "Log": probes.collect::<Vec<_>>(),
        });
        put(&mut state, "Health", health);
    }
    state
}

fn config(face: &Face, container: &Container) -> Value {
    let spec = &container.spec;
    let mut config = json!({
        "Hostname": container.short(),
        "Domainname": "",
        "User": spec.user,
        "AttachStdin": false,
        "AttachStdout": true,
        "AttachStderr": true,
    });
    if !spec.ports.is_empty() {
        let exposed: Map<_, _> =
            spec.ports.iter().map(|p| (format!("{}/{}", p.inside, p.protocol), json!({}))).collect();
        put(&mut config, "ExposedPorts", exposed);
    }
    put(&mut config, "Tty", spec.tty);
    put(&mut config, "OpenStdin", spec.stdin_open);
    put(&mut config, "StdinOnce", false);
    put(&mut config, "Env", spec.environment.clone());
    put(&mut config, "Cmd", list_or_null(&spec.command));
    if let Some(check) = &spec.healthcheck {
        put(&mut config, "Healthcheck", healthcheck(face, check));
    }
    put(&mut config, "Image", spec.image.as_str());
    put(&mut config, "Volumes", Value::Null);
    put(&mut config, "WorkingDir", spec.working_dir.as_str());
    put(&mut config, "Entrypoint", list_or_null(&spec.entrypoint));
    put(&mut config, "OnBuild", Value::Null);
    put(&mut config, "Labels", object(&container.labels));
    if let Some(signal) = &spec.stop_signal {
        put(&mut config, "StopSignal", signal.as_str());
    }
    if spec.grace_given {
        put(&mut config, "StopTimeout", spec.grace.as_secs());
    }
    // Hidden where they are empty from Docker 29 on.
    if face.since(52) {
        drop_keys(&mut config, &["OnBuild"]);
    }
    config
}

fn healthcheck(face: &Face, check: &Healthcheck) -> Value {
    let mut document = json!({"Test": check.test});
    let given = &check.given;
    let intervals =
        [("Interval", given.interval), ("Timeout", given.timeout), ("StartPeriod", given.start_period)].into_iter();
    let start_interval = check.start_interval.filter(|_| face.since(44));
    for (key, value) in intervals.chain([("StartInterval", start_interval)]) {
        if let Some(value) = value {
            put(&mut document, key, nanos(value));
        }
    }
    if let Some(retries) = given.retries {
        put(&mut document, "Retries", retries);
    }
    document
}

fn network_settings(face: &Face, container: &Container) -> Value {
    let live = container.alive();
    let sandbox = hex(&format!("sandbox {} {:?}", container.id, container.started));
    let (sandbox_id, key) = match container.started {
        Some(_) => (sandbox.clone(), format!("/var/run/docker/netns/{}", sandbox.get(..12).unwrap_or_default())),
        None => (String::new(), String::new()),
    };
    let mut bindings = Map::new();
    for port in container.spec.ports.iter().filter(|_| live) {
        let value = match &port.outside {
            None => Value::Null,
            Some((address, outside)) => addresses(address)
                .into_iter()
                .map(|host| json!({"HostIp": host, "HostPort": outside.to_string()}))
                .collect(),
        };
        bindings.insert(format!("{}/{}", port.inside, port.protocol), value);
    }
    let places = container.endpoints.iter().map(|e| (e.network.clone(), endpoint(face, container, e, live)));
    let places: Map<_, _> = places.collect();
    if face.since(52) {
        return json!({"SandboxID": sandbox_id, "SandboxKey": key, "Ports": bindings, "Networks": places});
    }
    let mut settings = json!({"Bridge": "", "SandboxID": sandbox_id});
    if face.since(44) {
        put(&mut settings, "SandboxKey", key.clone());
        put(&mut settings, "Ports", bindings.clone());
    }
    put(&mut settings, "HairpinMode", false);
    put(&mut settings, "LinkLocalIPv6Address", "");
    put(&mut settings, "LinkLocalIPv6PrefixLen", 0);
    if !face.since(44) {
        put(&mut settings, "Ports", bindings);
        put(&mut settings, "SandboxKey", key);
    }
    put(&mut settings, "SecondaryIPAddresses", Value::Null);
    put(&mut settings, "SecondaryIPv6Addresses", Value::Null);
    // The fields of the default bridge, where no container of a project is.
    for key in ["EndpointID", "Gateway", "GlobalIPv6Address"] {
        put(&mut settings, key, "");
    }
    put(&mut settings, "GlobalIPv6PrefixLen", 0);
    put(&mut settings, "IPAddress", "");
    put(&mut settings, "IPPrefixLen", 0);
    put(&mut settings, "IPv6Gateway", "");
    put(&mut settings, "MacAddress", "");
    put(&mut settings, "Networks", places);
    settings
}
