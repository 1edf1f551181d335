//! The engines to test on, and the truth about their containers: asked by a request of our own, so that a wrong
//! belief of the program about the API can't be shared by its tests.

use std::{
    collections::BTreeMap,
    env,
    io::{Read, Write},
    os::unix::net::UnixStream,
    process::Command,
    sync::OnceLock,
    thread,
    time::Instant,
};

use serde_json::Value;

use super::{PATIENCE, process};

const IMAGE: &str = "stackview-test/worker:1";

/// A Docker engine.
#[derive(Debug, Clone)]
pub struct Engine {
    /// Its `DOCKER_HOST`.
    pub host: String,
    /// Its version.
    pub version: String,
}

/// Runs a test on each engine, side by side. Without an engine it says loudly that it is skipped and why; where
/// `STACKVIEW_TEST_ENGINE=required` it fails instead.
pub fn on_every_engine(test: fn(&Engine)) {
    static ENGINES: OnceLock<Result<Vec<Engine>, String>> = OnceLock::new();
    let engines = match ENGINES.get_or_init(find) {
        Ok(engines) => engines,
        Err(why) => {
            skip::<()>(Err(why.clone()));
            return;
        }
    };
    thread::scope(|scope| {
        let name = thread::current().name().unwrap_or("test").to_owned();
        let run = |engine: &'static Engine| {
            // A failure and a skip tell what they are of.
            let named = thread::Builder::new().name(format!("{name}@{}", engine.version));
            (engine, named.spawn_scoped(scope, || test(engine)).unwrap())
        };
        let runs: Vec<_> = engines.iter().map(run).collect();
        let failed: Vec<_> =
            runs.into_iter().filter_map(|(engine, run)| run.join().is_err().then_some(&*engine.version)).collect();
        assert!(failed.is_empty(), "failed on engine {}", failed.join(" and "));
    });
}

/// What a test needs, if it is there. If it isn't, the test is skipped aloud, or fails where
/// `STACKVIEW_TEST_ENGINE=required`.
pub fn skip<T>(needed: Result<T, String>) -> Option<T> {
    match needed {
        Ok(needed) => Some(needed),
        Err(why) => {
            assert!(env::var_os("STACKVIEW_TEST_ENGINE").is_none_or(|v| v != "required"), "{why}");
            let name = thread::current().name().unwrap_or("test").to_owned();
            // Not by `eprintln!`, which the test runner keeps to itself while tests pass.
            writeln!(std::io::stderr(), "\nSKIPPED {name}: {why}").unwrap();
            None
        }
    }
}

fn find() -> Result<Vec<Engine>, String> {
    let hosts = env::var("STACKVIEW_TEST_HOSTS").or_else(|_| env::var("DOCKER_HOST"));
    let hosts = hosts.unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned());
    match Command::new("docker").args(["compose", "version"]).output() {
        Ok(output) if output.status.success() => {}
        Ok(_) => return Err("docker has no compose plugin here (`docker compose version` fails)".to_owned()),
        Err(error) => return Err(format!("there is no docker command here ({error})")),
    }
    hosts.split(',').filter(|host| !host.is_empty()).map(Engine::at).collect()
}

impl Engine {
    fn at(host: &str) -> Result<Self, String> {
        let mut engine = Self { host: host.to_owned(), version: String::new() };
        let version = engine.try_ask("/version").map_err(|error| format!("no engine answers at {host}: {error}"))?;
        engine.version = version["Version"].as_str().unwrap_or("?").to_owned();
        if engine.try_ask(&format!("/images/{IMAGE}/json")).is_err() {
            return Err(format!("the image {IMAGE} is not on {host}; `tests/run` builds it"));
        }
        Ok(engine)
    }

    /// The path of its socket.
    pub fn socket(&self) -> &str {
        self.host.strip_prefix("unix://").expect("the tests speak to engines on unix sockets")
    }

    /// `docker …` on this engine; its output.
    pub fn docker(&self, arguments: &[&str]) -> String {
        let output = process::succeed(Command::new("docker").env("DOCKER_HOST", &self.host).args(arguments));
        output.trim().to_owned()
    }

    /// The answer to a GET.
    pub fn ask(&self, path: &str) -> Value {
        self.try_ask(path).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// The same, or why there is none.
    pub fn try_ask(&self, path: &str) -> Result<Value, String> {
        let (status, body) = self.request(path).map_err(|error| error.to_string())?;
        if status != 200 {
            return Err(format!("{status} {}", String::from_utf8_lossy(&body)));
        }
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }

    fn request(&self, path: &str) -> std::io::Result<(u16, Vec<u8>)> {
        let mut stream = UnixStream::connect(self.socket())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // HTTP/1.0, to which the answer comes in one piece and ends with the connection.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: docker\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len().saturating_sub(4));
        let head = String::from_utf8_lossy(&answer[..end]);
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        Ok((status, answer[end + 4..].to_vec()))
    }

    /// Every container of a project, inspected, by id. One that goes away meanwhile is left out.
    pub fn containers(&self, project: &str) -> BTreeMap<String, Value> {
        let filter = format!("%7B%22label%22%3A%5B%22com.docker.compose.project%3D{project}%22%5D%7D");
        let list = self.ask(&format!("/containers/json?all=1&filters={filter}"));
        let ids = list.as_array().unwrap().iter().map(|c| c["Id"].as_str().unwrap().to_owned());
        ids.filter_map(|id| Some((id.clone(), self.try_ask(&format!("/containers/{id}/json")).ok()?))).collect()
    }

    /// Looks again until something is so.
    pub fn wait_until(&self, wanted: &str, is: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is() {
            assert!(Instant::now() < end, "engine {}: waited too long for {wanted}", self.version);
            thread::park_timeout(std::time::Duration::from_millis(50));
        }
    }

    /// Asks again until the containers of a project are as wanted; fails with their states when they don't get so.
    pub fn wait(&self, project: &str, wanted: &str, is: impl Fn(&BTreeMap<String, Value>) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            let now = self.containers(project);
            if is(&now) {
                return;
            }
            if Instant::now() > end {
                let states: Vec<_> = now.values().map(|c| format!("{} {}", c["Name"], c["State"])).collect();
                panic!("engine {}: waited too long for {wanted}:\n{}", self.version, states.join("\n"));
            }
            // The engine is asked, not the program under test: a pause here can't hide its slowness.
            thread::park_timeout(std::time::Duration::from_millis(50));
        }
    }
}
