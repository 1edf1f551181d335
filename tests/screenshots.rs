//! The pictures in the documents are what the program draws: each comes from a scenario of the simulated engine, at
//! a moment, after some keys, through the program's own export. `UPDATE_SCREENSHOTS=1 cargo test --test screenshots`
//! makes them anew.

#![cfg(test)]

use std::{collections::BTreeMap, fs, path::Path, process::Command, sync::Arc, time::Duration};

use ratatui::layout::Size;
use stackview::{
    app::model::Settings,
    base::time::Stamp,
    cli::demo,
    compose,
    engine::{Connector, Target},
    runtime::{Setup, headless::Headless},
    sim::{
        self, Playing,
        http::{Options, Pace},
        scenario::Scenario,
    },
    view::{ColorDepth, export},
};

/// A picture: its file, the scenario, seconds from its beginning, columns and rows, keys, and words that must be
/// on it, so that a picture of nothing can't be taken for one.
struct Shot(&'static str, &'static str, u64, (u16, u16), &'static [&'static str], &'static [&'static str]);

const SHOTS: &[Shot] = &[
    Shot("stack", "taskapp", 70, (128, 36), &["j"], &["1 of 3 ready", "waits for backend", "compose.yaml:17:3"]),
    Shot("startup", "taskapp", 130, (128, 24), &["2"], &["critical path", "frontend"]),
    Shot("logs", "failing", 100, (128, 30), &["3"], &["backend"]),
    Shot("storage", "platform", 120, (128, 30), &["4"], &["2.6 G in volumes"]),
    Shot("plan", "taskapp", 130, (128, 30), &["X"], &["Remove"]),
    Shot("platform", "platform", 120, (160, 50), &[], &["ready"]),
];

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);
/// When nothing came for so long, all has come.
const QUIET: Duration = Duration::from_millis(400);
/// The engine's time at the beginning: Saturday, 21 November 2026, 09:00 UTC.
const START: Stamp = Stamp::from_secs(1_795_251_600);

#[test]
fn pictures_show_what_the_program_draws() {
    if std::env::var("TZ").as_deref() != Ok("UTC") {
        // Times of day are shown in the local zone, and it can't be changed within a program.
        let again = Command::new(std::env::current_exe().unwrap()).env("TZ", "UTC").output().unwrap();
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(again.status.success(), "in UTC: {said}");
        return;
    }
    let update = std::env::var_os("UPDATE_SCREENSHOTS").is_some();
    let mut outdated = Vec::new();
    for shot in SHOTS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(format!("{}.svg", shot.0));
        let stage = Stage::set(shot);
        let mut board = stage.play(shot);
        if update {
            board.settle(QUIET);
            fs::write(&file, board.picture()).unwrap();
            continue;
        }
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if board.until(Duration::from_secs(10), |board| board.picture() == kept).is_err() {
            let now = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.svg", shot.0));
            fs::write(&now, board.picture()).unwrap();
            outdated.push(format!("{} differs from {}", file.display(), now.display()));
        }
    }
    assert!(
        outdated.is_empty(),
        "pictures no longer match the program; look at them, then UPDATE_SCREENSHOTS=1 cargo test --test screenshots:\n{}",
        outdated.join("\n")
    );
}

/// A simulated engine whose clock is moved by hand.
struct Stage {
    engine: Playing,
    compose: compose::Options,
    _dir: tempfile::TempDir,
}

impl Stage {
    fn set(shot: &Shot) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::built_in(shot.1).expect("the scenario is built in").unwrap();
        let compose = demo::stage(&mut scenario, dir.path().to_owned()).unwrap();
        let options = Options { pace: Pace::Manual, start: Some(START), seed: 1, ..Options::default() };
        let engine = sim::play(&dir.path().join("engine.sock"), scenario, options).unwrap();
        Self { engine, compose, _dir: dir }
    }

    /// Opens the dashboard, lets the time go by second by second, and presses the keys.
    fn play(&self, shot: &Shot) -> Headless {
        let target = Target {
            host: Some(self.engine.handle().host()),
            pace: Some(std::num::NonZeroU32::MIN),
            ..Target::default()
        };
        let connector = Connector::new(target, BTreeMap::new(), false);
        let settings = Settings::default();
        let setup = Setup { compose: self.compose.clone(), named: None, connector, settings, colors: ColorDepth::True };
        let engine = Arc::clone(self.engine.handle());
        let clock = move || engine.world(|world| world.now());
        let (columns, rows) = shot.3;
        let mut board = Headless::open(&setup, Size::new(columns, rows), clock).unwrap();
        board.until(PATIENCE, Headless::is_live).unwrap_or_else(|last| panic!("no engine:\n{last}"));
        for _ in 0..shot.2 {
            self.engine.handle().advance(Duration::from_secs(1));
            board.settle(Duration::from_millis(10));
        }
        for key in shot.4 {
            board.press(key.parse().unwrap());
        }
        let shown = |board: &Headless| shot.5.iter().all(|words| export::text(&board.screen()).contains(words));
        board.until(PATIENCE, shown).unwrap_or_else(|last| panic!("{}: not {:?}:\n{last}", shot.0, shot.5));
        board
    }
}
