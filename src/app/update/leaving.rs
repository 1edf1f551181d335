//! Leaving: at once where nothing is under way, else when that is over.

use std::time::Duration;

use crate::{
    app::{
        Effect, Model,
        leaving::under_way,
        model::Leaving,
        overlays::open::{Leave, Overlay},
    },
    base::time::Stamp,
};

/// How long what is under way may take when the system wants us to end.
const GRACE: Duration = Duration::from_secs(3);

/// The user wants to leave.
pub fn quit(model: &mut Model, out: &mut Vec<Effect>) {
    leave(model, None, out);
}

/// The user doesn't wait any longer.
pub fn now(model: &mut Model, out: &mut Vec<Effect>) {
    leave(model, Some(model.now), out);
}

/// The system wants us to end: what is under way may be finished within a short time. Asked twice, we do it at once.
pub fn asked(model: &mut Model, out: &mut Vec<Effect>) {
    let twice = model.leaving.is_some_and(|leaving| leaving.until.is_some());
    leave(model, Some(if twice { model.now } else { model.now + GRACE }), out);
}

fn leave(model: &mut Model, until: Option<Stamp>, out: &mut Vec<Effect>) {
    if under_way(model).next().is_none() {
        out.push(Effect::Quit);
        return;
    }
    let since = model.leaving.map_or(model.now, |leaving| leaving.since);
    model.leaving = Some(Leaving { since, until });
    model.ui.overlay = Some(Overlay::Leave(Leave::default()));
}

/// What tells of it was closed: the user stays. Whom the system wants to end doesn't.
pub fn closed(model: &mut Model) {
    model.leaving = model.leaving.filter(|leaving| leaving.until.is_some());
}

/// After each message: leaves when what was waited for is over, or the time is up.
pub fn advance(model: &Model, out: &mut Vec<Effect>) {
    let Some(leaving) = model.leaving else { return };
    let late = leaving.until.is_some_and(|until| until <= model.now);
    if (late || under_way(model).next().is_none()) && !out.contains(&Effect::Quit) {
        out.push(Effect::Quit);
    }
}
