//! The framing of outputs without a terminal: a header of eight bytes before every piece.

use crate::sim::{
    api::time::log_stamp,
    world::{LogLine, Output},
};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Format {
    /// Raw, as a terminal has it.
    pub tty: bool,
    /// Each line after its moment.
    pub timestamps: bool,
    /// Each line after its container's details, which are none.
    pub details: bool,
    /// Nanoseconds that the moments are ahead.
    pub skew: i64,
}

/// Appends a line.
pub(super) fn append(to: &mut Vec<u8>, line: &LogLine, format: Format) {
    let at = to.len();
    if !format.tty {
        let stream = match line.output {
            Output::Stdout => 1,
            Output::Stderr => 2,
        };
        to.extend([stream, 0, 0, 0, 0, 0, 0, 0]);
    }
    let begin = to.len();
    if format.timestamps {
        to.extend(log_stamp(line.at.shifted(format.skew)).bytes());
        to.push(b' ');
    }
    if format.details {
        to.push(b' ');
    }
    to.extend(line.text.bytes());
    to.extend(if format.tty { b"\r\n".as_slice() } else { b"\n" });
    let length = u32::try_from(to.len() - begin).unwrap_or(u32::MAX);
    if !format.tty
        && let Some(header) = to.get_mut(at + 4..at + 8)
    {
        header.copy_from_slice(&length.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Stamp;

    fn written(output: Output, format: Format) -> Vec<u8> {
        let line = LogLine { at: Stamp::from_secs(1), output, text: "hello".into() };
        let mut bytes = Vec::new();
        append(&mut bytes, &line, format);
        bytes
    }

    #[test]
    fn frames_say_stream_and_length() {
        assert_eq!(written(Output::Stdout, Format::default()), b"\x01\0\0\0\0\0\0\x06hello\n");
        assert_eq!(written(Output::Stderr, Format::default())[0], 2);
        let stamped = written(Output::Stdout, Format { timestamps: true, ..Format::default() });
        assert_eq!(stamped, b"\x01\0\0\0\0\0\0\x251970-01-01T00:00:01.000000000Z hello\n");
    }

    #[test]
    fn a_terminal_has_no_frames() {
        assert_eq!(written(Output::Stdout, Format { tty: true, ..Format::default() }), b"hello\r\n");
    }
}
