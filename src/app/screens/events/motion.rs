//! Moving through the history.

use ratatui::layout::{Position, Rect};

use super::state::EVENTS;
use crate::{
    app::{
        Model,
        layout::{row_in, table_body},
        model::Tab,
        motion::Motion,
        pick::Pick,
        places,
    },
    stack::Event,
};

pub(super) fn go(model: &mut Model, motion: Motion) {
    let len = model.stack().events.len();
    model.ui.screens.events.go(motion, len);
}

pub(super) fn press(model: &mut Model, area: Rect, at: Position) {
    if let Some(row) = row_in(table_body(area), at) {
        let list = &mut model.ui.screens.events;
        list.selected = list.top + row;
    }
}

/// The selected event.
pub(super) fn selected(model: &Model) -> Option<&Event> {
    let events = &model.stack().events;
    events.get(events.len().checked_sub(model.ui.screens.events.selected + 1)?)
}

/// Shows the service of the selected event.
pub(super) fn open(model: &mut Model) {
    if let Some(service) = selected(model).and_then(|event| event.service.clone()) {
        places::show(model, Tab::Stack);
        places::select(model, Pick::Service(service));
    }
}

/// Rows count from the newest: the selected event stays selected.
pub(super) fn happened(model: &mut Model, new: usize) {
    let list = &mut model.ui.screens.events;
    if list.selected > 0 {
        list.selected += new;
        list.top += new;
    }
}

pub(super) fn settle(model: &mut Model) {
    let room = model.layout.panel(EVENTS).map_or(1, |area| usize::from(table_body(area).height));
    let len = model.stack().events.len();
    model.ui.screens.events.settle(len, room);
}
