//! The dashboard without anybody's terminal: the same loop, on a terminal that keeps what was drawn and plays what
//! is pressed. For tests, and for the pictures in the documents, which must repeat exactly.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use color_eyre::eyre::{Result, eyre};
use futures::{
    FutureExt, StreamExt,
    channel::mpsc,
    future::{self, LocalBoxFuture},
};
use ratatui::{buffer::Buffer, layout::Size};

use super::{
    Setup, dashboard,
    signals::Request,
    terminal::{Terminal, TerminalStreams, bounded},
    ui::Left,
};
use crate::{
    app::{Input, Key},
    view::{Screen, Theme, export, render::drawn},
};

/// Keys and signals that may wait for the loop.
const PRESSED: usize = 16;
/// How long a loop is waited for that takes no key: far more than needed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A dashboard that nobody sees. Dropping it ends it as a signal would.
pub struct Headless {
    inputs: mpsc::Sender<Input>,
    /// How many were sent.
    sent: usize,
    signals: mpsc::Sender<Request>,
    board: Arc<Board>,
    dashboard: Option<JoinHandle<Result<Left>>>,
}

impl Headless {
    /// Opens the dashboard on a terminal of this size, in a thread of its own.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn open(setup: Setup, size: Size) -> io::Result<Self> {
        Self::on(size, |terminal| dashboard(setup, None, || Ok(terminal)))
    }

    /// What runs on a terminal of this size, in a thread of its own.
    pub(super) fn on(size: Size, run: impl FnOnce(Recorder) -> Result<Left> + Send + 'static) -> io::Result<Self> {
        let (inputs, pressed) = mpsc::channel(PRESSED);
        let (signals, sent) = mpsc::channel(PRESSED);
        let board = Arc::new(Board::new(bounded(size)));
        let terminal = Recorder { board: Arc::clone(&board), heard: Some((pressed, sent)) };
        let dashboard = std::thread::Builder::new().name("dashboard".into()).spawn(move || {
            let ends = EndsWithUs(Arc::clone(&terminal.board));
            let ended = run(terminal);
            drop(ends);
            ended
        })?;
        Ok(Self { inputs, sent: 0, signals, board, dashboard: Some(dashboard) })
    }

    /// Presses a key.
    pub fn press(&mut self, key: Key) {
        self.input(Input::Key(key));
    }

    /// The terminal has another size now.
    pub fn resize(&mut self, size: Size) {
        let size = bounded(size);
        self.board.shown().size = size;
        self.input(Input::Resize(size));
    }

    /// Does something as a user would. What the loop makes of it is seen by [`until`](Self::until).
    pub fn input(&mut self, input: Input) {
        let room = self.sent.saturating_sub(PRESSED - 1);
        // A loop that has ended hears nothing; one that hangs is found out by who waits for what comes of it.
        let _hangs = self.until("room for a key", PATIENCE, |shown| shown.taken >= room);
        if self.inputs.try_send(input).is_ok() {
            self.sent += 1;
        }
    }

    /// Makes the loop look at its clock, and waits until all that was pressed before is taken and drawn.
    ///
    /// # Errors
    /// Where it doesn't come to that.
    pub fn sync(&mut self) -> Result<(), String> {
        let size = self.board.shown().size;
        // When the second one is taken, the first is done with.
        self.input(Input::Resize(size));
        self.input(Input::Resize(size));
        let sent = self.sent;
        self.until("the loop's next round", PATIENCE, |shown| shown.taken >= sent)
    }

    /// Sends a signal that ends the program.
    pub fn end(&mut self, signal: u8) {
        let _ended = self.signals.try_send(Request::End(signal));
    }

    /// Continues the program after it stopped itself.
    pub fn go_on(&self) {
        self.board.change(|shown| shown.continued += 1);
    }

    /// Waits until what is shown is as wanted. `what` names that.
    ///
    /// # Errors
    /// Where it doesn't get so in time, or the loop has ended: what was waited for, and the last screen.
    pub fn until(&self, what: &str, patience: Duration, wanted: impl Fn(&Shown) -> bool) -> Result<(), String> {
        let shown = self.board.wait(patience, |shown| shown.ended || wanted(shown));
        if wanted(&shown) {
            return Ok(());
        }
        let why = if shown.ended { "the dashboard has ended" } else { "the time is up" };
        Err(format!("waited for {what}, but {why}:\n{}", shown.text()))
    }

    /// What is shown now.
    pub fn look<T>(&self, look: impl FnOnce(&Shown) -> T) -> T {
        look(&self.board.shown())
    }

    /// Waits for the dashboard's end, which somebody asked for: how it was left.
    ///
    /// # Errors
    /// When it ended with an error or a panic, or goes on.
    pub fn ended(mut self) -> Result<Left> {
        let ended = self.join().ok_or_else(|| eyre!("the dashboard goes on"))?;
        ended.unwrap_or_else(|_| Err(eyre!("the dashboard panicked")))
    }

    /// How the dashboard ended; `None` where it goes on, or was asked before.
    fn join(&mut self) -> Option<std::thread::Result<Result<Left>>> {
        let has_ended = self.board.wait(PATIENCE, |shown| shown.ended).ended;
        self.dashboard.take().filter(|_| has_ended).map(JoinHandle::join)
    }
}

