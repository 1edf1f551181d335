//! The real terminal: taken over whole, drawn without waiting for it, and given back whatever happens.
//!
//! ratatui's back end draws into a buffer of bytes; a frame is handed over as a whole, inside a synchronised update.
//! Giving back undoes everything that was switched on, in the panic hook as well, and may happen any number of times.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    rc::Rc,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    queue,
    terminal::{
        BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use futures::{FutureExt, StreamExt, future::LocalBoxFuture, stream};
use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::Buffer,
    layout::{Position, Rect, Size},
};
use rustix::termios::tcgetwinsize;

use super::{
    keyboard,
    outbox::Outbox,
    signals::Signals,
    terminal::{Terminal, TerminalStreams, bounded},
};
use crate::view::{Screen, Theme, render};

/// Whether the terminal is ours at the moment; the panic hook asks it.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// The way to the terminal, for the panic hook.
static WAY: OnceLock<Outbox> = OnceLock::new();

/// Bytes on their way to the terminal, shared with ratatui's back end.
#[derive(Clone, Default)]
struct Bytes(Rc<RefCell<Vec<u8>>>);

impl Write for Bytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The terminal while it is ours. Dropping it gives it back.
pub struct Tty {
    backend: CrosstermBackend<Bytes>,
    bytes: Bytes,
    /// What is on the screen, as far as we know.
    shown: Buffer,
    way: Outbox,
    terminal: File,
    mouse: bool,
    cursor: Option<Position>,
}

impl Tty {
    /// Takes the terminal over. Fails where standard output isn't one.
    pub fn take(mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("standard output is not a terminal"));
        }
        let terminal = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let way = Outbox::to(terminal.try_clone()?)?;
        // The hook has the first one; there is no second in a program.
        let _first = WAY.set(way.clone());
        let bytes = Bytes::default();
        let backend = CrosstermBackend::new(bytes.clone());
        let mut tty = Self { backend, bytes, shown: Buffer::default(), way, terminal, mouse, cursor: None };
        tty.enter()?;
        Ok(tty)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.way.put(&mut self.bytes.0.borrow_mut())
    }
}

impl Terminal for Tty {
    fn enter(&mut self) -> io::Result<()> {
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        queue!(self.bytes, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
        if self.mouse {
            queue!(self.bytes, EnableMouseCapture)?;
        }
        self.cursor = None;
        self.redraw()?;
        self.flush()
    }

    fn suspend(&mut self) -> io::Result<()> {
        give_back(&self.way);
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        self.enter()
    }

    fn size(&self) -> Size {
        size(&self.terminal)
    }

    fn redraw(&mut self) -> io::Result<()> {
        queue!(self.bytes, Clear(ClearType::All))?;
        self.shown = Buffer::empty(Rect::from((Position::ORIGIN, self.size())));
        Ok(())
    }

    fn ready(&self) -> LocalBoxFuture<'static, ()> {
        self.way.written().boxed_local()
    }

    /// Only cells that changed.
    fn draw(&mut self, screen: &Screen, theme: &Theme) -> io::Result<()> {
        queue!(self.bytes, BeginSynchronizedUpdate)?;
        let area = Rect::from((Position::ORIGIN, self.size()));
        if self.shown.area != area {
            self.redraw()?;
        }
        let mut next = Buffer::empty(area);
        render(screen, theme, &mut next);
        self.backend.draw(self.shown.diff(&next).into_iter())?;
        self.shown = next;
        match (screen.cursor, self.cursor) {
            (Some(Position { x, y }), _) => queue!(self.bytes, MoveTo(x, y), Show)?,
            (None, Some(_)) => queue!(self.bytes, Hide)?,
            (None, None) => {}
        }
        self.cursor = screen.cursor;
        queue!(self.bytes, EndSynchronizedUpdate)?;
        self.flush()
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.write_all(bytes)?;
        self.flush()
    }

    fn heard(&mut self) -> io::Result<TerminalStreams> {
        let terminal = self.terminal.try_clone()?;
        let inputs = keyboard::inputs(move || size(&terminal))?;
        let signals = stream::unfold(Signals::new()?, async |mut signals| Some((signals.next().await, signals)));
        Ok(TerminalStreams { inputs, signals: signals.boxed_local() })
    }
}

/// The size in cells. One that doesn't know it is of the usual size.
fn size(terminal: &File) -> Size {
    let told = tcgetwinsize(terminal).map(|size| Size::new(size.ws_col, size.ws_row));
    bounded(told.ok().filter(|size| size.width > 0 && size.height > 0).unwrap_or(Size::new(80, 24)))
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back(&self.way);
    }
}

/// Undoes everything that [`Tty::enter`] did, if the terminal is ours. A terminal that is gone is no error.
fn give_back(way: &Outbox) {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = Vec::new();
    let queued = queue!(
        bytes,
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        crossterm::style::ResetColor,
        Show
    );
    if queued.is_ok() {
        way.finish(&bytes);
    }
    let _gone = disable_raw_mode();
}

/// From now on a panic on this thread gives the terminal back first, so that its message can be read. A panic on
/// another thread ends only its task: the screen stays, and the message goes to the log.
pub fn give_back_on_panic() {
    let ours = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() != ours {
            tracing::error!("{info}");
            return;
        }
        if let Some(way) = WAY.get() {
            give_back(way);
        }
        before(info);
    }));
}
