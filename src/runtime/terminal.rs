//! What the loop asks of a terminal: it draws on it, sends it bytes, and hears keys and signals from it.
//!
//! There are two: the [`Tty`](super::tty::Tty) that a person looks at, and the one of
//! [`Headless`](super::headless::Headless), which keeps what was drawn.

use std::io;

use futures::{future::LocalBoxFuture, stream::LocalBoxStream};
use ratatui::layout::Size;

use super::signals::Request;
use crate::{
    app::Input,
    view::{Screen, Theme},
};

/// What comes from a terminal.
pub struct TerminalStreams {
    /// What the user does. An error, or the end: the terminal is gone.
    pub inputs: LocalBoxStream<'static, io::Result<Input>>,
    /// What the system asks.
    pub signals: LocalBoxStream<'static, Request>,
}

/// The largest terminal that is drawn on. What says that it is larger (some do while they start) would cost more memory
/// than there is.
const LARGEST: Size = Size { width: 1000, height: 500 };

/// A terminal's size, within what can be drawn.
pub fn bounded(size: Size) -> Size {
    Size { width: size.width.min(LARGEST.width), height: size.height.min(LARGEST.height) }
}

/// A terminal that is ours.
pub trait Terminal {
    /// Switches on what we use. Also after a stop, when somebody else may have changed the modes.
    fn enter(&mut self) -> io::Result<()>;
    /// Gives the terminal back and stops the whole process group, as the terminal itself does for Ctrl-Z; takes it
    /// again where the shell continues it.
    fn suspend(&mut self) -> io::Result<()>;
    /// Its size in cells.
    fn size(&self) -> Size;
    /// Forgets what is on the screen, so that the next frame draws every cell.
    fn redraw(&mut self) -> io::Result<()>;
    /// When it takes another frame: one that isn't read from doesn't.
    fn ready(&self) -> LocalBoxFuture<'static, ()>;
    /// Draws a frame.
    fn draw(&mut self, screen: &Screen, theme: &Theme) -> io::Result<()>;
    /// Writes a control sequence of our own making, as for the clipboard or the bell.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// What comes from it, from now on; asked for once.
    fn heard(&mut self) -> io::Result<TerminalStreams>;
}
