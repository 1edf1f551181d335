//! Drift: what is said of containers whose file has changed, against what `docker compose up` then does to them.
//!
//! The docker compose is the one installed; `DOCKER_CONFIG` may name a folder with another one among its plugins.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

use crate::support::{Engine, Project, Terminal, on_every_engine, project::label, terminal::has_line};

const IMAGE: &str = "stackview-test/worker:1";

/// An image of the test's own, gone when it is over.
struct Tag<'a>(&'a Engine, String);

impl Drop for Tag<'_> {
    fn drop(&mut self) {
        self.0.docker(&["rmi", "--force", &self.1]);
    }
}

impl<'a> Tag<'a> {
    /// A tag of another image than the worker's, which differs by a label alone.
    fn new(project: &'a Project, name: &str) -> Self {
        let tag = Self(&project.engine, format!("{}-{name}:1", project.name));
        tag.make(name);
        tag
    }

    /// Moves it to an image that isn't the one it was.
    fn make(&self, label: &str) {
        let id = self.0.docker(&["create", IMAGE]);
        self.0.docker(&["commit", "--change", &format!("LABEL made={label}"), &id, &self.1]);
        self.0.docker(&["rm", &id]);
    }
}

/// A service before and after the change, and the keys that are told to differ; none: `up` leaves it alone.
type Change = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CHANGES: [Change; 23] = [
    ("nothing", "environment: {A: 1}", "environment: {A: 1}", &[]),
    ("order", "environment: {A: 1, B: 2}, labels: {x: y}", "labels: [x=y], environment: [B=2, A=1]", &[]),
    ("scale", "command: [sleep]", "command: [sleep], scale: 2", &[]),
    ("other-image", "", "image: OTHER", &["image"]),
    ("variable", "environment: {A: 1}", "environment: {A: 2}", &["environment.A"]),
    ("no-variable", "environment: {A: 1, B: '<x$$>'}", "environment: {B: '<x$$>'}", &["environment.A"]),
    ("env-file", "env_file: [a.env]", "env_file: [b.env]", &["environment.FROM_FILE"]),
    ("looked-up", "env_file: [c.env], environment: {A: own}", "env_file: [c.env], environment: {A: own}", &[]),
    (
        "preferred",
        "networks: {default: {priority: 1, aliases: [p]}}",
        "networks: {default: {aliases: [p], priority: 1}}",
        &[],
    ),
    ("port", "", "ports: ['127.0.0.1::80']", &["ports"]),
    ("labelled", "labels: {x: y}", "labels: {x: z}", &["labels.x"]),
    ("command", "command: [sleep]", "command: [serve]", &["command"]),
    ("entrypoint", "", "entrypoint: [/worker, sleep]", &["entrypoint", "command"]),
    ("check", "", "healthcheck: {test: [CMD, /worker, probe], interval: 60s}", &["healthcheck.test"]),
    ("mounted", "", "volumes: ['data:/data']", &["volumes./data"]),
    ("bound", "volumes: ['./a.env:/x']", "volumes: ['./a.env:/x:ro']", &["volumes./x"]),
    ("networked", "", "networks: [default, other]", &["networks"]),
    ("restarted", "", "restart: unless-stopped", &["restart"]),
    ("user", "", "user: '1000'", &["user"]),
    ("limited", "", "mem_limit: 64m", &["mem_limit"]),
    ("waiting", "", "depends_on: [nothing]", &["depends_on"]),
    ("shared", "network_mode: 'service:nothing'", "network_mode: 'service:nothing'", &[]),
    ("follower", "network_mode: 'service:command'", "network_mode: 'service:command'", &["network_mode"]),
];

