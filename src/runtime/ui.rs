//! The loop: signals, input, the frame that is due, control, bulk, time, in this order.
//!
//! Frames stand before bulk, so that a log flood can't starve the screen; every drain is bounded in time.

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use color_eyre::eyre::Result;
use futures::StreamExt;
use tokio::{
    sync::mpsc,
    time::{sleep, sleep_until},
};

use super::{
    beside,
    channels::{Batch, Order},
    engines::Engines,
    memory,
    pacer::Pacer,
    readings::Sources,
    save, secrets,
    setup::{Reading, Setup},
    signals::Request,
    terminal::{Terminal, TerminalStreams},
};
use crate::{
    app::{
        Effect, Input, Msg, Store,
        config::Notify,
        is_unseen,
        leaving::{report, under_way},
        next_change,
        picture::picture,
        wants::wants,
    },
    base::{id::HostId, text::clean, time::Clock},
    engine::EngineTarget,
    view::{Screen, Theme, export, render::drawn},
    work::{self, Run, Task},
};

/// How long one drain of a channel may take before the loop looks at the others again.
const DRAIN: Duration = Duration::from_millis(3);
/// How long what is under way may take to end when we leave. `docker compose` is given two seconds of them before it is
/// ended by force.
const LEAVING: Duration = Duration::from_secs(4);

/// How the dashboard was left.
#[derive(Debug, PartialEq, Eq)]
pub struct Left {
    /// The exit code: 0, or 128 and the number of the signal that ended it.
    pub code: u8,
    /// What was and wasn't done of what was under way, a line each.
    pub words: Vec<String>,
}

/// Everything that the loop owns.
pub struct Ui<'a> {
    model: Store,
    theme: Theme,
    setup: Setup,
    engines: Engines,
    terminal: &'a mut dyn Terminal,
    clock: Clock,
    pacer: Pacer,
    shown: Option<Screen>,
    tick: Option<Instant>,
    sources: Sources,
    /// A request to read the files once more, and the reading that answers it.
    reread: Option<(u32, u64)>,
    /// A picture is on its way to the terminal in which something is open that was in none before.
    first_sight: bool,
    /// How effects ended that are performed beside the loop: a slow disk must not freeze the keys.
    beside: (mpsc::Sender<Msg>, mpsc::Receiver<Msg>),
    /// Held as long as a picture is being written: one at a time, however slow the disk.
    saving: Weak<()>,
    /// How effects ended that end at once; taken before anything else.
    said: VecDeque<Msg>,
    /// How many secrets of the model are known to the rest of the process.
    learnt: (usize, usize),
    frames: u64,
    /// Nothing comes from the terminal any more, and nothing goes there.
    gone: bool,
    /// The exit code: 0 where nothing but the user ends us.
    code: u8,
    ended: bool,
}

impl<'a> Ui<'a> {
    /// Ready to run.
    pub fn new(
        model: Store,
        theme: Theme,
        setup: Setup,
        engines: Engines,
        mut sources: Sources,
        terminal: &'a mut dyn Terminal,
    ) -> Self {
        let pacer = Pacer::new(Instant::now());
        let why = sources.unwatched.take();
        Self {
            model,
            theme,
            clock: setup.connector.clock().clone(),
            setup,
            engines,
            terminal,
            pacer,
            shown: None,
            tick: None,
            sources,
            reread: None,
            first_sight: false,
            beside: mpsc::channel(8),
            saving: Weak::new(),
            said: why.map(Msg::Failed).into_iter().collect(),
            learnt: (0, 0),
            frames: 0,
            gone: false,
            code: 0,
            ended: false,
        }
    }

    /// Tells this with the first picture.
    pub fn say(&mut self, words: String) {
        self.said.push_back(Msg::Failed(words));
    }

