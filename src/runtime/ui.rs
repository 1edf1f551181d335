//! The loop: signals, input, the frame that is due, control, bulk, time, in this order.
//!
//! Frames stand before bulk, so that a log flood can't starve the screen; every drain is bounded in time.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use color_eyre::eyre::Result;
use crossterm::event::EventStream;
use futures::StreamExt;
use tokio::{sync::mpsc, time::sleep_until};

use super::{
    Setup, clock, input,
    pacer::Pacer,
    read,
    signals::{Asked, Signals},
    terminal::Tty,
    ways::{EngineThread, Order},
};
use crate::{
    app::{Effect, Model, Msg, next_change, update::update, wants::wants},
    stack::Fact,
    view::{Screen, Theme, export, render::drawn, view},
};

/// How long one drain of a channel may take before the loop looks at the others again.
const DRAIN: Duration = Duration::from_millis(3);

/// Everything that the loop owns.
pub struct Ui<'a> {
    model: Model,
    theme: Theme,
    setup: Setup,
    engine: EngineThread,
    tty: &'a mut Tty,
    pacer: Pacer,
    shown: Option<Screen>,
    tick: Option<Instant>,
    reloads: (mpsc::Sender<Msg>, mpsc::Receiver<Msg>),
    /// How effects ended that end at once; taken before anything else.
    said: VecDeque<Msg>,
    frames: u64,
    ended: Option<u8>,
}

impl<'a> Ui<'a> {
    /// Ready to run.
    pub fn new(model: Model, theme: Theme, setup: Setup, engine: EngineThread, tty: &'a mut Tty) -> Self {
        let pacer = Pacer::new(Instant::now());
        Self {
            model,
            theme,
            setup,
            engine,
            tty,
            pacer,
            shown: None,
            tick: None,
            reloads: mpsc::channel(4),
            said: VecDeque::new(),
            frames: 0,
            ended: None,
        }
    }

    /// Runs until the user leaves or a signal ends us; the answer is the exit code.
    pub async fn run(mut self, first: Msg) -> Result<u8> {
        let mut signals = Signals::new()?;
        let mut events = EventStream::new();
        self.take(first).await?;
        self.draw()?;
        while self.ended.is_none() {
            let frame = self.pacer.due();
            tokio::select! {
                biased;
                asked = signals.next() => self.signal(asked)?,
                event = events.next() => match event {
                    Some(Ok(event)) => {
                        if let Some(input) = input::translate(event) {
                            self.take(Msg::Input(input)).await?;
                            self.pacer.key(Instant::now());
                        }
                    }
                    // The terminal is gone.
                    Some(Err(_)) | None => self.ended = Some(129),
                },
                () = wait(frame) => self.draw()?,
                Some(msg) = self.engine.results.recv() => self.take(msg).await?,
                Some(msg) = self.reloads.1.recv() => self.take(msg).await?,
                Some(facts) = self.engine.facts.recv() => {
                    let facts = drain(facts, &mut self.engine.facts);
                    self.take(Msg::Facts(facts)).await?;
                }
                Some(facts) = self.engine.bulk.recv() => {
                    let facts = drain(facts, &mut self.engine.bulk);
                    self.take(Msg::Facts(facts)).await?;
                }
                () = wait(self.tick) => self.take(Msg::Tick).await?,
            }
        }
        Ok(self.ended.unwrap_or(0))
    }

    /// Gives a message to the model, performs what it asks for, and plans the next frame.
    async fn take(&mut self, msg: Msg) -> Result<()> {
        let figures = msg.is_figures();
        let mut next = Some(msg);
        while let Some(msg) = next {
            for effect in update(&mut self.model, msg, clock::now()) {
                self.perform(effect).await?;
            }
            next = self.said.pop_front();
        }
        if figures {
            self.pacer.figures(Instant::now());
            return Ok(());
        }
        self.engine.want(wants(&self.model));
        self.pacer.data(Instant::now());
        self.tick = next_change(&self.model).map(|d| Instant::now() + d);
        Ok(())
    }

    fn draw(&mut self) -> Result<()> {
        let screen = view(&self.model);
        if self.shown.as_ref() != Some(&screen) {
            // A write fails only when the terminal is gone.
            if self.tty.draw(&screen, &self.theme).is_err() {
                self.ended = Some(129);
            }
            self.shown = Some(screen);
            self.frames += 1;
            panic_for_tests(self.frames);
        }
        self.pacer.drawn(Instant::now());
        Ok(())
    }

