//! The one way to the engine: HTTP/1.1 over its socket, with the version prefix, a pool of idle connections
//! and the read-only guard. bollard's requests go through here as well.

use std::{
    io,
    pin::Pin,
    sync::{Mutex, OnceLock},
    time::Duration,
};

use futures::Stream;
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::{
    Method, Request, Response, Uri,
    body::{Bytes, Frame, Incoming},
    client::conn::http1::{self, SendRequest},
    header::{HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::{net::UnixStream, time::timeout};

use super::{
    Address,
    error::{ConnectError, Error, MESSAGE_CAP, cap},
};

/// The body of a request, as bollard makes them.
pub(super) type Body = Either<Full<Bytes>, StreamBody<Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>>>>;

/// How long a question may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// The largest answer to a list, in bytes.
pub(super) const LIST_CAP: usize = 64 << 20;
/// The largest answer about one thing, in bytes.
pub(super) const ITEM_CAP: usize = 8 << 20;
/// The buffer of a connection, in bytes: a stream's chunks are at most so large.
const BUFFER: usize = 64 << 10;
/// Idle connections kept.
const IDLE: usize = 16;

/// Requests to one engine.
pub(super) struct Transport {
    address: Address,
    read_only: bool,
    /// `/v1.41`, once negotiated.
    prefix: OnceLock<String>,
    idle: Mutex<Vec<SendRequest<Body>>>,
}

impl Transport {
    pub fn new(address: Address, read_only: bool) -> Self {
        Self { address, read_only, prefix: OnceLock::new(), idle: Mutex::default() }
    }

    pub fn address(&self) -> &Address {
        &self.address
    }

    /// From now on every path begins with this API version.
    pub fn negotiated(&self, version: &str) {
        // Negotiated once a connection; the first answer holds.
        let _again = self.prefix.set(format!("/v{version}"));
    }

    /// Asks, and reads the whole answer of at most `cap` bytes.
    pub async fn get(&self, path: &str, limit: usize) -> Result<Bytes, Error> {
        self.get_within(path, limit, DEADLINE).await
    }

    /// [`get`](Self::get) with its own deadline.
    pub async fn get_within(&self, path: &str, limit: usize, deadline: Duration) -> Result<Bytes, Error> {
        self.answer(path, limit, deadline).await.map(|(_, body)| body)
    }

    /// The answer with its headers.
    pub async fn answer(
        &self,
        path: &str,
        limit: usize,
        deadline: Duration,
    ) -> Result<(hyper::HeaderMap, Bytes), Error> {
        timeout(deadline, async {
            let (response, connection) = self.ask(path).await?;
            let (head, body) = response.into_parts();
            let body = collect(body, limit, path).await?;
            self.keep(connection);
            if head.status.is_success() { Ok((head.headers, body)) } else { Err(refusal(head.status.as_u16(), &body)) }
        })
        .await
        .unwrap_or_else(|_| Err(Error::Deadline { what: path.into(), secs: deadline.as_secs() }))
    }

    /// Opens a stream. It ends when it is dropped; its connection isn't used again.
    pub async fn stream(&self, path: &str) -> Result<Incoming, Error> {
        timeout(DEADLINE, async {
            let (response, _ends_with_its_body) = self.ask(path).await?;
            let (head, body) = response.into_parts();
            if head.status.is_success() {
                return Ok(body);
            }
            let body = collect(body, ITEM_CAP, path).await?;
            Err(refusal(head.status.as_u16(), &body))
        })
        .await
        .unwrap_or_else(|_| Err(Error::Deadline { what: path.into(), secs: DEADLINE.as_secs() }))
    }

    /// Sends a GET over an idle connection, or over a new one if that turns out to be closed.
    async fn ask(&self, path: &str) -> Result<(Response<Incoming>, SendRequest<Body>), Error> {
        let request = || {
            let body = Either::Left(Full::new(Bytes::new()));
            Request::get(path).body(body).map_err(|e| Error::Unreadable { what: path.into(), cause: e.to_string() })
        };
        while let Some(mut connection) = self.take() {
            if connection.ready().await.is_ok()
                && let Ok(response) = connection.send_request(self.addressed(request()?)?).await
            {
                return Ok((response, connection));
            }
        }
        self.send_on_new(request()?).await
    }

    /// Sends any request, over a connection of its own. Refuses what could change something if nothing may be
    /// changed, before a byte is sent.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Error> {
        self.send_on_new(request).await.map(|(response, _)| response)
    }

    async fn send_on_new(&self, request: Request<Body>) -> Result<(Response<Incoming>, SendRequest<Body>), Error> {
        let request = self.addressed(request)?;
        let what = request.uri().path().to_owned();
        let broken = |e: hyper::Error| Error::Broken { what: what.clone(), cause: cause(&e) };
        let mut connection = open(&self.address).await?;
        let response = connection.send_request(request).await.map_err(broken)?;
        Ok((response, connection))
    }

    /// The guard, the version prefix and the host header.
    fn addressed(&self, mut request: Request<Body>) -> Result<Request<Body>, Error> {
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        if self.read_only && !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Error::ReadOnly(format!("{} {path}", request.method())));
        }
        let prefix = self.prefix.get().map_or("", String::as_str);
        let uri = format!("{prefix}{path}");
        *request.uri_mut() = uri.parse::<Uri>().map_err(|e| Error::Unreadable { what: uri, cause: e.to_string() })?;
        request.headers_mut().insert(HOST, HeaderValue::from_static("engine"));
        Ok(request)
    }

    fn take(&self) -> Option<SendRequest<Body>> {
        let mut idle = self.idle.lock().ok()?;
        idle.retain(|c| !c.is_closed());
        idle.pop()
    }

    fn keep(&self, connection: SendRequest<Body>) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < IDLE
        {
            idle.push(connection);
        }
    }
}

