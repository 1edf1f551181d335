//! Engines elsewhere: over tcp with TLS, over ssh, and by docker context. The network, the certificates and the
//! sshd are the tests' own.

use std::{fs, time::Duration};

use crate::support::{
    Engine, Link, Project, Proxy, Terminal,
    engine::skip,
    on_every_engine, process,
    sshd::{Login, Sshd},
    terminal::has_line,
    tls::{self, Authority},
};

const ONE: &str = "services:\n  solo: { image: \"stackview-test/worker:1\", command: [sleep] }\n";
const WIDE: (u16, u16) = (160, 50);
/// A year that is far, and one that is over.
const GOOD: i32 = 2100;
const OVER: i32 = 2021;

fn project(engine: &Engine, topic: &str) -> Project {
    let project = Project::new(engine, topic, ONE);
    project.compose(&["up", "--detach"]);
    project
}

/// The dashboard over a link that is cut, mended, held up and let go; `place` is what the header calls the engine.
fn survives_its_link(project: &Project, host: &str, place: &str, variables: &[(&str, &str)], link: &Link) {
    let mut terminal = Terminal::with(project, &["-H", host], WIDE, variables);
    terminal.wait_for_line(&[place, "● ready"]);
    terminal.wait_for_line(&["solo", "running"]);
    link.delay(Duration::from_millis(60));
    terminal.wait_for("a round trip that can be felt", |screen| has_round_trip(screen, 120));
    project.docker("pause", "solo");
    terminal.wait_for_line(&["solo", "paused"]);
    link.delay(Duration::ZERO);

    link.cut();
    terminal.wait_for_line(&["engine gone"]);
    terminal.wait_for("what happened and what to do", |screen| screen.contains("can't be reached: "));
    // The engine is asked, not the link.
    project.docker("unpause", "solo");
    terminal.press("3");
    terminal.wait_for("keys that still answer", |screen| screen.contains("Logs"));
    terminal.press("1");
    link.mend();
    terminal.wait_for_line(&["solo", "running"]);
    terminal.wait_for_line(&[place, "● ready"]);

    link.hold(true);
    terminal.wait_for_line(&["no answer for"]);
    terminal.press("?");
    terminal.wait_for("the help", |screen| screen.contains("Help"));
    terminal.press("?");
    project.docker("pause", "solo");
    link.hold(false);
    terminal.wait_for_line(&["solo", "paused"]);
    terminal.wait_for("an engine that answers", |screen| !screen.contains("no answer for"));

    terminal.press("q");
    assert_eq!(terminal.wait_for_end(), 0);
    link.wait_for_open(0);
}

/// Whether the header tells of at least so many milliseconds.
fn has_round_trip(screen: &str, least: u32) -> bool {
    let header = screen.lines().next().unwrap_or_default();
    let told = header.trim_end().strip_suffix(" ms").and_then(|rest| rest.rsplit(' ').next());
    told.and_then(|ms| ms.parse::<u32>().ok()).is_some_and(|ms| ms >= least)
}

/// What `stackview ls` says when it fails.
fn refusal(project: &Project, host: &str, variables: &[(&str, &str)]) -> String {
    let mut command = project.stackview(&["-H", host, "ls"]);
    let output = process::finish(command.envs(variables.iter().copied()));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "one sentence, and what to do: {said}");
    said
}

#[test]
fn the_dashboard_over_tls() {
    on_every_engine(|engine| {
        let (project, ca) = (project(engine, "tls"), Authority::new());
        let link = Link::to(tls::in_front_of(engine, ca.make("localhost", GOOD), &ca));
        let certificates = ca.folder(Some(ca.make("me", GOOD)));
        let variables = [("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", certificates.path().to_str().unwrap())];
        let host = format!("tcp://localhost:{}", link.port);
        survives_its_link(&project, &host, "localhost", &variables, &link);
    });
}

