//! `status --format json` against the engine's own words: sampled all the time while a stack starts, crashes,
//! is restarted, recreated and scaled.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{Engine, Project, on_every_engine, project::label};

/// Four services: one that is healthy after a while, a job, one that waits for both, and one that keeps crashing.
const FOUR: &str = r#"
x-check: &check { test: [CMD, /worker, probe], interval: 1s, timeout: 5s, retries: 3 }
services:
  db:
    image: stackview-test/worker:1
    command: [serve, --after, "1.5"]
    healthcheck: *check
  migrate:
    image: stackview-test/worker:1
    command: [exit]
    depends_on: { db: { condition: service_healthy } }
  backend:
    image: stackview-test/worker:1
    command: [serve]
    healthcheck: *check
    ports: ["80"]
    depends_on:
      db: { condition: service_healthy }
      migrate: { condition: service_completed_successfully }
  crasher:
    image: stackview-test/worker:1
    command: [crash, --after, "1", --code, "3"]
    restart: on-failure:4
"#;

const SAMPLES: usize = 200;
/// How long is gone on with fewer samples.
const LONGEST: Duration = Duration::from_secs(900);
/// How often the engine starts the crasher again.
const ATTEMPTS: i64 = 4;

#[test]
fn status_agrees_with_the_engine_at_every_moment() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "status", FOUR);
        let (over, compared) = (AtomicBool::new(false), AtomicUsize::new(0));
        let mismatches = thread::scope(|scope| {
            let sampler = scope.spawn(|| sample(&project, &over, &compared));
            // Ends the sampling also when a step fails.
            let end = OnDrop(&over);
            // Of how many samples nothing changes meanwhile is for the machine to say: as many rounds as it takes.
            let begun = Instant::now();
            while compared.load(Ordering::Relaxed) < SAMPLES && !sampler.is_finished() && begun.elapsed() < LONGEST {
                go_through_it_all(&project);
            }
            drop(end);
            sampler.join().unwrap()
        });
        let compared = compared.into_inner();
        assert!(mismatches.is_empty(), "{} in {compared} samples:\n{}", mismatches.len(), mismatches.join("\n"));
        assert!(compared >= SAMPLES, "only {compared} samples could be compared");
    });
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn go_through_it_all(project: &Project) {
    let healthy = |service: &'static str, count: usize| {
        project.engine.wait(&project.name, &format!("{count} healthy {service}"), |containers| {
            let of_it = containers.values().filter(|c| label(c, "service") == service);
            of_it.filter(|c| c["State"]["Health"]["Status"] == "healthy").count() == count
        });
    };
    project.compose(&["up", "--detach"]);
    healthy("backend", 1);
    project.docker("kill", "db");
    project.compose(&["start", "db"]);
    healthy("db", 1);
    project.compose(&["restart", "--timeout", "1", "backend"]);
    project.compose(&["up", "--detach", "--force-recreate", "--no-deps", "backend"]);
    healthy("backend", 1);
    project.docker("pause", "db");
    project.docker("unpause", "db");
    // A paused container reads unhealthy, and goes on so until its next probe.
    healthy("db", 1);
    project.compose(&["up", "--detach", "--no-recreate", "--scale", "backend=3"]);
    healthy("backend", 3);
    project.compose(&["stop", "--timeout", "1"]);
    project.compose(&["rm", "--force"]);
}

/// Samples until it is over, and counts what could be compared. What was wrong.
fn sample(project: &Project, over: &AtomicBool, compared: &AtomicUsize) -> Vec<String> {
    let mut mismatches = Vec::new();
    let mut before = project.engine.containers(&project.name);
    while !over.load(Ordering::Relaxed) {
        let status = project.status();
        let after = project.engine.containers(&project.name);
        // Where something changed meanwhile, nobody can say what the sample ought to be.
        if told(&before) == told(&after) {
            compared.fetch_add(1, Ordering::Relaxed);
            mismatches.extend(compare(&status, &after));
        }
        before = after;
    }
    mismatches
}

