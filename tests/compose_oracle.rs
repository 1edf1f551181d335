//! Compares the compose reader with a recording of what docker compose 2.40.3 itself made of a thousand projects.
//!
//! The recording is not part of the repository. It is looked for in `$STACKVIEW_ORACLE` and in
//! `../shared/oracle`; without it the test says that it was skipped.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::Value;
use stackview::compose::{self, Loaded, MountKind, Options, Project, Service};

/// The agreement reached, in tenths of a percent, rounded down; a change for the worse fails. What is left of
/// the verdicts is newer syntax that this docker compose refuses.
const VERDICTS: usize = 998;
const CONTENTS: usize = 998;

fn recording() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/oracle");
    let asked = std::env::var_os("STACKVIEW_ORACLE").map(PathBuf::from);
    asked.into_iter().chain([beside]).find(|dir| dir.join("cases.jsonl").is_file())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, target) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn options(case: &Value, root: &Path, tree: &Path) -> Options {
    let expand = |text: &Value| text.as_str().unwrap().replace("$X", root.to_str().unwrap());
    let mut cwd = tree.to_owned();
    for part in Path::new(case["cwd"].as_str().unwrap()).components() {
        match part {
            std::path::Component::ParentDir => drop(cwd.pop()),
            part => cwd.push(part),
        }
    }
    let mut options = Options { cwd: cwd.components().collect(), ..Options::default() };
    options.env.insert("PATH".into(), "/usr/bin:/bin".into());
    options.env.insert("HOME".into(), root.join("home").to_str().unwrap().into());
    options.env.insert("PWD".into(), options.cwd.to_str().unwrap().into());
    for (key, value) in case["env"].as_object().unwrap() {
        options.env.insert(key.clone(), expand(value));
    }
    let mut args = case["args"].as_array().unwrap().iter().map(expand);
    while let Some(flag) = args.next() {
        let (flag, value) = match flag.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), value.to_owned()),
            None => (flag, args.next().unwrap()),
        };
        match flag.as_str() {
            "-f" | "--file" => options.files.push(value),
            "-p" | "--project-name" => options.project_name = Some(value),
            "--profile" => options.profiles.push(value),
            "--env-file" => options.env_files.push(value.into()),
            "--project-directory" => options.project_directory = Some(value.into()),
            other => panic!("unknown argument {other}"),
        }
    }
    options
}

/// What both sides print alike: one line for each fact.
fn facts_of_oracle(project: &Value) -> BTreeSet<String> {
    let mut facts = BTreeSet::from([format!("name {}", project["name"].as_str().unwrap())]);
    let plain = |value: &Value| value.as_str().unwrap_or_default().replace("$$", "$");
    for (name, service) in project["services"].as_object().into_iter().flatten() {
        facts.insert(format!("service {name} image={:?}", service["image"].as_str().map(|t| t.replace("$$", "$"))));
        facts.insert(format!("container {name} {:?}", service["container_name"].as_str()));
        for (other, how) in service["depends_on"].as_object().into_iter().flatten() {
            let flag = |key: &str| how[key].as_bool().unwrap_or(false);
            let condition = how["condition"].as_str().unwrap();
            facts.insert(format!("{name} waits {other} {condition} {} {}", flag("required"), flag("restart")));
        }
        for port in service["ports"].as_array().into_iter().flatten() {
            let published = match &port["published"] {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            };
            let ip = port["host_ip"].as_str();
            facts.insert(format!("{name} port {ip:?} {published:?} {} {}", port["target"], port["protocol"]));
        }
        for mount in service["volumes"].as_array().into_iter().flatten() {
            let source = mount["source"].as_str().map(|text| text.replace("$$", "$"));
            let read_only = mount["read_only"].as_bool().unwrap_or(false);
            let kind = match mount["type"].as_str().unwrap() {
                kind @ ("bind" | "volume" | "tmpfs") => kind,
                _ => "other",
            };
            facts.insert(format!("{name} mount {kind} {source:?} {} {read_only}", plain(&mount["target"])));
        }
        for tmpfs in service["tmpfs"].as_array().into_iter().flatten() {
            let target = tmpfs.as_str().unwrap().split(':').next().unwrap();
            facts.insert(format!("{name} mount tmpfs None {target} false"));
        }
        for network in service["networks"].as_object().into_iter().flatten() {
            facts.insert(format!("{name} network {}", network.0));
        }
        for profile in service["profiles"].as_array().into_iter().flatten() {
            facts.insert(format!("{name} profile {profile}"));
        }
        for (key, value) in service["environment"].as_object().into_iter().flatten() {
            let value = value.as_str().map(|text| text.replace("$$", "$"));
            facts.insert(format!("{name} env {} {value:?}", key.replace("$$", "$")));
        }
        for (key, value) in service["labels"].as_object().into_iter().flatten() {
            facts.insert(format!("{name} label {} {:?}", key.replace("$$", "$"), plain(value)));
        }
        for key in ["command", "entrypoint"] {
            if let Some(words) = service[key].as_array() {
                facts.insert(format!("{name} {key} {:?}", words.iter().map(plain).collect::<Vec<_>>()));
            }
        }
        if let Some(check) = service["healthcheck"].as_object() {
            let empty = Vec::new();
            let test = check.get("test").and_then(Value::as_array).unwrap_or(&empty);
            let test: Vec<String> = test.iter().map(plain).collect();
            facts.insert(format!("{name} check {test:?} {:?}", check.get("retries").and_then(Value::as_u64)));
        }
    }
    for kind in ["networks", "volumes"] {
        for (key, value) in project[kind].as_object().into_iter().flatten() {
            facts.insert(format!("{kind} {key} {}", plain(&value["name"])));
        }
    }
    facts
}

