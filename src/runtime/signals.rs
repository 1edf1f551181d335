//! Signals as events of the loop.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// End, with this signal's number.
    End(u8),
    /// Stop until continued.
    Stop,
    /// We were stopped by force and go on.
    Continued,
}

/// Waits for a signal that ends a program; the exit code that tells of it.
///
/// # Errors
/// When the system doesn't let us listen.
pub async fn ended() -> io::Result<u8> {
    let mut signals = Signals::new()?;
    loop {
        match signals.next().await {
            Request::End(number) => return Ok(128 + number),
            Request::Stop => rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?,
            Request::Continued => {}
        }
    }
}

/// The signals that the loop listens to.
pub struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
    quit: Signal,
    stop: Signal,
    cont: Signal,
}

impl Signals {
    /// Listens from now on.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            int: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?,
            cont: signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?,
        })
    }

    /// The next signal.
    pub async fn next(&mut self) -> Request {
        tokio::select! {
            biased;
            _ = self.term.recv() => Request::End(15),
            _ = self.hup.recv() => Request::End(1),
            _ = self.int.recv() => Request::End(2),
            _ = self.quit.recv() => Request::End(3),
            _ = self.stop.recv() => Request::Stop,
            _ = self.cont.recv() => Request::Continued,
        }
    }
}
