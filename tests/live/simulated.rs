//! The dashboard on an engine that misbehaves: the screen says what is wrong, keys answer meanwhile, what is true
//! is shown again once the engine behaves, and no stream is left after quitting. No Docker is needed.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use regex::Regex;
use stackview::{
    cli::demo,
    sim::{
        self, Playing,
        http::{Handle, Options},
        scenario::Scenario,
    },
};

use crate::support::{PATIENCE, Terminal, process, program, terminal::has_line};

/// A comfortable terminal.
pub const SIZE: (u16, u16) = (140, 40);

/// A simulated engine that serves a task app which came up long ago.
pub struct Engine {
    playing: Playing,
    dir: tempfile::TempDir,
    home: tempfile::TempDir,
}

impl Engine {
    /// One that misbehaves so.
    pub fn with(mischief: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::built_in("taskapp").unwrap().unwrap();
        scenario.before = Duration::from_secs(200);
        demo::stage(&mut scenario, dir.path().to_owned()).unwrap();
        let project = scenario.project().unwrap();
        std::fs::write(dir.path().join("compose.yaml"), format!("name: {}\n{}", project.name, project.text)).unwrap();
        let options = Options { mischief: mischief.parse().unwrap(), ..Options::default() };
        let playing = sim::play(&dir.path().join("engine.sock"), scenario, options).unwrap();
        Self { playing, dir, home: tempfile::tempdir().unwrap() }
    }

    /// The hold on it.
    pub fn handle(&self) -> &Handle {
        self.playing.handle()
    }