fn file(project: &Project, after: bool, other: &str) -> String {
    let service = |(name, before, changed, _): &Change| {
        let keys = if after { changed } else { before };
        let image = if keys.contains("image:") { String::new() } else { format!("image: {IMAGE}, ") };
        let command = if keys.contains("command:") || keys.contains("entrypoint:") { "" } else { "command: [sleep], " };
        format!("  {name}: {{stop_grace_period: 0s, {image}{command}{}}}\n", keys.replace("OTHER", other))
    };
    let services: String = CHANGES.iter().map(service).collect();
    format!(
        "name: {}\nservices:\n{services}  built: {{build: ., command: [sleep], stop_grace_period: 0s}}\n\
         networks: {{other: }}\nvolumes: {{data: }}\n",
        project.name
    )
}

/// The services of which `stackview check` says that their file is newer than their container.
fn checked(project: &Project) -> BTreeSet<String> {
    let output = project.stackview(&["check", "--format", "json"]).output().unwrap();
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = printed["problems"].as_array().unwrap().iter();
    let drifted: BTreeSet<String> = problems
        .filter(|p| p["rule"] == "file-newer-than-container")
        .map(|p| p["service"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        output.status.code() == Some(0),
        printed["problems"].as_array().unwrap().iter().all(|p| p["severity"] == "hint")
    );
    drifted
}

/// The ids of each service's first container.
fn ids(project: &Project) -> BTreeMap<String, String> {
    let containers = project.engine.containers(&project.name);
    let first = containers.iter().filter(|(_, c)| label(c, "container-number") == "1");
    first.map(|(id, c)| (label(c, "service").to_owned(), id.clone())).collect()
}

/// What is said of each service: the verdict, by what, and the keys.
fn said(project: &Project) -> BTreeMap<String, (String, Vec<String>)> {
    let status = project.status();
    let keys = |drift: &Value| -> Vec<String> {
        drift["keys"].as_array().unwrap().iter().map(|k| k["key"].as_str().unwrap().to_owned()).collect()
    };
    let services = status["services"].as_array().unwrap().iter();
    services
        .map(|s| {
            let drift = &s["drift"];
            let word = drift["verdict"].as_str().unwrap_or("none");
            let by = drift["by"].as_str().or(drift["reason"].as_str()).unwrap_or_default();
            (s["name"].as_str().unwrap().to_owned(), (format!("{word} {by}").trim().to_owned(), keys(drift)))
        })
        .collect()
}

#[test]
fn what_is_said_is_what_up_then_does() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "drift", "services: {}\n");
        let compose = project.dir().join("compose.yaml");
        fs::write(project.dir().join("a.env"), "FROM_FILE=a\n").unwrap();
        fs::write(project.dir().join("b.env"), "FROM_FILE=b\n").unwrap();
        // What A is here, releases don't agree on.
        fs::write(project.dir().join("c.env"), "B=${A-none}\nA=file\n").unwrap();
        // What is built has compose's own name for it, and isn't built again while an image is there.
        let other = Tag::new(&project, "other");
        let built = Tag(engine, format!("{}-built", project.name));
        built.make("first");
        fs::write(&compose, file(&project, false, &other.1)).unwrap();
        project.compose(&["up", "--detach"]);
        let (before, told) = (ids(&project), said(&project));
        assert_eq!(before.len(), CHANGES.len() + 1);
        for (name, said) in &told {
            assert_eq!(*said, ("same hash".to_owned(), Vec::new()), "{name} has just been made");
        }

        fs::write(&compose, file(&project, true, &other.1)).unwrap();
        built.make("second");
        let told = said(&project);
        let newer = checked(&project);
        project.compose(&["up", "--detach"]);
        let after = ids(&project);
        let made = engine.containers(&project.name).into_values().next().unwrap();
        let version = label(&made, "version").to_owned();
        // Since 2.29.3 a container isn't recreated for what it depends on.
        let ignored = |name: &str| name == "waiting" && !version.starts_with("2.26.");
        for (name, _, _, keys) in &CHANGES {
            let keys = if ignored(name) { &[] } else { *keys };
            let recreated = before[*name] != after[*name];
            let (verdict, told) = &told[*name];
            assert_eq!(
                (verdict == "drifted", told.as_slice()),
                (recreated, &keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()[..]),
                "{name}: {verdict}, recreated: {recreated}"
            );
            assert_eq!(newer.contains(*name), recreated, "{name} is checked: {newer:?}");
        }
        assert!(!newer.contains("built"), "an image that was rebuilt is told of by another rule");
        assert_eq!((before["built"] != after["built"], &*told["built"].0), (true, "drifted"));
        assert_eq!(told["built"].1, ["image"]);
        for (name, said) in said(&project) {
            assert_eq!(said.0, "same hash", "{name} after up");
        }
        assert!(checked(&project).is_empty(), "{:?}", checked(&project));
    });
}