/// What of the containers has to stand still while a sample is taken.
fn told(containers: &BTreeMap<String, Value>) -> BTreeMap<&str, (Value, &Value, &Value)> {
    let still = |container: &Value| {
        let mut state = container["State"].clone();
        if let Some(health) = state["Health"].as_object_mut() {
            health.remove("Log");
            health.remove("FailingStreak");
        }
        state
    };
    containers.iter().map(|(id, c)| (id.as_str(), (still(c), &c["Name"], &c["RestartCount"]))).collect()
}

/// Every word of the sample that isn't so.
fn compare(status: &Value, containers: &BTreeMap<String, Value>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: String, is: &Value, ought: &Value| {
        if is != ought {
            wrong.push(format!("{what} is {is}, not {ought}"));
        }
    };
    check("total".into(), &status["total"], &4.into());
    let services = status["services"].as_array().unwrap();
    let ready = services.iter().filter(|s| s["ready"] == true).count();
    check("ready".into(), &status["ready"], &ready.into());
    let mut listed = 0;
    for service in services {
        let name = service["name"].as_str().unwrap();
        let told = service["containers"].as_array().unwrap();
        let mine: Vec<&Value> = containers.values().filter(|c| label(c, "service") == name).collect();
        check(format!("{name}: containers"), &told.len().into(), &mine.len().into());
        let restarts: i64 = mine.iter().filter_map(|c| c["RestartCount"].as_i64()).sum();
        check(format!("{name}: restarts"), &service["restarts"], &restarts.into());
        check(format!("{name}: oneshot"), &service["oneshot"], &(name == "migrate").into());
        if mine.is_empty() {
            check(format!("{name}: state"), &service["state"], &"missing".into());
        }
        for sample in told {
            listed += 1;
            let Some(truth) = sample["id"].as_str().and_then(|id| containers.get(id)) else {
                check(format!("{name}: container"), &sample["id"], &Value::Null);
                continue;
            };
            for (field, is, ought) in fields(name, sample, truth) {
                check(format!("{name}: {field} ({})", truth["State"]), &is, &ought);
            }
            if let [_] = mine.as_slice() {
                // A job is ready when it is done, and not while it runs.
                let up = match sample["state"].as_str() {
                    Some("done") => true,
                    Some("healthy" | "running") => name != "migrate",
                    _ => false,
                };
                let ready = up.into();
                // One that keeps crashing runs between two crashes, and isn't taken for ready before it has
                // lasted for a while: then only a stopwatch could tell.
                let looping = up && truth["RestartCount"].as_i64() >= Some(2);
                check(format!("{name}: ready"), &service["ready"], if looping { &service["ready"] } else { &ready });
                check(format!("{name}: state of the service"), &service["state"], &sample["state"]);
            }
        }
    }
    check("containers in all".into(), &listed.into(), &containers.len().into());
    wrong
}

/// A container's fields: what the sample says, and what the inspection makes of it.
fn fields(service: &str, sample: &Value, truth: &Value) -> Vec<(&'static str, Value, Value)> {
    let state = &truth["State"];
    let ended = matches!(state["Status"].as_str(), Some("exited" | "dead" | "restarting" | "removing"));
    let health = match state["Health"]["Status"].as_str() {
        None | Some("none") => Value::Null,
        Some(word) => word.into(),
    };
    let name = truth["Name"].as_str().unwrap().trim_start_matches('/');
    vec![
        ("state", sample["state"].clone(), state_word(service, &sample["state"], truth)),
        ("name", sample["name"].clone(), name.into()),
        ("health", sample["health"].clone(), health),
        ("exit_code", sample["exit_code"].clone(), if ended { state["ExitCode"].clone() } else { Value::Null }),
        ("oom_killed", sample["oom_killed"].clone(), state["OOMKilled"].clone()),
        ("error", sample["error"].as_str().unwrap_or_default().into(), state["Error"].clone()),
        ("created_at", moment(&sample["created_at"]), moment(&truth["Created"])),
        ("started_at", moment(&sample["started_at"]), moment(&state["StartedAt"])),
        ("finished_at", moment(&sample["finished_at"]), moment(&state["FinishedAt"])),
    ]
}

