//! Requests of our own over a unix socket, so that no client's belief stands between the engine and the test.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

/// A socket where an engine answers.
#[derive(Debug, Clone)]
pub struct Wire(pub PathBuf);

impl Wire {
    pub fn of(host: &str) -> Self {
        Self(Path::new(host.strip_prefix("unix://").expect("the tests speak to engines on unix sockets")).into())
    }

    /// Status and body of an answer that ends.
    pub fn ask(&self, method: &str, path: &str) -> Result<(u16, Vec<u8>), String> {
        self.read(method, path, usize::MAX)
    }

    /// The JSON of a `GET` that must succeed.
    pub fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path).unwrap_or_else(|why| panic!("GET {path}: {why}"));
        assert_eq!(status, 200, "GET {path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap_or_else(|why| panic!("GET {path}: {why}"))
    }

    /// The first document of an answer that goes on.
    pub fn first(&self, path: &str) -> Value {
        let (_, body) = self.read("GET", path, 1).unwrap();
        let mut documents = serde_json::Deserializer::from_slice(&body).into_iter();
        documents.next().expect("a document").unwrap()
    }

    fn read(&self, method: &str, path: &str, chunks: usize) -> Result<(u16, Vec<u8>), String> {
        let mut socket = UnixStream::connect(&self.0).map_err(|why| why.to_string())?;
        socket.set_read_timeout(Some(Duration::from_secs(180))).map_err(|why| why.to_string())?;
        let head = format!("{method} {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        socket.write_all(head.as_bytes()).map_err(|why| why.to_string())?;
        let mut answer = Vec::new();
        loop {
            let mut piece = [0; 65536];
            let read = socket.read(&mut piece).map_err(|why| why.to_string())?;
            answer.extend_from_slice(&piece[..read]);
            if let Some(head) = answer.windows(4).position(|w| w == b"\r\n\r\n") {
                let (head, body) = (String::from_utf8_lossy(&answer[..head]).to_lowercase(), &answer[head + 4..]);
                let status = head[9..12].parse().map_err(|_| head.clone())?;
                let chunked = head.contains("transfer-encoding: chunked");
                if chunked {
                    let (body, count, over) = unchunk(body);
                    if over || count >= chunks {
                        return Ok((status, body));
                    }
                } else if read == 0 {
                    return Ok((status, body.to_vec()));
                }
            }
            if read == 0 {
                return Err(format!("the answer breaks off after {} bytes", answer.len()));
            }
        }
    }
}

/// The chunks that are whole, how many they are, and whether the last one came.
fn unchunk(mut body: &[u8]) -> (Vec<u8>, usize, bool) {
    let (mut whole, mut count) = (Vec::new(), 0);
    loop {
        let Some(line) = body.windows(2).position(|w| w == b"\r\n") else { return (whole, count, false) };
        let length = std::str::from_utf8(&body[..line]).ok().and_then(|hex| usize::from_str_radix(hex, 16).ok());
        let length = length.expect("a chunk's length");
        let Some(chunk) = body.get(line + 2..line + 2 + length) else { return (whole, count, false) };
        if length == 0 {
            return (whole, count, true);
        }
        whole.extend_from_slice(chunk);
        count += 1;
        body = body.get(line + 4 + length..).unwrap_or_default();
    }
}
