//! `--read-only`, proved by what leaves the program: every action and every command is tried, and nothing but reading
//! reaches the engine, and no program is started that could change anything.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use stackview::app::{
    Code, Key,
    action::{ACTIONS, ActionId, Danger},
};

use crate::{
    simulated,
    support::{Project, Proxy, Terminal, on_every_engine, process, program, terminal::bytes},
};

const SIZE: (u16, u16) = (140, 40);
/// Programs that could change something, or run one that could.
const PROGRAMS: [&str; 7] = ["docker", "docker-compose", "ssh", "sh", "bash", "kill", "podman"];

/// A folder of programs that do nothing but note that they were started.
struct Recorders(tempfile::TempDir);

impl Recorders {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in PROGRAMS {
            let path = dir.path().join(name);
            let log = dir.path().join("started");
            fs::write(&path, format!("#!/bin/sh\necho {name} \"$@\" >> {}\n", log.display())).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(dir)
    }

    fn put_first(&self, command: &mut Command) {
        let others = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{others}", self.0.path().display()));
    }

    fn started(&self) -> String {
        fs::read_to_string(self.0.path().join("started")).unwrap_or_default()
    }
}

fn writing(proxy: &Proxy) -> Vec<String> {
    let requests = proxy.requests();
    assert!(requests.len() > 3, "the proxy saw {requests:?}");
    requests.into_iter().filter(|r| !r.starts_with("GET ") && !r.starts_with("HEAD ")).collect()
}

/// Does every action by each of its keys, where it applies, and by its name, and agrees to whatever it asks.
fn try_everything(terminal: &mut Terminal) {
    const LEAVE: &str = "\x1b\x1b";
    // What nothing lifts isn't lifted by this.
    terminal.press("\x14");
    for action in ACTIONS {
        // They end or stop the program, or go to another engine than the test's own.
        if matches!(action.id, ActionId::Quit | ActionId::Interrupt | ActionId::Suspend | ActionId::Contexts) {
            continue;
        }
        let home = action.scope.home().unwrap_or_default().digit();
        let ways = action.keys.iter().map(|key| bytes(*key)).chain([format!(":{}\r", action.name)]);
        for way in ways {
            terminal.press(&format!("{home}{way}"));
            if action.danger != Danger::None {
                // A choice, then a plan.
                terminal.press("\r");
                terminal.pause();
                terminal.press("y\r");
            }
            terminal.press(LEAVE);
        }
    }
    // When this is answered, all before it was.
    terminal.press(&format!("1{}", bytes(Key::char('?'))));
    terminal.wait_for("the help", |screen| screen.contains("Help"));
    terminal.press(LEAVE);
    terminal.wait_for("no help", |screen| !screen.contains("Help"));
}

/// Every command, as the help lists them, but those that are no look at an engine or play one of their own.
fn commands() -> BTreeSet<String> {
    let temp = tempfile::tempdir().unwrap();
    let help = process::succeed(&mut program::stackview(&["--help"], temp.path(), temp.path()));
    let listed = help.lines().skip_while(|line| !line.starts_with("Commands:")).skip(1);
    let names = listed.take_while(|line| line.starts_with(' ')).filter_map(|line| line.split_whitespace().next());
    let others = ["help", "demo", "completions", "man"];
    let names: BTreeSet<String> = names.filter(|name| !others.contains(name)).map(str::to_owned).collect();
    assert!(names.contains("status") && names.contains("report"), "{help}");
    names
}

fn run_every_command(dir: &Path, host: &str, recorders: &Recorders) {
    for name in commands() {
        let mut command = program::stackview(&["--read-only", "--host", host, &name], dir, dir);
        recorders.put_first(&mut command);
        if name == "wait" {
            command.args(["--timeout", "2s"]);
        }
        let output = process::finish(&mut command);
        assert!(output.status.code().is_some(), "{name}: {output:?}");
    }
}

#[test]
fn nothing_but_reading_reaches_a_simulated_engine() {
    let engine = simulated::Engine::with("");
    let proxy = Proxy::to(engine.handle().path());
    let recorders = Recorders::new();
    let dashboard = |arguments: &[&str]| {
        let mut all = vec!["--host"];
        let host = proxy.host();
        all.push(&host);
        all.extend(arguments);
        let mut command = program::stackview(&all, engine.dir(), engine.home());
        recorders.put_first(&mut command);
        let terminal = Terminal::of(&command, SIZE);
        terminal.wait_for("the project", |screen| screen.contains("all 3 ready"));
        terminal
    };
    try_everything(&mut dashboard(&["--read-only"]));
    run_every_command(engine.dir(), &proxy.host(), &recorders);
    assert_eq!((writing(&proxy), recorders.started()), (Vec::new(), String::new()));

    // It is seen where it is not so.
    let mut free = dashboard(&[]);
    free.press("1gs");
    free.wait_for("the stop", |screen| screen.contains("2 of 3 ready"));
    free.press("jU");
    free.wait_for_line(&["Bring the project up?"]);
    free.answer("y");
    free.wait_for("the run", |_| recorders.started().contains("docker compose"));
    assert!(writing(&proxy).iter().any(|request| request.starts_with("POST ")));
}

#[test]
fn nothing_but_reading_reaches_a_real_engine() {
    on_every_engine(|engine| {
        let services = "services:\n  solo: {image: stackview-test/worker:1, command: [sleep], stop_grace_period: 0s}\n\
                        \u{20} job: {image: stackview-test/worker:1, command: [exit]}\n";
        let project = Project::new(engine, "readonly", services);
        project.compose(&["up", "--detach"]);
        let before = engine.containers(&project.name);
        let proxy = Proxy::new(engine);
        let recorders = Recorders::new();
        let mut command = project.stackview(&["--read-only", "--host", &proxy.host()]);
        command.env_remove("DOCKER_HOST");
        recorders.put_first(&mut command);
        let mut terminal = Terminal::of(&command, SIZE);
        terminal.wait_for_line(&["solo", "running"]);
        try_everything(&mut terminal);
        run_every_command(project.dir(), &proxy.host(), &recorders);
        assert_eq!((writing(&proxy), recorders.started()), (Vec::new(), String::new()));
        let ids = |of: &std::collections::BTreeMap<String, serde_json::Value>| {
            of.iter().map(|(id, c)| (id.clone(), c["State"]["StartedAt"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(ids(&before), ids(&engine.containers(&project.name)));
    });
}

#[test]
fn keys_are_written_as_a_terminal_sends_them() {
    let all = [Key::ctrl('t'), Key::alt('1'), Key::plain(Code::Up), Key::plain(Code::F(5)), Key::char('X')];
    assert_eq!(all.map(bytes), ["\x14", "\x1b1", "\x1b[A", "\x1b[15~", "X"]);
}