    /// Runs until the user leaves or a signal ends us.
    pub async fn run(mut self, first: Option<(Reading, bool)>) -> Result<Left> {
        let TerminalStreams { mut inputs, mut signals } = self.terminal.heard()?;
        match first {
            Some((reading, again)) => self.was_read(reading, again).await?,
            None => self.take(Msg::Tick).await?,
        }
        self.draw().await?;
        while !self.ended {
            let frame = due(self.pacer.due(), self.terminal.ready());
            let late = self.sources.readings.tell_at();
            let written = self.terminal.ready();
            tokio::select! {
                biased;
                Some(asked) = signals.next() => self.signal(asked).await?,
                input = inputs.next(), if !self.gone => match input {
                    Some(Ok(input)) => {
                        self.take(Msg::Input(input)).await?;
                        self.pacer.key(Instant::now());
                    }
                    Some(Err(_)) | None => self.lose_terminal().await?,
                },
                // Not before: what is typed ahead of the picture is no answer to it.
                () = written, if self.first_sight => {
                    self.first_sight = false;
                    self.take(Msg::Seen).await?;
                }
                () = frame, if !self.gone => self.draw().await?,
                Some(msg) = self.engines.inbox.results.recv() => self.take(msg).await?,
                (reading, again) = self.sources.readings.next() => self.was_read(reading, again).await?,
                () = wait(late) => self.tell_late().await?,
                Some(msg) = self.beside.1.recv() => self.take(msg).await?,
                () = self.sources.watch.saved() => self.reload(false),
                Some(first) = self.engines.inbox.facts.recv() => {
                    for (host, facts) in drain(first, &mut self.engines.inbox.facts) {
                        self.take(Msg::Facts(host, facts)).await?;
                    }
                }
                Some(first) = self.engines.inbox.bulk.recv() => {
                    for (host, facts) in drain(first, &mut self.engines.inbox.bulk) {
                        self.take(Msg::Facts(host, facts)).await?;
                    }
                }
                () = wait(self.tick) => self.take(Msg::Tick).await?,
            }
        }
        Ok(self.leave().await)
    }

    /// Ends what is performed, as far as it can be ended, in a bounded time, and says what was and wasn't done.
    async fn leave(mut self) -> Left {
        self.engines.close_all();
        if under_way(&self.model).next().is_some() {
            let late = sleep(LEAVING);
            tokio::pin!(late);
            loop {
                tokio::select! {
                    biased;
                    Some(msg) = self.engines.inbox.results.recv() => drop(self.model.update(msg, self.clock.now())),
                    None = self.engines.inbox.alive.recv() => break,
                    () = &mut late => break,
                }
            }
        }
        while let Ok(msg) = self.engines.inbox.results.try_recv() {
            self.model.update(msg, self.clock.now());
        }
        Left { code: self.code, words: report(&self.model) }
    }

    /// The terminal is gone, as when its window is closed. The signal that tells the same may have come before.
    async fn lose_terminal(&mut self) -> Result<()> {
        self.gone = true;
        if self.code != 0 {
            return Ok(());
        }
        self.code = 129;
        self.take(Msg::Leave).await
    }

    /// Gives a message to the model, performs what it asks for, and plans the next frame.
    async fn take(&mut self, msg: Msg) -> Result<()> {
        let figures = msg.is_figures();
        let mut next = Some(msg);
        while let Some(msg) = next {
            let effects = self.model.update(msg, self.clock.now());
            self.learn();
            for effect in effects {
                self.perform(effect).await?;
            }
            next = self.said.pop_front();
        }
        if figures {
            self.pacer.figures(Instant::now());
            return Ok(());
        }
        self.engines.want(wants(&self.model));
        self.pacer.data(Instant::now());
        self.tick = next_change(&self.model).map(|d| Instant::now() + d);
        Ok(())
    }

    /// Lets the rest of the process know which secrets the model learnt.
    fn learn(&mut self) {
        let known = self.model.stack().known();
        if self.learnt != known.size() {
            self.learnt = known.size();
            secrets::learn(known);
        }
    }

    async fn draw(&mut self) -> Result<()> {
        let screen = picture(&self.model);
        if self.shown.as_ref() != Some(&screen) {
            // A write fails only when the terminal is gone.
            if self.terminal.draw(&screen, &self.theme).is_err() {
                return self.lose_terminal().await;
            }
            self.shown = Some(screen);
            self.frames = self.frames.saturating_add(1);
            panic_for_tests(self.frames);
        }
        self.pacer.drawn(Instant::now());
        self.first_sight |= is_unseen(&self.model);
        Ok(())
    }

    async fn signal(&mut self, asked: Request) -> Result<()> {
        match asked {
            Request::End(number) => {
                // Only a second one for another reason means that it is to be at once.
                let known = self.gone && number == 1;
                self.code = 128 + number;
                return if known { Ok(()) } else { self.take(Msg::Leave).await };
            }
            Request::Stop => self.terminal.suspend()?,
            Request::Continued => self.terminal.enter()?,
        }
        let resumed = self.resumed();
        self.take(resumed).await
    }

    /// The terminal is ours again: nothing is known to be on it, and its size may be another.
    fn resumed(&mut self) -> Msg {
        self.shown = None;
        self.pacer.key(Instant::now());
        Msg::Input(Input::Resize(self.terminal.size()))
    }

