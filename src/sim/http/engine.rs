//! The engine behind the socket: the world, its clock, and who must look again when it moved.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    clock::Clock,
    mischief::{AWAY, Mischief},
    options::Options,
};
use crate::{
    base::time::Stamp,
    sim::{
        api::{Face, Release, Version},
        scenario::Scenario,
        world::{Action, ApiError, Done, Ticket, World},
    },
};

/// The world moves at most once in this time, however much happens in it: its stamps are exact all the same.
const STEP: Duration = Duration::from_millis(10);
/// The longest that a driver sleeps; a client that looks later sees what is due anyway.
const NAP: Duration = Duration::from_secs(1);

/// What the tasks of one engine share.
#[derive(Debug)]
pub(super) struct Engine {
    world: Mutex<World>,
    clock: Clock,
    release: Release,
    /// Counts the world's moves.
    moves: watch::Sender<u64>,
    /// Somebody changed what is due.
    changed: Notify,
    mischief: watch::Sender<Mischief>,
    /// Whether it has vanished.
    away: watch::Sender<bool>,
    connections: AtomicUsize,
    streams: AtomicUsize,
}

/// Counts something while it is there.
pub(super) struct Count<'a>(&'a AtomicUsize);

impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Engine {
    pub fn new(scenario: Arc<Scenario>, options: &Options) -> Self {
        let clock = Clock::new(options);
        // As the engine that it seems to be from the beginning: its world goes on when the face changes.
        let release = options.mischief.release.unwrap_or(options.release);
        let world = World::like(scenario, options.seed, clock.now(), release.generation());
        Self {
            world: Mutex::new(world),
            clock,
            release: options.release,
            moves: watch::Sender::new(0),
            changed: Notify::new(),
            mischief: watch::Sender::new(options.mischief),
            away: watch::Sender::new(false),
            connections: AtomicUsize::new(0),
            streams: AtomicUsize::new(0),
        }
    }

    /// Looks into the world as it is now, or changes it. Never held over an await.
    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.advance(self.clock.now());
        look(&mut world)
    }

    /// Changes the world, and lets everybody look again.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let answer = self.with(change);
        self.moved();
        self.changed.notify_one();
        answer
    }

    fn moved(&self) {
        self.moves.send_modify(|n| *n += 1);
    }

    /// Wakes whenever the world moved.
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moves.subscribe()
    }

    /// How it presents itself to a client that asks for a version.
    pub fn face(&self, asked: Option<Version>) -> Face {
        let mischief = *self.mischief.borrow();
        let release = mischief.release.unwrap_or(self.release);
        Face { release, asked: asked.unwrap_or(release.version), skew: mischief.skew, strange: mischief.strange }
    }

    pub fn mischief(&self) -> watch::Receiver<Mischief> {
        self.mischief.subscribe()
    }

    pub fn misbehave(&self, mischief: Mischief) {
        self.mischief.send_replace(mischief);
    }

    pub fn away(&self) -> watch::Receiver<bool> {
        self.away.subscribe()
    }

    /// Whether connections are taken.
    pub fn reachable(&self) -> bool {
        !self.mischief.borrow().refuse && !*self.away.borrow()
    }

    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.change(|_| ());
    }

    /// Whether its clock goes by itself.
    pub fn runs(&self) -> bool {
        matches!(self.clock, Clock::Running { .. })
    }

    pub fn connection(&self) -> Count<'_> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Count(&self.connections)
    }

    pub fn stream(&self) -> Count<'_> {
        self.streams.fetch_add(1, Ordering::Relaxed);
        Count(&self.streams)
    }

    pub fn open(&self) -> (usize, usize) {
        (self.connections.load(Ordering::Relaxed), self.streams.load(Ordering::Relaxed))
    }

    /// Waits until the engine's clock shows a moment.
    pub async fn until(&self, at: Stamp) {
        let mut moves = self.moves();
        loop {
            match self.clock.until(at) {
                Some(Duration::ZERO) => return,
                Some(wait) => sleep(wait).await,
                // A clock that is moved by hand says so by a move.
                None if self.clock.now() >= at => return,
                None => {
                    if moves.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Does something to a container and waits for the end of it. A client that goes away is forgotten.
    pub async fn settle(&self, container: &str, action: Action) -> Result<Done, ApiError> {
        let mut moves = self.moves();
        let ticket = self.change(|world| world.begin(container, action))?;
        let pending = Pending { engine: self, ticket };
        loop {
            moves.borrow_and_update();
            if let Some(outcome) = self.with(|world| world.outcome(pending.ticket)) {
                return outcome;
            }
            if moves.changed().await.is_err() {
                return Err(ApiError::new(500, "the simulated engine is shutting down"));
            }
        }
    }

    /// Lets the world move as its clock does, and lets it vanish where it is told to.
    pub async fn drive(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut mischief = self.mischief();
        let mut vanishes = mischief.borrow_and_update().vanish.map(|after| Instant::now() + after);
        loop {
            let due = self.with(|world| world.next_due());
            let wait = due.and_then(|due| self.clock.until(due)).unwrap_or(NAP).clamp(STEP, NAP);
            let vanish = vanishes;
            tokio::select! {
                () = reached(&mut stop, |stop| *stop) => return,
                _ = timeout(wait, self.changed.notified()) => {}
                Ok(()) = mischief.changed() => {
                    vanishes = mischief.borrow_and_update().vanish.map(|after| Instant::now() + after);
                }
                () = sleep_until(vanish.unwrap_or_else(Instant::now)), if vanish.is_some() => {
                    vanishes = None;
                    self.vanish().await;
                }
            }
            self.with(|_| ());
            self.moved();
        }
    }

    /// Goes away for a while and comes back as another.
    async fn vanish(&self) {
        self.away.send_replace(true);
        sleep(AWAY).await;
        self.change(|world| *world = world.reborn());
        self.away.send_replace(false);
    }
}

/// A request under way; forgotten when its client is gone.
struct Pending<'a> {
    engine: &'a Engine,
    ticket: Ticket,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.engine.with(|world| world.forget(self.ticket));
    }
}

/// Waits until a watched value is as wanted, or can no longer be set; holds no lock on it afterwards.
pub(super) async fn reached<T>(watched: &mut watch::Receiver<T>, wanted: impl FnMut(&T) -> bool) {
    let _either = watched.wait_for(wanted).await.is_ok();
}
