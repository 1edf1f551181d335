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
use tokio::time::timeout;

use super::{
    EngineAddress,
    address::Way,
    dial::{Dialer, Permit},
    error::{ConnectError, Error, MESSAGE_CAP, cap, unreachable},
    ssh, tls,
};

/// The body of a request, as bollard makes them.
pub(super) type Body = Either<Full<Bytes>, StreamBody<Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>>>>;

/// How long a question may take.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// How long a stream may wait for its turn: until then others may well be closed. After that it is asked for again.
const TURN: Duration = Duration::from_secs(600);
/// The largest answer to a list, in bytes.
pub(super) const LIST_CAP: usize = 64 << 20;
/// The largest answer about one thing, in bytes.
pub(super) const ITEM_CAP: usize = 8 << 20;
/// The buffer of a connection, in bytes: a stream's chunks are at most so large.
const BUFFER: usize = 64 << 10;
/// What is asked to learn whether the engine lives.
pub(super) const PING: &str = "/_ping";
/// Idle connections kept.
const IDLE: usize = 16;

/// Requests to one engine.
pub(super) struct Transport {
    dialer: Dialer,
    read_only: bool,
    /// `/v1.41`, once negotiated.
    prefix: OnceLock<String>,
    idle: Mutex<Vec<SendRequest<Body>>>,
}

impl Transport {
    /// Opens nothing yet.
    ///
    /// # Errors
    /// When the certificates can't be read.
    pub fn new(address: EngineAddress, read_only: bool) -> Result<Self, ConnectError> {
        Ok(Self { dialer: Dialer::new(address)?, read_only, prefix: OnceLock::new(), idle: Mutex::default() })
    }

    pub fn address(&self) -> &EngineAddress {
        self.dialer.address()
    }

    /// How many streams wait for their turn.
    pub fn waiting(&self) -> usize {
        self.dialer.waiting()
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

    /// The answer with its headers. The deadline counts from now on, a wait for its turn included.
    pub async fn answer(
        &self,
        path: &str,
        limit: usize,
        deadline: Duration,
    ) -> Result<(hyper::HeaderMap, Bytes), Error> {
        timeout(deadline, async {
            // The pulse doesn't stand in a queue: it tells whether the engine answers at all.
            let _turn = if path == PING { None } else { self.dialer.question().await };
            let (response, connection) = self.ask(path, None).await?;
            let (head, body) = response.into_parts();
            let body = collect(body, limit, path).await?;
            self.keep(connection);
            if head.status.is_success() { Ok((head.headers, body)) } else { Err(refusal(head.status.as_u16(), &body)) }
        })
        .await
        .unwrap_or_else(|_| Err(Error::Deadline { what: path.into(), secs: deadline.as_secs() }))
    }

    /// Opens a stream. It ends when it is dropped; its connection isn't used again. Where connections are costly
    /// it waits for its turn; events never do.
    pub async fn stream(&self, path: &str) -> Result<Incoming, Error> {
        let late = |limit: Duration| Error::Deadline { what: path.into(), secs: limit.as_secs() };
        let turn = match path.starts_with("/events") {
            true => None,
            false => timeout(TURN, self.dialer.stream()).await.map_err(|_| late(TURN))?,
        };
        timeout(DEADLINE, async {
            let (response, _ends_with_its_body) = self.ask(path, turn).await?;
            let (head, body) = response.into_parts();
            if head.status.is_success() {
                return Ok(body);
            }
            let body = collect(body, ITEM_CAP, path).await?;
            Err(refusal(head.status.as_u16(), &body))
        })
        .await
        .unwrap_or_else(|_| Err(late(DEADLINE)))
    }

    /// Sends a GET over an idle connection, or over a new one if that turns out to be closed. A stream's turn is
    /// over when its connection is, which then is a new one.
    async fn ask(&self, path: &str, turn: Permit) -> Result<(Response<Incoming>, SendRequest<Body>), Error> {
        let request = || {
            let body = Either::Left(Full::new(Bytes::new()));
            Request::get(path).body(body).map_err(|e| Error::Unreadable { what: path.into(), cause: e.to_string() })
        };
        while turn.is_none()
            && let Some(mut connection) = self.take()
        {
            if connection.ready().await.is_ok()
                && let Ok(response) = connection.send_request(self.addressed(request()?)?).await
            {
                return Ok((response, connection));
            }
        }
        self.send_on_new(request()?, turn).await
    }

    /// Sends any request, and reads its whole answer.
    pub async fn collected(&self, request: Request<Body>) -> Result<Bytes, Error> {
        let what = request.uri().path().to_owned();
        timeout(DEADLINE, async {
            let (head, body) = self.send(request).await?.into_parts();
            let body = collect(body, ITEM_CAP, &what).await?;
            if head.status.is_success() { Ok(body) } else { Err(refusal(head.status.as_u16(), &body)) }
        })
        .await
        .unwrap_or_else(|_| Err(Error::Deadline { what: what.clone(), secs: DEADLINE.as_secs() }))
    }

    /// Sends any request, over a connection of its own. Refuses what could change something if nothing may be
    /// changed, before a byte is sent. Who sends it says how long it may take, a wait for its turn included.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Error> {
        let turn = self.dialer.call().await;
        self.send_on_new(request, turn).await.map(|(response, _)| response)
    }

