//! A compose project of the test's own, in a folder of its own, that is gone when the test is over.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{Engine, process, program};

/// The project; dropping it takes down what is its own, and nothing else.
pub struct Project {
    /// The engine it is on.
    pub engine: Engine,
    /// Its name: begins with `svtest-`, and no other test has it.
    pub name: String,
    dir: TempDir,
}

impl Project {
    /// Writes `compose.yaml` with these services; starts nothing.
    pub fn new(engine: &Engine, topic: &str, services: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("svtest-{topic}-{}-{number}", std::process::id());
        let dir = tempfile::Builder::new().prefix("svtest-").tempdir().unwrap();
        std::fs::write(dir.path().join("compose.yaml"), format!("name: {name}\n{services}")).unwrap();
        Self { engine: engine.clone(), name, dir }
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// `docker compose …`, to its end, which has to be a good one.
    pub fn compose(&self, arguments: &[&str]) {
        process::succeed(&mut self.compose_command(arguments));
    }

    fn compose_command(&self, arguments: &[&str]) -> Command {
        let mut command = program::on(program::command("docker", self.dir(), self.dir()), &self.engine.host);
        command.arg("compose").args(arguments);
        command
    }

    /// The program, in the project's folder.
    pub fn stackview(&self, arguments: &[&str]) -> Command {
        program::on(program::stackview(arguments, self.dir(), self.dir()), &self.engine.host)
    }

    /// What `stackview status --format json` says.
    pub fn status(&self) -> Value {
        let printed = process::succeed(&mut self.stackview(&["status", "--format", "json"]));
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("no JSON ({error}): {printed}"))
    }

    /// The id of a service's first container.
    pub fn container(&self, service: &str) -> String {
        let containers = self.engine.containers(&self.name);
        let found =
            containers.iter().find(|(_, c)| label(c, "service") == service && label(c, "container-number") == "1");
        found.map(|(id, _)| id.clone()).unwrap_or_else(|| panic!("{service} has no container"))
    }

    /// `docker VERB` on a service's first container.
    pub fn docker(&self, verb: &str, service: &str) {
        self.engine.docker(&[verb, &self.container(service)]);
    }
}

/// A compose label of an inspected container; empty where it has none.
pub fn label<'a>(container: &'a Value, name: &str) -> &'a str {
    container["Config"]["Labels"][format!("com.docker.compose.{name}")].as_str().unwrap_or_default()
}

impl Drop for Project {
    fn drop(&mut self) {
        let down = ["--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "0"];
        let output = self.compose_command(&down).output();
        if !output.as_ref().is_ok_and(|o| o.status.success()) {
            eprintln!("could not take down {}: {output:?}", self.name);
        }
    }
}