    fn signal(&mut self, asked: Asked) -> Result<()> {
        match asked {
            Asked::End(number) => self.ended = Some(128 + number),
            Asked::Stop => self.suspend()?,
            Asked::Continued => self.enter_again()?,
        }
        Ok(())
    }

    /// Gives the terminal back and stops the whole process group, as the terminal itself does for Ctrl-Z; goes
    /// on where the shell continues it.
    fn suspend(&mut self) -> Result<()> {
        self.tty.leave();
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        self.enter_again()
    }

    fn enter_again(&mut self) -> Result<()> {
        self.tty.enter()?;
        self.shown = None;
        let size = self.tty.size();
        update(&mut self.model, Msg::Input(crate::app::Input::Resize(size)), clock::now());
        self.pacer.key(Instant::now());
        Ok(())
    }

    async fn perform(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Quit => self.ended = Some(0),
            Effect::Suspend => self.suspend()?,
            Effect::Redraw => {
                self.tty.redraw()?;
                self.shown = None;
            }
            Effect::Reload => self.reload(),
            Effect::Copy(text) => {
                let mut bytes = Vec::new();
                crossterm::queue!(bytes, crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))?;
                self.tty.send(&bytes)?;
            }
            Effect::Bell => self.tty.send(b"\x07")?,
            Effect::Save => self.save(),
            Effect::Theme(name) => match Theme::named(&name) {
                Ok(theme) => {
                    self.theme = theme.adapted(self.setup.colors);
                    self.shown = None;
                }
                Err(error) => self.said.push_back(Msg::Failed(error.to_string())),
            },
            // `update` refuses already; a job that was begun before the switch is refused here.
            Effect::Call(job, call) if self.model.settings.read_only => {
                self.said.push_back(Msg::Called { job, call, result: Err("stackview is read-only".into()) });
            }
            Effect::Call(job, call) => self.engine.order(Order::Call(job, call)).await,
            Effect::Resync => self.engine.order(Order::Resync).await,
        }
        Ok(())
    }

    /// Reads the files again, beside the loop: a slow disk must not freeze the keys.
    fn reload(&mut self) {
        let (options, named) = (self.setup.compose.clone(), self.setup.named.is_some());
        let reloads = self.reloads.0.clone();
        std::thread::spawn(move || reloads.blocking_send(read(&options, named)));
    }

    /// Writes the present screen as an SVG picture into the folder that we were started in.
    fn save(&mut self) {
        let screen = view(&self.model);
        let name = format!("stackview-{}-{}.svg", self.model.stack.project, clock::now().local("%Y%m%d-%H%M%S"));
        let path = self.setup.compose.cwd.join(name);
        let said = match std::fs::write(
            &path,
            export::svg(&drawn(&screen, &self.theme), &self.theme, &self.model.stack.project),
        ) {
            Ok(()) => Msg::Saved(path.display().to_string()),
            Err(error) => Msg::Failed(format!("{} could not be written: {error}", path.display())),
        };
        self.said.push_back(said);
    }
}

/// What waits in a channel, as one batch; so much as comes within the bound.
fn drain(mut facts: Vec<Fact>, from: &mut mpsc::Receiver<Vec<Fact>>) -> Vec<Fact> {
    let end = Instant::now() + DRAIN;
    while Instant::now() < end
        && let Ok(more) = from.try_recv()
    {
        facts.extend(more);
    }
    facts
}

/// Sleeps until the moment, or for ever. What is due comes at once: a timer would round it up to its next
/// millisecond.
async fn wait(until: Option<Instant>) {
    match until {
        Some(at) if at <= Instant::now() => {}
        Some(at) => sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Debug builds panic after so many frames as `STACKVIEW_PANIC_AFTER_FRAMES` says: the tests of the terminal's
/// restoration need a panic, and there is no other way to one.
fn panic_for_tests(frames: u64) {
    #[cfg(debug_assertions)]
    {
        let wanted = std::env::var("STACKVIEW_PANIC_AFTER_FRAMES").ok().and_then(|n| n.parse::<u64>().ok());
        assert!(wanted.is_none_or(|n| frames < n), "asked to panic after {frames} frames");
    }
    #[cfg(not(debug_assertions))]
    let _ = frames;
}
