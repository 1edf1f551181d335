//! Moving through what is kept.

use ratatui::layout::{Position, Rect};

use super::state::STORAGE;
use crate::app::{
    Model,
    layout::{row_in, table_body},
    motion::Motion,
};

pub(super) fn go(model: &mut Model, motion: Motion) {
    let len = model.stack().storage(model.host().view()).len();
    model.ui.screens.storage.go(motion, len);
}

pub(super) fn press(model: &mut Model, area: Rect, at: Position) {
    if let Some(row) = row_in(table_body(area), at) {
        let list = &mut model.ui.screens.storage;
        list.selected = list.top + row;
    }
}

pub(super) fn settle(model: &mut Model) {
    let room = model.layout.panel(STORAGE).map_or(1, |area| usize::from(table_body(area).height));
    let len = model.stack().storage(model.host().view()).len();
    model.ui.screens.storage.settle(len, room);
}
