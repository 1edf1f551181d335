//! The terminal is given back as it was, however the program ends: return, signals, panic, suspension, a closed
//! window. Asserted on the terminal's modes.

use std::{fs, thread, time::Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Engine, PATIENCE, Project, Terminal, on_every_engine};

const ONE: &str = "services:\n  solo: { image: \"stackview-test/worker:1\", command: [sleep] }\n";
const SIZE: (u16, u16) = (100, 30);

fn project(engine: &Engine) -> Project {
    let project = Project::new(engine, "modes", ONE);
    project.compose(&["up", "--detach"]);
    project
}

/// The dashboard, in full possession of the terminal.
fn dashboard(project: &Project, variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::with(project, &[], SIZE, variables);
    terminal.wait_for_line(&["solo", "running"]);
    assert!(terminal.modes().are_taken(), "{:?}", terminal.modes());
    assert!(!terminal.modes().are_restored(), "{:?}", terminal.modes());
    terminal
}

fn assert_restored(terminal: &Terminal) {
    let modes = terminal.modes();
    assert!(modes.are_restored(), "{modes:?}");
}

#[test]
fn after_quitting() {
    on_every_engine(|engine| {
        let project = project(engine);
        let mut terminal = dashboard(&project, &[]);
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);
        assert_restored(&terminal);
    });
}

#[test]
fn after_signals_that_end_it() {
    on_every_engine(|engine| {
        let project = project(engine);
        for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
            let mut terminal = dashboard(&project, &[]);
            terminal.signal(signal);
            assert_ne!(terminal.wait_for_end(), 0, "{signal:?} is not success");
            assert_restored(&terminal);
        }
    });
}

#[test]
fn after_a_panic() {
    on_every_engine(|engine| {
        let project = project(engine);
        let mut terminal = Terminal::with(&project, &[], SIZE, &[("STACKVIEW_PANIC_AFTER_FRAMES", "2")]);
        assert_ne!(terminal.wait_for_end(), 0);
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        assert!(raw.contains("\x1b[?1049h"), "the panic came before the first frame");
        assert_restored(&terminal);
        // The message stands after the alternate screen was left: it can be read.
        let after = raw.rsplit("\x1b[?1049l").next().unwrap();
        assert!(after.contains("panicked"), "{after}");
    });
}

#[test]
fn while_it_is_suspended() {
    on_every_engine(|engine| {
        let project = project(engine);
        let mut terminal = Terminal::shell(&project, SIZE);
        terminal.wait_for_line(&["shell>"]);
        terminal.press("stackview\n");
        terminal.wait_for_line(&["solo", "running"]);
        assert!(terminal.modes().are_taken());
        terminal.press("\x1a");
        terminal.wait_for_line(&["Stopped", "stackview"]);
        wait_for_prompt(&terminal);
        terminal.wait_for_modes("the shell's modes", |modes| modes.are_restored());
        terminal.press("fg\n");
        terminal.wait_for_line(&["solo", "running"]);
        terminal.wait_for_modes("the dashboard's modes", |modes| modes.are_taken());
        // Stopped from outside, as by `kill -TSTP`.
        kill_process(terminal.job(), Signal::TSTP).unwrap();
        terminal.wait_for_modes("the shell's modes", |modes| modes.are_restored());
        wait_for_prompt(&terminal);
        terminal.press("fg\n");
        terminal.wait_for_modes("the dashboard's modes", |modes| modes.are_taken());
        project.docker("pause", "solo");
        terminal.wait_for_line(&["solo", "paused"]);
        terminal.press("q");
        terminal.wait_for_modes("the shell's modes", |modes| modes.are_restored());
    });
}

/// What is typed before the shell has its terminal back may go to either.
fn wait_for_prompt(terminal: &Terminal) {
    terminal.wait_for("the shell's prompt", |screen| screen.trim_end().ends_with("shell>"));
}

#[test]
fn it_ends_with_its_window() {
    on_every_engine(|engine| {
        let project = project(engine);
        let mut terminal = Terminal::shell(&project, SIZE);
        terminal.wait_for_line(&["shell>"]);
        terminal.press("stackview\n");
        terminal.wait_for_line(&["solo", "running"]);
        let job = terminal.job();
        terminal.close();
        wait_until_gone(job);
    });
}

fn wait_until_gone(pid: Pid) {
    let end = Instant::now() + PATIENCE;
    // A zombie is gone too: only its parent, which isn't ours, hasn't looked.
    let lives = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
        stat.is_ok_and(|stat| !stat.contains(") Z"))
    };
    while lives() {
        assert!(Instant::now() < end, "the program lives on without its window");
        thread::park_timeout(std::time::Duration::from_millis(20));
    }
}