    /// The folder of its project.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Where the program has its own files.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    fn ids(&self) -> Vec<String> {
        self.handle().world(|world| world.containers().map(|c| c.id.clone()).collect())
    }

    /// It misbehaves so from now on.
    fn does(&self, mischief: &str) {
        self.handle().mischief(mischief.parse().unwrap());
    }

    /// The dashboard on it.
    pub fn dashboard(&self) -> Terminal {
        Terminal::program(self.dir.path(), self.home.path(), &["--host", &self.handle().host()], SIZE)
    }

    /// The dashboard is quit, and leaves no connection and no answer open.
    fn is_left(&self, mut terminal: Terminal) {
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);
        let end = Instant::now() + PATIENCE;
        while self.handle().open() != (0, 0) {
            assert!(Instant::now() < end, "left open (connections, answers): {:?}", self.handle().open());
            // The engine is waited for, not the program, which has ended.
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

/// Keys answer: another screen comes, and the first again.
pub fn keys_answer(terminal: &mut Terminal) {
    terminal.press("?");
    terminal.wait_for("the help", |screen| screen.contains("Help"));
    terminal.press("\x1b");
    terminal.wait_for("no help", |screen| !screen.contains("Help"));
}

/// The project is shown as it is.
pub fn is_true(screen: &str) -> bool {
    has_line(screen, &["taskapp", "all 3 ready"]) && has_line(screen, &["backend", "healthy"])
}

/// Opens the dashboard on a good engine, lets it turn bad, and good again.
fn turns(mischief: &str, says: impl Fn(&str) -> bool) {
    let engine = Engine::with("");
    let mut terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    engine.does(mischief);
    terminal.wait_for(&format!("words about `{mischief}`"), says);
    keys_answer(&mut terminal);
    engine.does("");
    terminal.wait_for(&format!("the truth after `{mischief}`"), |screen| is_true(screen) && !is_gone(screen));
    engine.is_left(terminal);
}

/// The header says that what is shown is old.
fn is_gone(screen: &str) -> bool {
    screen.contains("engine gone")
}

#[test]
fn an_engine_that_stalls_is_noticed() {
    turns("stall", is_gone);
}

#[test]
fn an_engine_that_refuses_is_gone() {
    turns("refuse", is_gone);
}

#[test]
fn an_engine_that_cuts_its_answers_is_gone() {
    turns("cut", is_gone);
}

#[test]
fn an_engine_that_turns_to_errors_is_gone() {
    turns("500", is_gone);
}

#[test]
fn an_engine_that_turns_to_garbage_is_gone() {
    turns("garbage", is_gone);
}

#[test]
fn an_engine_that_vanishes_comes_back_with_other_containers() {
    let engine = Engine::with("");
    let mut terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    let before = engine.ids();
    engine.does("vanish");
    terminal.wait_for("its loss", is_gone);
    keys_answer(&mut terminal);
    terminal.wait_for("the truth", |screen| is_true(screen) && !is_gone(screen));
    assert_ne!(engine.ids(), before, "another engine has other containers");
    engine.is_left(terminal);
}

/// Opens the dashboard on an engine that is bad from the beginning, and turns good.
fn begins(mischief: &str, says: impl Fn(&str) -> bool) {
    let engine = Engine::with(mischief);
    let mut terminal = engine.dashboard();
    terminal.wait_for(&format!("words about `{mischief}`"), says);
    keys_answer(&mut terminal);
    engine.does("");
    terminal.wait_for(&format!("the truth after `{mischief}`"), is_true);
    engine.is_left(terminal);
}

#[test]
fn an_engine_that_answers_500_says_so() {
    begins("500", |screen| screen.contains("can't be used") && screen.contains("answers with an error"));
}

#[test]
fn an_engine_that_answers_garbage_is_called_so() {
    begins("garbage", |screen| screen.contains("can't be used") && screen.contains("can't be read"));
}

#[test]
fn a_slow_engine_is_waited_for() {
    begins("delay=300ms", |screen| screen.contains("taskapp"));
}

#[test]
fn words_that_nobody_knows_are_unknown() {
    begins("strange", |screen| screen.contains("unknown"));
}

#[test]
fn ages_are_counted_on_the_engines_clock() {
    // Three minutes, and more on a machine that takes its time; no hours.
    let age = Regex::new("db .*healthy.* [3-9] min").unwrap();
    for skew in ["skew=+3h", "skew=-3h"] {
        let engine = Engine::with(skew);
        let mut terminal = engine.dashboard();
        terminal.wait_for("the project", is_true);
        terminal.wait_for("an age of minutes", |screen| screen.lines().any(|line| age.is_match(line)));
        keys_answer(&mut terminal);
        engine.is_left(terminal);
    }
}

#[test]
fn old_and_new_engines_are_the_same_to_it() {
    for api in ["api=1.41", "api=1.44", "api=1.45", "api=1.52"] {
        let engine = Engine::with(api);
        let mut terminal = engine.dashboard();
        terminal.wait_for(api, is_true);
        keys_answer(&mut terminal);
        engine.is_left(terminal);
    }
}

#[test]
fn keys_act_on_it() {
    let engine = Engine::with("");
    let mut terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    // The first service is selected.
    terminal.press("g");
    terminal.press("s");
    // The words go away by themselves; the state stays.
    terminal.wait_for("what was done", |screen| screen.contains("stop db · docker -H "));
    terminal.wait_for("a stopped service", |screen| has_line(screen, &["db", "stopped"]));
    terminal.press("s");
    terminal.wait_for("a started one", |screen| has_line(screen, &["db", "starting"]) || is_true(screen));
    engine.is_left(terminal);
}

/// What a start took is remembered where the tests' own environment has it, and nowhere among the user's things.
#[test]
fn the_tests_have_a_home_of_their_own() {
    let engine = Engine::with("");
    let terminal = engine.dashboard();
    terminal.wait_for("the project", is_true);
    let remembered = engine.home.path().join(".state/stackview/starts/taskapp.json");
    let end = Instant::now() + PATIENCE;
    while !remembered.exists() {
        assert!(Instant::now() < end, "{} isn't written", remembered.display());
        std::thread::park_timeout(Duration::from_millis(20));
    }
    engine.is_left(terminal);
}

#[test]
fn the_demo_comes_up_without_docker_and_leaves_nothing() {
    let (dir, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut terminal = Terminal::program(dir.path(), home.path(), &["demo", "--speed", "100"], SIZE);
    terminal.wait_for("the start", |screen| screen.contains("taskapp") && screen.contains("simulated 100×"));
    terminal.wait_for("all of it", |screen| has_line(screen, &["taskapp", "all 3 ready"]));
    keys_answer(&mut terminal);
    terminal.press("q");
    assert_eq!(terminal.wait_for_end(), 0);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_demo_of_nothing_says_what_there_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("taken");
    std::fs::write(&file, "").unwrap();
    std::fs::write(dir.path().join("bad.yaml"), "project: x\nspeed: 3\n").unwrap();
    let taken = file.display().to_string();
    for (arguments, code, says) in [
        (&["demo", "taskap"][..], 2, "did you mean taskapp?"),
        (&["demo", "-f", "x.yaml"], 2, "leave --file out"),
        (&["demo", "bad.yaml"], 1, "bad.yaml:2:1"),
        (&["demo", "none.yaml"], 1, "none.yaml"),
        (&["demo", "--serve", &taken], 1, "that isn't a socket has that name"),
        (&["demo", "--mischief", "sulk"], 2, "unknown mischief `sulk`"),
    ] {
        let output = process::finish(&mut program::stackview(arguments, dir.path(), dir.path()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && said.contains(says), "{arguments:?}: {:?} {said}", output.status);
    }
}
