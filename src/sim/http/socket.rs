//! The socket: binding it without harm to what is there, taking connections, ending them.

use std::{
    os::unix::{fs::FileTypeExt, net::UnixStream as Blocking},
    path::{Path, PathBuf},
    sync::Arc,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::watch,
    task::JoinSet,
};

use super::{
    cut::Cutting,
    engine::{Engine, reached},
    routes,
};

/// Why an engine can't be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Something that is no socket has the name.
    #[error(
        "cannot serve an engine at {0}: a file that isn't a socket has that name; remove it, or choose another \
             name"
    )]
    Occupied(PathBuf),
    /// Another program serves there.
    #[error("cannot serve an engine at {0}: another engine answers there; stop it, or choose another name")]
    InUse(PathBuf),
    /// The operating system refused.
    #[error("cannot serve an engine at {0}: {1}")]
    Io(PathBuf, std::io::Error),
}

/// Binds a unix socket. A stale socket is replaced; nothing else is.
pub(super) fn bind(path: &Path) -> Result<UnixListener, ServeError> {
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.file_type().is_socket() => return Err(ServeError::Occupied(path.into())),
        Ok(_) if Blocking::connect(path).is_ok() => return Err(ServeError::InUse(path.into())),
        Ok(_) => remove(path),
        Err(_) => {}
    }
    UnixListener::bind(path).map_err(|why| ServeError::Io(path.into(), why))
}

/// Removes the socket; one that is gone already is no loss.
pub(super) fn remove(path: &Path) {
    if std::fs::symlink_metadata(path).is_ok_and(|there| there.file_type().is_socket()) {
        let _gone = std::fs::remove_file(path);
    }
}

/// Takes connections until it is told to stop; lets go of all while the engine is out of reach.
pub(super) async fn accept(
    path: PathBuf,
    listener: UnixListener,
    engine: Arc<Engine>,
    mut stop: watch::Receiver<bool>,
) {
    let (mut mischief, mut away) = (engine.mischief(), engine.away());
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        if !engine.reachable() {
            // The file stays and refuses: that is how a dead engine looks.
            listener = None;
            connections.shutdown().await;
        } else if listener.is_none() {
            listener = bind(&path).ok();
        }
        tokio::select! {
            () = reached(&mut stop, |stop| *stop) => break,
            _ = mischief.changed() => {}
            _ = away.changed() => {}
            Some(_over) = connections.join_next() => {}
            socket = next(listener.as_ref()) => {
                if let Some(socket) = socket {
                    connections.spawn(serve(socket, engine.clone()));
                }
            }
        }
    }
    connections.shutdown().await;
    drop(listener);
    remove(&path);
}

async fn next(listener: Option<&UnixListener>) -> Option<UnixStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(socket, _)| socket),
        None => std::future::pending().await,
    }
}

async fn serve(socket: UnixStream, engine: Arc<Engine>) {
    let _open = engine.connection();
    let io = TokioIo::new(Cutting::new(socket, engine.mischief()));
    let answer = service_fn(|request| routes::answer(engine.clone(), request));
    // A client that breaks off is its own affair; this connection is over either way.
    let _over = http1::Builder::new().serve_connection(io, answer).with_upgrades().await;
}