/// Opens a connection: the place where other kinds of transport are added.
async fn open(address: &Address) -> Result<SendRequest<Body>, Error> {
    let Address::Unix(path) = address;
    let socket = timeout(DEADLINE, UnixStream::connect(path))
        .await
        .map_err(|_| Error::Deadline { what: address.to_string(), secs: DEADLINE.as_secs() })?
        .map_err(|e| ConnectError::of_socket(path, &e))?;
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(BUFFER)
        .handshake(TokioIo::new(socket))
        .await
        .map_err(|e| Error::Broken { what: address.to_string(), cause: cause(&e) })?;
    // The task ends with the connection: when its sender and its response are dropped, or the engine closes it.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
    Ok(sender)
}

/// Reads a body to its end.
async fn collect(mut body: Incoming, limit: usize, what: &str) -> Result<Bytes, Error> {
    let mut whole = Vec::new();
    while let Some(chunk) = next_chunk(&mut body, what).await? {
        if whole.len() + chunk.len() > limit {
            let cause = format!("it is longer than {} MiB", limit >> 20);
            return Err(Error::Unreadable { what: what.into(), cause });
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

/// The next bytes of a stream; `None` at its end. Safe to drop while it waits.
pub(super) async fn next_chunk(body: &mut Incoming, what: &str) -> Result<Option<Bytes>, Error> {
    loop {
        match body.frame().await {
            None => return Ok(None),
            Some(Err(e)) => return Err(Error::Broken { what: what.into(), cause: cause(&e) }),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// The engine's refusal in its own words.
fn refusal(status: u16, body: &[u8]) -> Error {
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
    }
    let message = serde_json::from_slice::<Refusal>(body)
        .map(|r| r.message)
        .unwrap_or_else(|_| String::from_utf8_lossy(body.get(..MESSAGE_CAP).unwrap_or(body)).trim().to_owned());
    let message = if message.is_empty() { format!("HTTP status {status}") } else { cap(message, MESSAGE_CAP) };
    Error::Engine { status, message }
}

/// An error with what lies behind it.
fn cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