    async fn perform(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Quit => self.ended = true,
            Effect::Suspend => {
                self.terminal.suspend()?;
                let resumed = self.resumed();
                self.said.push_back(resumed);
            }
            Effect::Redraw => {
                self.terminal.redraw()?;
                self.shown = None;
            }
            Effect::Reload => self.reload(true),
            Effect::Reread(number) => match self.sources.begin(&self.setup, true) {
                Ok(reading) => self.reread = Some((number, reading)),
                Err(why) => self.said.push_back(Msg::Reread(number, Err(why))),
            },
            Effect::Copy(text) => {
                let mut bytes = Vec::new();
                let text = self.model.masker().text(&text).into_owned();
                crossterm::queue!(bytes, crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))?;
                self.tell_terminal(&bytes);
            }
            // A played project may bear the name of a real one.
            Effect::Recall(of) if self.setup.connector.target().pace.is_some() => {
                self.said.push_back(Msg::Recalled(of, Vec::new()));
            }
            Effect::Remember(..) if self.setup.connector.target().pace.is_some() => {}
            Effect::Recall(of) => {
                let said = self.beside.0.clone();
                self.begin("recall earlier starts", move || {
                    let starts = memory::recall(&of.project);
                    // The loop may be over.
                    let _over = said.blocking_send(Msg::Recalled(of, starts));
                });
            }
            // A few kilobytes, a few times an hour; a failure is for our log, since it was not asked for.
            Effect::Remember(project, start) => {
                self.begin("remember this start", move || {
                    if let Err(error) = memory::remember(&project, start) {
                        tracing::warn!("{error}");
                    }
                });
            }
            Effect::Notify { title, words } => {
                let masker = self.model.masker();
                let (title, words) = (masker.text(&title), masker.text(&words));
                let sequence = notification(self.model.settings.attention.notify, &title, &words);
                self.tell_terminal(sequence.as_bytes());
            }
            Effect::Bell => self.tell_terminal(b"\x07"),
            Effect::Save => self.save(),
            Effect::Theme(name) => match Theme::named(&name) {
                Ok(theme) => {
                    self.theme = theme.adapted(self.setup.colors);
                    self.shown = None;
                }
                Err(error) => self.said.push_back(Msg::Failed(error.to_string())),
            },
            // `update` refuses already; what was begun before the switch is refused here.
            Effect::Perform(_, id, _) if self.model.settings.read_only => {
                self.said.push_back(Msg::Ended(id, Err(work::Error::ReadOnly)));
            }
            Effect::Perform(host, id, mut task) => {
                if let Task::Run(Run::Hook(hook)) = &mut task {
                    for (_, value) in &mut hook.environment {
                        *value = self.model.masker().text(value).into_owned();
                    }
                }
                if !self.engines.order(host, Order::Perform(id, task)) {
                    let left = work::Error::NoEngine("the connection to this engine was closed".into());
                    self.said.push_back(Msg::Ended(id, Err(left)));
                }
            }
            Effect::Contexts => self.contexts(),
            Effect::Open(host, context) => self.open(host, context)?,
            Effect::Close(host) => self.engines.close(host),
            // An engine that isn't open has nothing to end, and nothing to tell.
            Effect::Cancel(host, id) => {
                self.engines.order(host, Order::Cancel(id));
            }
            Effect::Resync(host) => {
                self.engines.order(host, Order::Resync);
            }
        }
        Ok(())
    }

    /// Sends the terminal something beside frames. What it doesn't take is told, and no reason to end.
    fn tell_terminal(&mut self, bytes: &[u8]) {
        if let Err(error) = self.terminal.send(bytes) {
            self.said.push_back(Msg::Failed(format!("The terminal was not told: {error}")));
        }
    }

    /// Reads docker's files beside the loop.
    fn contexts(&mut self) {
        let (connector, said) = (self.setup.connector.clone(), self.beside.0.clone());
        self.begin("read docker's contexts", move || {
            // Pressed twice, the second answer waits, and says the same.
            let _over = said.blocking_send(Msg::Contexts(connector.contexts()));
        });
    }

    /// Begins something beside the loop; that there is no thread for it is told.
    fn begin(&mut self, what: &str, work: impl FnOnce() + Send + 'static) {
        if let Err(why) = beside::begin(what, work) {
            self.said.push_back(Msg::Failed(why));
        }
    }

    /// Opens the engine of a docker context.
    fn open(&mut self, host: HostId, context: String) -> Result<()> {
        let target = EngineTarget { context: Some(context), ..self.setup.connector.target().clone() };
        self.setup.connector = self.setup.connector.toward(target);
        Ok(self.engines.open(host, self.setup.connector.clone(), self.setup.compose.clone())?)
    }

    /// Reads the files again, beside the loop: a slow disk must not freeze the keys.
    fn reload(&mut self, restart: bool) {
        if let Err(why) = self.sources.begin(&self.setup, restart) {
            self.said.push_back(Msg::Failed(why));
        }
    }

    /// The files were read. What happened in a folder before it was watched wasn't heard, so they are read once more
    /// then.
    async fn was_read(&mut self, reading: Reading, again: bool) -> Result<()> {
        let unheard = reading.unheard.unwrap_or_else(|why| {
            self.said.push_back(Msg::Failed(why));
            false
        });
        if self.model.still_reading.is_some() {
            self.take(Msg::StillReading(None)).await?;
        }
        self.take(reading.msg).await?;
        let read = self.sources.readings.last();
        if let Some((number, _)) = self.reread.take_if(|(_, awaited)| *awaited <= read) {
            self.take(Msg::Reread(number, Ok(()))).await?;
        }
        if again || unheard {
            self.reload(false);
        }
        Ok(())
    }

    /// The files aren't read yet, though it was begun a while ago.
    async fn tell_late(&mut self) -> Result<()> {
        let Some((file, began)) = self.sources.readings.late() else { return Ok(()) };
        self.take(Msg::StillReading(Some((file, began.elapsed())))).await
    }

    /// Writes the present screen as an SVG picture into the folder that we were started in, beside the loop.
    fn save(&mut self) {
        let screen = picture(&self.model);
        let at = self.clock.now().local(&self.model.settings.zone, "%Y%m%d-%H%M%S");
        let name = picture_name(&self.model.stack().project, &at);
        let svg = export::svg(&drawn(&screen, &self.theme), &self.theme, &self.model.stack().project);
        let (folder, said) = (self.setup.compose.cwd.clone(), self.beside.0.clone());
        let busy = Arc::new(());
        if self.saving.strong_count() > 0 {
            self.said.push_back(Msg::Failed("The picture before this one is still being written".into()));
            return;
        }
        self.saving = Arc::downgrade(&busy);
        self.begin("save a picture", move || {
            let msg = match save::under_a_free_name(&folder, &name, "svg", svg.as_bytes()) {
                Ok(path) => Msg::Saved(path.display().to_string()),
                Err(error) => {
                    Msg::Failed(format!("{} could not be written: {error}", folder.join(name + ".svg").display()))
                }
            };
            drop(busy);
            // The loop may be over.
            let _over = said.blocking_send(msg);
        });
    }
}

