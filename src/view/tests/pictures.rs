use super::*;
use crate::app::fixture::press;

/// Every screen of a moment at every size as text, and at 80×24 with its looks.
fn moments(name: &str, make: fn() -> Model) {
    for (keys, screen) in
        [("", "stack"), ("2", "startup"), ("3", "logs"), ("4", "storage"), ("7", "events")]
    {
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
