//! A simulated engine that serves: started, moved, looked into, ended.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, task::JoinHandle};

use super::{
    engine::Engine,
    mischief::Mischief,
    options::Options,
    socket::{self, ServeError},
};
use crate::sim::{scenario::Scenario, world::World};

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