/// The name of a saved picture's file, without its extension. A project's name may hold what would be a path in it, or
/// what a terminal or a shell acts on where files are listed.
fn picture_name(project: &str, at: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let project: String = project.chars().map(plain).take(80).collect();
    format!("stackview-{project}-{at}")
}

/// The escape sequence for a notification. What is in it is plain: no control character can end it early.
fn notification(by: Notify, title: &str, words: &str) -> String {
    let plain = |text: &str| -> String { clean(text).chars().filter(|c| *c != ';').take(200).collect() };
    match by {
        Notify::Off => String::new(),
        Notify::Osc9 => format!("\x1b]9;{}: {}\x07", plain(title), plain(words)),
        Notify::Osc777 => format!("\x1b]777;notify;{};{}\x07", plain(title), plain(words)),
    }
}

/// What waits in a channel, one batch of each host's after the other; so much as comes within the bound.
fn drain(first: Batch, from: &mut mpsc::Receiver<Batch>) -> Vec<Batch> {
    let end = Instant::now() + DRAIN;
    let mut batches = vec![first];
    while Instant::now() < end
        && let Ok((host, more)) = from.try_recv()
    {
        match batches.iter_mut().find(|(of, _)| *of == host) {
            Some((_, facts)) => facts.extend(more),
            None => batches.push((host, more)),
        }
    }
    batches
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

/// The moment at which a frame is to be drawn: when it is due, and the one before is out.
async fn due(at: Option<Instant>, ready: impl Future<Output = ()>) {
    wait(at).await;
    ready.await;
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

#[cfg(test)]
mod tests {
    use super::{picture_name, save};

    #[test]
    fn a_picture_lies_in_the_folder_whatever_the_project_is_called() {
        assert_eq!(picture_name("app", "1"), "stackview-app-1");
        assert_eq!(picture_name("../a/b\n\u{1b}[2J$(x)\u{202e}", "1"), "stackview-.._a_b___2J__x__-1");
    }

    #[test]
    fn what_has_the_name_of_a_picture_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, new) = (folder.path().join("pipe"), folder.path().join("new"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Nobody reads it: to write into it would never end.
        assert!(save::new_file(&pipe, b"x").is_err());
        assert!(save::new_file(&new, b"x").is_ok() && save::new_file(&new, b"y").is_err());
        assert_eq!(std::fs::read(&new).unwrap(), b"x");
    }
}