/// The word for a state. Where one inspection alone leaves several words open (who ended it?), the sample's is
/// taken if it is among them.
fn state_word(service: &str, sample: &Value, truth: &Value) -> Value {
    let state = &truth["State"];
    // Before its attempts are used up, a crashed one stays down only if somebody stopped it in the pause.
    let gave_up = state["ExitCode"] == 3 && truth["RestartCount"] == ATTEMPTS;
    let open: &[&str] = match (state["Status"].as_str().unwrap(), state["Health"]["Status"].as_str()) {
        ("running", Some("healthy")) => &["healthy"],
        ("running", Some("starting")) => &["starting"],
        ("running", Some("unhealthy")) => &["unhealthy"],
        ("running", _) => &["running"],
        ("paused", _) => &["paused"],
        ("restarting", _) => &["restarting"],
        ("created", _) if state["Error"] != "" => &["failed"],
        ("created", _) => &["created", "waiting"],
        ("exited", _) if service == "migrate" => &["done"],
        ("exited", _) if gave_up => &["exited"],
        ("exited", _) => &["stopped", "exited"],
        _ => return sample.clone(),
    };
    if open.iter().any(|word| sample == word) { sample.clone() } else { open.join(" or ").into() }
}

/// A time in one form; the engine's year 1 is no time.
fn moment(time: &Value) -> Value {
    let at: Option<jiff::Timestamp> = time.as_str().and_then(|text| text.parse().ok());
    at.filter(|at| at.as_second() > 0).map_or(Value::Null, |at| at.to_string().into())
}

/// That the comparison can fail: a sample that lies in one word at a time.
#[test]
fn a_lie_is_found() {
    let truth = serde_json::json!({
        "Name": "/x-db-1", "Created": "2026-01-01T00:00:00.5Z", "RestartCount": ATTEMPTS,
        "Config": { "Labels": { "com.docker.compose.service": "db" } },
        "State": {
            "Status": "exited", "ExitCode": 3, "OOMKilled": false, "Error": "",
            "StartedAt": "2026-01-01T00:00:01Z", "FinishedAt": "2026-01-01T00:00:02.000Z",
        },
    });
    let sample = serde_json::json!({
        "id": "1", "name": "x-db-1", "state": "exited", "health": null, "exit_code": 3, "oom_killed": false,
        "error": "", "created_at": "2026-01-01T00:00:00.5Z", "started_at": "2026-01-01T00:00:01Z",
        "finished_at": "2026-01-01T00:00:02Z",
    });
    let service = |container: Value| {
        serde_json::json!({ "total": 4, "ready": 0, "services": [{
            "name": "db", "state": container["state"], "ready": false, "oneshot": false, "restarts": ATTEMPTS,
            "containers": [container],
        }] })
    };
    let containers = BTreeMap::from([("1".to_owned(), truth)]);
    assert_eq!(compare(&service(sample.clone()), &containers), Vec::<String>::new());
    for (field, lie) in sample.as_object().unwrap().keys().map(|field| (field, "a lie")) {
        let mut lying = sample.clone();
        lying[field] = lie.into();
        assert!(!compare(&service(lying), &containers).is_empty(), "{field}");
    }
}

/// A service or project that isn't there is refused with the nearest name; nothing is printed as if it were.
#[test]
fn an_unknown_service_is_named_with_the_nearest_one() {
    on_every_engine(|engine: &Engine| {
        let project = Project::new(engine, "typo", FOUR);
        let output = crate::support::process::finish(&mut project.stackview(&["status", "bakend"]));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(0));
        assert!(said.contains("bakend") && said.contains("'backend'"), "{said}");
        assert!(output.stdout.is_empty());
    });
}
