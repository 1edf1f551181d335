//! What containers say can't reach the terminal, and can't fill the memory.

use std::fs;

use crate::support::{Project, Terminal, on_every_engine};

/// Labels, a probe's output and a log with everything that no terminal should be given.
const HOSTILE: &str = r#"
services:
  evil:
    image: stackview-test/worker:1
    command: [hostile]
    environment: { TITLE: "\e]0;from the environment\a" }
    labels: { evil.label: "\e[2J\e[?25h\u202egnp" }
    healthcheck: { test: [CMD, /worker, "\e[2J\e]52;c;c3RvbGVu\a"], interval: 1s, retries: 1 }
"#;

#[test]
fn hostile_output_stays_in_its_cells() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "hostile", HOSTILE);
        project.compose(&["up", "--detach"]);
        let mut terminal = Terminal::open(&project, &[], (160, 50));
        terminal.wait_for_line(&["evil", "unhealthy"]);
        terminal.press("3");
        terminal.wait_for("the end of the log", |screen| screen.contains("the long line has ended"));
        terminal.press("1");
        terminal.wait_for_line(&["evil", "unhealthy"]);
        let status = fs::read_to_string(format!("/proc/{}/status", terminal.pid())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kib: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kib < 60 << 10, "{kib} KiB are resident after a line of 20 MB");
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        for never in
            ["\x1b]0;", "\x1b]52;", "\x1b]8;", "\x1bP", "\x1b_", "\x1b[6n", "\x1b[c", "bell \x07", "\u{9b}", "\u{202e}"]
        {
            assert!(!raw.contains(never), "{never:?} reached the terminal");
        }
    });
}
