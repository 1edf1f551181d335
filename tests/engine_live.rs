//! The engine's room against a real engine. Without one it is skipped aloud; `STACKVIEW_TEST_ENGINE=required`
//! makes that a failure.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers fail the test")]

use std::{
    collections::BTreeMap,
    io::Write,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use stackview::{
    base::{
        id::{ContainerId, HostId, ProjectName},
        time::Stamp,
    },
    engine::{Connector, Engine, EngineTarget, Outlet, follow_log, follow_stats, keep_link, watch_project},
    host::{self, EngineInfo},
    runtime,
    stack::{EventKind, Fact, Phase},
    work::Call,
};
use tokio::{
    sync::{Notify, mpsc},
    time::timeout,
};

const IMAGE: &str = "stackview-test/worker:1";
/// How long anything may take before a test fails: far more than needed.
const PATIENCE: Duration = Duration::from_secs(180);

/// The engines with the image; says so where there is none.
fn hosts() -> Vec<String> {
    let hosts = std::env::var("STACKVIEW_TEST_HOSTS").or_else(|_| std::env::var("DOCKER_HOST"));
    let hosts = hosts.unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned());
    let has_image = |host: &&str| docker(host, &["image", "inspect", IMAGE]).is_ok();
    let found: Vec<String> = hosts.split(',').filter(has_image).map(str::to_owned).collect();
    if found.len() < hosts.split(',').count() {
        let why = format!("there is no engine with {IMAGE} (`tests/run` builds it) at each of {hosts}");
        assert!(std::env::var_os("STACKVIEW_TEST_ENGINE").is_none_or(|v| v != "required"), "{why}");
        // Not by `eprintln!`, which the test runner keeps to itself while tests pass.
        let name = std::thread::current().name().unwrap_or("test").to_owned();
        std::io::stderr().write_all(format!("\nSKIPPED {name}: {why}\n").as_bytes()).unwrap();
    }
    found
}

