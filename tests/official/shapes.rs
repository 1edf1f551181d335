//! The keys and types of every document, held against recorded answers of real engines, in both directions.
//!
//! `STACKVIEW_RECORD=1 STACKVIEW_TEST_HOSTS=unix:///a.sock cargo test --test official record` records an engine's
//! answers again.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use regex::Regex;
use serde_json::Value;
use stackview::sim::api::Version;

use super::stack::{Stack, real_hosts};

/// Objects whose keys are data: their values have one shape.
const MAPS: [&str; 13] = [
    "Labels",
    "Networks",
    "Ports",
    "Containers",
    "ExposedPorts",
    "PortBindings",
    "Options",
    "networks",
    "IndexConfigs",
    "Runtimes",
    "Attributes",
    "Config.Volumes",
    "LogConfig.Config",
];

/// What differs between hosts rather than engines: the daemon's own configuration, and the storage driver's data.
const OF_THE_HOST: [&str; 5] =
    [".LogConfig.Config.*", ".GraphDriver.Data.LowerDir", ".DriverStatus", ".DefaultAddressPools", ".status.*"];

/// Each endpoint's answer, by a name for its file.
fn answers(stack: &Stack) -> BTreeMap<&'static str, Value> {
    let wire = stack.wire();
    let (db, job) = (stack.name("db"), stack.name("job"));
    let ours = |value: &Value| value.to_string().contains(&stack.project);
    let only_ours = |mut list: Value| {
        list.as_array_mut().unwrap().retain(&ours);
        list
    };
    let image = |i: &Value| i["RepoTags"].to_string().contains("stackview-test/worker:1");
    let mut images = wire.get("/images/json");
    images.as_array_mut().unwrap().retain(image);
    let mut df = wire.get("/system/df");
    df["Images"].as_array_mut().unwrap().retain(image);
    for kind in ["Containers", "Volumes"] {
        df[kind] = only_ours(df[kind].take());
    }
    df["BuildCache"] = Value::from(Vec::<Value>::new());
    let mut volumes = wire.get("/volumes");
    volumes["Volumes"] = only_ours(volumes["Volumes"].take());
    let network = format!("{}_default", stack.project);
    let mut all: BTreeMap<&'static str, Value> = BTreeMap::from([
        ("version", wire.get("/version")),
        ("info", wire.get("/info")),
        ("containers", only_ours(wire.get("/containers/json?all=1"))),
        ("containers-size", only_ours(wire.get("/containers/json?all=1&size=1"))),
        ("inspect-db", wire.get(&format!("/containers/{db}/json"))),
        ("inspect-web", wire.get(&format!("/containers/{}/json", stack.name("web")))),
        ("inspect-job", wire.get(&format!("/containers/{job}/json?size=1"))),
        ("stats", wire.get(&format!("/containers/{db}/stats?stream=false"))),
        ("stats-first", wire.first(&format!("/containers/{db}/stats"))),
        ("stats-ended", wire.get(&format!("/containers/{job}/stats?stream=false"))),
        ("top", wire.get(&format!("/containers/{db}/top"))),
        ("networks", only_ours(wire.get("/networks"))),
        ("network", wire.get(&format!("/networks/{network}"))),
        ("volumes", volumes),
        ("volume", wire.get(&format!("/volumes/{}_data", stack.project))),
        ("images", images),
        ("image", wire.get("/images/stackview-test/worker:1/json")),
        ("df", df),
    ]);
    let (_, waited) = wire.ask("POST", &format!("/containers/{job}/wait")).unwrap();
    all.insert("wait", serde_json::from_slice(&waited).unwrap());
    let (_, missing) = wire.ask("GET", "/containers/nothing-of-this-name/json").unwrap();
    all.insert("missing", serde_json::from_slice(&missing).unwrap());
    all.insert("events", events(stack));
    all
}

