//! Files that are saved while somebody looks: rightly, wrongly, and gone.

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    app::picture,
    compose::{Problem, Project},
    stack::fixture,
    view::{Theme, export, render::drawn},
};

fn read(model: &mut Model, project: Option<Arc<Project>>, problems: Vec<Problem>, secs: f64) {
    update(model, Msg::Loaded { project, problems }, at(secs));
}

fn changed(change: impl FnOnce(&mut Project)) -> Option<Arc<Project>> {
    let mut project = (*fixture::chain()).clone();
    change(&mut project);
    Some(project.into())
}

fn wrong() -> Vec<Problem> {
    vec![Problem::error("services must be a mapping")]
}

#[test]
fn a_save_tells_what_it_changed() {
    let mut model = model(&healthy());
    read(&mut model, changed(|p| p.services["db"].image = Some("postgres:17".into())), Vec::new(), 101.0);
    assert_eq!(last_toast(&model), "Reloaded: db.image changed");
    read(&mut model, changed(|p| drop(p.services.shift_remove("frontend"))), Vec::new(), 102.0);
    assert_eq!(last_toast(&model), "Reloaded: db.image changed · frontend removed");
    assert_eq!(model.stack().declared.as_ref().unwrap().services.len(), 2);
}

#[test]
fn a_save_that_changes_nothing_is_not_told() {
    let mut model = model(&healthy());
    read(&mut model, Some(fixture::chain()), Vec::new(), 101.0);
    assert_eq!(last_toast(&model), "");
}

#[test]
fn a_broken_save_keeps_the_project_that_was_read() {
    let mut model = model(&healthy());
    let whole = model.stack().declared.clone();
    // Also where half of a project could be read.
    for half in [None, changed(|p| p.services.clear())] {
        read(&mut model, half, wrong(), 101.0);
        assert_eq!((&model.mode, &model.stack().declared), (&Mode::Dashboard, &whole));
        assert_eq!((model.kept_since, model.problems.len()), (Some(at(101.0)), 1));
        assert_eq!(model.layout.header.height, 3, "the error and the way out stand above it");
    }
    read(&mut model, whole, Vec::new(), 102.0);
    assert_eq!((model.kept_since, model.problems.len()), (None, 0));
    assert_eq!(last_toast(&model), "The compose files are valid again");
    assert_eq!(model.layout.header.height, 1);
}

#[test]
fn files_that_never_gave_a_project_are_shown_as_broken_until_they_do() {
    let mut model = nothing_declared();
    read(&mut model, None, wrong(), 1.0);
    assert_eq!(model.mode, Mode::Broken { scroll: 0 });
    assert_eq!(press(&mut model, "s3X"), []);
    read(&mut model, Some(fixture::chain()), wrong(), 2.0);
    assert_eq!(
        (&model.mode, model.kept_since),
        (&Mode::Dashboard, None),
        "what could be read is shown, with its error"
    );
    read(&mut model, changed(|p| drop(p.services.shift_remove("db"))), wrong(), 3.0);
    assert_eq!(model.stack().declared.as_ref().unwrap().services.len(), 2, "it was never whole, so it is replaced");
    read(&mut model, None, wrong(), 4.0);
    assert_eq!((&model.mode, model.kept_since), (&Mode::Dashboard, Some(at(4.0))));
    assert_eq!(press(&mut model, "q"), [Effect::Quit]);
}

#[test]
fn a_file_that_goes_is_told_and_one_that_comes_is_shown() {
    let mut model = model(&healthy());
    update(&mut model, Msg::NoFile("looked in /p".into()), at(101.0));
    assert_eq!(model.mode, Mode::Dashboard);
    let told = model.file_errors().next().unwrap();
    assert_eq!((&*told.message, told.help.as_deref()), ("the compose file is gone", Some("put it back; looked in /p")));
    let mut picker = nothing_declared();
    update(&mut picker, Msg::NoFile("looked in /p".into()), at(101.0));
    assert!(matches!(picker.mode, Mode::Picker { .. }));
    read(&mut picker, Some(fixture::chain()), Vec::new(), 102.0);
    assert_eq!((&picker.mode, &*picker.stack().project), (&Mode::Dashboard, fixture::PROJECT));
}

#[test]
fn another_project_that_was_chosen_is_not_taken_away() {
    let mut model = model(&healthy());
    model.ui.picked_from = Some("looked in /p".into());
    read(&mut model, changed(|p| p.name = "other".into()), Vec::new(), 101.0);
    assert_eq!(&*model.stack().project, fixture::PROJECT);
    assert!(last_toast(&model).contains("compose file of other"), "{}", last_toast(&model));
}

#[test]
fn a_disk_that_does_not_answer_is_told_until_it_does() {
    let mut model = model(&healthy());
    let late = |seconds| Msg::StillReading(Some(("/far/compose.yaml".into(), Duration::from_secs(seconds))));
    update(&mut model, late(12), at(101.0));
    let shown = export::text(&drawn(&picture(&model), &Theme::named("dark").unwrap()));
    assert!(shown.contains("still reading /far/compose.yaml (12 s)") && shown.contains("F5 starts over"), "{shown}");
    update(&mut model, Msg::StillReading(None), at(102.0));
    assert_eq!((model.layout.header.height, &model.still_reading), (1, &None));
    // Where there is no header, a message tells it.
    let mut broken = nothing_declared();
    read(&mut broken, None, wrong(), 1.0);
    update(&mut broken, late(2), at(2.0));
    assert_eq!(last_toast(&broken), "Still reading /far/compose.yaml; F5 starts over");
}
