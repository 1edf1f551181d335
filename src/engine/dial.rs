//! Opens connections to an engine wherever it is: a unix socket, tcp, TLS over it, or ssh.
//!
//! Connections through ssh cost a process here and a log-in there, so that their number is bounded: so many
//! questions at once, so many calls, so many streams, and only a few that are just being opened. None of these
//! waits for another kind: what somebody asked for isn't kept back by what flows by itself.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream, lookup_host},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    EngineAddress,
    address::{Tcp, Way},
    error::{ConnectError, Error, unreachable},
    ssh, tls,
};

/// How long it may take to reach a host: less than a question's deadline, so that the reason is told.
const CONNECT: Duration = Duration::from_secs(8);
/// How long each of its addresses is given at least, however many there are.
const LEAST: Duration = Duration::from_secs(2);
/// Streams (events aside) that may be open at once through ssh.
const STREAMS: usize = 32;
/// Calls and probes that may be under way at once through ssh.
const CALLS: usize = 8;
/// Questions that may be under way at once through ssh.
const QUESTIONS: usize = 4;
/// Connections through ssh that may be under way at once: an sshd drops some from ten on (`MaxStartups`).
const STARTING: usize = 5;
/// After so long a connection that was opened doesn't count as starting any more.
const STARTED: Duration = Duration::from_secs(3);

/// Opens connections to one engine.
pub(super) struct Dialer {
    address: EngineAddress,
    tls: Option<TlsConnector>,
    /// The bounds, where connections are costly.
    bounds: Option<Bounds>,
    waiting: AtomicUsize,
}

struct Bounds {
    streams: Arc<Semaphore>,
    calls: Arc<Semaphore>,
    questions: Arc<Semaphore>,
    starting: Arc<Semaphore>,
}

/// A way to read and write.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// An open line to the engine.
pub(super) struct Dialled {
    pub wire: Box<dyn Wire>,
    /// The ssh that it goes through.
    pub session: Option<ssh::Session>,
    /// What that ssh says.
    pub words: Option<ssh::Words>,
}

impl From<Box<dyn Wire>> for Dialled {
    fn from(wire: Box<dyn Wire>) -> Self {
        Self { wire, session: None, words: None }
    }
}

/// The right to have one more open; `None` where nobody counts.
pub(super) type Permit = Option<OwnedSemaphorePermit>;

/// Counts those who wait, also when they give up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn turn(bound: Option<&Arc<Semaphore>>) -> Permit {
    // A bound is never closed.
    Arc::clone(bound?).acquire_owned().await.ok()
}

impl Dialer {
    /// Reads the certificates, if it needs any.
    pub fn new(address: EngineAddress) -> Result<Self, ConnectError> {
        let tls = match &address.way {
            Way::Tcp(Tcp { tls: Some(tls), .. }) => Some(tls::connector(tls)?),
            _ => None,
        };
        let bounds = matches!(address.way, Way::Ssh(_)).then(|| Bounds {
            streams: Arc::new(Semaphore::new(STREAMS)),
            calls: Arc::new(Semaphore::new(CALLS)),
            questions: Arc::new(Semaphore::new(QUESTIONS)),
            starting: Arc::new(Semaphore::new(STARTING)),
        });
        Ok(Self { address, tls, bounds, waiting: AtomicUsize::new(0) })
    }

    pub fn address(&self) -> &EngineAddress {
        &self.address
    }

    /// What stands before every path.
    pub fn base(&self) -> &str {
        match &self.address.way {
            Way::Tcp(tcp) => &tcp.base,
            _ => "",
        }
    }

    /// Waits for the turn of a question; the pulse doesn't ask. As with the other turns, who waits says how long.
    pub async fn question(&self) -> Permit {
        turn(self.bounds.as_ref().map(|b| &b.questions)).await
    }

    /// Waits for the turn of a call or a probe.
    pub async fn call(&self) -> Permit {
        turn(self.bounds.as_ref().map(|b| &b.calls)).await
    }

    /// Waits for the turn of a stream.
    pub async fn stream(&self) -> Permit {
        let _one_more = Waiting::new(&self.waiting);
        turn(self.bounds.as_ref().map(|b| &b.streams)).await
    }

    /// How many streams wait for their turn.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Waits until the first answer on a new line may be waited for, and waits for it: only a few do at once.
    pub async fn starting<T>(&self, first: impl Future<Output = T>) -> T {
        let permit = turn(self.bounds.as_ref().map(|b| &b.starting)).await;
        let mut first = std::pin::pin!(first);
        if permit.is_some()
            && let Ok(answer) = timeout(STARTED, &mut first).await
        {
            return answer;
        }
        drop(permit);
        first.await
    }