fn facts_of_ours(project: &Project) -> BTreeSet<String> {
    let mut facts = BTreeSet::from([format!("name {}", project.name)]);
    let mut used = BTreeSet::new();
    for service in project.services.values().filter(|service| service.enabled) {
        facts_of_service(service, &mut facts);
        used.extend(service.networks.iter().map(|network| format!("networks {}", network.network)));
        let volumes = service.mounts.iter().filter(|mount| mount.kind == MountKind::Volume);
        used.extend(volumes.filter_map(|m| Some(format!("volumes {}", m.source.as_ref()?))));
    }
    let names = project.networks.iter().map(|(key, network)| ("networks", key, &network.name));
    let volumes = project.volumes.iter().map(|(key, volume)| ("volumes", key, &volume.name));
    for (kind, key, name) in names.chain(volumes).filter(|(kind, key, _)| used.contains(&format!("{kind} {key}"))) {
        facts.insert(format!("{kind} {key} {name}"));
    }
    facts
}

fn facts_of_service(service: &Service, facts: &mut BTreeSet<String>) {
    let name = &service.name;
    facts.insert(format!("service {name} image={:?}", service.image));
    facts.insert(format!("container {name} {:?}", service.container_name.as_deref()));
    for on in &service.depends_on {
        let condition = on.condition.as_str();
        facts.insert(format!("{name} waits {} {condition} {} {}", on.service, on.required, on.restart));
    }
    for port in &service.ports {
        let (ip, published) = (port.host_ip.as_deref(), &port.published);
        facts.insert(format!("{name} port {ip:?} {published:?} {} {:?}", port.target, port.protocol));
    }
    for mount in &service.mounts {
        let kind = match mount.kind {
            MountKind::Bind => "bind",
            MountKind::Volume => "volume",
            MountKind::Tmpfs => "tmpfs",
            MountKind::Other => "other",
        };
        facts.insert(format!("{name} mount {kind} {:?} {} {}", mount.source, mount.target, mount.read_only));
    }
    facts.extend(service.networks.iter().map(|network| format!("{name} network {}", network.network)));
    facts.extend(service.profiles.iter().map(|profile| format!("{name} profile {profile:?}")));
    facts.extend(service.environment.iter().map(|(key, value)| format!("{name} env {key} {value:?}")));
    facts.extend(service.labels.iter().map(|(key, value)| format!("{name} label {key} {value:?}")));
    for (key, words) in [("command", &service.command), ("entrypoint", &service.entrypoint)] {
        facts.extend(words.iter().map(|words| format!("{name} {key} {words:?}")));
    }
    if let Some(check) = &service.healthcheck {
        let test: &[String] = &check.test;
        facts.insert(format!("{name} check {test:?} {:?}", check.retries));
    }
}