/// What a restart and a volume's and a network's use make.
fn events(stack: &Stack) -> Value {
    let id = stack.wire().get(&format!("/containers/{}/json", stack.name("db")))["Id"].as_str().unwrap().to_owned();
    let restart = stack.wire().ask("POST", &format!("/containers/{id}/restart?t=1")).unwrap();
    assert_eq!(restart.0, 204);
    let now = stack.wire().get("/info")["SystemTime"].as_str().unwrap().to_owned();
    let now = stackview::base::time::Stamp::parse(&now).unwrap().as_nanos() / 1_000_000_000;
    let (_, told) = stack.wire().ask("GET", &format!("/events?since={}&until={now}", now - 15)).unwrap();
    let all = serde_json::Deserializer::from_slice(&told).into_iter::<Value>().map(Result::unwrap);
    let ours = all.filter(|e| e.to_string().contains(&id) && !e["Action"].as_str().unwrap().starts_with("exec_die"));
    Value::Array(ours.collect())
}

fn folder(version: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(version)
}

#[test]
fn record() {
    if std::env::var_os("STACKVIEW_RECORD").is_none() {
        return;
    }
    let hosts = real_hosts();
    let host = hosts.first().expect("an engine to record");
    let stack = Stack::real(host, "svtest-record", 18_473);
    let answers = answers(&stack);
    let folder = folder(answers["version"]["ApiVersion"].as_str().unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    let id = Regex::new("[0-9a-f]{64}").unwrap();
    let short = Regex::new("\"[0-9a-f]{12}\"").unwrap();
    for (name, answer) in answers {
        let text = serde_json::to_string_pretty(&answer).unwrap() + "\n";
        let text = id.replace_all(&text, "<64 hex digits>");
        let text = short.replace_all(&text, "\"<12 hex digits>\"");
        std::fs::write(folder.join(format!("{name}.json")), text.as_bytes()).unwrap();
    }
}

/// Types by path.
type Shape = BTreeMap<String, BTreeSet<&'static str>>;

fn shape(value: &Value, path: &str, found: &mut Shape) {
    if OF_THE_HOST.iter().any(|p| path.ends_with(p)) {
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    found.entry(path.to_owned()).or_default().insert(kind);
    match value {
        Value::Array(items) => items.iter().for_each(|item| shape(item, &format!("{path}[]"), found)),
        Value::Object(map) => {
            let data = MAPS.iter().any(|m| path.ends_with(&format!(".{m}")) || path == *m);
            for (key, value) in map {
                let key = if data { "*" } else { key };
                shape(value, &format!("{path}.{key}"), found);
            }
        }
        _ => {}
    }
}

/// Paths that only one of two documents has, or has with another type.
fn differences(real: &Value, simulated: &Value) -> Vec<String> {
    let (mut a, mut b) = (Shape::new(), Shape::new());
    shape(real, "", &mut a);
    shape(simulated, "", &mut b);
    let mut found = Vec::new();
    for path in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
        match (a.get(path), b.get(path)) {
            (Some(real), Some(simulated)) if real == simulated => {}
            (real, simulated) => found.push(format!("{path}: real {real:?}, simulated {simulated:?}")),
        }
    }
    found
}

fn compare(version: Version) {
    let stack = Stack::simulated(version, "svtest-record", 18_473);
    let mut failures = Vec::new();
    for (name, simulated) in answers(&stack) {
        let file = folder(&version.to_string()).join(format!("{name}.json"));
        let real: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        failures.extend(differences(&real, &simulated).into_iter().map(|d| format!("{name}{d}")));
    }
    assert!(failures.is_empty(), "API {version}:\n{}", failures.join("\n"));
}

#[test]
fn documents_of_1_41_have_the_real_keys_and_types() {
    compare(Version(1, 41));
}

#[test]
fn documents_of_1_45_have_the_real_keys_and_types() {
    compare(Version(1, 45));
}

#[test]
fn a_missing_key_or_another_type_is_found() {
    let real = serde_json::json!({"Id": "x", "Labels": {"a": "b"}, "List": [{"n": 1}], "None": null});
    assert!(
        differences(&real, &serde_json::json!({"Id": "y", "Labels": {"c": "d"}, "List": [{"n": 2}], "None": null}))
            .is_empty()
    );
    let wrong = serde_json::json!({"Id": 5, "Labels": {"a": "b"}, "List": [{}], "None": [], "More": 1});
    assert_eq!(differences(&real, &wrong).len(), 4);
}
