//! Containers beside their files, key by key and by digest.

use std::{path::Path, sync::Arc, time::Duration};

use super::*;
use crate::{
    base::id::ImageId,
    compose::{HealthCheck, MountKind, Options, Restart, canon::config_hash, load::load},
    stack::{
        Attachment, MountPoint,
        fixture::{self, Placed, container, id_of},
    },
};

const IMAGE: &str = "sha256:aaaaaaaaaaaaaaaa";

/// The project of a service `db` with these keys besides its image, as docker compose would resolve it.
fn project(keys: &str) -> Arc<Project> {
    let file = format!(
        "name: {}\nservices:\n  db:\n    image: db:latest\n{keys}\n  web: {{image: db:latest, network_mode: 'service:db'}}\n\
         networks: {{front: }}\nvolumes: {{data: }}\nsecrets: {{token: {{file: ./token}}}}\n",
        fixture::PROJECT
    );
    let loaded = load(&Options {
        cwd: Path::new("/p").into(),
        files: vec!["-".into()],
        stdin: Some(file.clone()),
        ..Options::default()
    });
    let problems = loaded.errors().map(ToString::to_string).collect::<Vec<_>>();
    assert!(problems.is_empty(), "{file}\n{problems:?}");
    loaded.resolved().project.unwrap().into()
}

fn image() -> ImageFacts {
    ImageFacts {
        id: IMAGE.into(),
        cmd: vec!["serve".into()],
        env: vec!["PATH=/bin".into(), "LANG=C".into()],
        user: "app".into(),
        labels: [("made-by".to_owned(), "us".to_owned())].into(),
        exposed: vec!["80/tcp".into()],
        volumes: vec!["/cache".into()],
        check: Some(HealthCheck { test: vec!["CMD".into(), "probe".into()], ..HealthCheck::default() }),
        ..ImageFacts::default()
    }
}

