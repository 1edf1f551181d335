//! A small task application in several moments of its life.

use std::time::Duration;

use crate::{
    app::{
        Input, Model, Msg,
        fixture::{settings, tell},
        update,
    },
    base::{
        loss::{Loss, LossKind, Whom},
        time::Stamp,
    },
    compose::{self, Condition, MountKind, Port, Restart},
    host::{
        self, Usage,
        fixture::{connected, of_project},
    },
    logs::LogLine,
    stack::{
        Attachment, Container, EventKind, Fact, Health, ImageFacts, MountPoint, PortBinding, Sample, Volume,
        VolumeUsage,
        fixture::{self, at, container, event, id_of, probe, service, snapshot},
    },
};

pub(super) fn resize(model: &mut Model, size: (u16, u16)) {
    let now = model.now;
    update(model, Msg::Input(Input::Resize(super::size(size))), now);
}

fn publish(mut container: Container, port: u16) -> Container {
    container.ports = vec![PortBinding {
        host_ip: "0.0.0.0".into(),
        host_port: Some(port),
        container_port: port,
        protocol: "tcp".into(),
    }];
    container
}

fn project() -> std::sync::Arc<compose::Project> {
    let mut frontend = service("frontend", &[("backend", Condition::Healthy)]);
    frontend.ports =
        vec![Port { host_ip: None, published: Some("3000".into()), target: 3000, protocol: "tcp".into(), place: None }];
    let mut backend = service(
        "backend",
        &[("db", Condition::Healthy), ("cache", Condition::Started), ("migrate", Condition::Completed)],
    );
    backend.build = true;
    backend.environment.insert("DATABASE_URL".into(), Some("postgres://app:hunter2@db:5432/app".into()));
    let worker = service("worker", &[("cache", Condition::Started), ("db", Condition::Healthy)]);
    let migrate = service("migrate", &[("db", Condition::Healthy)]);
    let cache = service("cache", &[]);
    let mut db = service("db", &[]);
    db.restart = Restart::UnlessStopped;
    let mut debug = service("debug", &[]);
    debug.enabled = false;
    debug.profiles = vec!["debug".into()];
    fixture::project([frontend, backend, worker, migrate, cache, db, debug])
}

fn db() -> Container {
    let mut db = publish(container("db"), 5432).running(0.6).checked(5, Health::Healthy);
    db = db.probed(&[
        probe(5.6, 5.7, 1),
        probe(10.7, 10.8, 0),
        probe(15.8, 15.9, 0),
        probe(20.9, 21.0, 0),
        probe(26.0, 26.1, 0),
    ]);
    db.image = "postgres:16-alpine".into();
    db.env = vec![
        "POSTGRES_USER=app".into(),
        "POSTGRES_PASSWORD=hunter2".into(),
        "DATABASE_URL=postgres://app:hunter2@db:5432/app".into(),
        "LANG=en_US.utf8".into(),
    ];
    db.mounts = vec![MountPoint {
        kind: MountKind::Volume,
        volume: Some("p_data".into()),
        source: "/var/lib/docker/volumes/p_data/_data".into(),
        target: "/var/lib/postgresql/data".into(),
        writable: true,
    }];
    db.networks =
        vec![Attachment { network: "p_default".into(), address: "172.18.0.2".into(), aliases: vec!["db".into()] }];
    db.command = vec!["docker-entrypoint.sh".into(), "postgres".into()];
    db
}

fn line(at: Stamp, text: &str) -> LogLine {
    LogLine { at, stderr: false, text: text.as_bytes().into(), cut: false }
}

fn model(containers: &[Container], now: f64, more: Vec<Fact>) -> Model {
    let mut model = Model::new(settings(), fixture::PROJECT.into(), Some(project()), super::size((120, 40)), at(0.0));
    let mut facts = connected();
    facts.extend(of_project(snapshot(containers)));
    facts.extend(of_project(more));
    tell(&mut model, facts, at(now));
    model
}

