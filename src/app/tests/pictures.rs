//! Every screen as text, in three situations and four sizes, and what stands above them.

use std::{path::Path, sync::Arc, time::Duration};

use super::*;
use crate::{
    app::{
        Msg,
        fixture::{press, settings, tell},
        model::{Mode, Tab},
        update,
    },
    base::{id::ContainerId, loss::LossKind, time::Stamp},
    compose::{Place, Problem},
    host::{ContextEntry, Fact, Latency, Link, ProjectSummary},
    logs::LogLine,
    stack::{
        self,
        fixture::{PROJECT, at, id_of},
    },
};

/// Every screen of a moment at every size as text, and at 80×24 with its looks.
fn moments(name: &str, make: fn() -> Model) {
    for tab in Tab::ALL {
        let screen = tab.title().to_lowercase();
        let mut model = make();
        press(&mut model, &tab.digit().to_string());
        for size in SIZES {
            let file = format!("{name}-{screen}-{}x{}", size.0, size.1);
            insta::assert_snapshot!(file, shown(&mut model, size));
        }
        insta::assert_snapshot!(format!("{name}-{screen}-looks"), styles(&mut model, (80, 24)));
    }
}

/// The table leaves its columns of figures out where there is no room for them.
#[test]
fn what_a_service_uses_is_told_wherever_it_is_inspected() {
    let mut model = fixture::starting();
    press(&mut model, "g");
    for width in (100..=200).step_by(20) {
        let screen = shown(&mut model, (width, 44));
        assert!(screen.contains("7.6 M of 7.7 G memory, 0.1 % CPU"), "at {width} columns:\n{screen}");
    }
}

#[test]
fn screens_while_starting() {
    moments("starting", fixture::starting);
}

#[test]
fn screens_when_failed() {
    moments("failed", fixture::failed);
}

#[test]
fn screens_when_ready() {
    moments("ready", fixture::ready);
}

#[test]
fn what_stands_above() {
    for (name, keys) in
        [("help", "?"), ("palette", ":re"), ("confirm", "X"), ("signals", "K"), ("errors", "E"), ("filter", "/db")]
    {
        let mut model = fixture::starting();
        press(&mut model, keys);
        insta::assert_snapshot!(name, shown(&mut model, (80, 24)));
    }
}

#[test]
fn the_docker_contexts_to_choose_from() {
    let mut model = fixture::ready();
    let known = |name: &str, host: &str, note: &str, usable| ContextEntry {
        name: name.into(),
        host: host.into(),
        note: note.into(),
        current: name == "default",
        usable,
    };
    let rows = vec![
        known("default", "the usual sockets", "what docker takes when nothing is chosen", true),
        known("old", "", "names no docker engine", false),
        known("prod", "ssh://deploy@prod.example.org", "the real one", true),
        known("staging", "tcp://staging.example.org:2376", "TLS isn't verified", true),
    ];
    let now = model.now;
    update(&mut model, Msg::Contexts(rows), now);
    press(&mut model, "jj");
    insta::assert_snapshot!("contexts", shown(&mut model, (80, 24)));
    insta::assert_snapshot!("contexts-40x12", shown(&mut model, (40, 12)));
}

#[test]
fn what_was_lost_is_listed_with_its_number() {
    let mut model = fixture::starting();
    let (db, now) = (id_of("db"), model.now);
    let line = |i: i64| LogLine { at: at(20.0).shifted(i), stderr: false, text: Box::from(*b"x"), cut: i == 0 };
    let lines = |id: &ContainerId, lines| Fact::Stack(PROJECT.into(), stack::Fact::Lines(id.clone(), lines));
    tell(&mut model, vec![lines(&db, (0..5000).map(line).collect())], now);
    tell(&mut model, vec![lines(&db, vec![line(4999)]), lines(&"gone".into(), vec![line(1)])], now);
    model.lose(LossKind::HooksSkipped, 1);
    press(&mut model, ":what was lost<Enter>");
    insta::assert_snapshot!("losses", shown(&mut model, (120, 40)));
    insta::assert_snapshot!("losses-40x12", shown(&mut model, (40, 12)));
    press(&mut model, "<Esc>3g");
    let top = shown(&mut model, (120, 40));
    assert!(top.contains("1 002 older lines dropped"), "at the place where they are missing: {top}");
    press(&mut model, ":losses<Enter>q");
    assert!(model.ui.overlay.is_none());
}

#[test]
fn a_far_engine_says_how_long_it_takes() {
    let mut model = fixture::ready();
    let mut engine = model.host().engine.clone().unwrap();
    engine.place = "prod".into();
    let now = model.now;
    let heard = |took| Fact::Latency(Latency { at: now, took: Duration::from_millis(took), waiting: 0 });
    tell(&mut model, vec![Fact::Engine(engine), heard(83)], now);
    let line = |model: &mut Model, size| shown(model, size).lines().next().unwrap().to_owned();
    assert!(line(&mut model, (120, 40)).contains("prod, engine 20.10.24 · 83 ms"), "{}", line(&mut model, (120, 40)));
    assert!(line(&mut model, (80, 24)).contains("prod"), "which engine it is stays where it is narrow");
    let waiting = Fact::Latency(Latency { at: now, took: Duration::ZERO, waiting: 9 });
    tell(&mut model, vec![waiting], now);
    assert!(line(&mut model, (120, 40)).contains("9 streams not shown"), "{}", line(&mut model, (120, 40)));
    tell(&mut model, vec![heard(12)], now);
    assert!(!line(&mut model, (120, 40)).contains("12 ms"), "nobody feels that");
    update(&mut model, Msg::Tick, now + Duration::from_secs(7));
    assert!(line(&mut model, (120, 40)).contains("no answer for 7 s"), "{}", line(&mut model, (120, 40)));
}

