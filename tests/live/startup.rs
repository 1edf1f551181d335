//! The startup commands on real engines: `wait`, `timeline`, `report`, and a health check run by hand.

use serde_json::Value;

use crate::support::{Engine, PATIENCE, Project, Terminal, on_every_engine, process, project::label};

/// The engine keeps five probes, and a test looks for the first good one: they must not be gone before it looks.
const STACK: &str = r#"
x-check: &check { test: [CMD, /worker, probe], interval: 3s, timeout: 30s, retries: 3 }
services:
  db:
    image: stackview-test/worker:1
    command: [serve, --after, "1"]
    healthcheck: *check
    environment: { DB_PASSWORD: correct-horse-battery }
  migrate:
    image: stackview-test/worker:1
    command: [exit]
    depends_on: { db: { condition: service_healthy } }
  web:
    image: stackview-test/worker:1
    command: [serve]
    healthcheck: *check
    depends_on:
      db: { condition: service_healthy }
      migrate: { condition: service_completed_successfully }
"#;

fn code(project: &Project, arguments: &[&str]) -> (Option<i32>, String) {
    let output = process::finish(&mut project.stackview(arguments));
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// `wait`, for so long that only a failing test takes longer.
fn wait(project: &Project, services: &[&str]) -> (Option<i32>, String) {
    let patience = (PATIENCE / 2).as_secs().to_string();
    code(project, &[&["wait", "--timeout", &patience], services].concat())
}

#[test]
fn wait_begins_before_the_first_container_and_ends_when_all_is_ready() {
    on_every_engine(|engine: &Engine| {
        let project = Project::new(engine, "wait", STACK);
        let (waited, up) = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(&project, &[]));
            project.compose(&["up", "--detach"]);
            (waiting.join().unwrap(), project.status())
        });
        assert_eq!(waited, (Some(0), String::new()), "nothing is said where nobody reads");
        assert_eq!(up["verdict"], "ready");
        project.docker("kill", "web");
        let (exit, said) = code(&project, &["wait", "--timeout", "1", "web"]);
        assert!(exit == Some(124) || exit == Some(1) && said.contains("web"), "{exit:?} {said}");
        assert_eq!(wait(&project, &["db", "migrate"]).0, Some(0));
        let (exit, said) = code(&project, &["wait", "webb"]);
        assert_eq!(exit, Some(2));
        assert!(said.contains("'web'"), "{said}");
    });
}

#[test]
fn wait_ends_at_once_where_it_is_in_vain() {
    const BROKEN: &str = r#"
services:
  db: { image: "stackview-test/worker:1", command: [exit, --code, "3"] }
  web:
    image: stackview-test/worker:1
    command: [serve]
    depends_on: { db: { condition: service_healthy } }
"#;
    on_every_engine(|engine: &Engine| {
        let project = Project::new(engine, "vain", BROKEN);
        project.compose(&["create"]);
        project.compose(&["start", "db"]);
        // It is started before it ends: in between only its missing health check is in the way.
        engine.wait(&project.name, "the end of db", |containers| {
            containers.values().any(|c| label(c, "service") == "db" && c["State"]["Status"] == "exited")
        });
        let (exit, said) = code(&project, &["wait", "web"]);
        assert_eq!(exit, Some(1), "{said}");
        assert!(said.contains("web waits for db") && said.contains("exited with 3"), "{said}");
        let file = project.dir().join("report.md");
        process::succeed(&mut project.stackview(&["report", "-o", file.to_str().unwrap()]));
        let report = std::fs::read_to_string(&file).unwrap();
        for part in ["## Services", "| db | exited 3 |", "## Timeline", "## Images"] {
            assert!(report.contains(part), "{part} is missing:\n{report}");
        }
    });
}

/// Moments in seconds.
fn secs(time: &Value) -> f64 {
    let at: jiff::Timestamp = time.as_str().unwrap_or_else(|| panic!("no time: {time}")).parse().unwrap();
    at.as_duration().as_secs_f64()
}

