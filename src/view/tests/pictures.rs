//! Every screen as text, in three situations and four sizes, and what stands above them.

use std::{path::Path, sync::Arc};

use super::*;
use crate::{
    app::{fixture::press, model::Mode},
    compose::{Place, Problem},
    stack::ProjectSummary,
};

/// Every screen of a moment at every size as text, and at 80×24 with its looks.
fn moments(name: &str, make: fn() -> Model) {
    for (keys, screen) in [("", "stack"), ("2", "startup"), ("3", "logs"), ("4", "storage"), ("7", "events")] {
        let mut model = make();
        press(&mut model, keys);
        for size in SIZES {
            let file = format!("{name}-{screen}-{}x{}", size.0, size.1);
            insta::assert_snapshot!(file, shown(&mut model, size));
        }
        insta::assert_snapshot!(format!("{name}-{screen}-looks"), styles(&mut model, (80, 24)));
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
fn the_graph_command_draws_the_same_picture() {
    let model = fixture::starting();
    let project = model.stack.declared.as_ref().unwrap();
    insta::assert_snapshot!("graph", crate::view::topology::text(project, 100, false));
    insta::assert_snapshot!("graph-ascii", crate::view::topology::text(project, 100, true));
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
    model.stack.projects = Some(vec![project("shop", 3, 0), project("blog", 2, 1), project("old", 0, 0)]);
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
