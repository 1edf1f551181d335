//! The Startup screen: the last start as bars, with what stands under them.

mod lanes;
mod notes;
mod picture;
pub(in crate::app) mod state;

use std::collections::BTreeSet;

pub use notes::*;
pub(in crate::app) use picture::whole;
use state::STARTUP;

use super::{
    row::{PanelRow, ScreenRow},
    stack::hints,
};
use crate::{
    app::{
        Model, Want,
        action::{ActionId, Hint},
        model::Tab,
        places,
        soonest::{SECOND, Soonest},
    },
    stack::{State, timeline::Timeline},
};

/// Its row.
pub static SCREEN: ScreenRow = ScreenRow {
    panels: &[PanelRow {
        id: STARTUP,
        words: "the last start as bars",
        draw: picture::draw,
        page: |model, area| lanes::body(model, area).height,
        go: lanes::go,
        press: lanes::press,
        ..PanelRow::EMPTY
    }],
    services: true,
    hints: |model, list| {
        list.push(Hint::new(ActionId::Open, "show in the stack"));
        hints::verbs(model, list, false);
        hints::explain(model, list);
    },
    wants,
    changes,
    open: |model| places::show(model, Tab::Stack),
    copy: hints::copy,
    settle: lanes::settle,
    ..ScreenRow::EMPTY
};

/// How the logs of what was started began, until it is known that they listen.
fn wants(model: &Model, wants: &mut BTreeSet<Want>) {
    let unheard = model.timeline.iter().flat_map(Timeline::unheard);
    wants.extend(unheard.take(Want::MOST_LOGS).map(|(container, start)| Want::Opening { container, start }));
}

/// A bar grows.
fn changes(model: &Model, soonest: &mut Soonest) {
    let starts = |s: State| matches!(s, State::Starting | State::Waiting | State::Restarting);
    let is_open = model.timeline.as_ref().is_some_and(|t| t.settled.is_none());
    if is_open && model.overview.services.iter().any(|s| starts(s.state)) {
        soonest.at(SECOND);
    }
}
