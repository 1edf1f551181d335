//! The dashboard follows what happens to a stack, whoever does it.

use rustix::process::Signal;

use crate::support::{Project, Proxy, Terminal, on_every_engine, terminal::has_line};

/// `db` is starting until the test serves in it.
const CHAIN: &str = r#"
x-check: &check { test: [CMD, /worker, probe], interval: 1s, timeout: 30s, retries: 1000 }
services:
  db:
    image: stackview-test/worker:1
    command: [sleep]
    healthcheck: *check
  backend:
    image: stackview-test/worker:1
    command: [serve]
    healthcheck: *check
    depends_on: { db: { condition: service_healthy } }
"#;

const ONE: &str = "services:\n  solo: { image: \"stackview-test/worker:1\", command: [sleep] }\n";

const WIDE: (u16, u16) = (160, 50);

#[test]
fn a_start_is_followed_from_nothing_to_ready() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "start", CHAIN);
        let terminal = Terminal::open(&project, &[], WIDE);
        terminal.wait_for_line(&["db", "missing"]);
        terminal.wait_for_line(&["backend", "missing"]);
        project.compose(&["create"]);
        terminal.wait_for_line(&["backend", "waiting"]);
        std::thread::scope(|scope| {
            scope.spawn(|| project.compose(&["up", "--detach"]));
            terminal.wait_for_line(&["db", "starting"]);
            engine.docker(&["exec", "--detach", &project.container("db"), "/worker", "serve"]);
            terminal.wait_for_line(&["db", "healthy"]);
        });
        terminal.wait_for_line(&["backend", "healthy"]);
        terminal.wait_for_line(&[project.name.as_str(), "all 2 ready"]);
    });
}

#[test]
fn what_is_done_behind_its_back_is_seen() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "behind", ONE);
        project.compose(&["up", "--detach"]);
        let terminal = Terminal::open(&project, &[], WIDE);
        terminal.wait_for_line(&["solo", "running"]);
        project.docker("pause", "solo");
        terminal.wait_for_line(&["solo", "paused"]);
        project.docker("unpause", "solo");
        terminal.wait_for_line(&["solo", "running"]);
        let other = format!("{}-renamed", project.name);
        engine.docker(&["rename", &project.container("solo"), &other]);
        terminal.wait_for("the new name", |screen| screen.contains(&other));
        engine.docker(&["rename", &project.container("solo"), &format!("{}-solo-1", project.name)]);
        project.compose(&["up", "--detach", "--no-recreate", "--scale", "solo=3"]);
        terminal.wait_for_line(&["solo", "3/3"]);
        project.compose(&["up", "--detach", "--no-recreate", "--scale", "solo=1"]);
        terminal.wait_for("one replica", |screen| has_line(screen, &["solo", "running"]) && !screen.contains("3/3"));
        engine.docker(&["rm", "--force", &project.container("solo")]);
        terminal.wait_for_line(&["solo", "missing"]);
    });
}

#[test]
fn a_lost_engine_is_marked_and_made_good() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "lost", ONE);
        project.compose(&["up", "--detach"]);
        let proxy = Proxy::new(engine);
        let terminal = Terminal::with(&project, &[], WIDE, &[("DOCKER_HOST", &proxy.host())]);
        terminal.wait_for_line(&["solo", "running"]);
        proxy.cut();
        terminal.wait_for("the engine's loss", |screen| {
            screen.to_lowercase().contains("reconnect") || screen.contains("next try")
        });
        // What happens meanwhile can't be seen, and has to be found out afterwards.
        engine.docker(&["rm", "--force", &project.container("solo")]);
        proxy.mend();
        terminal.wait_for_line(&["solo", "missing"]);
        project.compose(&["up", "--detach"]);
        terminal.wait_for_line(&["solo", "running"]);
    });
}

#[test]
fn looking_changes_nothing() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "looking", ONE);
        project.compose(&["up", "--detach"]);
        let proxy = Proxy::new(engine);
        let mut terminal = Terminal::with(&project, &["--read-only"], WIDE, &[("DOCKER_HOST", &proxy.host())]);
        terminal.wait_for_line(&["solo", "running"]);
        let before = engine.containers(&project.name);
        // Every screen, then keys that would act: stop, restart, pause, remove.
        terminal.press("234571srpX");
        terminal.wait_for("the refusal", |screen| screen.contains("read-only"));
        terminal.signal(Signal::TERM);
        terminal.wait_for_end();
        let requests = proxy.requests();
        assert!(requests.len() > 3, "the proxy saw {requests:?}");
        let writing: Vec<_> = requests.iter().filter(|r| !r.starts_with("GET ") && !r.starts_with("HEAD ")).collect();
        assert!(writing.is_empty(), "{writing:?}");
        assert_eq!(before, engine.containers(&project.name));
    });
}
