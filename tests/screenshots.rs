//! The pictures in the documents are what the program draws: each comes from a scenario of the simulated engine, at
//! a moment, after some keys, through the program's own export. `UPDATE_SCREENSHOTS=1 cargo test --test screenshots`
//! takes them again.

#![cfg(test)]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use ratatui::layout::Size;
use stackview::{
    app::model::Settings,
    base::time::{Clock, Stamp},
    cli::demo,
    compose,
    engine::{Connector, EngineTarget},
    runtime::{
        Setup,
        headless::{Headless, Shown},
    },
    sim::{
        self, Playing,
        http::{Options, Pace},
        scenario::Scenario,
    },
    view::ColorDepth,
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
    let update = std::env::var_os("UPDATE_SCREENSHOTS").is_some();
    let mut outdated = Vec::new();
    for shot in SHOTS {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(format!("{}.svg", shot.0));
        let stage = Stage::set(shot);
        let mut dashboard = stage.play(shot);
        let picture = |shown: &Shown| shown.picture(stage.compose.project_name.as_deref().unwrap());
        if update {
            stage.settle(&mut dashboard, QUIET);
            fs::write(&file, dashboard.look(picture)).unwrap();
            continue;
        }
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if dashboard.until("the picture", Duration::from_secs(10), |shown| picture(shown) == kept).is_err() {
            let now = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.svg", shot.0));
            fs::write(&now, dashboard.look(picture)).unwrap();
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
    /// When somebody read the clock last: whatever the dashboard hears, it looks at it.
    heard: Arc<Mutex<Instant>>,
    _dir: tempfile::TempDir,
}

impl Stage {
    fn set(shot: &Shot) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::built_in(shot.1).expect("the scenario is built in").unwrap();
        let compose = demo::stage(&mut scenario, dir.path().to_owned()).unwrap();
        let options = Options { pace: Pace::Manual, start: Some(START), seed: 1, ..Options::default() };
        let engine = sim::play(&dir.path().join("engine.sock"), scenario, options).unwrap();
        Self { engine, compose, heard: Arc::new(Mutex::new(Instant::now())), _dir: dir }
    }

    /// Opens the dashboard, lets the time go by second by second, and presses the keys.
    fn play(&self, shot: &Shot) -> Headless {
        let target = EngineTarget {
            host: Some(self.engine.handle().host()),
            pace: Some(std::num::NonZeroU32::MIN),
            ..EngineTarget::default()
        };
        let connector = Connector::new(target, BTreeMap::new(), false, self.clock());
        let settings = Settings::default();
        let setup = Setup { compose: self.compose.clone(), named: None, connector, settings, colors: ColorDepth::True };
        let size = Size::new(shot.3.0, shot.3.1);
        let mut dashboard = Headless::open(setup, size).unwrap();
        let is_live = |shown: &Shown| shown.frames > 0 && !shown.text().contains("asking the engine");
        dashboard.until("an engine", PATIENCE, is_live).unwrap_or_else(|why| panic!("{}: {why}", shot.0));
        self.settle(&mut dashboard, QUIET);
        for _ in 0..shot.2 {
            self.engine.handle().advance(Duration::from_secs(1));
            self.settle(&mut dashboard, Duration::from_millis(10));
        }
        for key in shot.4 {
            dashboard.press(key.parse().unwrap());
        }
        let is_shown = |shown: &Shown| shot.5.iter().all(|words| shown.text().contains(words));
        let what = format!("{:?}", shot.5);
        dashboard.until(&what, PATIENCE, is_shown).unwrap_or_else(|why| panic!("{}: {why}", shot.0));
        dashboard
    }

    /// The engine's time, which is taken for ours as well: then nothing on the screen depends on how long an answer
    /// took.
    fn clock(&self) -> Clock {
        let (engine, heard) = (Arc::clone(self.engine.handle()), Arc::clone(&self.heard));
        Clock::new(move || {
            *heard.lock().unwrap() = Instant::now();
            engine.world(|world| world.now())
        })
    }

    /// Waits until the dashboard heard nothing for so long, and has drawn what it heard before.
    fn settle(&self, dashboard: &mut Headless, quiet: Duration) {
        loop {
            dashboard.sync().unwrap_or_else(|why| panic!("{why}"));
            let since = Instant::now();
            while since.elapsed() < quiet {
                std::thread::park_timeout(quiet - since.elapsed());
            }
            if *self.heard.lock().unwrap() <= since {
                return;
            }
        }
    }
}