fn samples(name: &str, cpu: [f32; 6], memory: u64) -> Vec<Fact> {
    let sample = |(i, cpu): (u32, f32)| {
        let sample = Sample {
            at: at(20.0) + Duration::from_secs(i.into()),
            cpu: Some(cpu),
            memory,
            memory_limit: 8_270_000_000,
            network: (u64::from(i) * 700, u64::from(i) * 500),
            ..Sample::default()
        };
        Fact::Sample(id_of(name), sample)
    };
    (0..).zip(cpu).map(sample).collect()
}

/// Half way up: the database is healthy, the backend starts, the frontend waits.
pub(super) fn starting() -> Model {
    let mut backend = publish(container("backend"), 5000).running(13.0).checked(30, Health::Starting);
    backend = backend.probed(&[probe(43.0, 53.0, -1)]);
    backend.failing_streak = 1;
    let containers = [
        db(),
        container("cache").running(0.7),
        container("migrate").exited(0, 12.4),
        backend,
        container("worker").running(11.0),
        container("frontend"),
    ];
    let mut facts = samples("db", [0.1, 0.2, 1.5, 0.2, 0.1, 0.2], 26_000_000);
    facts.extend(samples("backend", [3.0, 20.0, 55.0, 80.0, 33.0, 14.0], 75_000_000));
    facts.extend(samples("cache", [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 8_000_000));
    facts.extend([
        event("db", 0.6, EventKind::Start),
        event("db", 10.8, EventKind::Health(Health::Healthy)),
        event("migrate", 12.4, EventKind::Die(0)),
        event("backend", 13.0, EventKind::Start),
    ]);
    facts.push(Fact::Lines(
        id_of("db"),
        vec![
            line(at(1.2), "2026-11-21 02:13:55.139 UTC [1] LOG:  starting PostgreSQL 16.4"),
            line(at(9.0), "2026-11-21 02:14:03.001 UTC [1] LOG:  database system is ready to accept connections"),
        ],
    ));
    facts.push(Fact::Lines(
        id_of("backend"),
        vec![
            line(at(14.0), "\u{1b}[32mINFO\u{1b}[0m:     Started server process [1]"),
            line(at(14.2), "\u{1b}[33mWARNING\u{1b}[0m:  secret key is the default one"),
        ],
    ));
    facts.push(Fact::LogFollowed(id_of("backend")));
    facts.push(Fact::Lines(
        id_of("backend"),
        vec![line(at(15.0), "loading model weights\t12 %\rloading model weights\t100 %")],
    ));
    facts.push(Fact::Lines(id_of("migrate"), vec![line(at(12.0), "applied 14 migrations")]));
    let lost = |kind, number, whom| Fact::Lost(Loss { kind, number, whom, at: at(30.0) });
    facts.push(lost(LossKind::EventsUnreadable, 3, Whom::All));
    facts.push(lost(LossKind::ItemsUnreadable, 1, Whom::Answer("the list of volumes")));
    facts.push(Fact::Volumes(vec![
        Volume {
            name: "p_data".into(),
            key: Some("data".into()),
            project: Some(fixture::PROJECT.into()),
            driver: "local".into(),
            mountpoint: String::new(),
            created: Some(at(0.0)),
            anonymous: false,
            labels: std::collections::BTreeMap::new(),
            options: std::collections::BTreeMap::new(),
            scope: "local".into(),
        },
        Volume {
            name: "p_old_uploads".into(),
            key: Some("old_uploads".into()),
            project: Some(fixture::PROJECT.into()),
            driver: "local".into(),
            mountpoint: String::new(),
            created: Some(at(-90_000.0)),
            anonymous: false,
            labels: std::collections::BTreeMap::new(),
            options: std::collections::BTreeMap::new(),
            scope: "local".into(),
        },
    ]));
    let usage = host::Fact::Usage(Usage {
        at: at(50.0),
        volumes: [
            ("p_data".into(), VolumeUsage { size: Some(48_300_000), containers: Some(1) }),
            ("p_old_uploads".into(), VolumeUsage { size: Some(3_200_000_000), containers: Some(0) }),
        ]
        .into(),
        ..Usage::default()
    });
    let mut model = model(&containers, 61.0, facts);
    tell(&mut model, vec![usage], at(61.0));
    model
}

/// All is well.
pub(super) fn ready() -> Model {
    let backend = publish(container("backend"), 5000).running(13.0).checked(30, Health::Healthy);
    let frontend = publish(container("frontend"), 3000).running(83.4).checked(30, Health::Healthy);
    let containers = [
        db(),
        container("cache").running(0.7),
        container("migrate").exited(0, 12.4),
        backend.probed(&[probe(43.0, 53.0, -1), probe(83.0, 83.1, 0)]),
        container("worker").running(11.0),
        frontend.probed(&[probe(113.0, 113.2, 0)]),
    ];
    let facts = samples("db", [0.1, 0.2, 1.5, 0.2, 0.1, 0.2], 26_000_000);
    model(&containers, 400.0, facts)
}

/// The database ended with an error, and nothing behind it can start.
pub(super) fn failed() -> Model {
    let mut worker = container("worker").restarting(7);
    worker.exit_code = Some(137);
    worker.oom_killed = true;
    let containers = [
        Container { probes: Vec::new(), ..db().exited(1, 4.0) },
        container("cache").running(0.7),
        container("migrate"),
        container("backend"),
        worker,
        container("frontend"),
    ];
    let lines = Fact::Lines(
        id_of("db"),
        vec![line(at(3.9), "Error: Database is uninitialized and superuser password is not specified.")],
    );
    model(&containers, 61.0, vec![lines])
}

/// A service whose values come from two compose files, `.env`, an env file and the shell, and whose container was
/// made before some of them changed.
pub(super) fn sourced() -> Model {
    let files = [
        (
            "compose.yaml",
            "services:\n  web:\n    image: shop/web:${TAG:-1.0}\n    command: [serve, --token, '${API_TOKEN}']\n    \
             env_file: web.env\n    environment:\n      MODE: ${MODE:-live}\n      \
             DATABASE_URL: postgres://app:${DB_PASSWORD}@db:5432/${DB_NAME:-shop}\n      TRACE: ${TRACE}\n      HOME_TOWN:\n    \
             ports: ['${PORT:-8080}:80']\n",
        ),
        ("compose.override.yaml", "services:\n  web:\n    environment: {MODE: debug}\n    ports: ['9443:443']\n"),
        (".env", "TAG=1.2\nDB_PASSWORD=hunter2\nAPI_TOKEN=hunter2\n"),
        ("web.env", "# for the web\nLANG=de_DE.UTF-8\nWORKERS=4\nMODE=unused\n"),
    ];
    let temp = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(temp.path().join(name), text).unwrap();
    }
    let loaded = compose::load(&compose::Options {
        cwd: temp.path().into(),
        project_name: Some(fixture::PROJECT.into()),
        env: [("PORT".to_owned(), "9090".to_owned())].into(),
        how: compose::How { sources: true, ..compose::How::default() },
        ..compose::Options::default()
    });
    assert_eq!(loaded.errors().count(), 0);
    let project = loaded.resolved().project.unwrap();
    let mut web = container("web").running(5.0);
    (web.image, web.image_id) = ("shop/web:1.2".into(), IMAGE.into());
    web.labels = [("com.docker.compose.version".to_owned(), "2.26.1".to_owned())].into();
    let env = [
        "PATH=/usr/local/bin:/usr/bin:/bin",
        "LANG=de_DE.UTF-8",
        "WORKERS=2",
        "MODE=debug",
        "DATABASE_URL=postgres://app:hunter2@db:5432/shop",
        "TRACE=",
        // As the engine tells what was passed on and isn't set.
        "HOME_TOWN",
    ];
    web.env = env.map(str::to_owned).into();
    let facts = ImageFacts { id: IMAGE.into(), env: vec![env[0].to_owned()], ..ImageFacts::default() };
    let images = ["shop/web:1.2", IMAGE].map(|name| (name.to_owned(), Ok(Some(Box::new(facts.clone())))));
    let size = super::size((120, 40));
    let mut model = Model::new(settings(), fixture::PROJECT.into(), Some(project.into()), size, at(0.0));
    let mut all = connected();
    all.extend(of_project(snapshot(&[web])));
    all.push(host::Fact::Images(images.into_iter().collect()));
    tell(&mut model, all, at(61.0));
    model
}

const IMAGE: &str = "sha256:aaaaaaaaaaaaaaaa";