#[test]
fn drift_is_seen_and_gone_after_up() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "seen", "services: {}\n");
        let other = Tag::new(&project, "other");
        let compose = project.dir().join("compose.yaml");
        let service = |keys: &str| {
            let text = format!(
                "name: {}\nservices:\n  solo: {{command: [sleep], stop_grace_period: 0s, {keys}}}\n",
                project.name
            );
            fs::write(&compose, text).unwrap();
        };
        service(&format!("image: {IMAGE}, environment: {{MODE: slow}}"));
        project.compose(&["up", "--detach"]);
        let mut terminal = Terminal::open(&project, &[], (160, 50));
        let calm = |screen: &str| has_line(screen, &["solo", "running"]) && !screen.contains('≠');
        terminal.wait_for("the service as its file says", |s| calm(s) && has_line(s, &["drift", "none"]));
        for (keys, key, new) in [
            (format!("image: {}, environment: {{MODE: slow}}", other.1), "image", &*other.1),
            (format!("image: {IMAGE}, environment: {{MODE: fast}}"), "environment.MODE", "fast"),
            (format!("image: {IMAGE}, environment: {{MODE: fast}}, ports: ['127.0.0.1::80']"), "ports", "127.0.0.1:80"),
        ] {
            service(&keys);
            terminal.wait_for_line(&["solo", "≠", "running"]);
            terminal.wait_for(&format!("{key} among the drift"), |s| has_line(s, &[key]) && has_line(s, &["→", new]));
            let before = project.container("solo");
            terminal.press("u");
            terminal.wait_for_line(&["Recreate solo?"]);
            terminal.wait_for_line(&["container", key.split('.').next().unwrap()]);
            terminal.answer("y");
            terminal.wait_for("it as its file says again", calm);
            assert_ne!(project.container("solo"), before, "{key}: it is another container");
        }
    });
}

#[test]
fn up_makes_what_is_missing_without_a_plan_and_tells_why_it_fails() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "bring", "services: {}\n");
        let text = |more: &str| {
            format!("name: {}\nservices:\n  solo: {{image: \"{IMAGE}\", command: [sleep]}}\n{more}", project.name)
        };
        let compose = project.dir().join("compose.yaml");
        fs::write(&compose, text("")).unwrap();
        let mut terminal = Terminal::open(&project, &[], (160, 50));
        terminal.wait_for_line(&["solo", "missing"]);
        terminal.press("u");
        terminal.wait_for_line(&["docker", "compose", "up -d --no-recreate solo"]);
        terminal.wait_for_line(&["solo", "running"]);
        fs::write(&compose, text("  bad: {image: \"stackview-test/worker:1\", entrypoint: [/nowhere]}\n")).unwrap();
        terminal.wait_for_line(&["bad", "missing"]);
        terminal.press("Gu");
        // The engine's own words, without the lines of progress.
        terminal.wait_for("the reason", |s| s.contains("/nowhere") && s.contains("no such file or directory"));
        terminal.press("U");
        terminal.wait_for_line(&["Bring the project up?"]);
        terminal.press("\x1b");
        terminal.wait_for("the end of the plan", |s| !s.contains("Bring the project up?"));
        terminal.press("\x14");
        terminal.wait_for_line(&["Read-only"]);
        terminal.press("u");
        terminal.wait_for_line(&["Read-only: nothing was changed"]);
    });
}
