//! The simulated engine's server: the Docker Engine API over a unix socket, on top of a world that a clock drives.
//!
//! [`serve`] binds the socket and gives a [`Handle`]. Every request first lets the world catch up with the clock;
//! between requests a driver does. Answers that go on (logs, events, statistics) are tasks that look again whenever
//! the world moved; they end when their client goes away. [`Mischief`] makes the engine misbehave, on demand.

mod answer;
mod clock;
mod cut;
mod endpoints;
mod engine;
mod filters;
mod mischief;
mod request;
mod routes;
mod socket;
mod stdcopy;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, task::JoinHandle};

use super::{api::Release, scenario::Scenario, world::World};
use crate::base::time::Stamp;
use engine::Engine;
pub use mischief::Mischief;

/// What a simulated engine is started with.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How fast its time goes.
    pub pace: Pace,
    /// The engine's time at the beginning; the computer's where none.
    pub start: Option<Stamp>,
    /// Chooses its ids and its luck.
    pub seed: u64,
    /// Which engine it seems to be.
    pub release: Release,
    /// How it misbehaves from the beginning on.
    pub mischief: Mischief,
}

/// How an engine's time goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// So many times as fast as the computer's.
    Speed(f64),
    /// Only as [`Handle::advance`] says: for tests.
    Manual,
}

impl Default for Pace {
    fn default() -> Self {
        Pace::Speed(1.0)
    }
}

/// Why an engine can't be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Something that is no socket has the name.
    #[error("cannot serve an engine at {0}: something that is no socket has that name; remove it, or choose another")]
    Occupied(PathBuf),
    /// Another program serves there.
    #[error("cannot serve an engine at {0}: another engine answers there; stop it, or choose another name")]
    InUse(PathBuf),
    /// The operating system refused.
    #[error("cannot serve an engine at {0}: {1}")]
    Io(PathBuf, std::io::Error),
}

/// A simulated engine that serves. Dropping it ends it at once.
#[derive(Debug)]
pub struct Handle {
    path: PathBuf,
    engine: Arc<Engine>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Serves a scenario at a unix socket, on the present runtime.
pub fn serve(path: &Path, scenario: impl Into<Arc<Scenario>>, options: Options) -> Result<Handle, ServeError> {
    let listener = socket::bind(path)?;
    let engine = Arc::new(Engine::new(scenario.into(), &options));
    let (stop, stopped) = watch::channel(false);
    let tasks = vec![
        tokio::spawn(socket::accept(path.to_owned(), listener, engine.clone(), stopped.clone())),
        tokio::spawn(engine.clone().drive(stopped)),
    ];
    Ok(Handle { path: path.to_owned(), engine, stop, tasks })
}

impl Handle {
    /// Where it serves.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What to put into `DOCKER_HOST`.
    pub fn host(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    /// Lets it misbehave from now on, in place of how it did before; the default is good behaviour.
    pub fn mischief(&self, mischief: Mischief) {
        self.engine.misbehave(mischief);
    }

    /// Moves a manual clock on, and lets happen what is due.
    pub fn advance(&self, by: Duration) {
        self.engine.advance(by);
    }

    /// Looks into the world, or changes it.
    pub fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        self.engine.with(look)
    }

    /// How many connections are open, and how many answers are under way: both must fall to zero when a client
    /// is done.
    pub fn open(&self) -> (usize, usize) {
        self.engine.open()
    }

    /// Ends every connection, removes the socket, and waits until all is done.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        for task in self.tasks.drain(..) {
            // A task that failed is over, too.
            let _over = task.await;
        }
    }
}

impl Handle {
    /// Ends it at once, without waiting.
    pub fn end(&self) {
        self.stop.send_replace(true);
        for task in &self.tasks {
            task.abort();
        }
        socket::remove(&self.path);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end();
    }
}
