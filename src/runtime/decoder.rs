//! The bytes that a terminal sends, as what the user did: keys, the mouse, pasted text.
//!
//! A terminal sends more than that: its answers to questions, which another program may have asked just before us.
//! They are taken whole, and are nothing. Where a sequence is cut by the line it came over, time decides: what is
//! [begun](Decoder::patience) and isn't carried on soon was a key, or is forgotten. So nothing holds keys back for
//! long.
//!
//! Pure: it is told bytes, and that time has passed.

use std::{mem, time::Duration};

use crate::app::{Code, Input, Key, Mouse, MouseKind};

/// How long Esc waits for what would make it the beginning of a sequence. Nobody sees that it does.
const AFTER_ESC: Duration = Duration::from_millis(25);
/// How long after an Esc a character may still be the rest of a sequence that was cut there.
const SINCE_ESC: Duration = Duration::from_millis(200);
/// How long what begins a sequence waits to be carried on. By hand nobody is so fast.
const BEGUN: Duration = Duration::from_millis(60);
/// How long a sequence that is under way may pause.
const UNDER_WAY: Duration = Duration::from_millis(500);
/// How long pasted text may pause.
const PASTING: Duration = Duration::from_secs(2);

/// How much of a sequence is kept. A longer one is read to its end, and is nothing.
const LONGEST: usize = 256;
/// How much pasted text is kept, in bytes.
const MOST_PASTED: usize = 1 << 20;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
/// What ends pasted text.
const PASTED: &[u8] = b"\x1b[201~";

/// Reads what a terminal sends.
#[derive(Debug, Default)]
pub struct Decoder {
    state: State,
}

/// What was begun.
#[derive(Debug, Default)]
enum State {
    /// Nothing.
    #[default]
    Ground,
    /// Esc.
    Escape,
    /// Esc was taken for a key a moment ago.
    AfterEsc,
    /// What would begin a sequence after Esc, and nothing of it yet. Whether that Esc was taken for a key.
    Introduced(u8, bool),
    /// A character of several bytes, so far; with Alt.
    Character(Vec<u8>, bool),
    /// A control sequence, without what introduces it.
    Control(Vec<u8>),
    /// A key of the keypad's kind: one byte follows.
    Single,
    /// The old report of the mouse: three bytes follow.
    OldMouse(Vec<u8>),
    /// A string, which is an answer of the terminal. `wide`: begun by a single byte, as which its end may come too.
    Text {
        wide: bool,
        /// The last byte was an Esc, which may be its end.
        ending: bool,
    },
    /// Pasted text, so far, and whether some of it was left out.
    Paste(Vec<u8>),
}

impl Decoder {
    /// Takes bytes, and adds what the user did by them.
    pub fn take(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for byte in bytes {
            self.byte(*byte, out);
        }
    }

    /// How long what was begun may wait for more; `None` where nothing was.
    pub fn patience(&self) -> Option<Duration> {
        match &self.state {
            State::Ground => None,
            State::Escape => Some(AFTER_ESC),
            State::AfterEsc => Some(SINCE_ESC),
            State::Introduced(..) => Some(BEGUN),
            State::Paste(_) => Some(PASTING),
            State::Character(..) | State::Control(_) | State::Single | State::OldMouse(_) | State::Text { .. } => {
                Some(UNDER_WAY)
            }
        }
    }

