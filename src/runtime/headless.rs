//! The dashboard without a terminal: the same model, view and streams on an engine, driven by hand. For tests and
//! for the pictures in the documents, which come from the simulated engine and must repeat exactly.

use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use ratatui::{buffer::Buffer, layout::Size};
use tokio::{runtime::Runtime, time::timeout};

use super::{
    Setup,
    channels::{EngineThread, Order},
    engine_thread,
};
use crate::{
    app::{Effect, Input, Key, Model, Msg, picture::picture, update::update, wants::wants},
    base::{
        id::ProjectName,
        time::{OtherClock, Stamp},
    },
    stack::{Fact, Link},
    view::{Theme, export, render::drawn},
};

/// How long the engine is listened to before the screen is looked at again.
const LISTEN: Duration = Duration::from_millis(5);

/// A dashboard that nobody sees.
pub struct Headless {
    model: Model,
    theme: Theme,
    engine: EngineThread,
    runtime: Runtime,
    clock: Box<dyn Fn() -> Stamp>,
}

impl Headless {
    /// Opens the dashboard. `clock` tells the engine's time, which is taken for ours as well: then nothing on the
    /// screen depends on how long an answer took.
    ///
    /// # Errors
    /// When the theme or a thread can't be had.
    pub fn open(setup: &Setup, size: Size, clock: impl Fn() -> Stamp + 'static) -> Result<Self> {
        let theme = Theme::named(&setup.settings.theme)?.adapted(setup.colors);
        let engine = engine_thread::spawn(setup.connector.clone(), setup.compose.clone())?;
        let name = setup.named.clone().unwrap_or_else(|| ProjectName::from(""));
        let model = Model::new(setup.settings.clone(), name, None, size, clock());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut this = Self { model, theme, engine, runtime, clock: Box::new(clock) };
        this.take(setup.read().msg);
        Ok(this)
    }

    /// Presses a key.
    pub fn press(&mut self, key: Key) {
        self.take(Msg::Input(Input::Key(key)));
    }

    /// The screen as it is drawn now.
    pub fn screen(&self) -> Buffer {
        drawn(&picture(&self.model), &self.theme)
    }

    /// The screen as a picture, as `Ctrl-s` saves it.
    pub fn picture(&self) -> String {
        export::svg(&self.screen(), &self.theme, &self.model.stack().project)
    }

    /// Listens to the engine until the dashboard is as wanted.
    ///
    /// # Errors
    /// The last screen, where it doesn't get so in time.
    pub fn until(&mut self, patience: Duration, wanted: impl Fn(&Self) -> bool) -> Result<(), String> {
        let end = Instant::now() + patience;
        while !wanted(self) {
            if Instant::now() >= end {
                return Err(export::text(&self.screen()));
            }
            self.listen();
        }
        Ok(())
    }

    /// Listens until nothing was said for so long.
    pub fn settle(&mut self, quiet: Duration) {
        let mut heard = Instant::now();
        while heard.elapsed() < quiet {
            if self.listen() {
                heard = Instant::now();
            }
        }
    }

    /// Whether an engine answers and told of its containers.
    pub fn is_live(&self) -> bool {
        self.model.stack().listed && self.model.stack().link == Link::Live
    }

    /// Takes what the engine says within a moment, and lets time go on. Whether it said something.
    fn listen(&mut self) -> bool {
        let engine = &mut self.engine;
        let next = async {
            tokio::select! {
                Some(msg) = engine.results.recv() => Some(msg),
                Some(facts) = engine.facts.recv() => Some(Msg::Facts(facts)),
                Some(facts) = engine.bulk.recv() => Some(Msg::Facts(facts)),
                else => None,
            }
        };
        // A time-out belongs to a runtime from its making on.
        let heard = self.runtime.block_on(async { timeout(LISTEN, next).await });
        let heard = heard.ok().flatten();
        let said = heard.is_some();
        self.take(heard.unwrap_or(Msg::Tick));
        said
    }

    fn take(&mut self, msg: Msg) {
        let mut msg = msg;
        if let Msg::Facts(facts) = &mut msg {
            facts.iter_mut().for_each(same_clock);
        }
        for effect in update(&mut self.model, msg, (self.clock)()) {
            match effect {
                Effect::Call(job, call) => self.runtime.block_on(self.engine.order(Order::Call(job, call))),
                Effect::Cancel(job) => self.runtime.block_on(self.engine.order(Order::Cancel(job))),
                Effect::Resync => self.runtime.block_on(self.engine.order(Order::Resync)),
                // There is no terminal, no clipboard and no folder to change.
                _ => {}
            }
        }
        self.engine.want(wants(&self.model));
    }
}

fn same_clock(fact: &mut Fact) {
    if let Fact::Engine(engine) = fact {
        engine.clock = OtherClock::ahead(0);
    }
}
