//! What can be pressed now: the present screen's hints, and those of the window.

use super::{
    Model,
    action::{ActionId, Hint},
    model::Mode,
};
use crate::{compose::Severity, host::Link};

/// The hints as key and words, most useful first.
pub fn footer(model: &Model) -> Vec<(String, &'static str)> {
    hints(model).iter().map(|h| (h.key(), h.words)).collect()
}

/// The hints, most useful first; the footer shows as many as fit.
pub fn hints(model: &Model) -> Vec<Hint> {
    let mut list = Vec::new();
    match model.mode {
        Mode::Picker { .. } if model.host().projects.as_ref().is_some_and(|p| !p.is_empty()) => {
            list.push(Hint::new(ActionId::Open, "open"));
        }
        Mode::Picker { .. } => no_engine(&mut list),
        Mode::Broken { .. } => list.push(Hint::new(ActionId::Refresh, "read again")),
        Mode::Dashboard if matches!(model.host().link, Link::Lost { .. }) && !model.stack().listed => {
            no_engine(&mut list)
        }
        Mode::Dashboard => (model.ui.tab.row().hints)(model, &mut list),
    }
    let files = if model.mode == Mode::Dashboard { &model.problems[..] } else { &[] };
    if model.jobs.iter().any(|j| !j.failures.is_empty()) || files.iter().any(|p| p.severity == Severity::Error) {
        list.push(Hint::new(ActionId::Errors, "errors"));
    } else if !files.is_empty() {
        list.push(Hint::new(ActionId::Errors, "warnings"));
    }
    list.push(Hint::new(ActionId::Palette, "actions"));
    list.push(Hint::new(ActionId::Help, "help"));
    list.push(Hint::new(ActionId::Quit, "quit"));
    list
}

/// Nothing is known of any engine yet.
fn no_engine(list: &mut Vec<Hint>) {
    list.push(Hint::new(ActionId::Refresh, "try now"));
    list.push(Hint::new(ActionId::Contexts, "another engine"));
}
