//! The only function that changes the model, and its parts.
//!
//! A message is taken by the part that knows it; then jobs move on, everything gets its place, and what is selected is
//! brought back into view. Effects are answered, never performed.

mod action;
mod acts;
mod attention;
mod contexts;
mod facts;
mod files;
mod input;
mod jobs;
mod leaving;
mod mouse;
mod movement;
mod overlay;
mod probe;
mod prompt;
mod screens;
mod settle;
mod startup;
#[cfg(test)]
mod tests;
pub(super) mod toasts;

pub(super) use facts::LISTEN;
pub use jobs::deadline;

use super::{Effect, Model, Msg};
use crate::base::time::Stamp;

/// Takes one message at one time (on our clock) and answers with what is to be done outside.
pub(in crate::app) fn update(model: &mut Model, msg: Msg, now: Stamp) -> Vec<Effect> {
    model.now = now;
    let mut out = Vec::new();
    let mut settled = false;
    match msg {
        Msg::Input(input) => input::take(model, input, &mut out),
        Msg::Facts(host, facts) => {
            let told = facts::take(model, host, facts, &mut out);
            if told.measured {
                overlay::measured(model, &mut out);
            }
            settled = !told.changed;
        }
        Msg::Loaded { project, problems } => {
            files::loaded(model, project, problems);
            facts::examine(model);
        }
        Msg::StillReading(late) => files::still_reading(model, late),
        Msg::NoFile(looked) => files::missing(model, looked),
        Msg::Ended(task, ended) => jobs::ended(model, task, ended, &mut out),
        Msg::Progress(task, progress) => jobs::progress(model, task, progress),
        Msg::Recalled(project, starts) => startup::recalled(model, &project, starts),
        Msg::Saved(path) => toasts::say(model, &format!("Saved as {path}")),
        Msg::Contexts(known) => contexts::open(model, known),
        Msg::Reread(number, read) => overlay::reread(model, number, &read, &mut out),
        Msg::Seen => overlay::see(model),
        Msg::Failed(text) => toasts::failure(model, &text),
        Msg::Leave => leaving::asked(model, &mut out),
        Msg::Tick => facts::tick(model),
    }
    model.know_secrets();
    jobs::advance(model, &mut out);
    leaving::advance(model, &mut out);
    toasts::expire(model);
    if !settled {
        startup::remember(model, &mut out);
        settle::settle(model);
    }
    out
}