/// The kinds of the recording's own README: cases that docker compose could not decide only have to end.
fn kind(recorded: &Value) -> &'static str {
    let error = recorded["error"].as_str().unwrap_or_default();
    let exit = recorded["exit"].as_i64().unwrap();
    let newer = recorded["tags"].as_array().into_iter().flatten().any(|tag| tag.as_str().unwrap().ends_with("HEAD"));
    match exit {
        124 | 125 | 137 | 152 | -9 | -24 => "ends",
        _ if recorded["ms"].as_f64().is_some_and(|ms| ms > 4000.0) => "ends",
        _ if error.starts_with("panic:") || error.contains("MarshalJSON") => "orbug",
        0 => "main",
        _ if newer => "newer",
        _ => "main",
    }
}

#[derive(Default)]
struct Score {
    good: usize,
    all: usize,
}

impl Score {
    fn note(&mut self, good: bool) {
        self.good += usize::from(good);
        self.all += 1;
    }

    fn per_mille(&self) -> usize {
        (self.good * 1000).checked_div(self.all).unwrap_or(1000)
    }
}

#[test]
fn agrees_with_docker_compose() {
    let Some(recording) = recording() else {
        eprintln!("SKIPPED: no recording of docker compose in $STACKVIEW_ORACLE or ../shared/oracle");
        assert!(std::env::var_os("STACKVIEW_ORACLE").is_none(), "$STACKVIEW_ORACLE has no cases.jsonl");
        return;
    };
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path();
    let only = std::env::var("STACKVIEW_ORACLE_ONLY").unwrap_or_default();
    let (mut verdicts, mut contents) = (BTreeMap::<&str, Score>::new(), Score::default());
    let mut differences = String::new();
    for line in fs::read_to_string(recording.join("cases.jsonl")).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| case[key].as_str().unwrap();
        let (id, half, corpus) = (text("id"), text("half"), text("corpus"));
        // What 2.40.3 answered otherwise than 2.26.1 lies apart.
        let record = |folder: &str| recording.join(folder).join(half).join(format!("{id}.json"));
        let file = Some(record("oracle-2.40.3")).filter(|file| file.is_file()).unwrap_or_else(|| record("oracle"));
        if !id.contains(&only) || !file.is_file() {
            continue;
        }
        let recorded = fs::read_to_string(file).unwrap().replace("$X/", &format!("{}/", root.display()));
        // A record nested deeper than serde_json reads is of a hostile case: it only has to end.
        let recorded = serde_json::from_str(&recorded).unwrap_or_else(|_| serde_json::json!({"exit": 124}));
        let tree = root.join("a/b/c").join(corpus).join(text("tree"));
        if !tree.exists() {
            copy(&recording.join("trees").join(half).join(corpus).join(text("tree")), &tree);
        }
        if std::env::var_os("SVT").is_some() {
            eprintln!("{id}");
        }
        let started = Instant::now();
        let loaded = compose::load(&options(&case, root, &tree));
        assert!(started.elapsed() < Duration::from_secs(10), "{id} took {:?}", started.elapsed());
        let kind = kind(&recorded);
        if kind == "ends" || kind == "orbug" {
            continue;
        }
        let (ours, theirs) = (accepted(&loaded), recorded["exit"] == 0);
        verdicts.entry(kind).or_default().note(ours == theirs);
        let first = loaded.errors().next().map(ToString::to_string).unwrap_or_default();
        if ours != theirs {
            let error = recorded["error"].as_str().unwrap_or_default();
            writeln!(differences, "{kind} {id}: theirs {theirs} {error:?}, ours {ours} {first}").unwrap();
        } else if let (true, Some(project)) = (ours, &loaded.project) {
            let (theirs, ours) = (facts_of_oracle(&recorded["project"]), facts_of_ours(project));
            contents.note(theirs == ours);
            for fact in theirs.difference(&ours) {
                writeln!(differences, "{id}: only theirs: {fact}").unwrap();
            }
            for fact in ours.difference(&theirs) {
                writeln!(differences, "{id}: only ours: {fact}").unwrap();
            }
        }
    }
    eprintln!("{differences}");
    for (kind, score) in &verdicts {
        eprintln!("verdicts, {kind}: {} of {} ({} ‰)", score.good, score.all, score.per_mille());
    }
    eprintln!("contents: {} of {} ({} ‰)", contents.good, contents.all, contents.per_mille());
    if only.is_empty() {
        assert!(verdicts["main"].per_mille() >= VERDICTS);
        assert!(contents.per_mille() >= CONTENTS);
    }
}

fn accepted(loaded: &Loaded) -> bool {
    loaded.project.is_some() && loaded.errors().next().is_none()
}
