//! One connection for everybody who needs the engine, made again after it was lost.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, broadcast},
    time::Instant,
};

use super::{ConnectError, Engine, Error, Target, now};
use crate::{
    base::{backoff, id::ContainerId, time::Stamp},
    stack::{Fact, Link},
};

/// The first pause after a loss.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause: a refused attempt costs microseconds, and a second keeps the promise that the screen is
/// true within two of the engine's return.
const LONGEST: Duration = Duration::from_secs(1);
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

/// What the last attempt to connect came to.
#[derive(Debug, Default)]
struct Held {
    engine: Option<Engine>,
    failed: Option<(Instant, ConnectError)>,
}

/// Connects when somebody needs it; clones share the connection.
#[derive(Debug, Clone)]
pub struct Connector(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    target: Target,
    env: BTreeMap<String, String>,
    read_only: bool,
    pulse: Pulse,
    held: Mutex<Held>,
    starts: broadcast::Sender<ContainerId>,
}

impl Connector {
    /// Doesn't connect yet. The address is looked up again at every attempt, so that a socket may appear late.
    pub fn new(target: Target, env: BTreeMap<String, String>, read_only: bool) -> Self {
        Self::with_pulse(target, env, read_only, Pulse::default())
    }

    /// With a pulse of its own.
    pub(super) fn with_pulse(target: Target, env: BTreeMap<String, String>, read_only: bool, pulse: Pulse) -> Self {
        let starts = broadcast::Sender::new(64);
        Self(Arc::new(Inner { target, env, read_only, pulse, held: Mutex::default(), starts }))
    }

    /// How often the engine is asked whether it lives.
    pub(super) fn pulse(&self) -> Pulse {
        self.0.pulse
    }

    /// The engine: connected, as far as anybody knows. Those who wait for an attempt share its failure: with an
    /// engine that hangs they would else wait for each other's, one deadline after the other.
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
            Engine::connect(address, self.0.read_only).await
        };
        let connected = connected.await;
        match &connected {
            Ok(engine) => held.engine = Some(engine.clone()),
            Err(error) => held.failed = Some((Instant::now(), error.clone())),
        }
        connected
    }

    /// The connection was found broken: the next who needs it connects anew.
    pub(super) async fn forget(&self) {
        self.0.held.lock().await.engine = None;
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

    /// One more failure: what to say, and how long to wait before the next attempt.
    pub fn one_more(&mut self, error: &Error) -> (Fact, Duration) {
        let at = now();
        let pause = backoff::pause(self.attempts, FIRST, LONGEST);
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
