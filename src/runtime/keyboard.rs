//! What comes from the terminal: its bytes, read by a thread of their own, and its changes of size.
//!
//! Only this reads them, so that a late answer of the terminal can't pass for keys (see [`Decoder`]).

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, IsTerminal, Read},
    os::fd::AsFd,
    pin::Pin,
    thread,
    time::Duration,
};

use futures::{Stream, stream};
use ratatui::layout::Size;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::decoder::Decoder;
use crate::app::Input;

/// Pieces that may wait to be read; then the thread doesn't read on, and the terminal keeps the rest.
const PIECES: usize = 16;
/// How much is read at once, in bytes.
const PIECE: usize = 4096;
/// How long until it is tried again where reading doesn't wait by itself.
const RETRY: Duration = Duration::from_millis(10);

/// What the user does from now on. `size` tells the terminal's size after it changed.
///
/// # Errors
/// When there is no terminal to read from, or no thread to do it.
pub fn inputs(size: impl Fn() -> Size + 'static) -> io::Result<Pin<Box<dyn Stream<Item = io::Result<Input>>>>> {
    let (send, pieces) = mpsc::channel(PIECES);
    let terminal = terminal()?;
    thread::Builder::new().name("keyboard".into()).spawn(move || read(terminal, &send))?;
    let resized = signal(SignalKind::window_change())?;
    let keyboard = Keyboard { pieces, resized, decoder: Decoder::default(), until: None, ready: VecDeque::new() };
    Ok(Box::pin(stream::unfold((keyboard, size), async |(mut keyboard, size)| {
        let input = keyboard.next(&size).await?;
        Some((Ok(input), (keyboard, size)))
    })))
}

/// Standard input where it is a terminal, else the one that we were started from.
fn terminal() -> io::Result<File> {
    let stdin = io::stdin();
    if stdin.is_terminal() { Ok(File::from(stdin.as_fd().try_clone_to_owned()?)) } else { File::open("/dev/tty") }
}

/// Reads until the terminal is gone, or nobody listens.
fn read(mut terminal: File, send: &mpsc::Sender<Vec<u8>>) {
    let mut piece = vec![0; PIECE];
    loop {
        match terminal.read(&mut piece) {
            Ok(0) => return,
            Ok(count) => {
                let read = piece.get(..count).unwrap_or_default().to_vec();
                if send.blocking_send(read).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Another program may have left it so that reading doesn't wait by itself.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(RETRY),
            Err(_) => return,
        }
    }
}

struct Keyboard {
    pieces: mpsc::Receiver<Vec<u8>>,
    resized: Signal,
    decoder: Decoder,
    /// When what was begun is over.
    until: Option<Instant>,
    ready: VecDeque<Input>,
}

impl Keyboard {
    /// The next that the user does. `None`: the terminal is gone.
    async fn next(&mut self, size: &impl Fn() -> Size) -> Option<Input> {
        let mut read = Vec::new();
        while self.ready.is_empty() {
            tokio::select! {
                biased;
                piece = self.pieces.recv() => self.decoder.take(&piece?, &mut read),
                Some(()) = self.resized.recv() => {
                    read.push(Input::Resize(size()));
                    self.ready.extend(read.drain(..));
                    continue;
                }
                () = at(self.until) => self.decoder.lapse(&mut read),
            }
            self.until = self.decoder.patience().map(|patience| Instant::now() + patience);
            self.ready.extend(read.drain(..));
        }
        self.ready.pop_front()
    }
}

async fn at(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}