impl Drop for Headless {
    fn drop(&mut self) {
        self.end(15);
        // A test that fails has its own words for it.
        let _panicked = self.join();
    }
}

/// What is on the terminal, and what it was sent.
pub struct Shown {
    /// The last frame, with its theme; `None` before the first.
    frame: Option<(Buffer, Theme)>,
    /// How many frames were drawn.
    pub frames: usize,
    /// What was sent beside frames: the clipboard, notifications, the bell.
    pub sent: Vec<u8>,
    /// How often the terminal was given back to stop.
    pub suspended: usize,
    /// How often the program was continued after that.
    continued: usize,
    /// How many inputs the loop has taken.
    taken: usize,
    size: Size,
    ended: bool,
}

impl Shown {
    /// The last frame as text.
    pub fn text(&self) -> String {
        self.frame.as_ref().map(|(buffer, _)| export::text(buffer)).unwrap_or_default()
    }

    /// The last frame as a picture, as `Ctrl-s` saves it.
    pub fn picture(&self, title: &str) -> String {
        self.frame.as_ref().map(|(buffer, theme)| export::svg(buffer, theme, title)).unwrap_or_default()
    }
}

/// What is shown, between the loop's thread and the test's.
struct Board {
    shown: Mutex<Shown>,
    changed: Condvar,
}

impl Board {
    fn new(size: Size) -> Self {
        let shown = Shown {
            frame: None,
            frames: 0,
            sent: Vec::new(),
            suspended: 0,
            continued: 0,
            taken: 0,
            size,
            ended: false,
        };
        Self { shown: Mutex::new(shown), changed: Condvar::new() }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, as long as there is patience, until what is shown is as wanted.
    fn wait(&self, patience: Duration, wanted: impl Fn(&Shown) -> bool) -> MutexGuard<'_, Shown> {
        let end = Instant::now() + patience;
        let mut shown = self.shown();
        while !wanted(&shown) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            shown = self.changed.wait_timeout(shown, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        shown
    }

    fn change(&self, change: impl FnOnce(&mut Shown)) {
        change(&mut self.shown());
        self.changed.notify_all();
    }
}

/// Tells those who wait that nothing more comes, however the loop ended.
struct EndsWithUs(Arc<Board>);

impl Drop for EndsWithUs {
    fn drop(&mut self) {
        self.0.change(|shown| shown.ended = true);
    }
}

/// The terminal that keeps what was drawn.
pub(super) struct Recorder {
    board: Arc<Board>,
    heard: Option<(mpsc::Receiver<Input>, mpsc::Receiver<Request>)>,
}

impl Terminal for Recorder {
    fn enter(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.board.change(|shown| shown.suspended += 1);
        let _continued = self.board.wait(PATIENCE, |shown| shown.continued >= shown.suspended);
        Ok(())
    }

    fn size(&self) -> Size {
        self.board.shown().size
    }

    fn redraw(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn ready(&self) -> LocalBoxFuture<'static, ()> {
        future::ready(()).boxed_local()
    }

    fn draw(&mut self, screen: &Screen, theme: &Theme) -> io::Result<()> {
        let frame = (drawn(screen, theme), theme.clone());
        self.board.change(|shown| {
            shown.frame = Some(frame);
            shown.frames += 1;
        });
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.board.change(|shown| shown.sent.extend(bytes));
        Ok(())
    }

    fn heard(&mut self) -> io::Result<TerminalStreams> {
        let (inputs, signals) = self.heard.take().ok_or_else(|| io::Error::other("it is listened to already"))?;
        let board = Arc::clone(&self.board);
        let inputs = inputs.map(move |input| {
            board.change(|shown| shown.taken += 1);
            Ok(input)
        });
        Ok(TerminalStreams { inputs: inputs.boxed_local(), signals: signals.boxed_local() })
    }
}
