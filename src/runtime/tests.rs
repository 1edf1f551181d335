//! The loop on a terminal that keeps what it is sent, and on simulated engines.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use ratatui::layout::Size;

use super::{
    Left, Setup, clock,
    engines::Engines,
    headless::{Headless, Shown},
    now,
    readings::Sources,
    setup::Reading,
    ui::Ui,
};
use crate::{
    app::{Msg, fixture::two_hosts, model::Settings},
    base::time::{Clock, Stamp},
    cli::demo,
    compose,
    engine::{Connector, EngineTarget},
    sim::{
        self, Playing,
        http::{Mischief, Options},
        scenario::Scenario,
    },
    view::{ColorDepth, Theme},
};

/// How long anything may take before a test fails: far more than needed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A simulated engine with a task app that came up long ago, and a dashboard on it.
struct Stage {
    dashboard: Headless,
    engine: Playing,
    dir: tempfile::TempDir,
}

impl Stage {
    fn set() -> Self {
        Self::by(clock())
    }

    /// With a clock of its own.
    fn by(clock: Clock) -> Self {
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
        let connector = Connector::new(target, BTreeMap::new(), false, clock);
        let setup = Setup { compose, named: None, connector, settings, colors: ColorDepth::True };
        let dashboard = Headless::open(setup, Size::new(120, 40)).unwrap();
        let stage = Self { dashboard, engine, dir };
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
    assert_eq!(stage.dashboard.ended().unwrap(), Left { code: 0, words: Vec::new() });
}

#[test]
fn a_signal_ends_the_loop_with_its_number() {
    let mut stage = Stage::set();
    stage.dashboard.end(1);
    assert_eq!(stage.dashboard.ended().unwrap(), Left { code: 129, words: Vec::new() });
}

/// The engine takes a call and doesn't answer it: the first service is being stopped.
fn being_stopped() -> Stage {
    let mut stage = Stage::set();
    stage.engine.handle().mischief(Mischief { stall: true, ..Mischief::default() });
    stage.press("g");
    stage.press("s");
    stage.until("the stop", |shown| shown.text().contains("docker compose stop db"));
    stage
}

#[test]
fn what_was_begun_is_waited_for_before_leaving() {
    let mut stage = Stage::set();
    // Typed in one go: the stop hasn't even been sent.
    for key in ["g", "s", "q"] {
        stage.press(key);
    }
    let left = stage.dashboard.ended().unwrap();
    assert_eq!((left.code, left.words), (0, vec!["Done: stop db".to_owned()]));
    let runs = |name: &str| {
        stage.engine.handle().world(|world| world.containers().any(|c| c.name.contains(name) && c.pid != 0))
    };
    assert!(!runs("db") && runs("backend"), "the engine was told");
}

#[test]
fn quitting_while_work_is_under_way_can_be_thought_better_of() {
    let mut stage = being_stopped();
    stage.press("q");
    stage.until("the waiting", |shown| shown.text().contains("Quitting when this is done"));
    stage.press("Esc");
    stage.until("the dashboard", |shown| !shown.text().contains("Quitting when"));
    stage.press("q");
    stage.until("the waiting", |shown| shown.text().contains("Quitting when this is done"));
    stage.press("n");
    let left = stage.dashboard.ended().unwrap();
    assert_eq!(left.code, 0);
    assert_eq!(left.words, ["Not finished: stop db; the engine was asked, and may do it all the same"]);
}

#[test]
fn a_signal_waits_for_what_is_under_way_and_no_longer_than_it_says() {
    let mut stage = being_stopped();
    let began = std::time::Instant::now();
    stage.dashboard.end(15);
    stage.until("the count-down", |shown| shown.text().contains("ending in"));
    // It can't be stayed, and a second one doesn't wait.
    stage.press("Esc");
    stage.dashboard.end(15);
    let left = stage.dashboard.ended().unwrap();
    assert_eq!((left.code, left.words.len()), (143, 1), "{:?}", left.words);
    assert!(left.words[0].starts_with("Not finished: stop db"), "{:?}", left.words);
    assert!(began.elapsed() < Duration::from_secs(30));
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
    stage.dashboard.go_on();
    stage.until("a frame", |shown| shown.frames > before);
}

/// What falls due while the program stands still is done when it goes on. Its clock is moved by hand, and by an hour
/// once the engine's was compared with it: so what the engine starts seems older than the call for it, and the job
/// waits for news until its patience is over.
#[test]
fn what_falls_due_during_a_stop_is_done_after_it() {
    let seconds = Arc::new(AtomicI64::new(1_790_000_000));
    let read = Arc::clone(&seconds);
    let mut stage = Stage::by(Clock::new(move || Stamp::from_secs(read.load(Ordering::Relaxed))));
    for key in ["Space", "Space", "Space", "s"] {
        stage.press(key);
    }
    stage.until("all stopped", |shown| shown.text().contains("0 of 3 ready"));
    seconds.fetch_add(3600, Ordering::Relaxed);
    for key in ["g", "Space", "Space", "Space", "s"] {
        stage.press(key);
    }
    stage.until("the first of them", |shown| shown.text().contains("1 of 3 ready"));
    stage.press("Ctrl-z");
    stage.until("a stop", |shown| shown.suspended == 1);
    seconds.fetch_add(10, Ordering::Relaxed);
    stage.dashboard.go_on();
    stage.until("the second", |shown| shown.text().contains("backend is starting"));
}

#[test]
fn the_screen_is_saved_where_the_program_was_started() {
    let mut stage = Stage::set();
    stage.press("Ctrl-s");
    stage.until("the picture's name", |shown| shown.text().contains("Saved as"));
    let saved = std::fs::read_dir(stage.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(saved.filter(|name| name.to_str().unwrap().ends_with(".svg")).count(), 1);
}

/// A simulated engine with the task app, which came up long ago.
fn engine(dir: &tempfile::TempDir, name: &str) -> Playing {
    let mut scenario = Scenario::built_in("taskapp").unwrap().unwrap();
    scenario.before = Duration::from_secs(200);
    sim::play(&dir.path().join(name), scenario, Options::default()).unwrap()
}

/// A dashboard on the task app of the first host. The others are held behind it, with its project and a second one.
fn on_hosts(hosts: Vec<String>) -> Headless {
    Headless::on(Size::new(120, 40), move |mut terminal| {
        let (model, behind) = two_hosts("taskapp", "second", now());
        let ids = [model.address().host, behind];
        let connector = |host: &String| {
            let target = EngineTarget { host: Some(host.clone()), ..EngineTarget::default() };
            Connector::new(target, BTreeMap::new(), false, clock())
        };
        let mut engines = Engines::new();
        for (id, host) in ids.into_iter().zip(&hosts) {
            engines.open(id, connector(host), compose::Options::default())?;
        }
        let setup = Setup {
            compose: compose::Options::default(),
            named: Some("taskapp".into()),
            connector: connector(&hosts[0]),
            settings: Settings::default(),
            colors: ColorDepth::True,
        };
        let nothing = Reading { msg: Msg::Tick, unheard: Ok(false) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let theme = Theme::named("dark")?;
        runtime
            .block_on(Ui::new(model, theme, setup, engines, Sources::new(), &mut terminal).run(Some((nothing, false))))
    })
    .unwrap()
}

/// The same seed makes the same ids on both: only the address tells one from the other.
#[test]
fn what_is_done_in_front_touches_no_other_host_and_waits_for_none() {
    let dir = tempfile::tempdir().unwrap();
    let (front, behind) = (engine(&dir, "a.sock"), engine(&dir, "b.sock"));
    let hosts = vec![front.handle().host(), behind.handle().host()];
    let mut dashboard = on_hosts(hosts.clone());
    let until = |dashboard: &Headless, what: &str, word: &str| {
        dashboard.until(what, PATIENCE, |shown| shown.text().contains(word)).unwrap_or_else(|why| panic!("{why}"));
    };
    until(&dashboard, "the stack in front", "all 3 ready");

    // The one behind stalls: keys, a call and what comes of it are as ever in front.
    behind.handle().mischief(Mischief { stall: true, ..Mischief::default() });
    dashboard.press("s".parse().unwrap());
    until(&dashboard, "the stop in front", "2 of 3 ready");
    dashboard.press("?".parse().unwrap());
    until(&dashboard, "the help", "Help");
    dashboard.press("q".parse().unwrap());

    // The one behind was asked for nothing but to be read.
    behind.handle().mischief(Mischief::default());
    let there = on_hosts(vec![hosts[1].clone(), hosts[0].clone()]);
    until(&there, "the stack behind, whole", "all 3 ready");

    // In front the other way round: it stalls, and is said to.
    front.handle().mischief(Mischief { stall: true, ..Mischief::default() });
    dashboard.sync().unwrap();
    until(&dashboard, "the loss in front", "engine gone");
    until(&there, "the other host, live", "all 3 ready");
}
