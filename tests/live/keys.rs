//! The main job from the keyboard alone, and moving about.

use std::{fs, path::Path};

use crate::support::{Project, Terminal, on_every_engine};

/// `db` is unhealthy in its first life and well in its second; `web` waits for it.
const FAILING: &str = r#"
services:
  db:
    image: stackview-test/worker:1
    command: [serve, --fail-boots, "1"]
    healthcheck: { test: [CMD, /worker, probe], interval: 1s, timeout: 5s, retries: 2 }
  web:
    image: stackview-test/worker:1
    command: [serve]
    depends_on: { db: { condition: service_healthy } }
"#;

#[test]
fn a_failing_service_is_read_restarted_and_seen_healthy() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "failing", FAILING);
        project.compose(&["create"]);
        project.compose(&["start", "db"]);
        let mut terminal = Terminal::open(&project, &[], (160, 50));
        terminal.wait_for_line(&["db", "unhealthy"]);
        // The probe's own words stand under it.
        terminal.wait_for("why", |screen| screen.contains("503"));
        terminal.press("gr");
        terminal.wait_for_line(&["● db", "healthy"]);
        let restarted = &engine.containers(&project.name)[&project.container("db")];
        assert_eq!(restarted["State"]["Health"]["Status"], "healthy");
    });
}

#[test]
fn stop_and_start_from_the_keyboard() {
    on_every_engine(|engine| {
        let project = Project::new(
            engine,
            "stopstart",
            "services:\n  solo: { image: \"stackview-test/worker:1\", command: [sleep] }\n",
        );
        project.compose(&["up", "--detach"]);
        let mut terminal = Terminal::open(&project, &[], (120, 40));
        terminal.wait_for_line(&["solo", "running"]);
        terminal.press("s");
        terminal.wait_for_line(&["solo", "stopped"]);
        terminal.press("s");
        terminal.wait_for_line(&["solo", "running"]);
        terminal.press("p");
        terminal.wait_for_line(&["solo", "paused"]);
        terminal.press("p");
        terminal.wait_for_line(&["solo", "running"]);
        // A removal shows its plan first, and Esc cancels it.
        let plan = |screen: &str| screen.contains("Esc cancel");
        terminal.press("X");
        terminal.wait_for("the plan", plan);
        terminal.press("\x1b");
        terminal.wait_for("the end of the plan", |screen| !plan(screen));
        assert_eq!(engine.containers(&project.name).len(), 1);
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);
    });
}

/// `web` waits for `db`, which takes its time: so does `docker compose up`.
const LONG: &str = r#"
services:
  db:
    image: stackview-test/worker:1
    command: [serve, --fail-boots, "1"]
    healthcheck: { test: [CMD, /worker, probe], interval: 1s, timeout: 5s, retries: 600 }
  web:
    image: stackview-test/worker:1
    command: [serve]
    depends_on: { db: { condition: service_healthy } }
"#;

/// How many processes of `docker compose` work in a folder.
fn composing(dir: &Path) -> usize {
    let works_there = |process: &Path| {
        let command = fs::read(process.join("cmdline")).unwrap_or_default();
        fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == dir)
            && String::from_utf8_lossy(&command).contains("compose")
    };
    fs::read_dir("/proc").unwrap().flatten().filter(|process| works_there(&process.path())).count()
}

#[test]
fn leaving_while_compose_runs_ends_it_whole_and_says_so() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "leaving", LONG);
        let mut terminal = Terminal::open(&project, &[], (120, 40));
        terminal.wait_for_line(&["db", "missing"]);
        terminal.press("U");
        terminal.wait_for("the question", |screen| screen.contains("y confirm"));
        terminal.answer("y");
        engine.wait(&project.name, "db, which compose started", |all| {
            all.values().any(|c| c["State"]["Running"] == true)
        });
        assert!(composing(project.dir()) > 0, "it waits for db");
        terminal.press("q");
        terminal.wait_for("the waiting", |screen| screen.contains("Quitting when this is done"));
        terminal.press("n");
        assert_eq!(terminal.wait_for_end(), 0);
        assert_eq!(composing(project.dir()), 0, "nothing of it goes on");
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        let after = raw.rsplit("\x1b[?1049l").next().unwrap();
        assert!(after.contains("Ended early: "), "{after}");
    });
}

#[test]
fn every_screen_opens_at_every_size() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "sizes", FAILING);
        project.compose(&["create"]);
        let mut terminal = Terminal::open(&project, &[], (80, 24));
        for (columns, rows) in [(80, 24), (120, 40), (200, 60), (40, 12), (20, 5), (80, 24)] {
            terminal.resize(columns, rows);
            terminal.press("2345671");
        }
        terminal.wait_for_line(&["db", "created"]);
        terminal.press("?");
        let help = |screen: &str| screen.contains("leave stackview");
        terminal.wait_for("help", help);
        // Esc and the next key, sent at once, would be one key with Alt.
        terminal.press("\x1b");
        terminal.wait_for("the end of help", |screen| !help(screen));
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);
    });
}
