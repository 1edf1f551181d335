//! The bytes of logs: cut into frames and lines, held, levelled, split into fields, searched and drawn.

use std::fmt;

use ratatui::layout::Size;
use stackview::{
    app::{Input, Key, Msg, Store, model::Settings},
    base::{
        id::{ContainerId, ProjectName},
        time::Stamp,
    },
    engine::Demux,
    host::{Fact, Link},
    logs::LogLine,
    stack::{self, Container, Phase},
};

use crate::{
    frames,
    random::{Random, mutate},
    throw::throw,
};

const PROJECT: &str = "p";
const SECS: i64 = 1_790_000_000;

/// What programs write.
const TEXTS: [&[u8]; 12] = [
    b"plain words",
    b"{\"level\":\"error\",\"msg\":\"it broke\",\"at\":{\"deep\":[1,2,{\"x\":null}]},\"n\":1e999}",
    b"time=\"2026-11-30T12:00:00Z\" level=warning msg=\"a \\\"quoted\\\" word\" id=",
    b"\x1b[31mred\x1b[0m \x1b[38;5;196mmore\x1b[48;2;1;2;3m\x1b[1;4;7mall\x1b[m",
    b"\x1b]0;title\x07\x1b[2J\x1b[999;999H\x1bP$q\x1b\\",
    b"Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nValueError: x",
    b"panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\t/x.go:5",
    b"\xff\xfe\xc3\x28\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa9",
    b"\xe6\xbc\xa2\xe5\xad\x97 e\xcc\x81\xcc\x81\xcc\x81 \xe2\x80\xae \xe2\x80\x8b",
    b"10.0.0.1 - - [30/Nov/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 500 12 \"-\" \"curl\"",
    b"progress 10%\rprogress 20%\rprogress 100%\r\n\t\ttabbed\x08\x08",
    b"Exception in thread \"main\" java.lang.OutOfMemoryError\n\tat a.b.C.d(E.java:1)\nCaused by: x",
];
const WORDS: [&[u8]; 16] = [
    b"\x01\0\0\0\0\0\0\x05",
    b"\x02\0\0\0\xff\xff\xff\xff",
    b"\x07\0\0\0\0\0\0\0",
    b"2026-11-30T12:00:00.000000001Z ",
    b"9999-12-31T23:59:59.999999999Z ",
    b"-009999-01-01T00:00:00Z ",
    b"\n",
    b"\r",
    b"\0",
    b"\x1b[",
    b"\x1b[38;5;",
    b"\x9b",
    b"{\"",
    b"=\"",
    b"\xf0\x9f",
    b"ERROR",
];
/// What is typed on the screen of logs: search, filters, folding, wrapping, following.
const KEYS: [&str; 9] = ["/err", "/[a-", "/.*", "f", "w", "t", "l", "gG", "nN"];

struct Thrown {
    tty: bool,
    raw: Vec<u8>,
    keys: &'static str,
    luck: u64,
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tty: {}, keys: {}\n{}", self.tty, self.keys, self.raw.escape_ascii())
    }
}

fn make(rng: &mut Random) -> Thrown {
    let tty = rng.below(4) == 0;
    let mut raw = Vec::new();
    for n in 0..1 + rng.below(30) {
        let text = [format!("2026-11-30T12:00:{:02}.{n:09}Z ", n % 60).as_bytes(), rng.one(&TEXTS), b"\n"].concat();
        let text = text.repeat(if rng.below(60) == 0 { 2000 } else { 1 });
        if !tty {
            raw.extend([1 + u8::from(rng.below(4) == 0), 0, 0, 0]);
            raw.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        }
        raw.extend(text);
    }
    mutate(rng, &mut raw, &WORDS, &TEXTS);
    Thrown { tty, raw, keys: rng.one(&KEYS), luck: rng.next() }
}

fn look(thrown: &Thrown) {
    let mut rng = Random(thrown.luck);
    let (mut demux, mut lines) = (Demux::new(thrown.tty), Vec::<LogLine>::new());
    let mut rest = &*thrown.raw;
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(1 + rng.below(rest.len().min(5000)));
        demux.push(chunk, &mut lines);
        rest = after;
    }
    demux.finish(&mut lines);
    assert!(lines.iter().map(|line| line.text.len()).sum::<usize>() <= thrown.raw.len(), "more came out than went in");

    let (now, id) = (Stamp::from_secs(SECS), ContainerId::from("a".repeat(64)));
    let project = ProjectName::from(PROJECT);
    let mut store = Store::new(Settings::default(), project.clone(), None, Size::new(80, 24), now);
    let host = store.address().host;
    let container = Container {
        name: "p-web-1".into(),
        project: Some(project.clone()),
        service: Some("web".into()),
        number: Some(1),
        phase: Phase::Exited,
        exit_code: Some(1),
        started: Some(Stamp::from_secs(SECS - 5)),
        finished: Some(Stamp::from_secs(SECS - 1)),
        inspected: true,
        ..Container::bare(id.clone())
    };
    let facts = [
        stack::Fact::Listed(vec![container.clone()]),
        stack::Fact::Inspected(Box::new(container)),
        stack::Fact::Lines(id, lines),
    ];
    let facts = facts.into_iter().map(|fact| Fact::Stack(project.clone(), fact));
    store.update(Msg::Facts(host, std::iter::once(Fact::Link(Link::Live)).chain(facts).collect()), now);
    for key in std::iter::once('3').chain(thrown.keys.chars()) {
        store.update(Msg::Input(Input::Key(Key::char(key))), now);
    }
    frames::draw(&mut rng, &mut store, now);
}

#[test]
fn no_bytes_of_a_log_break_the_program() {
    throw("logs", 200, make, look);
}
