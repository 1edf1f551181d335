//! The real terminal: taken over whole, drawn in single writes, and given back whatever happens.
//!
//! ratatui draws into a buffer of bytes; a frame goes out as one write inside a synchronised update. Giving
//! back undoes everything that was switched on, in the panic hook as well, and may happen any number of times.

use std::{
    cell::RefCell,
    fs::File,
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    rc::Rc,
    sync::atomic::{AtomicBool, Ordering},
};

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, EventStream},
    queue,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
        enable_raw_mode,
    },
};
use futures::{StreamExt, stream};
use ratatui::{
    Terminal as Ratatui,
    backend::CrosstermBackend,
    layout::{Position, Rect, Size},
};

use super::{
    input,
    signals::Signals,
    terminal::{Terminal, TerminalStreams},
};
use crate::view::{Screen, Theme, render};

/// Whether the terminal is ours at the moment; the panic hook asks it.
static TAKEN: AtomicBool = AtomicBool::new(false);

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
    ratatui: Ratatui<CrosstermBackend<Bytes>>,
    bytes: Bytes,
    out: File,
    mouse: bool,
    cursor: Option<Position>,
}

impl Tty {
    /// Takes the terminal over. Fails where standard output isn't one.
    pub fn take(mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other("standard output is not a terminal"));
        }
        let out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let bytes = Bytes::default();
        let ratatui = Ratatui::new(CrosstermBackend::new(bytes.clone()))?;
        let mut tty = Self { ratatui, bytes, out, mouse, cursor: None };
        tty.enter()?;
        Ok(tty)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut bytes = self.bytes.0.borrow_mut();
        let result = self.out.write_all(&bytes).and_then(|()| self.out.flush());
        bytes.clear();
        result
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
        give_back(&mut self.out);
        rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
        self.enter()
    }

    fn size(&self) -> Size {
        self.ratatui.size().unwrap_or(Size::new(80, 24))
    }

    /// ratatui's `resize` clears; its `clear` would ask the terminal for the cursor's place, and fail after two
    /// seconds where it doesn't answer.
    fn redraw(&mut self) -> io::Result<()> {
        let size = self.size();
        self.ratatui.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Only cells that changed, in one write.
    fn draw(&mut self, screen: &Screen, theme: &Theme) -> io::Result<()> {
        queue!(self.bytes, BeginSynchronizedUpdate)?;
        self.ratatui.autoresize()?;
        let area = self.ratatui.get_frame().area();
        let buffer = self.ratatui.current_buffer_mut();
        if buffer.area == area {
            render(screen, theme, buffer);
        }
        self.ratatui.flush()?;
        self.ratatui.swap_buffers();
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
        let events = EventStream::new().filter_map(async |event| event.map(input::translate).transpose());
        let signals = stream::unfold(Signals::new()?, async |mut signals| Some((signals.next().await, signals)));
        Ok(TerminalStreams { inputs: events.boxed_local(), signals: signals.boxed_local() })
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back(&mut self.out);
    }
}

/// Undoes everything that [`Tty::enter`] did, if the terminal is ours. A terminal that is gone is no error.
fn give_back(out: &mut File) {
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
        let _gone = out.write_all(&bytes).and_then(|()| out.flush());
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
        if let Ok(fd) = io::stdout().as_fd().try_clone_to_owned() {
            give_back(&mut File::from(fd));
        }
        before(info);
    }));
}
