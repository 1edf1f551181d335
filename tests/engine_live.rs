//! The engine's room against a real engine. Without one it is skipped aloud; `STACKVIEW_TEST_ENGINE=required`
//! makes that a failure.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test's helpers fail the test; a skip is loud")]

use std::{collections::BTreeMap, process::Command, sync::Arc, time::Duration};

use stackview::{
    app::Call,
    base::{id::ContainerId, time::Stamp},
    engine::{Connector, Engine, Target, follow_log, follow_stats, watch_project},
    stack::{EventKind, Fact, Phase},
};
use tokio::{
    sync::{Notify, mpsc},
    time::timeout,
};

const IMAGE: &str = "busybox:stable";

/// Whether there is an engine with the image; says so where there isn't.
fn engine_is_there() -> bool {
    let found = Command::new("docker").args(["image", "inspect", IMAGE]).output().is_ok_and(|o| o.status.success());
    let required = std::env::var("STACKVIEW_TEST_ENGINE").is_ok_and(|v| v == "required");
    assert!(found || !required, "STACKVIEW_TEST_ENGINE=required, but there is no engine with {IMAGE}");
    if !found {
        eprintln!("SKIPPED: there is no engine with {IMAGE} here");
    }
    found
}

/// Containers of one test; removed when it ends.
struct Project(String);

impl Project {
    fn new(test: &str) -> Self {
        Self(format!("stackview-engine-{test}-{}", std::process::id()))
    }

    fn run(&self, service: &str, script: &str) -> ContainerId {
        let name = format!("{}-{service}-1", self.0);
        let label = |key: &str, value: &str| format!("--label=com.docker.compose.{key}={value}");
        let out = Command::new("docker")
            .args(["run", "-d", "--network=none", "--stop-timeout=1", "--name", &name])
            .args([label("project", &self.0), label("service", service), label("container-number", "1")])
            .args([IMAGE, "sh", "-c", script])
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().into()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let filter = format!("label=com.docker.compose.project={}", self.0);
        let ids = Command::new("docker").args(["ps", "-aq", "--filter", &filter]).output().unwrap().stdout;
        for id in String::from_utf8_lossy(&ids).split_whitespace() {
            let _gone = Command::new("docker").args(["rm", "-f", id]).output();
        }
    }
}

fn connector() -> Connector {
    Connector::new(Target::default(), std::env::vars().collect::<BTreeMap<_, _>>(), false)
}

async fn until(facts: &mut mpsc::Receiver<Vec<Fact>>, what: &str, wanted: impl Fn(&Fact) -> bool) {
    let waiting = async { while !facts.recv().await.unwrap().iter().any(&wanted) {} };
    assert!(timeout(Duration::from_secs(20), waiting).await.is_ok(), "waited in vain for {what}");
}

#[tokio::test]
async fn a_container_is_followed_from_running_to_stopped_and_back() {
    if !engine_is_there() {
        return;
    }
    let project = Project::new("watch");
    let id = project.run("web", "echo begun; while :; do sleep 0.2; done");
    let connector = connector();
    let engine = connector.engine().await.unwrap();
    let (out, mut facts) = mpsc::channel(64);
    let watch = watch_project(connector.clone(), project.0.as_str().into(), Arc::new(Notify::new()), out);
    let watch = tokio::spawn(watch);
    let (log_out, mut log) = mpsc::channel(64);
    tokio::spawn(follow_log(connector.clone(), id.clone(), 10, log_out));
    let (stats_out, mut stats) = mpsc::channel(64);
    tokio::spawn(follow_stats(connector.clone(), id.clone(), stats_out));
    let phase = |wanted: Phase| {
        let id = id.clone();
        move |f: &Fact| matches!(f, Fact::Inspected(c) if c.id == id && c.phase == wanted)
    };
    let begun = |f: &Fact| matches!(f, Fact::Lines(_, lines) if lines.iter().any(|l| &*l.text == b"begun"));
    until(&mut facts, "running", phase(Phase::Running)).await;
    until(&mut log, "the log", begun).await;
    until(&mut stats, "figures", |f| matches!(f, Fact::Sample(_, s) if s.memory > 0)).await;
    engine.call(&Call::Pause(id.clone())).await.unwrap();
    until(&mut facts, "paused", phase(Phase::Paused)).await;
    engine.call(&Call::Unpause(id.clone())).await.unwrap();
    until(&mut facts, "thawed", phase(Phase::Running)).await;
    engine.call(&Call::Stop(id.clone())).await.unwrap();
    until(&mut facts, "exited", phase(Phase::Exited)).await;
    engine.call(&Call::Stop(id.clone())).await.expect("stopped already is no error");
    engine.call(&Call::Start(id.clone())).await.unwrap();
    until(&mut facts, "running again", phase(Phase::Running)).await;
    until(&mut log, "the log of the second run", begun).await;
    drop(project);
    until(&mut facts, "gone", |f| *f == Fact::Gone(id.clone())).await;
    watch.abort();
    let error = engine.call(&Call::Start(id)).await.unwrap_err();
    assert!(error.to_string().starts_with("No such container"), "{error}");
}

#[tokio::test]
async fn one_look_tells_that_a_stop_was_asked_for() {
    if !engine_is_there() {
        return;
    }
    let project = Project::new("look");
    let id = project.run("web", "sleep 60");
    let engine: Engine = connector().engine().await.unwrap();
    engine.call(&Call::Stop(id.clone())).await.unwrap();
    let facts = engine.snapshot(&project.0.as_str().into()).await.unwrap();
    let has = |wanted: &dyn Fn(&Fact) -> bool| facts.iter().any(wanted);
    assert!(has(&|f| matches!(f, Fact::Happened(e) if matches!(e.kind, EventKind::Kill(_)))), "{facts:?}");
    assert!(has(&|f| matches!(f, Fact::Inspected(c) if c.id == id && c.exit_code == Some(137))));
    assert!(has(
        &|f| matches!(f, Fact::Engine(e) if e.clock.at(Stamp::from_secs(0)).as_nanos().abs() < 2_000_000_000 && e.memory.is_some())
    ));
    let usage = engine.usage().await.unwrap();
    assert!(usage.images.iter().any(|i| i.tags.iter().any(|t| t == IMAGE)));
    assert!(engine.projects().await.unwrap().iter().any(|p| *p.name == *project.0));
    assert!(engine.raw(&id).await.unwrap().unwrap().contains("\"Id\""));
}
