//! A small engine on a unix socket for tests: canned answers, and events when the test says so.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::{broadcast, mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{Connector, EngineTarget, Outlet, connector::Pulse, keep_link};
use crate::{
    base::{
        id::{HostId, ProjectName},
        num::nanos,
        time::{Clock, Stamp},
    },
    host, stack,
};

/// The fake and what it was asked.
pub(super) struct Fake {
    dir: tempfile::TempDir,
    shared: Arc<Shared>,
    server: Option<JoinHandle<()>>,
}

struct Shared {
    asked: Mutex<Vec<String>>,
    /// State by container id.
    containers: Mutex<BTreeMap<String, String>>,
    /// Ids by the image's name.
    images: Mutex<BTreeMap<String, String>>,
    /// What it answers at a path, where that isn't one of ours.
    answers: Mutex<BTreeMap<String, String>>,
    /// What it answers to every removal.
    removed: Mutex<String>,
    /// What every log is, in chunks; then the connection is cut.
    log: Mutex<Vec<Vec<u8>>>,
    events: broadcast::Sender<Vec<u8>>,
    /// Inspections wait while this is shut, with the answer already taken.
    gate: watch::Sender<bool>,
    /// While it hangs it takes connections and requests, and answers nothing.
    hangs: watch::Sender<bool>,
}

impl Fake {
    pub fn new() -> Self {
        let shared = Shared {
            asked: Mutex::default(),
            containers: Mutex::default(),
            images: Mutex::default(),
            answers: Mutex::default(),
            removed: Mutex::new("[]".into()),
            log: Mutex::default(),
            events: broadcast::Sender::new(64),
            gate: watch::Sender::new(true),
            hangs: watch::Sender::new(false),
        };
        Self { dir: tempfile::tempdir().unwrap(), shared: Arc::new(shared), server: None }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("engine.sock")
    }

    pub fn connector(&self, read_only: bool) -> Connector {
        let host = Some(format!("unix://{}", self.path().display()));
        let pulse = Pulse { every: Duration::from_millis(50), within: Duration::from_secs(3) };
        Connector::with_pulse(
            EngineTarget { host, ..EngineTarget::default() },
            BTreeMap::new(),
            read_only,
            clock(),
            pulse,
        )
    }

    /// A connector whose link is kept, and told to nobody.
    pub fn linked(&self) -> Connector {
        let connector = self.connector(true);
        let (out, mut facts) = outlet(1);
        tokio::spawn(keep_link(connector.clone(), Arc::default(), out));
        tokio::spawn(async move { while facts.recv().await.is_some() {} });
        connector
    }

    /// Listens from now on.
    pub fn start(&mut self) {
        let _old = std::fs::remove_file(self.path());
        let listener = UnixListener::bind(self.path()).unwrap();
        let shared = self.shared.clone();
        self.server = Some(tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, shared.clone()));
            }
        }));
    }

    /// In the state `garbage` its inspection can't be read.
    pub fn set(&self, id: &str, state: &str) {
        self.shared.containers.lock().unwrap().insert(id.into(), state.into());
    }

    pub fn image(&self, name: &str, id: &str) {
        self.shared.images.lock().unwrap().insert(name.into(), id.into());
    }

    /// Answers this at a path from now on.
    pub fn answers(&self, path: &str, body: &str) {
        self.shared.answers.lock().unwrap().insert(path.into(), body.into());
    }

    /// Answers this to every removal from now on.
    pub fn removed(&self, body: &str) {
        *self.shared.removed.lock().unwrap() = body.into();
    }

    /// Every log is this from now on, in chunks; then the connection is cut.
    pub fn log(&self, chunks: &[Vec<u8>]) {
        *self.shared.log.lock().unwrap() = chunks.to_vec();
    }

    pub fn remove(&self, id: &str) {
        self.shared.containers.lock().unwrap().remove(id);
    }

    pub fn gate(&self, open: bool) {
        self.shared.gate.send_replace(open);
    }

    pub fn hang(&self, hangs: bool) {
        self.shared.hangs.send_replace(hangs);
    }

    /// Puts bytes into every stream of events; none cuts the streams.
    pub fn say(&self, bytes: &str) {
        self.shared.events.send(bytes.into()).unwrap();
    }

    pub fn event(&self, id: &str, action: &str) {
        let nanos = clock().now().as_nanos();
        self.say(&format!(
            r#"{{"Type":"container","Action":"{action}","Actor":{{"ID":"{id}","Attributes":{{"name":"p-{id}","com.docker.compose.project":"p","exitCode":"1"}}}},"timeNano":{nanos}}}"#
        ));
    }

    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

/// The wall clock.
pub fn clock() -> Clock {
    Clock::new(|| Stamp::from_nanos(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanos)))
}

