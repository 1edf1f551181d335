//! The compose files were read, at the start or after somebody saved one.
//!
//! A project that was read whole stays on the screen while the files hold errors: who edits a file of a running
//! stack has half a file on the disk every minute.

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{facts::derive, toasts};
use crate::{
    app::{
        Model,
        action::{ActionId, key_of},
        model::Mode,
        overlays::open::Overlay,
    },
    compose::{Problem, Project, Severity, changes},
};

/// Takes what the files say now.
pub fn loaded(model: &mut Model, project: Option<Arc<Project>>, problems: Vec<Problem>) {
    if is_elsewhere(model) {
        if let Some(project) = project {
            let words = format!("There is a compose file of {} here now: Esc, then F5, shows it", project.name);
            toasts::say(model, &words);
        }
        return;
    }
    let broken = problems.iter().any(|p| p.severity == Severity::Error);
    match project {
        _ if broken && was_whole(model) => keep(model, problems),
        Some(project) => take(model, project, problems),
        None if model.mode == Mode::Dashboard && model.stack().declared.is_some() => keep(model, problems),
        None => {
            model.problems = problems;
            model.mode = Mode::Broken { scroll: 0 };
        }
    }
}

/// The disk doesn't answer about a file. Where there is no header to tell it in, a message does.
pub fn still_reading(model: &mut Model, late: Option<(PathBuf, Duration)>) {
    if let Some((file, _)) = late.as_ref().filter(|_| model.mode != Mode::Dashboard) {
        let key = key_of(ActionId::Refresh);
        toasts::say(model, &format!("Still reading {}; {key} starts over", file.display()));
    }
    model.still_reading = late;
}

/// There is no compose file. Where there was one, the project that it gave stays.
pub fn missing(model: &mut Model, looked: String) {
    if is_elsewhere(model) {
        return;
    }
    if model.mode == Mode::Dashboard && model.stack().declared.is_some() {
        let gone = Problem::error("the compose file is gone").help(format!("put it back; {looked}"));
        keep(model, vec![gone]);
        return;
    }
    model.ui.overlay = model.ui.overlay.take().filter(|o| matches!(o, Overlay::Help(_)));
    model.mode = Mode::Picker { looked, selected: 0 };
}

/// Whether the user looks at a project that isn't the one of these files.
fn is_elsewhere(model: &Model) -> bool {
    model.mode == Mode::Dashboard && model.ui.picked_from.is_some()
}

/// Whether the project on the screen was read from files without an error.
fn was_whole(model: &Model) -> bool {
    let clean = model.kept_since.is_some() || model.file_errors().next().is_none();
    model.mode == Mode::Dashboard && model.stack().declared.is_some() && clean
}

fn keep(model: &mut Model, problems: Vec<Problem>) {
    model.kept_since = model.kept_since.or(Some(model.now));
    model.problems = problems;
}

fn take(model: &mut Model, project: Arc<Project>, problems: Vec<Problem>) {
    let was_broken = model.kept_since.take().is_some() || model.file_errors().next().is_some();
    model.problems = problems;
    let is_whole = model.file_errors().next().is_none();
    let before = model.stack().declared.clone();
    if project.name == model.stack().project {
        model.stack_mut().declare(Some(project.clone()));
    } else {
        model.hosts_mut().show(&project.name, Some(project.clone()));
    }
    model.mode = Mode::Dashboard;
    derive(model);
    let Some(before) = before else { return };
    let changed = changes::words(&changes::changes(&before, &project));
    let words = match (before.name == project.name, changed.is_empty()) {
        (false, _) => format!("The project is {} now, no longer {}", project.name, before.name),
        (true, false) => format!("Reloaded: {changed}"),
        (true, true) if was_broken && is_whole => "The compose files are valid again".to_owned(),
        (true, true) => return,
    };
    toasts::say(model, &words);
}
