//! What goes to the terminal, written by a thread of its own: a terminal that isn't read from makes its writer wait,
//! and the loop has to hear signals and keys meanwhile.
//!
//! Whoever has something to write hands it over and goes on. The next frame is made when the one before is out, so
//! nothing piles up.

use std::{
    fs::File,
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::termios::{Action, QueueSelector, tcflow, tcflush};
use tokio::sync::Notify;

/// How much may wait to be written, in bytes: far more than the largest frame.
const MOST: usize = 16 << 20;
/// How much is written at once. What is to be given up is given up between two of them.
const PIECE: usize = 4096;
/// How long a terminal is waited for when it is given back, before what it didn't take is thrown away.
const LAST: Duration = Duration::from_millis(500);
/// How long it is waited for after that.
const VERY_LAST: Duration = Duration::from_millis(200);
/// How long until it is tried again where writing doesn't wait by itself.
const RETRY: Duration = Duration::from_millis(5);
/// Ends whatever escape sequence the terminal is in the middle of.
const CANCEL: u8 = 0x18;

/// The way to the terminal.
#[derive(Debug, Clone)]
pub struct Outbox {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    terminal: File,
    held: Mutex<Held>,
    /// Something is to be written, or was.
    changed: Condvar,
    /// All is written.
    free: Notify,
}

#[derive(Debug, Default)]
struct Held {
    bytes: Vec<u8>,
    writing: bool,
    /// What is being written isn't to be finished.
    given_up: bool,
    /// Why nothing can be written any more.
    failed: Option<io::ErrorKind>,
}

impl Held {
    fn is_free(&self) -> bool {
        self.failed.is_some() || (!self.writing && self.bytes.is_empty())
    }
}

impl Outbox {
    /// A way to this terminal.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn to(terminal: File) -> io::Result<Self> {
        let shared =
            Arc::new(Shared { terminal, held: Mutex::default(), changed: Condvar::new(), free: Notify::new() });
        let ours = Arc::clone(&shared);
        thread::Builder::new().name("terminal".into()).spawn(move || ours.write())?;
        Ok(Self { shared })
    }

    /// Hands something over, to be written after what was handed over before.
    ///
    /// # Errors
    /// When the terminal is gone, or so much waits already that this is left out.
    pub fn put(&self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let mut held = self.shared.held();
        if let Some(kind) = held.failed {
            return Err(kind.into());
        }
        if held.bytes.len().saturating_add(bytes.len()) > MOST {
            bytes.clear();
            return Err(io::Error::new(io::ErrorKind::WouldBlock, "it doesn't take what is written"));
        }
        held.bytes.append(bytes);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Waits until all is written, or nothing can be.
    pub fn written(&self) -> impl Future<Output = ()> + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            loop {
                let free = shared.free.notified();
                if shared.held().is_free() {
                    return;
                }
                free.await;
            }
        }
    }

    /// Writes the last, and waits for it a bounded time. A terminal that takes nothing loses what it hasn't taken, so
    /// that it finds this first when it goes on.
    pub fn finish(&self, last: &[u8]) {
        if self.put(&mut last.to_vec()).is_ok() && !self.shared.wait(LAST) {
            {
                let mut held = self.shared.held();
                held.bytes.clear();
                held.given_up = true;
            }
            // That there is room again wakes nobody who waits for it; that output is let go on does. It may be gone by now.
            let terminal = &self.shared.terminal;
            let _gone = tcflush(terminal, QueueSelector::OFlush)
                .and_then(|()| tcflow(terminal, Action::OOff))
                .and_then(|()| tcflow(terminal, Action::OOn));
            let stopped = self.shared.wait(VERY_LAST);
            self.shared.held().given_up = false;
            if stopped && self.put(&mut [&[CANCEL], last].concat()).is_ok() {
                self.shared.wait(VERY_LAST);
            }
        }
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long until all is written; whether it is.
    fn wait(&self, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        let mut held = self.held();
        while !held.is_free() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            held = self.changed.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Writes what is handed over, as long as the program lives.
    fn write(&self) {
        loop {
            let mut held = self.held();
            while held.bytes.is_empty() {
                held = self.changed.wait(held).unwrap_or_else(PoisonError::into_inner);
            }
            let bytes = mem::take(&mut held.bytes);
            held.writing = true;
            drop(held);
            let written = self.write_all(&bytes);
            let mut held = self.held();
            held.writing = false;
            if let Err(error) = written {
                held.failed = Some(error.kind());
                held.bytes.clear();
            }
            let free = held.is_free();
            drop(held);
            self.changed.notify_all();
            if free {
                self.free.notify_waiters();
            }
        }
    }

    fn write_all(&self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(PIECE) {
            if self.held().given_up {
                break;
            }
            self.write_piece(piece)?;
        }
        Ok(())
    }

    fn write_piece(&self, mut piece: &[u8]) -> io::Result<()> {
        while !piece.is_empty() {
            match (&self.terminal).write(piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => piece = piece.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Another program may have left it so that writing doesn't wait by itself.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && !self.held().given_up => {
                    thread::sleep(RETRY);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Read, os::fd::OwnedFd};

    use super::*;

    /// A pipe in a terminal's place: it takes so much, and no more until it is read.
    fn pipe() -> (Outbox, File) {
        let (read, write) = io::pipe().unwrap();
        (Outbox::to(File::from(OwnedFd::from(write))).unwrap(), File::from(OwnedFd::from(read)))
    }

    #[tokio::test]
    async fn what_is_handed_over_is_written_in_order() {
        let (outbox, mut other) = pipe();
        outbox.put(&mut b"one ".to_vec()).unwrap();
        outbox.put(&mut b"two".to_vec()).unwrap();
        outbox.written().await;
        let mut read = [0; 7];
        other.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"one two");
    }

    #[test]
    fn a_terminal_that_is_not_read_holds_nobody_up() {
        let (outbox, _other) = pipe();
        let began = Instant::now();
        outbox.put(&mut vec![b'x'; 1 << 20]).unwrap();
        outbox.put(&mut b"more".to_vec()).unwrap();
        assert!(outbox.put(&mut vec![b'x'; MOST + 1]).is_err(), "what waits is bounded");
        assert!(!outbox.shared.held().is_free());
        outbox.finish(b"last");
        assert!(began.elapsed() < Duration::from_secs(20), "it is given back in a bounded time");
    }

    #[test]
    fn a_terminal_that_is_gone_is_told() {
        let (outbox, other) = pipe();
        drop(other);
        outbox.put(&mut b"x".to_vec()).unwrap();
        assert!(outbox.shared.wait(Duration::from_secs(30)));
        assert!(outbox.put(&mut b"x".to_vec()).is_err());
    }
}