#[test]
fn the_timeline_is_the_engines_truth_and_remembers() {
    on_every_engine(|engine: &Engine| {
        let project = Project::new(engine, "timeline", STACK);
        let timeline = || -> Value {
            let printed = process::succeed(&mut project.stackview(&["timeline", "--format", "json"]));
            serde_json::from_str(&printed).unwrap()
        };
        let up = || {
            project.compose(&["up", "--detach"]);
            assert_eq!(wait(&project, &[]).0, Some(0));
            timeline()
        };
        let first = up();
        assert_eq!((&first["kind"], &first["verdict"]), (&"cold".into(), &"ready".into()));
        let containers = engine.containers(&project.name);
        for service in first["services"].as_array().unwrap() {
            let name = service["name"].as_str().unwrap();
            let truth = &containers[&project.container(name)];
            let near = |what: &str, is: &Value, ought: &Value| {
                assert!((secs(is) - secs(ought)).abs() < 0.1, "{name}: {what} is {is}, not {ought}");
            };
            near("created", &service["created_at"], &truth["Created"]);
            near("started", &service["started_at"], &truth["State"]["StartedAt"]);
            if name == "migrate" {
                near("ready", &service["ready_at"], &truth["State"]["FinishedAt"]);
            } else {
                let log = truth["State"]["Health"]["Log"].as_array().unwrap();
                let passed = log.iter().find(|probe| probe["ExitCode"] == 0).unwrap();
                near("ready", &service["ready_at"], &passed["End"]);
                assert_eq!(service["listening"]["line"], "listening on 80", "{service}");
            }
        }
        let path: Vec<_> = first["critical_path"].as_array().unwrap().iter().map(|s| s["service"].clone()).collect();
        assert_eq!(path, ["db", "migrate", "web"]);
        // A second start is compared with the first.
        project.compose(&["down", "--timeout", "0"]);
        let second = up();
        assert_eq!(second["earlier"].as_array().unwrap().len(), 1, "{second}");
        let took = |value: &Value| value["took"].as_f64().unwrap();
        assert!((took(&second["earlier"][0]) - took(&first)).abs() < 0.002, "{second}");
        // Long after, the engine has forgotten the first probes; what was seen is remembered.
        project.compose(&["stop", "--timeout", "0", "web"]);
        // By docker: compose would run the job again too, of whose life before only events tell, and an engine that
        // many tests keep busy has forgotten them.
        project.docker("start", "web");
        assert_eq!(wait(&project, &[]).0, Some(0));
        let third = timeline();
        assert_eq!(third["kind"], "partial", "{third}");
        let svg = process::succeed(&mut project.stackview(&["timeline", "--format", "svg"]));
        assert!(svg.starts_with("<svg") && svg.contains("migrate"));
    });
}

#[test]
fn a_health_check_is_run_by_hand_and_not_when_read_only() {
    on_every_engine(|engine: &Engine| {
        let project = Project::new(engine, "byhand", STACK);
        project.compose(&["up", "--detach"]);
        assert_eq!(wait(&project, &[]).0, Some(0));
        let mut terminal = Terminal::open(&project, &[], (160, 50));
        // With the marks of its probes, which only the inspection tells.
        terminal.wait_for_line(&["db", "healthy", "✓"]);
        terminal.press("gh");
        terminal.wait_for("the result", |screen| {
            screen.split_once("RUN BY HAND").is_some_and(|(_, rest)| rest.lines().take(2).any(|l| l.contains("exit 0")))
        });
        terminal.press("q");
        terminal.wait_for_end();
        let mut terminal = Terminal::open(&project, &["--read-only"], (160, 50));
        // With the marks of its probes, which only the inspection tells.
        terminal.wait_for_line(&["db", "healthy", "✓"]);
        terminal.press("gh");
        terminal.wait_for("the refusal", |screen| screen.contains("Read-only: nothing was changed"));
        terminal.press("q");
        terminal.wait_for_end();
    });
}

#[test]
fn a_report_tells_no_secret() {
    on_every_engine(|engine: &Engine| {
        let project = Project::new(engine, "report", STACK);
        project.compose(&["up", "--detach"]);
        let report = process::succeed(&mut project.stackview(&["report"]));
        assert!(report.contains("## Timeline") && !report.contains("correct-horse-battery"), "{report}");
    });
}
