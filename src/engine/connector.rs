//! One connection for everybody who needs the engine, made again after it was lost.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, broadcast},
    time::Instant,
};

use super::{ConnectError, Engine, EngineAddress, EngineTarget, Error, Outlet, Way, link::Shared};
use crate::{
    base::{
        backoff,
        id::ContainerId,
        time::{Clock, Stamp, half_more},
    },
    host::{ContextEntry, Fact, Link},
};

/// The first and the longest pause after a loss. A refused attempt at a socket costs microseconds, and a second
/// keeps the promise that the screen is true within two of the engine's return.
const LOCAL: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));
/// The same over tcp: others pay, too.
const TCP: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));
/// The same through ssh, where an attempt is a log-in.
const SSH: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));
/// The pause where trying again can't help before somebody does something. A log-in that is refused often gets its
/// host banned.
const HOPELESS: Duration = Duration::from_secs(30);

/// How it is found out that an engine hangs: it keeps its streams open and says nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    /// How often it is asked whether it lives.
    pub every: Duration,
    /// How long it may take to say so.
    pub within: Duration,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { every: Duration::from_secs(2), within: Duration::from_secs(4) }
    }
}

impl Pulse {
    /// A lossy link repeats itself, and takes its time: it is given more than an engine next door.
    fn far(self) -> Self {
        Self { within: self.within.saturating_add(half_more(self.within)), ..self }
    }
}

/// What the last attempt to connect came to.
#[derive(Debug, Default)]
struct Held {
    engine: Option<Engine>,
    failed: Option<(Instant, ConnectError)>,
    /// Where it was looked for last.
    address: Option<EngineAddress>,
}

/// Connects when somebody needs it; clones share the connection.
#[derive(Debug, Clone)]
pub struct Connector(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    target: EngineTarget,
    env: BTreeMap<String, String>,
    read_only: bool,
    clock: Clock,
    pulse: Pulse,
    held: Mutex<Held>,
    link: Shared,
    starts: broadcast::Sender<ContainerId>,
}

impl Connector {
    /// Doesn't connect yet. The address is looked up again at every attempt, so that a socket may appear late.
    /// Moments of ours are told by `clock`.
    pub fn new(target: EngineTarget, env: BTreeMap<String, String>, read_only: bool, clock: Clock) -> Self {
        Self::with_pulse(target, env, read_only, clock, Pulse::default())
    }

    /// With a pulse of its own.
    pub(super) fn with_pulse(
        target: EngineTarget,
        env: BTreeMap<String, String>,
        read_only: bool,
        clock: Clock,
        pulse: Pulse,
    ) -> Self {
        let starts = broadcast::Sender::new(64);
        Self(Arc::new(Inner {
            target,
            env,
            read_only,
            clock,
            pulse,
            held: Mutex::default(),
            link: Shared::default(),
            starts,
        }))
    }

    /// The same for another target: with nothing connected yet.
    pub fn toward(&self, target: EngineTarget) -> Self {
        Self::with_pulse(target, self.0.env.clone(), self.0.read_only, self.0.clock.clone(), self.0.pulse)
    }

    /// Whether nothing may be changed.
    pub fn is_read_only(&self) -> bool {
        self.0.read_only
    }

    /// Our clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The engine that was asked for.
    pub fn target(&self) -> &EngineTarget {
        &self.0.target
    }

    /// Every docker context, the one in use marked. Reads docker's own files.
    pub fn contexts(&self) -> Vec<ContextEntry> {
        Engine::contexts(&self.0.target, &self.0.env)
    }

    /// How often the engine is asked whether it lives.
    pub(super) fn pulse(&self, engine: &Engine) -> Pulse {
        if engine.is_far() { self.0.pulse.far() } else { self.0.pulse }
    }

    /// What is known of the link, and said of it.
    pub(super) fn link(&self) -> &Shared {
        &self.0.link
    }

    /// The link's connection, as soon as there is one: for what goes on as long as it is wanted. Whoever keeps the link
    /// makes it.
    pub async fn connection(&self) -> Engine {
        self.0.link.connection().await
    }

    /// The same, for who tells of what comes over it; `None` where nobody listens any more.
    pub(super) async fn connection_for(&self, out: &Outlet) -> Option<Engine> {
        tokio::select! {
            biased;
            () = out.closed() => None,
            engine = self.connection() => Some(engine),
        }
    }

