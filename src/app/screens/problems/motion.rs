//! Moving through the findings.

use ratatui::layout::{Position, Rect};

use super::{finding, parts, rows, selected, state::PROBLEMS};
use crate::app::{Model, layout::row_in, list::in_view, model::Tab, motion::Motion, places};

pub(super) fn go(model: &mut Model, motion: Motion) {
    let rows = rows(model);
    let to = motion.from(selected(model), rows.len());
    model.ui.screens.problems.selected = rows.get(to).map(|(_, f)| f.identity());
}

pub(super) fn press(model: &mut Model, area: Rect, at: Position) {
    let rows = rows(model);
    let (list, _) = parts(area, rows.len());
    let row = row_in(list, at).and_then(|row| rows.get(model.ui.screens.problems.top + row));
    let hit = row.map(|(_, f)| f.identity());
    if hit.is_some() {
        model.ui.screens.problems.selected = hit;
    }
}

/// Shows the service of the selected finding.
pub(super) fn open(model: &mut Model) {
    if let Some(service) = finding(model).and_then(|f| f.service.clone()) {
        places::show(model, Tab::Stack);
        places::go_to(model, service);
    }
}

pub(super) fn settle(model: &mut Model) {
    let Some(area) = model.layout.panel(PROBLEMS) else { return };
    let len = rows(model).len();
    let room = usize::from(parts(area, len).0.height);
    model.ui.screens.problems.top = in_view(model.ui.screens.problems.top, selected(model), len, room);
}
