//! A terminal that behaves as terminals do: it answers late what another program asked, isn't read from, or tells a
//! size that it can't have. No Docker is needed.

use std::time::Duration;

use rustix::process::Signal;

use crate::{
    simulated::{Engine, is_true, keys_answer},
    support::Terminal,
};

/// What terminals answer to the questions that vim, fzf and tmux ask when they start or end. Taken for keys, each
/// would act: `s` stops the selected service, `r` restarts it.
const ANSWERS: [&str; 10] = [
    "\x1b]11;rgb:srsr/0000/0000\x1b\\",
    "\x1b]10;rgb:srsr/0000/0000\x07",
    "\x1bP>|XTerm srs(390)\x1b\\",
    "\x1bP1$rs r\x1b\\",
    "\x1bP1+r5463=srs\x1b\\",
    "\x1b_Gi=31;srs\x1b\\",
    "\x1b^srs\x1b\\",
    "\x1b[?2026;2$y",
    "\x1b[>41;390;0c",
    "\x1b[5;1R",
];

/// When each container was started, and when it ended.
fn starts(engine: &Engine) -> String {
    engine.handle().world(|world| world.containers().map(|c| format!("{:?} {:?} ", c.started, c.finished)).collect())
}

/// Keys answer, and the project is as it was.
fn is_untouched(terminal: &mut Terminal, after: &str) {
    keys_answer(terminal);
    terminal.wait_for(&format!("the project after {after:?}"), is_true);
}

#[test]
fn an_answer_of_the_terminal_is_no_key() {
    let engine = Engine::with("");
    let mut terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    let before = starts(&engine);
    for answer in ANSWERS {
        terminal.press(answer);
        is_untouched(&mut terminal, answer);
    }
    assert_eq!(starts(&engine), before, "something was done to a container");
}

#[test]
fn an_answer_that_comes_in_pieces_is_no_key() {
    let engine = Engine::with("");
    let mut terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    let before = starts(&engine);
    for answer in ANSWERS {
        for at in 1..answer.len() {
            let (one, two) = answer.as_bytes().split_at(at);
            // A pause that a busy line makes, and one that no human fingers do.
            terminal.press_in_pieces(&[one, two], Duration::from_millis(if at % 2 == 0 { 0 } else { 40 }));
        }
        let bytes: Vec<&[u8]> = answer.as_bytes().chunks(1).collect();
        terminal.press_in_pieces(&bytes, Duration::from_millis(1));
        is_untouched(&mut terminal, answer);
    }
    assert_eq!(starts(&engine), before, "something was done to a container");
}

#[test]
fn signals_end_it_while_its_terminal_is_not_read() {
    let engine = Engine::with("");
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let mut terminal = engine.dashboard();
        terminal.wait_for("the project", is_true);
        terminal.hold(true);
        // Each of these draws another screen: far more than what is on its way may be.
        for _ in 0..200 {
            terminal.press_in_pieces(&[b"1", b"2", b"3", b"6"], Duration::from_millis(2));
        }
        terminal.signal(signal);
        assert!(terminal.ends_within(Duration::from_secs(20)), "{signal:?} isn't heard");
        terminal.hold(false);
        terminal.wait_for_end();
        let modes = terminal.modes();
        assert!(modes.are_restored(), "{signal:?}: {modes:?}");
    }
}

#[test]
fn a_terminal_of_an_impossible_size_is_drawn_on_within_bounds() {
    let engine = Engine::with("");
    let mut terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    terminal.claim_size(65535, 65535);
    terminal.press("2");
    terminal.resize(140, 40);
    terminal.press("1");
    terminal.wait_for("the project", is_true);
    let status = std::fs::read_to_string(format!("/proc/{}/status", terminal.pid())).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    assert!(peak.is_none_or(|kb: u64| kb < 1 << 20), "it took {peak:?} kB");
}
