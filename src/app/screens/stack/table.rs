//! Moving through the table of services.

use ratatui::layout::{Position, Rect};

use super::{
    rows::{Row, rows, visible_rows},
    state::SERVICES,
};
use crate::app::{
    Model,
    layout::{row_in, table_body},
    list::in_view,
    motion::Motion,
    pick::Pick,
    places,
};

pub(super) fn go(model: &mut Model, motion: Motion) {
    let picks: Vec<Pick> = rows(model).iter().filter_map(Row::pick).collect();
    places::select_among(model, &picks, motion);
}

pub(super) fn press(model: &mut Model, area: Rect, at: Position) {
    let row = row_in(table_body(area), at).and_then(|row| visible_rows(model).into_iter().nth(row));
    if let Some(pick) = row.and_then(|r| r.pick()) {
        places::select(model, pick);
    }
}

/// Keeps the selected row in view, with the reason under it.
pub(super) fn settle(model: &mut Model) {
    let Some(area) = model.layout.panel(SERVICES) else { return };
    let (rows, room) = (rows(model), usize::from(table_body(area).height));
    let selected = model.ui.selected.as_ref();
    let at = rows.iter().position(|r| r.pick().as_ref() == selected).unwrap_or(0);
    let last = if matches!(rows.get(at + 1), Some(Row::Reason(..))) && room > 1 { at + 1 } else { at };
    let top = in_view(model.ui.screens.stack.top, last, rows.len(), room);
    let first = if at == 1 && matches!(rows.first(), Some(Row::Heading(_))) { 0 } else { at };
    model.ui.screens.stack.top = top.min(first);
}
