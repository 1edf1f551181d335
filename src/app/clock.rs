//! When the screen changes by time alone, so that the runtime sleeps exactly so long.

use std::time::Duration;

use super::{
    Model,
    model::Mode,
    soonest::{SECOND, Soonest, next_second},
    update::{LISTEN, deadline},
};
use crate::host::Link;

/// After so long without an answer a far engine counts as silent: it is asked every two seconds.
pub const SILENT: Duration = Duration::from_secs(5);

/// How long until something on the screen reads differently though nothing happened; `None` if never.
pub fn next_change(model: &Model) -> Option<Duration> {
    let mut soonest = Soonest::default();
    for toast in &model.toasts {
        soonest.at(toast.until.since(model.now));
    }
    for until in model.ui.glow.values() {
        soonest.at(until.since(model.now));
    }
    if model.diagnosed.1 {
        soonest.at(LISTEN.saturating_sub(model.now.since(model.diagnosed.0)));
    }
    for job in &model.jobs {
        if let Some(at) = deadline(job, model.now) {
            soonest.at(at.since(model.now));
        }
    }
    if let Some(until) = model.leaving.and_then(|leaving| leaving.until) {
        soonest.at(next_second(until.since(model.now)));
    }
    if let Link::Lost { next, .. } = &model.host().link {
        soonest.at(next_second(next.since(model.now)));
    }
    if let Some(heard) = &model.host().latency {
        let silent = model.now.since(heard.at);
        soonest.at(if silent < SILENT {
            SILENT.saturating_sub(silent)
        } else {
            SECOND.saturating_sub(Duration::from_nanos(silent.subsec_nanos().into()))
        });
    }
    if model.mode == Mode::Dashboard {
        let mut theirs = Soonest::default();
        dashboard(model, &mut theirs);
        if let Some(wait) = theirs.0 {
            soonest.at(model.host().clock().wait(wait));
        }
    }
    // Never at once: a change that is due now is drawn with the message that asks.
    soonest.0.map(|d| d.max(Duration::from_millis(1)))
}

fn dashboard(model: &Model, soonest: &mut Soonest) {
    let now = model.engine_now();
    soonest.age(model.overview.up_since, now);
    if let Some(at) = model.overview.stale_at {
        soonest.at(at.since(now));
    }
    (model.ui.tab.row().changes)(model, soonest);
    let root = model.overview.root.as_ref().and_then(|(name, _)| model.overview.service(name));
    soonest.reason(root.and_then(|s| s.reason.as_ref()), now);
}
