//! A socket that can be made to break in the middle of what is written to it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use futures::FutureExt;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::UnixStream,
    sync::watch,
};

use super::mischief::Mischief;

/// The socket; while the mischief says so it writes half of the next piece and then nothing.
pub(super) struct Cutting {
    socket: UnixStream,
    mischief: watch::Receiver<Mischief>,
    broken: bool,
}

impl Cutting {
    pub fn new(socket: UnixStream, mischief: watch::Receiver<Mischief>) -> Self {
        Self { socket, mischief, broken: false }
    }
}

impl Cutting {
    /// Whether the other end is closed altogether, not only for its own writing.
    pub fn hung_up(&self) -> bool {
        matches!(self.socket.ready(Interest::WRITABLE).now_or_never(), Some(Ok(ready)) if ready.is_write_closed())
    }
}

/// Where to cut: in the middle of the body where a head is in the piece, else in the middle of the piece.
fn middle(piece: &[u8]) -> usize {
    let head = piece.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |at| at + 4);
    head + (piece.len() - head) / 2
}

impl AsyncWrite for Cutting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, piece: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if !self.mischief.borrow().cut {
            return Pin::new(&mut self.socket).poll_write(cx, piece);
        }
        let half = piece.get(..middle(piece)).unwrap_or_default();
        if half.is_empty() {
            self.broken = true;
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = Pin::new(&mut self.socket).poll_write(cx, half);
        self.broken = matches!(written, Poll::Ready(Ok(_)));
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

impl AsyncRead for Cutting {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_leaves_the_head_whole() {
        assert_eq!(middle(b"HEAD\r\n\r\nbody"), 10);
        assert_eq!(middle(b"chunks"), 3);
    }
}