async fn serve(mut socket: UnixStream, shared: Arc<Shared>) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match socket.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let line = head.lines().next().unwrap();
        let (method, rest) = line.split_once(' ').unwrap();
        let path = rest.split([' ', '?']).next().unwrap();
        shared.asked.lock().unwrap().push(format!("{method} {path}"));
        shared.hangs.subscribe().wait_for(|hangs| !hangs).await.unwrap();
        let path = path.strip_prefix("/v1.41").unwrap_or(path);
        if path == "/events" && !rest.contains("until=") {
            return stream_events(socket, &shared).await;
        }
        if path.ends_with("/logs") {
            let chunks = shared.log.lock().unwrap().clone();
            return write_chunks(&mut socket, &chunks).await;
        }
        let (status, body) = if method == "DELETE" {
            (200, shared.removed.lock().unwrap().clone())
        } else {
            answer(path, &shared).await
        };
        let answer =
            format!("HTTP/1.1 {status} X\r\nApi-Version: 1.41\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if socket.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn write_chunks(socket: &mut UnixStream, chunks: &[Vec<u8>]) {
    socket.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    for bytes in chunks {
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend(bytes);
        chunk.extend(b"\r\n");
        if socket.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

async fn stream_events(mut socket: UnixStream, shared: &Shared) {
    let mut events = shared.events.subscribe();
    socket.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
    while let Ok(bytes) = events.recv().await {
        if bytes.is_empty() {
            return;
        }
        let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
        chunk.extend(bytes);
        chunk.extend(b"\r\n");
        if socket.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

async fn answer(path: &str, shared: &Shared) -> (u16, String) {
    let labels = r#"{"com.docker.compose.project":"p","com.docker.compose.service":"web"}"#;
    let containers = shared.containers.lock().unwrap().clone();
    if let Some(body) = shared.answers.lock().unwrap().get(path) {
        return (200, body.clone());
    }
    match path {
        "/_ping" => (200, "OK".into()),
        // Up to a moment, as far as nothing happened before.
        "/events" => (200, String::new()),
        // As Podman.
        path if path.starts_with("/distribution/") => (404, "Not Found\n".into()),
        "/info" => (200, r#"{"MemTotal":1024}"#.into()),
        "/networks" => (200, "null".into()),
        "/volumes" => (200, r#"{"Volumes":null}"#.into()),
        "/containers/json" => {
            let item = |(id, state): (&String, &String)| {
                format!(r#"{{"Id":"{id}","Names":["/p-{id}"],"State":"{state}","Status":"","Labels":{labels}}}"#)
            };
            (200, format!("[{}]", containers.iter().map(item).collect::<Vec<_>>().join(",")))
        }
        path if path.starts_with("/images/") => {
            let name = path.trim_start_matches("/images/").trim_end_matches("/json").replace("%3A", ":");
            let images = shared.images.lock().unwrap();
            let id = images.get(&name).or_else(|| images.values().find(|id| **id == name));
            let found = id.map(|id| {
                let tags: Vec<_> =
                    images.iter().filter(|(name, of)| *of == id && *name != id).map(|(name, _)| name).collect();
                format!(r#"{{"Id":"{id}","RepoTags":{tags:?},"Config":null}}"#)
            });
            found.map_or_else(|| (404, r#"{"message":"No such image"}"#.into()), |body| (200, body))
        }
        path => {
            let id = path.trim_start_matches("/containers/").trim_end_matches("/json");
            let found = containers.get(id).map(|state| {
                if state == "garbage" {
                    return "{".to_owned();
                }
                format!(
                    r#"{{"Id":"{id}","Name":"/p-{id}","State":{{"Status":"{state}"}},"Config":{{"Labels":{labels}}}}}"#
                )
            });
            shared.gate.subscribe().wait_for(|open| *open).await.unwrap();
            found.map_or_else(|| (404, r#"{"message":"No such container"}"#.into()), |body| (200, body))
        }
    }
}

/// What comes out of an outlet.
pub(super) type Facts = mpsc::Receiver<(HostId, Vec<host::Fact>)>;

/// An outlet and its other end.
pub(super) fn outlet(room: usize) -> (Outlet, Facts) {
    let (out, facts) = mpsc::channel(room);
    (Outlet::new(HostId::default(), out), facts)
}

/// A fact of the project `p`.
pub(super) fn of_p(wanted: impl Fn(&stack::Fact) -> bool) -> impl Fn(&host::Fact) -> bool {
    move |fact| matches!(fact, host::Fact::Stack(project, fact) if *project == ProjectName::from("p") && wanted(fact))
}

/// Takes facts until one is as wanted; all taken are appended to `seen`.
pub(super) async fn until(facts: &mut Facts, seen: &mut Vec<host::Fact>, wanted: impl Fn(&host::Fact) -> bool) {
    let waiting = async {
        loop {
            let (_, batch) = facts.recv().await.expect("the watch goes on");
            let found = batch.iter().any(&wanted);
            seen.extend(batch);
            if found {
                return;
            }
        }
    };
    // Far more than needed: it only bounds a failing test.
    if timeout(Duration::from_secs(60), waiting).await.is_err() {
        panic!("waited until the time was up; seen: {seen:#?}");
    }
}