#[test]
fn the_graph_command_draws_the_same_picture() {
    let model = fixture::starting();
    let project = model.stack().declared.as_ref().unwrap();
    insta::assert_snapshot!("graph", crate::app::screens::stack::topology::drawn::text(project, 100, false));
    insta::assert_snapshot!("graph-ascii", crate::app::screens::stack::topology::drawn::text(project, 100, true));
}

#[test]
fn answers_fill_the_window() {
    let mut model = fixture::starting();
    model.mode = Mode::Picker { looked: "No compose.yaml in /home/me or above.".into(), selected: 1 };
    let project = |name: &str, running, troubled| ProjectSummary {
        name: name.into(),
        running,
        total: 3,
        troubled,
        files: Vec::new(),
        dir: Some(format!("/home/me/{name}")),
    };
    let projects = vec![project("shop", 3, 0), project("blog", 2, 1), project("old", 0, 0)];
    model.hosts_mut().front_mut().projects = Some(projects);
    insta::assert_snapshot!("answer-picker", shown(&mut model, (80, 24)));

    let file: Arc<Path> = Arc::from(Path::new("/home/me/shop/compose.yaml"));
    let mut problem =
        Problem::error("services.web.ports contains an invalid value: \"80:\"").at(Place { file, line: 7, column: 9 });
    (problem.excerpt, problem.caret) = (Some("      - 80:".into()), 8);
    model.mode = Mode::Dashboard;
    model.problems = vec![problem.help("write HOST:CONTAINER, as 8080:80")];
    insta::assert_snapshot!("files-with-errors", shown(&mut model, (80, 24)));
    press(&mut model, "E");
    insta::assert_snapshot!("files-with-errors-in-full", shown(&mut model, (80, 24)));
    model.ui.overlay = None;
    model.mode = Mode::Broken { scroll: 0 };
    insta::assert_snapshot!("answer-broken", shown(&mut model, (80, 24)));
    insta::assert_snapshot!("answer-too-small", shown(&mut model, (39, 12)));
}

#[test]
fn errors_in_files_that_give_a_project_stand_under_the_verdict() {
    let mut model = fixture::ready();
    let file: Arc<Path> = Arc::from(Path::new("/home/me/shop/compose.yaml"));
    let error =
        Problem::error("service \"web\" depends on undefined service \"db\"").at(Place { file, line: 4, column: 18 });
    model.problems = vec![Problem::warning("`version` is obsolete"), error.clone(), error];
    let screen = shown(&mut model, (120, 40));
    let line = screen.lines().nth(1).unwrap();
    assert!(
        line.contains("2 errors in the compose files: compose.yaml:4:18: service \"web\" depends on undefined"),
        "{line}"
    );
    model.problems.truncate(1);
    assert!(!shown(&mut model, (120, 40)).contains("obsolete"), "compose takes them");
}

#[test]
fn the_inspector_tells_where_values_come_from() {
    let mut model = fixture::sourced();
    press(&mut model, "i<Right><Right>");
    for size in [(80, 24), (120, 40), (200, 60)] {
        insta::assert_snapshot!(format!("sources-env-{}x{}", size.0, size.1), shown(&mut model, size));
    }
    press(&mut model, "<Right>z");
    for size in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        insta::assert_snapshot!(format!("sources-{}x{}", size.0, size.1), shown(&mut model, size));
    }
    let mut all = shown(&mut model, (80, 24));
    press(&mut model, "G");
    all.push_str(&shown(&mut model, (80, 24)));
    assert!(!all.contains("hunter2") && all.contains("••••••••"), "{all}");
    press(&mut model, "v");
    assert!(shown(&mut model, (120, 40)).contains("postgres://app:hunter2@db"), "{}", shown(&mut model, (120, 40)));
}

#[test]
fn what_was_never_created_says_what_to_press_unless_compose_would_refuse() {
    let mut model = Model::new(settings(), "p".into(), Some(stack::fixture::chain()), size((80, 24)), Stamp::default());
    tell(&mut model, vec![Fact::Link(Link::Live)], Stamp::default());
    tell(&mut model, vec![stack::Fact::Listed(Vec::new())], Stamp::default());
    let line = |model: &mut Model| shown(model, (80, 24)).lines().next().unwrap().to_owned();
    assert!(line(&mut model).contains("not created yet · U brings it up"), "{}", line(&mut model));
    model.settings.read_only = true;
    assert!(line(&mut model).contains("docker compose up -d starts it"), "{}", line(&mut model));
    model.problems = vec![Problem::error("additional properties 'imge' not allowed")];
    assert!(line(&mut model).contains("the compose file is invalid"), "{}", line(&mut model));
}

#[test]
fn a_broken_save_stands_above_the_project_that_was_read() {
    let mut model = fixture::ready();
    let file: Arc<Path> = Arc::from(Path::new("/home/me/shop/compose.yaml"));
    let mut error = Problem::error("additional properties 'imge' not allowed").at(Place { file, line: 4, column: 5 });
    (error.excerpt, error.caret) = (Some("    imge: postgres:17".into()), 4);
    model.problems = vec![error.help("did you mean `image`?")];
    model.kept_since = Some(model.now);
    for size in [(40, 12), (80, 24), (120, 40)] {
        insta::assert_snapshot!(format!("broken-save-{}x{}", size.0, size.1), shown(&mut model, size));
    }
}