/// What `docker …` prints.
fn docker(host: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("docker").env("DOCKER_HOST", host).args(arguments).output();
    let output = output.map_err(|error| format!("docker: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// Containers of one test; removed when it ends.
struct Project {
    host: String,
    name: String,
}

impl Project {
    fn new(host: &str, test: &str) -> Self {
        Self { host: host.to_owned(), name: format!("svtest-engine-{test}-{}", std::process::id()) }
    }

    fn run(&self, service: &str, command: &[&str]) -> ContainerId {
        let name = format!("{}-{service}-1", self.name);
        let label = |key: &str, value: &str| format!("--label=com.docker.compose.{key}={value}");
        let labels = [label("project", &self.name), label("service", service), label("container-number", "1")];
        let mut arguments = vec!["run", "-d", "--network=none", "--stop-timeout=1", "--name", &name];
        arguments.extend(labels.iter().map(String::as_str));
        arguments.push(IMAGE);
        arguments.extend(command);
        docker(&self.host, &arguments).unwrap().as_str().into()
    }

    fn connector(&self) -> Connector {
        let target = EngineTarget { host: Some(self.host.clone()), ..EngineTarget::default() };
        Connector::new(target, std::env::vars().collect::<BTreeMap<_, _>>(), false, runtime::clock())
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let filter = format!("label=com.docker.compose.project={}", self.name);
        for id in docker(&self.host, &["ps", "-aq", "--filter", &filter]).unwrap_or_default().split_whitespace() {
            let _gone = docker(&self.host, &["rm", "-f", id]);
        }
    }
}

/// A way out of the engine, and its other end.
fn outlet() -> (Outlet, Facts) {
    let (out, facts) = mpsc::channel(64);
    (Outlet::new(HostId::default(), out), facts)
}

type Facts = mpsc::Receiver<(HostId, Vec<host::Fact>)>;

async fn until(facts: &mut Facts, what: &str, wanted: impl Fn(&Fact) -> bool) {
    let is_wanted = |fact: &host::Fact| matches!(fact, host::Fact::Stack(_, fact) if wanted(fact));
    let waiting = async { while !facts.recv().await.unwrap().1.iter().any(is_wanted) {} };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited too long for {what}");
}

#[tokio::test]
async fn a_container_is_followed_from_running_to_stopped_and_back() {
    for host in hosts() {
        follow(Project::new(&host, "watch")).await;
    }
}

async fn follow(project: Project) {
    let id = project.run("web", &["serve"]);
    let connector = project.connector();
    let engine = connector.engine().await.unwrap();
    let name = ProjectName::from(project.name.as_str());
    let (out, mut facts) = outlet();
    tokio::spawn(keep_link(connector.clone(), Arc::default(), out.clone()));
    let watch = watch_project(connector.clone(), name.clone(), Arc::new(Notify::new()), out);
    let watch = tokio::spawn(watch);
    let (log_out, mut log) = outlet();
    tokio::spawn(follow_log(connector.clone(), id.clone(), 10, log_out.of(name.clone())));
    let (stats_out, mut stats) = outlet();
    tokio::spawn(follow_stats(connector.clone(), id.clone(), stats_out.of(name)));
    let phase = |wanted: Phase| {
        let id = id.clone();
        move |f: &Fact| matches!(f, Fact::Inspected(c) if c.id == id && c.phase == wanted)
    };
    let says = |words: &'static str| move |f: &Fact| matches!(f, Fact::Lines(_, lines) if lines.iter().any(|l| &*l.text == words.as_bytes()));
    until(&mut facts, "running", phase(Phase::Running)).await;
    until(&mut log, "the log", says("start 1")).await;
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
    until(&mut log, "the log of the second run", says("start 2")).await;
    drop(project);
    until(&mut facts, "gone", |f| *f == Fact::Gone(id.clone())).await;
    watch.abort();
    let error = engine.call(&Call::Start(id)).await.unwrap_err();
    assert!(error.to_string().starts_with("No such container"), "{error}");
}

#[tokio::test]
async fn one_look_tells_that_a_stop_was_asked_for() {
    for host in hosts() {
        look(Project::new(&host, "look")).await;
    }
}

async fn look(project: Project) {
    let id = project.run("web", &["ignore-term"]);
    let engine: Engine = project.connector().engine().await.unwrap();
    engine.call(&Call::Stop(id.clone())).await.unwrap();
    let asked = Instant::now();
    let facts = engine.snapshot(&project.name.as_str().into()).await.unwrap();
    // The engine's clock is this machine's: it seems off by no more than the question took.
    let took = asked.elapsed().as_nanos();
    let has = |wanted: &dyn Fn(&Fact) -> bool| {
        facts.iter().any(|fact| matches!(fact, host::Fact::Stack(_, fact) if wanted(fact)))
    };
    assert!(has(&|f| matches!(f, Fact::Happened(e) if matches!(e.kind, EventKind::Kill(_)))), "{facts:?}");
    assert!(has(&|f| matches!(f, Fact::Inspected(c) if c.id == id && c.exit_code == Some(137))));
    let offset = |e: &EngineInfo| u128::from(e.clock.at(Stamp::from_secs(0)).as_nanos().unsigned_abs());
    let engine_tells = |f: &host::Fact| matches!(f, host::Fact::Engine(e) if offset(e) <= took && e.memory.is_some());
    assert!(facts.iter().any(engine_tells), "{took} {facts:?}");
    // The engine counts for one at a time, also for one who has left meanwhile.
    let begin = Instant::now();
    let usage = loop {
        match engine.usage().await {
            Err(error) if error.to_string().contains("already running") && begin.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            counted => break counted.unwrap(),
        }
    };
    assert!(usage.images.iter().any(|i| i.tags.iter().any(|t| t == IMAGE)));
    assert!(engine.projects().await.unwrap().iter().any(|p| *p.name == *project.name));
    assert!(engine.raw(&id).await.unwrap().unwrap().contains("\"Id\""));
}