    async fn send_on_new(
        &self,
        request: Request<Body>,
        turn: Permit,
    ) -> Result<(Response<Incoming>, SendRequest<Body>), Error> {
        let request = self.addressed(request)?;
        let what = request.uri().path().to_owned();
        self.dialer
            .starting(async {
                let (mut connection, words) = self.open(turn).await?;
                match connection.send_request(request).await {
                    Ok(response) => Ok((response, connection)),
                    Err(error) => Err(self.broken(&what, &error, words).await),
                }
            })
            .await
    }

    /// What it means that a connection broke before it gave an answer: ssh and TLS know better than HTTP.
    async fn broken(&self, what: &str, error: &hyper::Error, words: Option<ssh::Words>) -> Error {
        let address = self.address();
        if error.is_parse() && matches!(address.way, Way::Ssh(_)) {
            let todo = "Let its start-up files (~/.bashrc) print nothing where there is no terminal";
            return unreachable(address, "the shell over there says something before the engine does", todo, true)
                .into();
        }
        if let (Way::Ssh(to), Some(mut words)) = (&address.way, words)
            && let Some(said) = words.last().await
        {
            return ssh::trouble(&said, to, address).into();
        }
        if let Some(trouble) = tls::trouble(error, address) {
            return trouble.into();
        }
        if error.is_parse() && matches!(&address.way, Way::Tcp(tcp) if tcp.tls.is_none()) {
            return without_tls(address).into();
        }
        Error::Broken { what: what.into(), cause: cause(error) }
    }

    /// A new connection, which keeps its turn as long as it lives.
    async fn open(&self, turn: Permit) -> Result<(SendRequest<Body>, Option<ssh::Words>), Error> {
        let line = self.dialer.open().await?;
        let (sender, connection) = http1::Builder::new()
            .max_buf_size(BUFFER)
            .handshake(TokioIo::new(line.wire))
            .await
            .map_err(|e| Error::Broken { what: self.address().to_string(), cause: cause(&e) })?;
        let session = line.session;
        // The task ends with the connection: when its sender and its response are dropped, or the engine closes it.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            if let Some(session) = session {
                session.end().await;
            }
            drop(turn);
        });
        Ok((sender, line.words))
    }

    /// The guard, the version prefix and the host header.
    fn addressed(&self, mut request: Request<Body>) -> Result<Request<Body>, Error> {
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        if self.read_only && !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Err(Error::ReadOnly(format!("{} {path}", request.method())));
        }
        let prefix = self.prefix.get().map_or("", String::as_str);
        let uri = format!("{}{prefix}{path}", self.dialer.base());
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

/// A port with TLS was spoken to without.
pub(super) fn without_tls(address: &EngineAddress) -> ConnectError {
    let todo = "Set DOCKER_TLS_VERIFY=1, with ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, if it speaks TLS";
    unreachable(address, "what answers there isn't plain HTTP", todo, true)
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

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::engine::address::Ssh;

    /// Opens nothing: what is tested ends before.
    fn far() -> Transport {
        Transport::new(Way::Ssh(Ssh { host: "far".into(), ..Ssh::default() }).into(), true).unwrap()
    }

    #[tokio::test]
    async fn a_call_is_not_kept_back_by_streams() {
        let far = far();
        let _streams = join_all((0..32).map(|_| far.dialer.stream())).await;
        let request = Request::post("/containers/a/stop").body(Either::Left(Full::new(Bytes::new()))).unwrap();
        // That it is refused as read-only tells that its turn came.
        let refused = timeout(Duration::from_secs(5), far.send(request)).await.expect("it doesn't wait");
        assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
    }

    #[tokio::test]
    async fn a_questions_deadline_counts_from_when_it_begins_to_wait() {
        let far = far();
        let _questions = join_all((0..4).map(|_| far.dialer.question())).await;
        let asked = far.get_within("/info", ITEM_CAP, Duration::from_millis(20));
        let late = timeout(Duration::from_secs(5), asked).await.expect("it doesn't wait for ever");
        assert!(matches!(late, Err(Error::Deadline { .. })), "{late:?}");
    }
}
