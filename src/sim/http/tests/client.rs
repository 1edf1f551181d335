//! A client that sees every byte.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

use super::{Handle, PATIENCE};

/// A connection.
pub struct Client {
    socket: UnixStream,
    rest: Vec<u8>,
}

/// An answer, or its head.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.text()))
    }
}

/// One request on a connection of its own.
pub async fn ask(engine: &Handle, method: &str, path: &str) -> Answer {
    Client::to(engine).await.ask(method, path).await
}

/// The JSON of a `GET` that must succeed.
pub async fn get(engine: &Handle, path: &str) -> Value {
    let answer = ask(engine, "GET", path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

impl Client {
    pub async fn to(engine: &Handle) -> Self {
        let socket = timeout(PATIENCE, UnixStream::connect(engine.path())).await.unwrap().unwrap();
        Self { socket, rest: Vec::new() }
    }

    pub async fn send(&mut self, method: &str, path: &str) {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n");
        self.socket.write_all(head.as_bytes()).await.unwrap();
    }

    pub async fn send_upgrade(&mut self, path: &str) {
        let head = format!("POST {path} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        self.socket.write_all(head.as_bytes()).await.unwrap();
    }

    pub async fn ask(&mut self, method: &str, path: &str) -> Answer {
        self.send(method, path).await;
        let mut answer = self.receive_head().await;
        if let Some(length) = answer.header("content-length") {
            answer.body = self.exactly(length.parse().unwrap()).await;
        } else if answer.header("transfer-encoding").is_some() {
            while let Some(chunk) = self.chunk().await {
                answer.body.extend(chunk);
            }
        }
        answer
    }

    /// The status of a `HEAD`, whose answer has no body.
    pub async fn head(&mut self, path: &str) -> u16 {
        self.send("HEAD", path).await;
        self.receive_head().await.status
    }

    pub async fn receive_head(&mut self) -> Answer {
        let head = self.until(b"\r\n\r\n").await.expect("a head");
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_lowercase(), value.to_owned()))
        };
        Answer { status, headers: lines.filter_map(header).collect(), body: Vec::new() }
    }

    /// The next chunk; none after the last.
    pub async fn chunk(&mut self) -> Option<Vec<u8>> {
        let line = String::from_utf8(self.until(b"\r\n").await?).unwrap();
        let length = usize::from_str_radix(line.trim(), 16).unwrap();
        let chunk = self.exactly(length).await;
        self.exactly(2).await;
        (length > 0).then_some(chunk)
    }

    pub async fn exactly(&mut self, count: usize) -> Vec<u8> {
        while self.rest.len() < count {
            assert!(self.more().await, "the answer breaks off");
        }
        self.rest.drain(..count).collect()
    }

    /// All that comes until the connection ends.
    pub async fn drain(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.rest)
    }

    async fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.rest.windows(end.len()).position(|w| w == end) {
                return Some(self.rest.drain(..at + end.len()).collect());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn more(&mut self) -> bool {
        let mut piece = [0; 4096];
        // A connection that was reset is over, too.
        let read = timeout(PATIENCE, self.socket.read(&mut piece)).await.expect("bytes or an end").unwrap_or(0);
        self.rest.extend_from_slice(&piece[..read]);
        read > 0
    }
}
