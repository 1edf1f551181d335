//! Log frames cut anywhere give the same lines, and no line is larger than the cap.

use proptest::prelude::*;

use super::*;

fn frame(stream: u8, text: &[u8]) -> Vec<u8> {
    let mut out = vec![stream, 0, 0, 0];
    out.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    out.extend(text);
    out
}

fn stamp(second: usize) -> String {
    format!("2026-11-21T02:13:{:02}.000000001Z", second % 60)
}

fn lines(tty: bool, chunks: impl IntoIterator<Item = Vec<u8>>) -> Vec<LogLine> {
    let mut demux = Demux::new(tty);
    let mut out = Vec::new();
    for chunk in chunks {
        demux.push(&chunk, &mut out);
    }
    demux.finish(&mut out);
    out
}

fn words(lines: &[LogLine]) -> Vec<(bool, String)> {
    lines.iter().map(|l| (l.stderr, String::from_utf8_lossy(&l.text).into_owned())).collect()
}

#[test]
fn streams_are_told_apart_and_stamped() {
    let mut bytes = frame(1, format!("{} hello\n", stamp(1)).as_bytes());
    bytes.extend(frame(2, format!("{} oops\n", stamp(2)).as_bytes()));
    bytes.extend(frame(1, format!("{} \n", stamp(3)).as_bytes()));
    let lines = lines(false, [bytes]);
    assert_eq!(words(&lines), [(false, "hello".into()), (true, "oops".into()), (false, String::new())]);
    assert_eq!(lines[1].at, Stamp::parse(&stamp(2)).unwrap());
}

#[test]
fn pieces_of_a_long_line_are_joined_without_their_stamps() {
    let long = "x".repeat(16 << 10);
    let mut bytes = Vec::new();
    for end in ["", "", "end\n"] {
        let text = if end.is_empty() { long.as_str() } else { end };
        bytes.extend(frame(1, format!("{} {text}", stamp(1)).as_bytes()));
    }
    bytes.extend(frame(1, format!("{} next\n", stamp(2)).as_bytes()));
    let lines = lines(false, [bytes]);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].text.len(), 2 * long.len() + 3);
    assert!(!lines[0].cut);
    assert_eq!(words(&lines[1..]), [(false, "next".into())]);
}

#[test]
fn twenty_megabytes_without_a_line_end_are_cut_and_the_next_line_is_whole() {
    let mut demux = Demux::new(true);
    let mut out = Vec::new();
    demux.push(format!("{} ", stamp(1)).as_bytes(), &mut out);
    for _ in 0..320 {
        demux.push(&[b'x'; LINE_CAP], &mut out);
        assert!(demux.out.text.capacity() <= 2 * LINE_CAP);
    }
    demux.push(format!("\r\n{} short\r\n", stamp(2)).as_bytes(), &mut out);
    assert_eq!((out[0].text.len(), out[0].cut), (LINE_CAP, true));
    assert_eq!((&*out[1].text, out[1].cut), (&b"short"[..], false));
}

#[test]
fn a_terminal_may_begin_with_any_byte() {
    let lines = lines(true, [format!("{} \u{1}\u{0}x\r\n", stamp(1)).into_bytes(), vec![2, b'\n']]);
    assert_eq!(words(&lines), [(false, "\u{1}\u{0}x".into()), (false, "\u{2}".into())]);
}

#[test]
fn a_log_that_is_not_framed_after_all_is_taken_as_it_is() {
    let lines = lines(false, [format!("{} plain\nno stamp here\n", stamp(1)).into_bytes()]);
    assert_eq!(words(&lines), [(false, "plain".into()), (false, "no stamp here".into())]);
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_lines(
        said in prop::collection::vec((1_u8..=2, "[a-z \u{1b}é]{0,40}", any::<bool>()), 0..20),
        sizes in prop::collection::vec(1_usize..30, 1..10),
    ) {
        let mut bytes = Vec::new();
        for (i, (stream, text, ends)) in said.iter().enumerate() {
            bytes.extend(frame(*stream, format!("{} {text}{}", stamp(i), if *ends { "\n" } else { "" }).as_bytes()));
        }
        let whole = lines(false, [bytes.clone()]);
        let mut chunks = Vec::new();
        let mut rest = bytes.as_slice();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, next) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk.to_vec());
            rest = next;
        }
        prop_assert_eq!(lines(false, chunks), whole);
    }

    #[test]
    fn no_bytes_break_it(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..10), tty: bool) {
        lines(tty, chunks);
    }
}
