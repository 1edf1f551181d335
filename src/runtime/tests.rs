//! The loop on a terminal that keeps what it is sent, and on simulated engines.

use std::{collections::BTreeMap, time::Duration};

use ratatui::layout::Size;

use super::{
    Setup, clock,
    headless::{Headless, Shown},
};
use crate::{
    app::model::Settings,
    cli::demo,
    engine::{Connector, EngineTarget},
    sim::{self, Playing, http::Options, scenario::Scenario},
    view::ColorDepth,
};

/// How long anything may take before a test fails: far more than needed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A simulated engine with a task app that came up long ago, and a dashboard on it.
struct Stage {
    dashboard: Headless,
    _engine: Playing,
    dir: tempfile::TempDir,
}

impl Stage {
    fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::built_in("taskapp").unwrap().unwrap();
        scenario.before = Duration::from_secs(200);
        let compose = demo::stage(&mut scenario, dir.path().to_owned()).unwrap();
        let engine = sim::play(&dir.path().join("engine.sock"), scenario, Options::default()).unwrap();
        let target = EngineTarget {
            host: Some(engine.handle().host()),
            pace: Some(std::num::NonZeroU32::MIN),
            ..EngineTarget::default()
        };
        let settings = Settings::default();
        let connector = Connector::new(target, BTreeMap::new(), false, clock());
        let setup = Setup { compose, named: None, connector, settings, colors: ColorDepth::True };
        let dashboard = Headless::open(setup, Size::new(120, 40)).unwrap();
        let stage = Self { dashboard, _engine: engine, dir };
        stage.until("the stack", |shown| shown.text().contains("all 3 ready"));
        stage
    }

    fn until(&self, what: &str, wanted: impl Fn(&Shown) -> bool) {
        self.dashboard.until(what, PATIENCE, wanted).unwrap_or_else(|why| panic!("{why}"));
    }

    fn press(&mut self, key: &str) {
        self.dashboard.press(key.parse().unwrap());
    }
}

#[test]
fn keys_change_what_is_drawn_and_leaving_ends_the_loop() {
    let mut stage = Stage::set();
    stage.press("?");
    stage.until("the help", |shown| shown.text().contains("Help"));
    stage.press("Esc");
    stage.until("no help", |shown| !shown.text().contains("Help"));
    stage.dashboard.resize(Size::new(80, 24));
    stage.until("the new size", |shown| shown.text().lines().count() == 24);
    stage.press("q");
    assert_eq!(stage.dashboard.ended().unwrap(), 0);
}

#[test]
fn a_signal_ends_the_loop_with_its_number() {
    let mut stage = Stage::set();
    stage.dashboard.end(1);
    assert_eq!(stage.dashboard.ended().unwrap(), 129);
}

#[test]
fn what_is_copied_reaches_the_terminal() {
    let mut stage = Stage::set();
    stage.press("y");
    stage.until("the clipboard", |shown| shown.sent.starts_with(b"\x1b]52;c;"));
}

#[test]
fn the_screen_is_drawn_again_after_a_stop() {
    let mut stage = Stage::set();
    let before = stage.dashboard.look(|shown| shown.frames);
    stage.press("Ctrl-z");
    stage.until("a stop", |shown| shown.suspended == 1);
    stage.until("a frame", |shown| shown.frames > before);
}

#[test]
fn the_screen_is_saved_where_the_program_was_started() {
    let mut stage = Stage::set();
    stage.press("Ctrl-s");
    stage.until("the picture's name", |shown| shown.text().contains("Saved as"));
    let saved = std::fs::read_dir(stage.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(saved.filter(|name| name.to_str().unwrap().ends_with(".svg")).count(), 1);
}