    /// So long nothing came: what was begun is over.
    pub fn lapse(&mut self, out: &mut Vec<Input>) {
        match mem::take(&mut self.state) {
            State::Escape => {
                out.push(Input::Key(Key::plain(Code::Esc)));
                self.state = State::AfterEsc;
            }
            State::Introduced(byte, told) => out.push(Input::Key(introducer(byte, told))),
            State::Paste(text) => out.push(pasted(&text)),
            _ => {}
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Input>) {
        match mem::take(&mut self.state) {
            State::Ground => self.ground(byte, false, out),
            State::Escape if byte == ESC => {
                out.push(Input::Key(Key::plain(Code::Esc)));
                self.state = State::Escape;
            }
            State::Escape => self.after_escape(byte, false, out),
            State::AfterEsc if introduces(byte) => self.state = State::Introduced(byte, true),
            State::AfterEsc => self.ground(byte, false, out),
            // Pressed again and again, it is a key each time.
            State::Introduced(first, told) if byte == ESC => {
                out.push(Input::Key(introducer(first, told)));
                self.state = State::Escape;
            }
            State::Introduced(first, _) => {
                self.state = begun(first);
                self.byte(byte, out);
            }
            State::Character(mut held, alt) => {
                if byte & 0xc0 != 0x80 {
                    return self.ground(byte, false, out);
                }
                held.push(byte);
                match std::str::from_utf8(&held) {
                    Ok(text) => text.chars().for_each(|c| self.character(c, alt, out)),
                    Err(error) if error.error_len().is_none() => self.state = State::Character(held, alt),
                    Err(_) => {}
                }
            }
            State::Single => out.extend(keypad(byte).map(Input::Key)),
            State::OldMouse(mut held) => {
                held.push(byte);
                match held[..] {
                    [button, x, y] => {
                        let cell = |at: u8| u16::from(at.saturating_sub(32));
                        out.extend(mouse(button.saturating_sub(32).into(), cell(x), cell(y)));
                    }
                    _ => self.state = State::OldMouse(held),
                }
            }
            State::Control(held) => self.control(held, byte, out),
            State::Text { wide, ending } => self.text(wide, ending, byte, out),
            State::Paste(mut text) => {
                text.push(byte);
                if let Some(text) = text.strip_suffix(PASTED) {
                    out.push(pasted(text));
                    return;
                }
                if text.len() > MOST_PASTED {
                    // The end of what is kept goes on being the end of what came, which is looked for.
                    let tail = text.split_off(text.len().saturating_sub(PASTED.len()));
                    text.truncate(MOST_PASTED.saturating_sub(PASTED.len()));
                    text.extend(tail);
                }
                self.state = State::Paste(text);
            }
        }
    }

    /// A byte that belongs to nothing begun.
    fn ground(&mut self, byte: u8, alt: bool, out: &mut Vec<Input>) {
        let key = match byte {
            ESC => {
                self.state = State::Escape;
                return;
            }
            b'\r' => Key::plain(Code::Enter),
            b'\t' => Key::plain(Code::Tab),
            0x7f => Key::plain(Code::Backspace),
            0 => Key::ctrl(' '),
            0x01..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
            0x1c..=0x1f => Key::ctrl(char::from(byte - 0x1c + b'4')),
            b' '..=b'~' => Key::char(char::from(byte)),
            // A control character of one byte: by hand nobody sends it.
            0x80..=0x9f => {
                self.state = single(byte);
                return;
            }
            0xc2..=0xf4 => {
                self.state = State::Character(vec![byte], alt);
                return;
            }
            _ => return,
        };
        out.push(Input::Key(Key { alt, ..key }));
    }

    fn character(&mut self, c: char, alt: bool, out: &mut Vec<Input>) {
        match u8::try_from(c) {
            Ok(byte @ 0x80..=0x9f) => self.state = single(byte),
            _ => out.push(Input::Key(Key { alt, ..Key::char(c) })),
        }
    }

    /// A byte after Esc.
    fn after_escape(&mut self, byte: u8, told: bool, out: &mut Vec<Input>) {
        if introduces(byte) {
            self.state = State::Introduced(byte, told);
        } else {
            self.ground(byte, !told, out);
        }
    }

    /// A byte of a control sequence.
    fn control(&mut self, mut held: Vec<u8>, byte: u8, out: &mut Vec<Input>) {
        match byte {
            // What is no part of it ends it; so does a key.
            0..b' ' | 0x7f.. => return self.ground(byte, false, out),
            // The console's F1 to F5.
            b'[' if held.is_empty() => {}
            b'M' if held.is_empty() => {
                self.state = State::OldMouse(Vec::new());
                return;
            }
            b'@'..=b'~' => {
                match (held.as_slice(), byte) {
                    (b"200", b'~') => self.state = State::Paste(Vec::new()),
                    (_, _) if held.len() >= LONGEST => {}
                    (held, _) => out.extend(sequence(held, byte)),
                }
                return;
            }
            b' '..b'@' => {}
        }
        if held.len() < LONGEST {
            held.push(byte);
        }
        self.state = State::Control(held);
    }

    /// A byte of an answer of the terminal.
    fn text(&mut self, wide: bool, ending: bool, byte: u8, out: &mut Vec<Input>) {
        match byte {
            BEL => {}
            0x9c if wide => {}
            b'\\' if ending => {}
            // Something else begins, or a key was pressed: no answer holds such a byte.
            _ if ending => self.after_escape(byte, false, out),
            ESC => self.state = State::Text { wide, ending: true },
            0..b' ' | 0x7f => self.ground(byte, false, out),
            _ => self.state = State::Text { wide, ending: false },
        }
    }
}

/// Whether a sequence begins by it after Esc.
fn introduces(byte: u8) -> bool {
    matches!(byte, b'[' | b'O' | b']' | b'P' | b'X' | b'^' | b'_')
}

/// What it is where it begins nothing.
fn introducer(byte: u8, told: bool) -> Key {
    Key { alt: !told, ..Key::char(char::from(byte)) }
}

/// What begins by a byte after Esc, which is carried on.
fn begun(byte: u8) -> State {
    match byte {
        b'[' => State::Control(Vec::new()),
        b'O' => State::Single,
        _ => State::Text { wide: false, ending: false },
    }
}

/// What begins by a control character of one byte.
fn single(byte: u8) -> State {
    match byte {
        0x9b => State::Control(Vec::new()),
        0x8f => State::Single,
        0x90 | 0x98 | 0x9d | 0x9e | 0x9f => State::Text { wide: true, ending: false },
        _ => State::Ground,
    }
}

fn pasted(text: &[u8]) -> Input {
    Input::Paste(String::from_utf8_lossy(text).into_owned())
}

/// A key that the terminal sends as on a keypad.
fn keypad(byte: u8) -> Option<Key> {
    let code = match byte {
        b'P'..=b'S' => Code::F(byte - b'P' + 1),
        b'M' => Code::Enter,
        _ => arrow(byte)?,
    };
    Some(Key::plain(code))
}

fn arrow(byte: u8) -> Option<Code> {
    Some(match byte {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        _ => return None,
    })
}

/// What a control sequence says, if it is of the user; answers of the terminal are nothing.
fn sequence(held: &[u8], last: u8) -> Option<Input> {
    let text = std::str::from_utf8(held).ok()?;
    if let Some(console) = text.strip_prefix('[') {
        let key = (b'A'..=b'E').contains(&last) && console.is_empty();
        return key.then(|| Input::Key(Key::plain(Code::F(last - b'A' + 1))));
    }
    if let Some(report) = text.strip_prefix('<') {
        let [button, x, y] = numbers(report)?[..] else { return None };
        return (last == b'M').then(|| mouse(button, x, y))?;
    }
    let numbers = numbers(text)?;
    let number = |at: usize| numbers.get(at).copied();
    let (code, mods) = match last {
        b'M' => {
            let [button, x, y] = numbers[..] else { return None };
            return mouse(button.checked_sub(32)?, x, y);
        }
        b'~' if number(0) == Some(27) => (coded(number(2)?)?, number(1)),
        b'~' => (numbered(number(0)?)?, number(1)),
        b'u' => (coded(number(0)?)?, number(1)),
        b'Z' => (Code::BackTab, number(1)),
        // Not R: so the terminal tells where the cursor is.
        b'P' | b'Q' | b'S' => (Code::F(last - b'P' + 1), number(1)),
        _ => (arrow(last)?, number(1)),
    };
    if happens(text) == Some("3") {
        return None;
    }
    let mods = mods.unwrap_or(1).saturating_sub(1);
    let (shift, alt, ctrl) = (mods & 1 != 0, mods & 2 != 0, mods & 4 != 0);
    let code = match code {
        Code::Tab if shift => Code::BackTab,
        Code::Char(c) if shift => Code::Char(c.to_uppercase().next().unwrap_or(c)),
        code => code,
    };
    let key = Key { code, ctrl, alt };
    Some(if happens(text) == Some("2") { Input::Repeat(key) } else { Input::Key(key) })
}

/// The parameters of a sequence, each without what stands behind its colon. `None` where there is anything else: an
/// answer of the terminal, then.
fn numbers(text: &str) -> Option<Vec<u16>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let one = |text: &str| match text.split(':').next().unwrap_or_default() {
        "" => Some(1),
        number => number.parse().ok(),
    };
    text.split(';').map(one).collect()
}

