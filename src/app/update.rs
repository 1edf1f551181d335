//! The only function that changes the model, and its parts.
//!
//! A message is taken by the part that knows it; then jobs move on, and what is selected is brought back
//! into view. Effects are answered, never performed.

mod acts;
mod edit;
mod facts;
mod input;
mod jobs;
mod logs;
mod mouse;
mod movement;
mod overlay;
mod screens;
mod settle;
#[cfg(test)]
mod tests;
mod toasts;

pub use jobs::deadline;

use super::{
    Effect, Model, Msg,
    model::{Mode, Overlay},
};
use crate::base::time::Stamp;

/// Takes one message at one time (on our clock) and answers with what is to be done outside.
pub fn update(model: &mut Model, msg: Msg, now: Stamp) -> Vec<Effect> {
    model.now = now;
    let mut out = Vec::new();
    let mut settled = false;
    match msg {
        Msg::Input(input) => input::take(model, input, &mut out),
        Msg::Facts(facts) => settled = !facts::take(model, facts, &mut out),
        Msg::Loaded { project, problems } => facts::loaded(model, project, problems),
        Msg::NoFile(looked) => {
            model.ui.overlay = model.ui.overlay.take().filter(|o| matches!(o, Overlay::Help { .. }));
            model.mode = Mode::Picker { looked, selected: 0 };
        }
        Msg::Called { job, call, result } => jobs::called(model, job, &call, result),
        Msg::Saved(path) => toasts::say(model, &format!("Saved as {path}")),
        Msg::Failed(text) => toasts::failure(model, &text),
        Msg::Tick => {
            facts::derive(model);
        }
    }
    jobs::advance(model, &mut out);
    toasts::expire(model);
    if !settled {
        settle::settle(model);
    }
    out
}
