//! Answers: JSON, errors as the engine words them, nothing, and streams.

use std::{convert::Infallible, sync::Arc};

use futures::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Response, StatusCode,
    body::{Bytes, Frame},
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::engine::{Engine, reached};
use crate::sim::{
    api::{Face, time::http_date},
    world::ApiError,
};

/// A whole answer or one that goes on.
pub(super) type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// Pieces that may wait for a slow client; then the answer's task waits.
const QUEUE: usize = 16;

pub(super) fn bytes(status: u16, kind: &str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()).boxed_unsync());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(kind) = HeaderValue::from_str(kind) {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
    }
    answer
}

/// A document, with the line end that Go's encoder writes.
pub(super) fn json(status: u16, document: &Value) -> Answer {
    let mut body = document.to_string();
    body.push('\n');
    bytes(status, "application/json", body)
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Answer {
    let mut answer = bytes(status, "", Bytes::new());
    answer.headers_mut().remove(CONTENT_TYPE);
    answer
}

pub(super) fn error(error: &ApiError) -> Answer {
    if error.status == 304 {
        return empty(304);
    }
    json(error.status, &json!({"message": error.message}))
}

/// The headers that every answer of the engine has.
pub(super) fn dress(answer: &mut Answer, face: &Face, engine: &Engine) {
    let now = engine.with(|world| world.now()).shifted(face.skew);
    let headers = [
        ("api-version", face.release.version.to_string()),
        ("docker-experimental", "false".into()),
        ("ostype", "linux".into()),
        ("server", format!("Docker/{} (linux)", face.release.engine)),
        ("date", http_date(now)),
    ];
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

/// The end of an answer that goes on, where its task puts pieces in.
pub(super) struct Pieces {
    sender: mpsc::Sender<Bytes>,
    engine: Arc<Engine>,
}

impl Pieces {
    /// Sends a piece; false once the client is gone. While the engine stalls nothing gets through.
    pub async fn send(&self, piece: impl Into<Bytes>) -> bool {
        let mut mischief = self.engine.mischief();
        tokio::select! {
            () = self.sender.closed() => return false,
            () = reached(&mut mischief, |m| !m.stall) => {}
        }
        self.sender.send(piece.into()).await.is_ok()
    }
}

/// An answer that goes on: what the task puts in, until it ends or the client goes away.
pub(super) fn pieces<F>(engine: &Arc<Engine>, kind: &str, task: impl FnOnce(Pieces) -> F) -> Answer
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut answer = empty(200);
    let frames = stream::unfold(channel(engine, task), |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((Ok(Frame::data(piece)), pieces))
    });
    *answer.body_mut() = StreamBody::new(frames).boxed_unsync();
    if let Ok(kind) = HeaderValue::from_str(kind)
        && !kind.is_empty()
    {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
    }
    answer
}

/// Starts the task, and gives what it puts in.
pub(super) fn channel<F>(engine: &Arc<Engine>, task: impl FnOnce(Pieces) -> F) -> mpsc::Receiver<Bytes>
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(QUEUE);
    let gone = sender.clone();
    let work = task(Pieces { sender, engine: engine.clone() });
    let engine = engine.clone();
    tokio::spawn(async move {
        let _open = engine.stream();
        // The task ends with its client, whatever it waits for.
        tokio::select! {
            () = gone.closed() => {}
            () = work => {}
        }
    });
    receiver
}
