//! A socket between the program and the engine, which can be cut and mended as if the engine restarted, and
//! which notes the requests that pass.

use std::{
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use tempfile::TempDir;

use super::Engine;

/// The proxy; its socket lies in a folder of its own.
pub struct Proxy {
    dir: TempDir,
    upstream: PathBuf,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// Counts the lives of the socket, so that a listener knows when its own is over.
    life: u32,
    open: Vec<UnixStream>,
    requests: Vec<String>,
}

impl Proxy {
    /// Begins to pass on.
    pub fn new(engine: &Engine) -> Self {
        Self::to(engine.socket().as_ref())
    }

    /// The same, to a socket.
    pub fn to(upstream: &Path) -> Self {
        let dir = tempfile::Builder::new().prefix("svtest-proxy-").tempdir().unwrap();
        let proxy = Self { dir, upstream: upstream.into(), shared: Arc::default() };
        proxy.mend();
        proxy
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("docker.sock")
    }

    /// The `DOCKER_HOST` that goes through here.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Takes the socket away and ends every connection.
    pub fn cut(&self) {
        let mut shared = self.shared.lock().unwrap();
        shared.life += 1;
        for stream in shared.open.drain(..) {
            // One that is over already can't be ended; that is as good.
            let _over = stream.shutdown(Shutdown::Both);
        }
        drop(shared);
        // Wakes the listener, so that it sees that its life is over.
        drop(UnixStream::connect(self.socket()));
        std::fs::remove_file(self.socket()).unwrap();
    }

    /// Puts the socket back.
    pub fn mend(&self) {
        let listener = UnixListener::bind(self.socket()).unwrap();
        let (shared, upstream) = (Arc::clone(&self.shared), self.upstream.clone());
        let life = shared.lock().unwrap().life;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !pass_on(client, &upstream, &shared, life) {
                    break;
                }
            }
        });
    }

    /// The first lines of all requests so far: `GET /v1.41/events?…`.
    pub fn requests(&self) -> Vec<String> {
        self.shared.lock().unwrap().requests.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if self.socket().exists() {
            self.cut();
        }
    }
}

/// Passes on, unless the socket's life is over; whether it isn't.
fn pass_on(client: UnixStream, upstream: &Path, shared: &Arc<Mutex<Shared>>, life: u32) -> bool {
    let server = UnixStream::connect(upstream).unwrap();
    {
        // In one with noting it, so that no connection escapes a cut.
        let mut shared = shared.lock().unwrap();
        if shared.life != life {
            return false;
        }
        shared.open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
    }
    let (back_from, back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || copy(back_from, back_to, |_| {}));
    let shared = Arc::clone(shared);
    thread::spawn(move || copy(client, server, |bytes| note(bytes, &shared)));
    true
}

fn copy(mut from: UnixStream, mut to: UnixStream, mut see: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        see(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _over = to.shutdown(Shutdown::Write);
}

/// A request's first line comes in one piece, as the program sends it.
fn note(bytes: &[u8], shared: &Mutex<Shared>) {
    let text = String::from_utf8_lossy(bytes);
    let requests = text.lines().filter_map(|line| line.strip_suffix(" HTTP/1.1"));
    shared.lock().unwrap().requests.extend(requests.map(str::to_owned));
}
