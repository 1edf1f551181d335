//! A command run in a container, with its output and exit code: how a health check is run by hand.
//!
//! Made of the engine's three requests (make, start, look) over our own transport, so that the read-only guard
//! stands before it, and read with our own framing.

use std::time::Duration;

use http_body_util::{Either, Full};
use hyper::{Request, body::Bytes, header::CONTENT_TYPE};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use super::{
    Engine, Error,
    events::encode,
    transport::{Body, ITEM_CAP, next_chunk},
    wire,
};
use crate::{base::id::ContainerId, stack::Ran};

/// The largest output that is kept, in bytes.
const OUTPUT: usize = 64 << 10;

#[derive(Deserialize)]
struct Made {
    #[serde(rename = "Id")]
    id: String,
}

#[derive(Deserialize)]
struct Look {
    #[serde(rename = "ExitCode")]
    exit_code: Option<i64>,
}

impl Engine {
    /// Runs a command in a running container, as its own user, for so long at most. Both of its outputs are taken
    /// together, as they came. What runs longer is left to itself: an engine can't end it.
    ///
    /// # Errors
    /// The engine's refusal in its own words; [`Error::ReadOnly`], before anything is sent.
    pub async fn run_in(&self, id: &ContainerId, command: &[String], limit: Duration) -> Result<Ran, Error> {
        let body = serde_json::json!({"AttachStdout": true, "AttachStderr": true, "Tty": false, "Cmd": command});
        let path = format!("/containers/{}/exec", encode(id));
        let made = self.transport.collected(post(&path, &body)?).await?;
        let made: Made = wire::one("a command made", &made)?;
        let began = Instant::now();
        let path = format!("/exec/{}/start", encode(&made.id));
        let request = post(&path, &serde_json::json!({"Detach": false, "Tty": false}))?;
        let response = timeout_at(began + limit, self.transport.send(request)).await;
        let Ok(response) = response else { return Ok(Ran { took: limit, exit: None, output: String::new() }) };
        let (head, mut stream) = response?.into_parts();
        if !head.status.is_success() {
            let words = next_chunk(&mut stream, &path).await?.unwrap_or_default();
            return Err(Error::Engine { status: head.status.as_u16(), message: message(&words) });
        }
        let mut frames = Frames::default();
        let mut over = false;
        while !over {
            match timeout_at(began + limit, next_chunk(&mut stream, "the output of a command")).await {
                Ok(chunk) => match chunk? {
                    Some(chunk) => frames.push(&chunk),
                    None => over = true,
                },
                Err(_) => break,
            }
        }
        let took = began.elapsed();
        let mut exit = None;
        if over {
            let look = self.transport.get(&format!("/exec/{}/json", encode(&made.id)), ITEM_CAP).await?;
            exit = wire::one::<Look>("a command that ended", &look)?.exit_code;
        }
        Ok(Ran { took, exit, output: String::from_utf8_lossy(&frames.text).into_owned() })
    }
}

fn post(path: &str, body: &serde_json::Value) -> Result<Request<Body>, Error> {
    let body = Either::Left(Full::new(Bytes::from(body.to_string())));
    Request::post(path)
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .map_err(|e| Error::Unreadable { what: path.into(), cause: e.to_string() })
}

fn message(body: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let words = value.and_then(|v| v.get("message")?.as_str().map(str::to_owned));
    words.unwrap_or_else(|| String::from_utf8_lossy(body).trim().to_owned())
}

/// Takes the pieces of both outputs out of their frames: a head of 8 bytes, the last four of them the length.
#[derive(Debug, Default)]
struct Frames {
    head: Vec<u8>,
    left: usize,
    text: Vec<u8>,
}

impl Frames {
    fn push(&mut self, mut chunk: &[u8]) {
        while !chunk.is_empty() {
            if self.left == 0 {
                let (piece, rest) = chunk.split_at((8 - self.head.len()).min(chunk.len()));
                self.head.extend_from_slice(piece);
                chunk = rest;
                if let Ok([_, _, _, _, a, b, c, d]) = <[u8; 8]>::try_from(&*self.head) {
                    self.left = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
                    self.head.clear();
                }
                continue;
            }
            let (piece, rest) = chunk.split_at(self.left.min(chunk.len()));
            self.left -= piece.len();
            let room = OUTPUT.saturating_sub(self.text.len()).min(piece.len());
            self.text.extend_from_slice(piece.get(..room).unwrap_or_default());
            chunk = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_may_be_cut_anywhere() {
        let mut bytes = vec![1, 0, 0, 0, 0, 0, 0, 3];
        bytes.extend(b"abc");
        bytes.extend([2, 0, 0, 0, 0, 0, 0, 2]);
        bytes.extend(b"de");
        for size in 1..bytes.len() {
            let mut frames = Frames::default();
            bytes.chunks(size).for_each(|chunk| frames.push(chunk));
            assert_eq!(frames.text, b"abcde", "in chunks of {size}");
        }
    }

    #[test]
    fn output_is_bounded() {
        let mut frames = Frames::default();
        let length = u32::try_from(OUTPUT * 2).unwrap().to_be_bytes();
        frames.push(&[&[1, 0, 0, 0], &length[..]].concat());
        frames.push(&vec![b'x'; OUTPUT * 2]);
        assert_eq!((frames.text.len(), frames.left), (OUTPUT, 0));
    }
}