/// What docker compose makes of the service without further keys.
fn made() -> Container {
    let mut c = container("db").running(1.0);
    c.image_id = ImageId::from(IMAGE);
    c.env = vec!["PATH=/bin".into(), "LANG=C".into()];
    c.labels = [("made-by", "us"), ("com.docker.compose.version", "2.26.1"), ("com.docker.compose.depends_on", "")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into();
    c.config.cmd = vec!["serve".into()];
    c.config.user = "app".into();
    c.config.exposed = vec!["80/tcp".into()];
    c.config.shm_size = 64 << 20;
    let default = Some(Duration::from_secs(30));
    let test = vec!["CMD".into(), "probe".into()];
    c.check =
        Some(HealthCheck { test, interval: default, timeout: default, retries: Some(3), ..HealthCheck::default() });
    let network = format!("{}_default", fixture::PROJECT);
    c.networks = vec![Attachment { network, address: String::new(), aliases: vec!["db".into()] }];
    c.mounts = vec![MountPoint {
        kind: MountKind::Volume,
        volume: Some("0123".into()),
        source: "/var/lib/docker/0123".into(),
        target: "/cache".into(),
        writable: true,
    }];
    c
}

fn stack(project: &Arc<Project>, containers: &[Container], named: Option<ImageFacts>) -> Placed {
    let mut stack = fixture::stack(Some(project.clone()), containers);
    let found = [("db:latest", named), (IMAGE, Some(image()))];
    stack.images = found.map(|(name, found)| (name.to_owned(), Ok(found.map(Box::new)))).into_iter().collect();
    stack
}

fn drift_of(project: &Arc<Project>, container: Container) -> Drift {
    stack(project, &[container], Some(image())).overview(fixture::at(10.0)).drift.remove("db").unwrap()
}

/// Each difference in short: `user: app → me`.
fn told(drift: &Drift) -> Vec<String> {
    let Drift::Drifted { differences, .. } = drift else { return vec![drift.words()] };
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
    differences.iter().map(|d| format!("{}: {} → {}", d.key, text(&d.old), text(&d.new))).collect()
}

const BY_KEYS: &str = "key by key";

#[test]
fn what_the_image_brings_is_not_drift() {
    let mut other = made();
    other.labels.insert(VERSION.into(), "2.99.0".into());
    let drift = drift_of(&project(""), other);
    assert_eq!(drift, Drift::Same { exact: false });
    assert!(drift.words().contains(BY_KEYS));
}

#[test]
fn the_digest_decides_where_its_form_is_known() {
    let project = project("    environment: {A: 1}");
    let hash = config_hash(project.resolved["db"].clone(), Line::V26);
    let mut c = made();
    c.labels.insert(HASH.into(), hash);
    // Its keys don't matter then: nothing but the digest is what compose looks at.
    assert_eq!(drift_of(&project, c.clone()), Drift::Same { exact: true });
    c.labels.insert(VERSION.into(), "2.99.0".into());
    assert_eq!(drift_of(&project, c.clone()), Drift::Same { exact: true }, "the same digest proves the same service");
    c.env.push("A=1".into());
    c.labels.insert(HASH.into(), "0123456789abcdef".into());
    assert_eq!(drift_of(&project, c.clone()), Drift::Same { exact: false });
    c.labels.insert(VERSION.into(), "2.26.1".into());
    let told = told(&drift_of(&project, c));
    assert!(told.len() == 1 && told[0].starts_with("config-hash: 0123456789ab → "), "{told:?}");
}

#[test]
fn a_container_of_either_line_has_its_own_digest() {
    let file = "    depends_on: []\n    secrets: [{source: token, mode: 0440}]";
    let project = project(file);
    for (version, line) in [("2.26.1", Line::V26), ("2.40.3-3", Line::V40)] {
        let form = digested(&project, "db", line).unwrap().clone();
        let mut c = made();
        c.labels.insert(VERSION.into(), version.into());
        c.labels.insert(HASH.into(), config_hash(form.clone(), line));
        assert_eq!(drift_of(&project, c.clone()), Drift::Same { exact: true }, "{version}");
        // The digest that the other line would make of it is none of its own.
        let other = if line == Line::V26 { Line::V40 } else { Line::V26 };
        let form = digested(&project, "db", other).unwrap().clone();
        c.labels.insert(HASH.into(), config_hash(form, other));
        assert!(matches!(drift_of(&project, c), Drift::Drifted { .. }), "{version}");
    }
}

#[test]
fn what_the_docker_command_adds_is_not_judged() {
    let project = project("    environment: [OTEL_RESOURCE_ATTRIBUTES]");
    let mut c = made();
    c.labels.insert(HASH.into(), "0123456789abcdef".into());
    let drift = drift_of(&project, c.clone());
    assert!(matches!(&drift, Drift::Unknown(why) if why.contains("docker command")), "{drift:?}");
    c.config.user = "me".into();
    assert_eq!(told(&drift_of(&project, c)), ["user: me → none"], "what else differs is told");
}

#[test]
fn each_key_is_compared_with_what_was_made() {
    let none = |_: &mut Container| {};
    type Change = fn(&mut Container);
    let cases: [(&str, Change, &[&str]); 26] = [
        ("command: [run, it]", none, &["command: serve → run it"]),
        ("command: [serve]", none, &[]),
        ("entrypoint: [/init]", none, &["entrypoint: none → /init", "command: serve → none"]),
        ("environment: {LANG: de}", none, &["environment.LANG: C → de"]),
        ("environment: {LANG: C}", |c| c.env.push("OLD=1".into()), &["environment.OLD: 1 → none"]),
        ("tty: false", |c| c.env.push("https_proxy=http://p".into()), &[]),
        ("labels: {a: b}", none, &["labels.a: none → b"]),
        ("labels: {made-by: them}", none, &["labels.made-by: us → them"]),
        ("ports: ['8080:80', '127.0.0.1:53:53/udp']", none, &["ports: none → 127.0.0.1:53:53/udp, 8080:80"]),
        ("ports: ['8080:80']", |c| c.config.published = vec![(String::new(), "8080".into(), "80/tcp".into())], &[]),
        ("expose: [9000]", none, &["expose: none → 9000/tcp"]),
        ("volumes: ['/a:/b:ro']", none, &["volumes./b: none → bind /a, read-only"]),
        ("volumes: ['data:/cache']", none, &["volumes./cache: volume 0123 → volume p_data"]),
        ("tmpfs: /run", none, &["volumes./run: none → tmpfs"]),
        ("secrets: [token]", none, &["volumes./run/secrets/token: none → bind /p/token, read-only"]),
        ("user: me", none, &["user: app → me"]),
        ("user: ''", |c| c.config.user = "me".into(), &["user: me → none"]),
        ("networks: [front, default]", none, &["networks: p_default → p_default, p_front"]),
        ("networks: {default: {aliases: [sql]}}", none, &["networks.default.aliases: none → sql"]),
        ("network_mode: host", none, &["network_mode:  → host"]),
        ("healthcheck: {interval: 5s}", none, &["healthcheck.interval: 30 s → 5 s"]),
        ("healthcheck: {disable: true}", none, &["healthcheck.test: CMD probe → NONE"]),
        ("mem_limit: 1g", none, &["mem_limit: none → 1073741824"]),
        ("cpus: 0.5", |c| c.config.nano_cpus = 500_000_000, &[]),
        ("restart: on-failure:3", |c| c.restart = Restart::Always, &["restart: always → on-failure:3"]),
        (
            "cap_add: [NET_ADMIN]",
            |c| {
                c.config.cap_add = vec!["CAP_NET_ADMIN".into()];
                c.config.more.insert("dns", "1.1.1.1".into());
            },
            &["dns: 1.1.1.1 → none"],
        ),
    ];
    for (keys, change, expected) in cases {
        let mut c = made();
        c.labels.insert(VERSION.into(), "1.29.2".into());
        change(&mut c);
        let drift = drift_of(&project(&format!("    {keys}")), c);
        let told = told(&drift);
        if expected.is_empty() {
            assert_eq!(drift, Drift::Same { exact: false }, "{keys}: {told:?}");
        } else {
            assert_eq!(told, expected, "{keys}");
        }
    }
}

#[test]
fn a_tag_that_moved_is_drift() {
    let project = project("");
    let mut c = made();
    c.labels.insert(HASH.into(), config_hash(project.resolved["db"].clone(), Line::V26));
    let of = |named: Option<ImageFacts>, c: &Container| {
        stack(&project, std::slice::from_ref(c), named).overview(fixture::at(10.0)).drift.remove("db").unwrap()
    };
    let moved = ImageFacts { id: "sha256:bbbbbbbbbbbbbbbb".into(), ..image() };
    assert_eq!(told(&of(Some(moved), &c)), ["image: db:latest (aaaaaaaaaaaa) → db:latest (bbbbbbbbbbbb)"]);
    let gone = of(None, &c);
    assert!(matches!(&gone, Drift::Unknown(why) if why.contains("isn't on this engine")), "{gone:?}");
    let mut other = c.clone();
    other.image = "db:1".into();
    other.labels.remove(HASH);
    assert_eq!(told(&of(Some(image()), &other))[0], "image: db:1 → db:latest");
}

#[test]
fn who_shares_a_network_is_recreated_with_its_owner() {
    let project = project("    command: [other]");
    let mut web = made();
    web.id = id_of("web");
    web.service = Some("web".into());
    web.networks.clear();
    web.config.network_mode = format!("container:{}", id_of("db"));
    web.labels.insert("com.docker.compose.depends_on".into(), "db:service_started:true".into());
    web.depends_on = vec![("db".into(), crate::compose::Condition::Started)];
    let mut resolved = project.resolved["web"].clone();
    resolved["network_mode"] = Value::String(web.config.network_mode.clone());
    web.labels.insert(HASH.into(), config_hash(resolved, Line::V26));
    let judged = |db: Container| stack(&project, &[db, web.clone()], Some(image())).overview(fixture::at(10.0)).drift;
    let mut same = made();
    same.labels.insert(HASH.into(), config_hash(project.resolved["db"].clone(), Line::V26));
    assert_eq!(judged(same)["web"], Drift::Same { exact: true });
    let drift = judged(made());
    assert_eq!(told(&drift["db"]), ["command: serve → other"]);
    assert_eq!(
        told(&drift["web"]),
        ["network_mode: the container of db that runs → the container of db that up makes"]
    );
}

#[test]
fn what_is_not_known_yet_is_said() {
    let project = project("");
    let asked = fixture::stack(Some(project.clone()), &[made()]).overview(fixture::at(10.0)).drift.remove("db");
    assert!(matches!(asked, Some(Drift::Unknown(why)) if why.contains("asking the engine about its image")));
    let images = images(&stack(&project, &[made()], None));
    assert_eq!(images, BTreeSet::from(["db:latest".to_owned(), IMAGE.to_owned()]));
    let broken = Project { resolved: BTreeMap::new(), ..(*project).clone() };
    assert!(stack(&broken.into(), &[made()], None).overview(fixture::at(10.0)).drift.is_empty());
}

#[test]
fn secrets_are_masked_in_words_and_json() {
    let project = project("    environment: {DB_PASSWORD: new-one}\n    command: [serve, --password, new-two]");
    let mut c = made();
    c.env.push("DB_PASSWORD=old-one".into());
    let drift = drift_of(&project, c);
    assert_eq!(drift.keys(), ["command", "environment"]);
    let printed = drift.json().to_string();
    assert!(!printed.contains("-one") && !printed.contains("-two"), "{printed}");
    assert!(printed.contains("environment.DB_PASSWORD"), "{printed}");
}

proptest::proptest! {
    /// Variables are compared by name: what is told is exactly what differs, both ways.
    #[test]
    fn variables_differ_where_they_differ(
        old in proptest::collection::btree_map("[A-D]", "[a-z]{0,2}", 0..4),
        new in proptest::collection::btree_map("[A-D]", "[a-z]{0,2}", 0..4),
    ) {
        let keys: String = new.iter().map(|(k, v)| format!("      {k}: '{v}'\n")).collect();
        let keys = if keys.is_empty() { String::new() } else { format!("    environment:\n{keys}") };
        let mut c = made();
        c.labels.insert(VERSION.into(), "2.99.0".into());
        c.env.extend(old.iter().map(|(k, v)| format!("{k}={v}")));
        let drift = drift_of(&project(&keys), c);
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let differ: Vec<String> =
            names.into_iter().filter(|n| old.get(*n) != new.get(*n)).map(|n| format!("environment.{n}")).collect();
        let found: Vec<String> = match drift {
            Drift::Drifted { differences, .. } => differences.into_iter().map(|d| d.key).collect(),
            _ => Vec::new(),
        };
        proptest::prop_assert_eq!(found, differ);
    }
}
