//! A simulated engine on a thread of its own, for who has no runtime to lend: the demo and tests.

use std::{
    path::Path,
    sync::{Arc, mpsc::sync_channel},
    thread,
};

use tokio::sync::oneshot;

use super::{
    http::{self, Handle, Options, ServeError},
    scenario::Scenario,
};

/// An engine that plays until it is dropped.
#[derive(Debug)]
pub struct Playing {
    handle: Arc<Handle>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Serves a scenario at a unix socket, on a thread of its own.
///
/// # Errors
/// When there can be no socket, or no thread.
pub fn play(socket: &Path, scenario: impl Into<Arc<Scenario>>, options: Options) -> Result<Playing, ServeError> {
    let io = |error| ServeError::Io(socket.to_owned(), error);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(io)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, started) = sync_channel(1);
    let (path, scenario) = (socket.to_owned(), scenario.into());
    let play = move || {
        runtime.block_on(async {
            let served = http::serve(&path, scenario, options);
            let plays = served.is_ok();
            // Who asked waits for this.
            let _waits = ready.send(served);
            if plays {
                let _dropped = stopped.await;
            }
        });
    };
    let thread = thread::Builder::new().name("simulated engine".into()).spawn(play).map_err(io)?;
    let handle = started.recv().map_err(|error| io(std::io::Error::other(error)))??;
    Ok(Playing { handle: Arc::new(handle), stop: Some(stop), thread: Some(thread) })
}

impl Playing {
    /// The engine, to share with who looks at its clock.
    pub fn handle(&self) -> &Arc<Handle> {
        &self.handle
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.handle.end();
        if let Some(stop) = self.stop.take() {
            let _ended = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _over = thread.join();
        }
    }
}