/// What happens to a key, as some terminals tell when they are asked to: `1` it is pressed, `2` held down, `3` let go.
fn happens(text: &str) -> Option<&str> {
    text.split(';').nth(1).and_then(|mods| mods.split(':').nth(1))
}

/// A key by the number that it has before `~`.
fn numbered(number: u16) -> Option<Code> {
    let f = |from: u16, first: u8| Some(Code::F(first + u8::try_from(number.checked_sub(from)?).ok()?));
    match number {
        1 | 7 => Some(Code::Home),
        3 => Some(Code::Delete),
        4 | 8 => Some(Code::End),
        5 => Some(Code::PageUp),
        6 => Some(Code::PageDown),
        11..=15 => f(11, 1),
        17..=21 => f(17, 6),
        23..=26 => f(23, 11),
        28 | 29 => f(28, 15),
        31..=34 => f(31, 17),
        _ => None,
    }
}

/// A key by its character's number.
fn coded(number: u16) -> Option<Code> {
    Some(match number {
        13 => Code::Enter,
        27 => Code::Esc,
        9 => Code::Tab,
        8 | 127 => Code::Backspace,
        _ => Code::Char(char::from_u32(number.into()).filter(|c| !c.is_control())?),
    })
}

/// A report of the mouse: buttons with what else is held, and the cell from 1.
fn mouse(button: u16, x: u16, y: u16) -> Option<Input> {
    const MOVED: u16 = 32;
    let kind = match button & !(4 | 8 | 16) {
        0 => MouseKind::Press,
        64 => MouseKind::WheelUp,
        65 => MouseKind::WheelDown,
        _ => return None,
    };
    let (x, y) = (x.saturating_sub(1), y.saturating_sub(1));
    (button & MOVED == 0).then_some(Input::Mouse(Mouse { x, y, kind }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read of pieces, with a pause after each that ends what waits, where it is asked for.
    fn read(pieces: &[&[u8]], pause: bool) -> Vec<Input> {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for piece in pieces {
            decoder.take(piece, &mut out);
            if pause {
                decoder.lapse(&mut out);
            }
        }
        while decoder.patience().is_some() {
            decoder.lapse(&mut out);
        }
        out
    }

    fn keys(bytes: &[u8]) -> String {
        let one = |input: &Input| match input {
            Input::Key(key) => key.to_string(),
            other => format!("{other:?}"),
        };
        read(&[bytes], false).iter().map(one).collect::<Vec<_>>().join(" ")
    }

    /// What terminals answer to questions that vim, fzf, tmux and others ask.
    const ANSWERS: [&[u8]; 18] = [
        b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        b"\x1b]10;rgb:ffff/ffff/ffff\x07",
        b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
        b"\x1b]52;c;c3Vycm91bmRpbmdz\x07",
        "\x1b]lsrs ✓ title\x1b\\".as_bytes(),
        b"\x1bP>|XTerm(390)\x1b\\",
        b"\x1bP1$r0 q\x1b\\",
        b"\x1bP0+r\x1b\\",
        b"\x1bP1+r5463=\x1b\\",
        b"\x1bP!|7E565445\x1b\\",
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b^message\x1b\\",
        b"\x1bXstring\x1b\\",
        b"\x1b[?62;4;6c",
        b"\x1b[>41;390;0c",
        b"\x1b[?2026;2$y",
        b"\x1b[5;1R",
        b"\x1b[?997;1n",
    ];

    #[test]
    fn answers_of_the_terminal_are_no_keys_wherever_they_are_cut() {
        for answer in ANSWERS {
            assert_eq!(read(&[answer], false), [], "{answer:?}");
            for at in 1..answer.len() {
                let (one, two) = answer.split_at(at);
                assert_eq!(read(&[one, two], false), [], "{answer:?} cut at {at}");
            }
            let bytes: Vec<&[u8]> = answer.chunks(1).collect();
            assert_eq!(read(&bytes, false), [], "{answer:?} byte by byte");
            // A key right behind it counts.
            assert_eq!(read(&[answer, b"j"], false), [Input::Key(Key::char('j'))], "{answer:?}");
        }
        assert_eq!(keys(b"\x9d11;rgb:1e/1e/1e\x9cj"), "j");
        assert_eq!(keys("\u{9d}11;rgb:1e/1e/1e\x07j".as_bytes()), "j");
    }

    #[test]
    fn an_answer_that_is_cut_at_its_escape_is_one_after_a_pause_as_well() {
        for answer in ANSWERS {
            let (one, two) = answer.split_at(1);
            assert_eq!(read(&[one, two], true), [Input::Key(Key::plain(Code::Esc))], "{answer:?}");
        }
    }

    #[test]
    fn what_is_typed_by_hand_is_keys() {
        let typed = |pieces: &[&[u8]]| {
            let all: Vec<_> = read(pieces, true).iter().map(|i| format!("{i:?}")).collect();
            all.iter().filter(|i| i.contains("Key")).count()
        };
        for c in [b"]", b"P", b"X", b"^", b"_", b"[", b"O"] {
            assert_eq!(typed(&[b"\x1b", c, b"j"]), 3, "{c:?} after Esc");
            assert_eq!(keys(&[b"\x1b", &c[..]].concat()), format!("Alt-{}", char::from(c[0])));
        }
        assert_eq!(keys(b"\x1b]\x1b]"), "Alt-] Alt-]");
        assert_eq!(keys(b"\x1bj\x1b1\x1b\x1bk"), "Alt-j Alt-1 Esc Alt-k");
        assert_eq!(keys("\x1bé é ✓".as_bytes()), "Alt-é Space é Space ✓");
    }

    #[test]
    fn an_answer_without_an_end_holds_no_key_back_for_long() {
        // A key that no answer holds ends it.
        assert_eq!(keys(b"\x1b]11;rgb:\x03"), "Ctrl-c");
        assert_eq!(keys(b"\x1b]11;rgb:\x1b[A"), "↑");
        assert_eq!(keys(b"\x1b[?62;\r"), "Enter");
        // So does a pause.
        assert_eq!(read(&[b"\x1b]11;rgb:", b"j"], true), [Input::Key(Key::char('j'))]);
        assert_eq!(read(&[b"\x1b[?62;", b"c"], true), [Input::Key(Key::char('c'))]);
        let endless = [b"\x1b[".as_slice(), &[b'1'; 100_000], b"~j"].concat();
        assert_eq!(keys(&endless), "j");
    }

    #[test]
    fn keys_of_many_terminals() {
        assert_eq!(keys(b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F\x1b[Z"), "↑ ↓ → ← Home End Shift-Tab");
        assert_eq!(keys(b"\x1bOA\x1bOB\x1bOP\x1bOS"), "↑ ↓ F1 F4");
        assert_eq!(keys(b"\x1b[1~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~"), "Home Del End PgUp PgDn Home End");
        assert_eq!(keys(b"\x1b[15~\x1b[17~\x1b[24~\x1b[[A\x1b[[E"), "F5 F6 F12 F1 F5");
        assert_eq!(keys(b"\x1b[1;5A\x1b[1;3B\x1b[5;5~\x1b[1;2P"), "Ctrl-↑ Alt-↓ Ctrl-PgUp F1");
        assert_eq!(keys(b"\x1b[106u\x1b[106;5u\x1b[106;2u\x1b[27u\x1b[9;2u"), "j Ctrl-j J Esc Shift-Tab");
        let enter = Key::plain(Code::Enter);
        assert_eq!(read(&[b"\x1b[13;1:1u\x1b[13;1:2u"], false), [Input::Key(enter), Input::Repeat(enter)]);
        assert_eq!(keys(b"\x1b[106;1:3u\x1b[27;5;106~"), "Ctrl-j", "one let go, one held with Ctrl");
        assert_eq!(
            keys(b"\r\t\x7f\x08\x01\x1a\0 \x1c"),
            "Enter Tab Backspace Ctrl-h Ctrl-a Ctrl-z Ctrl-Space Space Ctrl-4"
        );
    }

    #[test]
    fn the_mouse_in_three_ways_of_telling() {
        let at = |kind| vec![Input::Mouse(Mouse { x: 9, y: 4, kind })];
        assert_eq!(read(&[b"\x1b[<0;10;5M"], false), at(MouseKind::Press));
        assert_eq!(read(&[b"\x1b[<64;10;5M"], false), at(MouseKind::WheelUp));
        assert_eq!(read(&[b"\x1b[<65;10;5M"], false), at(MouseKind::WheelDown));
        assert_eq!(read(&[b"\x1b[97;10;5M"], false), at(MouseKind::WheelDown));
        assert_eq!(read(&[b"\x1b[M *%"], false), at(MouseKind::Press));
        for other in
            [&b"\x1b[<0;10;5m"[..], b"\x1b[<32;10;5M", b"\x1b[<2;10;5M", b"\x1b[<35;10;5M", b"\x1b[<0;99999;5M"]
        {
            assert_eq!(read(&[other], false), [], "{other:?}");
        }
    }

    #[test]
    fn pasted_text_is_one_thing() {
        let text = "a\nb\x1b[31m é";
        let bytes = [b"\x1b[200~", text.as_bytes(), PASTED, b"j"].concat();
        for size in [1, 3, 7, 100] {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            assert_eq!(read(&pieces, false), [Input::Paste(text.into()), Input::Key(Key::char('j'))]);
        }
        assert_eq!(read(&[b"\x1b[200~abc"], false), [Input::Paste("abc".into())], "the rest never comes");
        let much = [b"\x1b[200~".as_slice(), &vec![b'x'; MOST_PASTED + 5000], PASTED, b"j"].concat();
        let read = read(&[&much], false);
        assert!(matches!(&read[..], [Input::Paste(text), Input::Key(_)] if text.len() <= MOST_PASTED));
    }

    proptest! {
        /// Whatever comes, a pause ends it, and a key after that is a key.
        #[test]
        fn nothing_holds_keys_back_for_ever(bytes: Vec<u8>) {
            let (mut decoder, mut out) = (Decoder::default(), Vec::new());
            decoder.take(&bytes, &mut out);
            for _ in 0..3 {
                decoder.lapse(&mut out);
            }
            prop_assert_eq!(decoder.patience(), None);
            out.clear();
            decoder.take(b"j", &mut out);
            prop_assert_eq!(out, vec![Input::Key(Key::char('j'))]);
        }
    }
}
