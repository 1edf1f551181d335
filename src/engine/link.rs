//! What those who work over a connection to the engine and who keeps it know of each other.
//!
//! `keep` is the only one who tries again, so that attempts are counted and paced once, however many streams miss the
//! engine. All others work under the link: they are given one connection after the other, and stop when it is given
//! up. They say when it does its work, and when it turns out to be of no use.

use tokio::sync::watch;

use super::{Engine, Error};

/// The link of one host.
#[derive(Debug)]
pub(super) struct Shared(watch::Sender<State>);

/// How it is.
#[derive(Debug, Default)]
struct State {
    /// The connection; none while there is no engine.
    engine: Option<Engine>,
    /// It does its work: an answer came that somebody waited for.
    works: bool,
    /// Why it is of no use. Whoever finds out first says so.
    broke: Option<Error>,
}

impl State {
    /// The connection, as long as it isn't known to be of no use.
    fn usable(&self) -> Option<&Engine> {
        self.engine.as_ref().filter(|_| self.broke.is_none())
    }

    fn is_usable(&self, engine: &Engine) -> bool {
        self.usable().is_some_and(|usable| usable.is_same(engine))
    }
}

/// A connection that others may use until this is dropped.
pub(super) struct Offered<'a>(&'a Shared);

impl Drop for Offered<'_> {
    fn drop(&mut self) {
        self.0.0.send_replace(State::default());
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self(watch::Sender::new(State::default()))
    }
}

impl Shared {
    /// Lets others use a connection.
    pub fn offer(&self, engine: Engine) -> Offered<'_> {
        self.0.send_replace(State { engine: Some(engine), ..State::default() });
        Offered(self)
    }

    /// The connection, as soon as there is one.
    pub async fn connection(&self) -> Engine {
        self.until(|state| state.usable().cloned()).await
    }

    /// Until a connection isn't to be used any more.
    pub async fn gone(&self, engine: &Engine) {
        self.until(|state| (!state.is_usable(engine)).then_some(())).await;
    }

    /// Until the connection does its work.
    pub async fn working(&self) {
        self.until(|state| state.works.then_some(())).await;
    }

    /// Until the connection is of no use, and why it is.
    pub async fn broken(&self) -> Error {
        self.until(|state| state.broke.clone()).await
    }

    /// A connection does its work.
    pub fn works(&self, engine: &Engine) {
        self.0.send_if_modified(|state| state.is_usable(engine) && !std::mem::replace(&mut state.works, true));
    }

    /// A connection is of no use, and why. What is said of one that was given up already is no news.
    pub fn broke(&self, engine: &Engine, error: Error) {
        self.0.send_if_modified(|state| {
            let news = state.is_usable(engine);
            if news {
                state.broke = Some(error);
            }
            news
        });
    }

    async fn until<T>(&self, said: impl Fn(&State) -> Option<T>) -> T {
        let mut states = self.0.subscribe();
        loop {
            let now = said(&states.borrow_and_update());
            if let Some(said) = now {
                return said;
            }
            // The sender is ours, and so outlives this.
            let _changed = states.changed().await;
        }
    }
}
