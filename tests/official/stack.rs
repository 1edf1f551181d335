//! One stack on two engines: the real one makes it with docker compose, the simulated one plays it.

use std::{
    path::Path,
    process::{Command, Output},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::Value;
use stackview::sim::{
    api::{Release, Version},
    http::{Handle, Options, serve},
    scenario::Scenario,
};

use super::wire::Wire;

const COMPOSE: &str = include_str!("compose.yaml");
const BEHAVIOUR: &str = include_str!("scenario.yaml");
const IMAGE: &str = "stackview-test/worker:1";
const PATIENCE: Duration = Duration::from_secs(180);

/// An engine with the stack on it.
pub struct Stack {
    pub host: String,
    pub project: String,
    /// Where the engine keeps its things.
    pub root: String,
    side: Side,
    _folder: tempfile::TempDir,
}

enum Side {
    Real,
    Simulated { _server: Server },
}

/// The `DOCKER_HOST`s of the real engines that have the tests' image; says aloud why there is none.
pub fn real_hosts() -> Vec<String> {
    let hosts = std::env::var("STACKVIEW_TEST_HOSTS").or_else(|_| std::env::var("DOCKER_HOST"));
    let hosts = hosts.unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
    let image = format!("/images/{IMAGE}/json");
    let has_image = |host: &&str| Wire::of(host).ask("GET", &image).is_ok_and(|(status, _)| status == 200);
    let clients = Command::new("docker").args(["compose", "version"]).output().is_ok_and(|o| o.status.success());
    let all = hosts.split(',').filter(|host| !host.is_empty());
    let found: Vec<String> =
        if clients { all.clone().filter(has_image).map(str::to_owned).collect() } else { Vec::new() };
    if found.len() < all.count() || found.is_empty() {
        let why = format!(
            "there is no engine with {IMAGE} (`tests/run` builds it) at each of {hosts}, or no docker compose here"
        );
        let required = std::env::var("STACKVIEW_TEST_ENGINE").is_ok_and(|v| v == "required");
        assert!(!required, "STACKVIEW_TEST_ENGINE=required, but {why}");
        // Not by `eprintln!`, which the test runner keeps to itself while tests pass.
        let name = std::thread::current().name().unwrap_or("test").to_owned();
        std::io::Write::write_all(&mut std::io::stderr(), format!("\nSKIPPED {name}: {why}\n").as_bytes()).unwrap();
    }
    found
}

impl Stack {
    /// Brings it up on a real engine.
    pub fn real(host: &str, project: &str, port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("compose.yaml"), COMPOSE.replace("18471", &port.to_string())).unwrap();
        let root = root(host);
        let stack = Self { host: host.into(), project: project.into(), root, side: Side::Real, _folder: folder };
        stack.take_down();
        let file = stack._folder.path().join("compose.yaml");
        let up = stack.docker(&["compose", "-f", file.to_str().unwrap(), "-p", project, "up", "-d"]);
        assert!(up.status.success(), "{}", String::from_utf8_lossy(&up.stderr));
        stack.settled();
        stack
    }

    /// Plays it as an engine of an API version.
    pub fn simulated(version: Version, project: &str, port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("engine.sock");
        let scenario = scenario(project, folder.path(), port);
        let options = Options { release: Release::of(version).unwrap(), seed: 7, ..Options::default() };
        let server = Server::at(&socket, scenario, options);
        let host = server.host.clone();
        let side = Side::Simulated { _server: server };
        let stack = Self { root: root(&host), host, project: project.into(), side, _folder: folder };
        stack.settled();
        stack
    }

    /// Waits until all is as it stays: the database healthy, the job ended, the others running.
    fn settled(&self) {
        let begin = Instant::now();
        loop {
            let states = self.states();
            let has = |service: &str, state: &str| states.iter().any(|(s, st)| s == service && st.contains(state));
            if has("db", "(healthy)")
                && has("web", "Up")
                && has("job", "Exited (3)")
                && has("term", "Up")
                && has("deaf", "Up")
            {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "waited too long for the stack on {}: {states:?}", self.host);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn states(&self) -> Vec<(String, String)> {
        let label = format!("com.docker.compose.project={}", self.project);
        let filters = serde_json::json!({"label": [label]}).to_string();
        let escaped: String = filters.bytes().map(|b| format!("%{b:02X}")).collect();
        let list = self.wire().get(&format!("/containers/json?all=1&filters={escaped}"));
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let services = list.as_array().unwrap().iter();
        services.map(|c| (text(&c["Labels"]["com.docker.compose.service"]), text(&c["Status"]))).collect()
    }

    pub fn wire(&self) -> Wire {
        Wire::of(&self.host)
    }

    /// A container's name.
    pub fn name(&self, service: &str) -> String {
        format!("{}-{service}-1", self.project)
    }

    /// `docker …` on this engine.
    pub fn docker(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("docker");
        // Neither a context nor a file of the project's folder may have a say.
        command.args(arguments).current_dir("/").env("DOCKER_HOST", &self.host).env_remove("DOCKER_CONTEXT");
        command.env("COLUMNS", "200").output().expect("the docker command")
    }

    /// The same, once nobody else has the engine count its disk's use: it does so for one at a time, also for one who
    /// has left meanwhile.
    pub fn docker_when_free(&self, arguments: &[&str]) -> Output {
        let begin = Instant::now();
        loop {
            let output = self.docker(arguments);
            let busy = String::from_utf8_lossy(&output.stderr).contains("a disk usage operation is already running");
            if !busy || begin.elapsed() > PATIENCE {
                return output;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn take_down(&self) {
        let _gone = self.docker(&["compose", "-p", &self.project, "down", "-v", "-t", "1"]);
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if let Side::Real = self.side {
            self.take_down();
        }
    }
}

/// A simulated engine on a thread and a runtime of its own, as in the program.
pub struct Server {
    pub host: String,
    handle: Option<Handle>,
    over: mpsc::Sender<()>,
    _folder: Option<tempfile::TempDir>,
}

impl Server {
    /// In a folder of its own.
    pub fn new(scenario: Scenario, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self::at(&folder.path().join("engine.sock"), scenario, options);
        server._folder = Some(folder);
        server
    }

    fn at(socket: &Path, scenario: Scenario, options: Options) -> Self {
        let (ready, given) = mpsc::channel();
        let (over, ended) = mpsc::channel();
        let socket = socket.to_owned();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                ready.send(serve(&socket, scenario, options).unwrap()).unwrap();
                while ended.try_recv() == Err(mpsc::TryRecvError::Empty) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            });
        });
        let handle = given.recv_timeout(PATIENCE).expect("the simulated engine serves");
        Self { host: handle.host(), handle: Some(handle), over, _folder: None }
    }

    pub fn wire(&self) -> Wire {
        Wire::of(&self.host)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.take());
        // The thread may have ended with its runtime.
        let _over = self.over.send(());
    }
}

fn root(host: &str) -> String {
    Wire::of(host).get("/info")["DockerRootDir"].as_str().unwrap().to_owned()
}

fn scenario(project: &str, folder: &Path, port: u16) -> Scenario {
    let compose = COMPOSE.replace("18471", &port.to_string());
    let indented: String = compose.lines().map(|line| format!("  {line}\n")).collect();
    let text = BEHAVIOUR.replace("PROJECT", project).replace("FOLDER", folder.to_str().unwrap());
    let text = format!("{text}compose: |\n{indented}");
    Scenario::parse("official", &text).unwrap_or_else(|why| panic!("{why}"))
}