#[test]
fn wrong_and_expired_certificates_are_refused_in_words() {
    on_every_engine(|engine| {
        let project = Project::new(engine, "certs", ONE);
        let (ca, other) = (Authority::new(), Authority::new());
        let ask = |server: (String, String), known: &Authority, own| {
            let port = tls::in_front_of(engine, server, &ca);
            let folder = known.folder(own);
            let variables = [("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", folder.path().to_str().unwrap())];
            refusal(&project, &format!("tcp://localhost:{port}"), &variables)
        };
        let good = || ca.make("localhost", GOOD);
        for (said, words) in [
            (ask(good(), &other, None), "isn't signed by a known authority"),
            (ask(ca.make("localhost", OVER), &ca, None), "expired on 2021-01-01"),
            (ask(ca.make("elsewhere", GOOD), &ca, None), "is for elsewhere, not for localhost"),
            (ask(good(), &ca, None), "wants a client certificate"),
            (ask(good(), &ca, Some(other.make("me", GOOD))), "doesn't accept our certificate"),
            (ask(good(), &ca, Some(ca.make("me", OVER))), "our certificate"),
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    });
}

#[test]
fn the_dashboard_over_ssh() {
    on_every_engine(|engine| {
        let Some(sshd) = skip(Sshd::start()) else { return };
        let project = project(engine, "ssh");
        let link = Link::to(sshd.port);
        let path = sshd.path_by(link.port, Login::Known);
        let host = format!("ssh://{}@127.0.0.1:{}{}", Sshd::user(), link.port, engine.socket());
        survives_its_link(&project, &host, "127.0.0.1", &[("PATH", &path)], &link);
    });
}

#[test]
fn ssh_that_would_ask_says_why_and_asks_nothing() {
    on_every_engine(|engine| {
        let Some(sshd) = skip(Sshd::start()) else { return };
        let project = Project::new(engine, "asks", ONE);
        let host = format!("ssh://{}@127.0.0.1:{}", Sshd::user(), sshd.port);
        for (login, words) in [
            (Login::NoKey, "Passwords aren't asked for here: load a key with ssh-add"),
            (Login::StrangeHost, "ssh doesn't know its host key. Run `ssh "),
        ] {
            let path = sshd.path_by(sshd.port, login);
            let said = refusal(&project, &host, &[("PATH", &path)]);
            assert!(said.contains(words), "{said}");
            let mut terminal = Terminal::with(&project, &["-H", &host], WIDE, &[("PATH", &path)]);
            let screen = terminal.wait_for("the reason", |screen| screen.contains("the engine can't be reached"));
            assert!(!has_line(&screen, &["password:"]) && !has_line(&screen, &["yes/no"]), "{screen}");
            terminal.press("q");
            assert_eq!(terminal.wait_for_end(), 0);
        }
        let none = refusal(&project, &host, &[("PATH", "/nowhere")]);
        assert!(none.contains("no program 'ssh' on the PATH"), "{none}");
    });
}

#[test]
fn read_only_holds_over_ssh() {
    on_every_engine(|engine| {
        let Some(sshd) = skip(Sshd::start()) else { return };
        let project = project(engine, "sshro");
        let path = sshd.path_by(sshd.port, Login::Known);
        let host = format!("ssh://{}@127.0.0.1:{}{}", Sshd::user(), sshd.port, engine.socket());
        let mut terminal = Terminal::with(&project, &["--read-only", "-H", &host], WIDE, &[("PATH", &path)]);
        terminal.wait_for_line(&["solo", "running"]);
        terminal.press("s");
        terminal.wait_for("a refusal", |screen| screen.contains("read-only"));
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);
        assert_eq!(
            project.engine.docker(&["inspect", "-f", "{{.State.Status}}", &project.container("solo")]),
            "running"
        );
    });
}

#[test]
fn another_context_is_gone_to_and_back() {
    on_every_engine(|engine| {
        let (project, proxy) = (project(engine, "context"), Proxy::new(engine));
        let docker = tempfile::Builder::new().prefix("svtest-docker-").tempdir().unwrap();
        let meta = docker.path().join("contexts/meta/abc");
        fs::create_dir_all(&meta).unwrap();
        let context = serde_json::json!({"Name": "shelf", "Metadata": {"Description": "the one on the shelf"},
            "Endpoints": {"docker": {"Host": proxy.host()}}});
        fs::write(meta.join("meta.json"), context.to_string()).unwrap();
        let variables = [("DOCKER_CONFIG", docker.path().to_str().unwrap())];
        let mut terminal = Terminal::with(&project, &[], WIDE, &variables);
        terminal.wait_for_line(&["local", "engine"]);
        terminal.wait_for_line(&["solo", "running"]);
        assert_eq!(proxy.requests(), [] as [String; 0]);

        terminal.press("C");
        terminal.wait_for_line(&["shelf", "the one on the shelf"]);
        terminal.press("j\r");
        terminal.wait_for_line(&["shelf, engine", "● ready"]);
        terminal.wait_for_line(&["solo", "running"]);
        assert!(proxy.requests().iter().any(|request| request.contains("/events?")));
        proxy.cut();
        terminal.wait_for_line(&["engine gone"]);

        terminal.press("C");
        terminal.wait_for_line(&["shelf", "the one on the shelf"]);
        terminal.press("k\r");
        terminal.wait_for_line(&["local, engine", "● ready"]);
        terminal.press("q");
        assert_eq!(terminal.wait_for_end(), 0);

        let mut wrong = project.stackview(&["-c", "shlf", "ls"]);
        let said = String::from_utf8(process::finish(wrong.envs(variables)).stderr).unwrap();
        assert!(said.contains("Did you mean 'shelf'? There are: default, shelf."), "{said}");
        let mut both = project.stackview(&["-c", "shelf", "-H", "unix:///x", "ls"]);
        let output = process::finish(both.envs(variables));
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("conflicting options: cannot specify both --host and --context"), "{said}");
    });
}
