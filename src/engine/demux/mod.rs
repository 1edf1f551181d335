//! A log's bytes cut into lines, whatever their chunks are: framed (8-byte heads, one for each piece of a
//! stream) or, with a terminal, plain. A line is joined over pieces and cut at a cap, so that a log without
//! line ends takes no more memory than one with.
//!
//! The log is asked for with timestamps. Each piece begins with one: the pieces that the engine makes of a line
//! longer than 16 KiB as well, whose stamps after the first are dropped.

use crate::{base::time::Stamp, logs::LogLine};

/// The longest line kept, in bytes; what follows up to the line's end is dropped.
pub(super) const LINE_CAP: usize = 64 << 10;
/// No stamp is longer than this.
const STAMP_CAP: usize = 40;

/// Cuts one container's log.
#[derive(Debug)]
pub struct Demux {
    framed: bool,
    head: Vec<u8>,
    /// Bytes of the present frame that are still to come.
    left: usize,
    on_stderr: bool,
    out: Assembler,
    err: Assembler,
}

impl Demux {
    /// For a container with or without a terminal.
    pub fn new(tty: bool) -> Self {
        let assembler = |stderr| Assembler { stderr, tty, ..Assembler::default() };
        Self {
            framed: !tty,
            head: Vec::with_capacity(8),
            left: 0,
            on_stderr: false,
            out: assembler(false),
            err: assembler(true),
        }
    }

    /// Takes a chunk and appends the lines that it completes.
    pub fn push(&mut self, mut chunk: &[u8], lines: &mut Vec<LogLine>) {
        while !chunk.is_empty() {
            if !self.framed {
                self.out.push(chunk, lines);
                return;
            }
            if self.left == 0 {
                chunk = self.take_head(chunk, lines);
                continue;
            }
            let (piece, rest) = chunk.split_at(self.left.min(chunk.len()));
            self.left -= piece.len();
            chunk = rest;
            let assembler = if self.on_stderr { &mut self.err } else { &mut self.out };
            assembler.push(piece, lines);
        }
    }

    /// Collects a frame's head. What can't be one shows that this log isn't framed: it is taken as it is.
    fn take_head<'a>(&mut self, chunk: &'a [u8], lines: &mut Vec<LogLine>) -> &'a [u8] {
        let (piece, rest) = chunk.split_at((8 - self.head.len()).min(chunk.len()));
        self.head.extend_from_slice(piece);
        let Ok([stream, zeros @ .., a, b, c, d]) = <[u8; 8]>::try_from(&*self.head) else { return rest };
        if stream > 3 || zeros != [0, 0, 0] {
            self.framed = false;
            self.out.push(&std::mem::take(&mut self.head), lines);
            return rest;
        }
        self.head.clear();
        self.left = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        self.on_stderr = stream >= 2;
        let assembler = if self.on_stderr { &mut self.err } else { &mut self.out };
        assembler.begin_piece();
        rest
    }

    /// The stream ended: what has no line end is a line as well.
    pub fn finish(&mut self, lines: &mut Vec<LogLine>) {
        self.out.finish(lines);
        self.err.finish(lines);
    }
}

/// Joins one stream's pieces to lines.
#[derive(Debug, Default)]
struct Assembler {
    stderr: bool,
    tty: bool,
    /// A stamp that isn't whole yet; `Some` where one may begin.
    stamp: Option<Vec<u8>>,
    /// The present line's, or the last one's.
    at: Stamp,
    /// Within a line: text came, or its stamp.
    open: bool,
    text: Vec<u8>,
    cut: bool,
}

impl Assembler {
    fn begin_piece(&mut self) {
        self.stamp = Some(Vec::new());
    }

    fn push(&mut self, mut bytes: &[u8], lines: &mut Vec<LogLine>) {
        while !bytes.is_empty() {
            if !self.open && self.stamp.is_none() {
                self.begin_piece();
            }
            if self.stamp.is_some() {
                bytes = self.take_stamp(bytes);
                continue;
            }
            match bytes.iter().position(|b| *b == b'\n') {
                Some(end) => {
                    let (line, rest) = bytes.split_at(end);
                    self.append(line);
                    self.end(lines);
                    bytes = rest.get(1..).unwrap_or_default();
                }
                None => {
                    self.append(bytes);
                    return;
                }
            }
        }
    }

    /// Reads up to the blank after a stamp. What isn't one is text.
    fn take_stamp<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some(mut held) = self.stamp.take() else { return bytes };
        let room = STAMP_CAP - held.len();
        let end = bytes.iter().take(room).position(|b| matches!(b, b' ' | b'\n'));
        let (piece, rest) = bytes.split_at(end.unwrap_or(room.min(bytes.len())));
        held.extend_from_slice(piece);
        if end.is_none() && held.len() < STAMP_CAP {
            self.stamp = Some(held);
            return rest;
        }
        let stamp = std::str::from_utf8(&held).ok().and_then(Stamp::parse);
        match stamp {
            Some(at) => {
                if !self.open {
                    self.at = at;
                }
                self.open = true;
                rest.strip_prefix(b" ").unwrap_or(rest)
            }
            None => {
                self.open = true;
                self.append(&held);
                rest
            }
        }
    }

    fn append(&mut self, bytes: &[u8]) {
        self.open = true;
        let room = LINE_CAP - self.text.len();
        self.cut |= bytes.len() > room;
        self.text.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn end(&mut self, lines: &mut Vec<LogLine>) {
        if self.tty && self.text.last() == Some(&b'\r') {
            self.text.pop();
        }
        let text = self.text.as_slice().into();
        self.text.clear();
        // A long line's room isn't kept for the short ones.
        self.text.shrink_to(4096);
        lines.push(LogLine { at: self.at, stderr: self.stderr, text, cut: std::mem::take(&mut self.cut) });
        self.open = false;
    }

    fn finish(&mut self, lines: &mut Vec<LogLine>) {
        if let Some(held) = self.stamp.take().filter(|held| !held.is_empty()) {
            self.append(&held);
        }
        if self.open {
            self.end(lines);
        }
    }
}

#[cfg(test)]
mod tests;