    /// Works with the link's connection until that is given up (`None`).
    pub(super) async fn under<T>(&self, engine: &Engine, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.0.link.gone(engine) => None,
            done = work => Some(done),
        }
    }

    /// The same, for work by which the link is judged: what fails it makes the connection be given up for all.
    /// Whether the work is over; else it is to be done again.
    pub(super) async fn work(&self, engine: &Engine, work: impl Future<Output = Result<(), Error>>) -> bool {
        match self.under(engine, work).await {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                self.0.link.broke(engine, error);
                false
            }
            None => false,
        }
    }

    /// One more failure: what to say, and how long to wait before the next attempt. The connection is given up:
    /// the next who needs it connects again.
    pub(super) async fn lost(&self, losses: &mut Losses, error: &Error) -> (Fact, Duration) {
        let mut held = self.0.held.lock().await;
        held.engine = None;
        let (first, longest) = match held.address.as_ref().map(|address| &address.way) {
            Some(Way::Ssh(_)) => SSH,
            Some(Way::Tcp(_)) => TCP,
            Some(Way::Unix(_)) | None => LOCAL,
        };
        let hopeless = matches!(error, Error::Connect(error) if error.is_hopeless());
        losses.one_more(error, self.0.clock.now(), if hopeless { (HOPELESS, HOPELESS) } else { (first, longest) })
    }

    /// The engine, for what is asked once: connected, as far as anybody knows, and at once if need be. Those who wait
    /// for an attempt share its failure: with an engine that hangs they would else wait for each other's, one deadline
    /// after the other.
    ///
    /// # Errors
    /// When there is none.
    pub async fn engine(&self) -> Result<Engine, ConnectError> {
        let asked = Instant::now();
        let mut held = self.0.held.lock().await;
        if let Some(engine) = &held.engine {
            return Ok(engine.clone());
        }
        if let Some((at, error)) = &held.failed
            && *at > asked
        {
            return Err(error.clone());
        }
        let connected = async {
            let address = Engine::locate(&self.0.target, &self.0.env)?;
            held.address = Some(address.clone());
            // The pace is that of the host that was named, not of a context that was gone to since.
            let pace = self.0.target.pace.filter(|_| address.context.is_none());
            let engine = Engine::connect(address, self.0.read_only, self.0.clock.clone()).await?;
            Ok::<_, ConnectError>(match pace {
                Some(pace) => engine.simulated(pace),
                None => engine,
            })
        };
        let connected = connected.await;
        match &connected {
            Ok(engine) => held.engine = Some(engine.clone()),
            Err(error) => held.failed = Some((Instant::now(), error.clone())),
        }
        connected
    }

    /// A container was started: its log goes on.
    pub(super) fn started(&self, id: &ContainerId) {
        // Nobody may be listening.
        let _listeners = self.0.starts.send(id.clone());
    }

    /// Starts from now on.
    pub(super) fn starts(&self) -> broadcast::Receiver<ContainerId> {
        self.0.starts.subscribe()
    }
}

/// Counts the attempts since the engine was lost.
#[derive(Debug, Default)]
pub(super) struct Losses {
    since: Option<Stamp>,
    attempts: u32,
}

impl Losses {
    /// The engine answers.
    pub fn over(&mut self) {
        *self = Self::default();
    }

    fn one_more(&mut self, error: &Error, at: Stamp, (first, longest): (Duration, Duration)) -> (Fact, Duration) {
        let pause = backoff::pause(self.attempts, first, longest);
        self.attempts = self.attempts.saturating_add(1);
        let lost = Link::Lost {
            since: *self.since.get_or_insert(at),
            attempts: self.attempts,
            next: at + pause,
            kind: error.kind(),
            error: error.to_string(),
        };
        (Fact::Link(lost), pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{error::unreachable, testing::clock};

    /// The pauses after six losses in a row, in milliseconds.
    async fn pauses(host: &str, error: impl Fn() -> Error) -> Vec<u128> {
        let target = EngineTarget { host: Some(host.into()), ..EngineTarget::default() };
        let connector = Connector::new(target, BTreeMap::new(), true, clock());
        assert!(connector.engine().await.is_err(), "nobody is there");
        let mut losses = Losses::default();
        let mut pauses = Vec::new();
        for _ in 0..6 {
            pauses.push(connector.lost(&mut losses, &error()).await.1.as_millis());
        }
        pauses
    }

    /// That an engine next door is shown as it is within two seconds of its return: it is never waited longer than
    /// one, however it was lost and for however long, and the rest is an attempt and a list.
    #[tokio::test]
    async fn an_engine_next_door_is_missed_for_less_than_two_seconds() {
        let what = || "the list of containers".to_owned();
        let connector = Connector::new(
            EngineTarget { host: Some("unix:///nowhere/x.sock".into()), ..EngineTarget::default() },
            BTreeMap::new(),
            true,
            clock(),
        );
        let absent = connector.engine().await.unwrap_err();
        for error in [
            absent.into(),
            Error::Broken { what: what(), cause: "cut".into() },
            Error::Deadline { what: what(), secs: 10 },
            Error::Unreadable { what: what(), cause: "garbage".into() },
            Error::Engine { status: 500, message: "out of order".into() },
            ConnectError::Unusable("answers with an error".into()).into(),
            ConnectError::Permission { place: "/x".into() }.into(),
        ] {
            let mut losses = Losses::default();
            for _ in 0..100 {
                let pause = connector.lost(&mut losses, &error).await.1;
                assert!(pause <= Duration::from_secs(1), "{pause:?} after {error}");
            }
        }
    }

    #[tokio::test]
    async fn the_farther_the_engine_the_gentler_it_is_tried_again() {
        let broken = || Error::Broken { what: "x".into(), cause: "cut".into() };
        assert_eq!(pauses("unix:///nowhere/x.sock", broken).await, [100, 200, 400, 800, 1000, 1000]);
        assert_eq!(pauses("tcp://127.0.0.1:1", broken).await, [200, 400, 800, 1600, 2000, 2000]);
        let hopeless = || {
            let address = EngineAddress::from(Way::Unix("/x".into()));
            Error::from(unreachable(&address, "it may not log in", "Load a key", true))
        };
        assert_eq!(pauses("tcp://127.0.0.1:1", hopeless).await, [30_000; 6], "a refused log-in isn't hammered");
    }
}