    /// Opens a line.
    pub async fn open(&self) -> Result<Dialled, Error> {
        match &self.address.way {
            Way::Unix(path) => self.unix(path).await,
            Way::Tcp(tcp) => self.tcp(tcp).await,
            Way::Ssh(to) => {
                let (pipes, session, words) = ssh::open(to, &self.address)?;
                let wire = Box::new(tokio::io::join(pipes.0, pipes.1));
                Ok(Dialled { wire, session: Some(session), words: Some(words) })
            }
        }
    }

    async fn unix(&self, path: &Path) -> Result<Dialled, Error> {
        let socket = timeout(CONNECT, UnixStream::connect(path))
            .await
            .map_err(|_| Error::Deadline { what: self.address.to_string(), secs: CONNECT.as_secs() })?
            .map_err(|e| ConnectError::of_socket(path, &e))?;
        Ok(Dialled::from(Box::new(socket) as Box<dyn Wire>))
    }

    async fn tcp(&self, tcp: &Tcp) -> Result<Dialled, Error> {
        let late = || {
            let todo = "Look whether it is up and a firewall lets its port through";
            unreachable(&self.address, &format!("the host didn't answer within {} s", CONNECT.as_secs()), todo, false)
        };
        let opened = timeout(CONNECT, async {
            let socket = self.reach(tcp).await?;
            let Some(tls) = &self.tls else { return Ok::<_, Error>(Dialled::from(Box::new(socket) as Box<dyn Wire>)) };
            let socket = tls.connect(tls::name(&tcp.host)?, socket).await.map_err(|e| {
                tls::trouble(&e, &self.address).unwrap_or_else(|| {
                    let todo = "Look whether TLS is spoken at that port, and into the engine's log";
                    unreachable(&self.address, &format!("it ended the TLS handshake ({e})"), todo, false)
                })
            })?;
            Ok(Dialled::from(Box::new(socket) as Box<dyn Wire>))
        });
        opened.await.unwrap_or_else(|_| Err(late().into()))
    }

    /// Tries each address of the host, none of them so long that the last isn't tried.
    async fn reach(&self, tcp: &Tcp) -> Result<TcpStream, Error> {
        let failed = |why: String, todo: &str| unreachable(&self.address, &why, todo, false);
        let found = lookup_host((tcp.host.as_str(), tcp.port)).await.map_err(|e| {
            let todo = "Look at its spelling, and at the network";
            failed(format!("unknown host '{}' ({e})", tcp.host), todo)
        })?;
        let addresses: Vec<SocketAddr> = found.take(8).collect();
        let shares = u32::try_from(addresses.len() + 1).unwrap_or(1);
        let each = CONNECT.checked_div(shares).unwrap_or(CONNECT).max(LEAST);
        let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "the host has no address");
        for at in addresses {
            match timeout(each, TcpStream::connect(at)).await {
                Ok(Ok(socket)) => {
                    // Requests are small and waited for.
                    let _best_effort = socket.set_nodelay(true);
                    return Ok(socket);
                }
                Ok(Err(error)) => last = error,
                Err(_late) => last = io::Error::from(io::ErrorKind::TimedOut),
            }
        }
        Err(match last.kind() {
            io::ErrorKind::ConnectionRefused => failed(
                format!("nothing listens at port {} (connection refused)", tcp.port),
                "Look whether the engine listens on tcp there: mostly 2376 with TLS, 2375 without",
            ),
            io::ErrorKind::TimedOut => failed(
                "the host doesn't answer (time-out)".into(),
                "Look whether it is up and a firewall lets its port through",
            ),
            _ => failed(last.to_string(), "Look at the network, or at a VPN"),
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::engine::address::Ssh;

    #[tokio::test]
    async fn what_is_costly_is_bounded_and_who_waits_is_counted() {
        let far = Dialer::new(Way::Ssh(Ssh { host: "far".into(), ..Ssh::default() }).into()).unwrap();
        let mut held = Vec::new();
        for _ in 0..STREAMS {
            held.push(far.stream().await);
        }
        assert!(held.iter().all(Option::is_some));
        let mut next = Box::pin(far.stream());
        assert!((&mut next).now_or_never().is_none(), "one more waits");
        assert_eq!(far.waiting(), 1);
        assert!(far.question().now_or_never().flatten().is_some(), "a question doesn't wait for streams");
        assert!(far.call().now_or_never().flatten().is_some(), "nor does a call");
        held.pop();
        assert!(next.await.is_some());
        assert_eq!(far.waiting(), 0);
        drop(Box::pin(far.stream()));
        assert_eq!(far.waiting(), 0, "nobody who gave up is counted");

        let near = Dialer::new(Way::Unix("/x".into()).into()).unwrap();
        assert!(near.stream().await.is_none() && near.question().await.is_none(), "nobody counts next door");
    }
}
