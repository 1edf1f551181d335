//! The lanes of the Startup screen: where they are, what selecting one selects, and moving through them.

use ratatui::layout::{Position, Rect};

use super::{notes::notes, state::STARTUP};
use crate::{
    app::{
        Model,
        layout::{row_in, table_body},
        list::in_view,
        motion::Motion,
        pick::Pick,
        places, targets,
    },
    base::num::cols,
    stack::timeline::Lane,
};

/// Where the lanes are: inside the panel's border, under the axis, above the notes.
pub(super) fn body(model: &Model, area: Rect) -> Rect {
    let body = table_body(area);
    let notes = cols(notes(model, usize::from(body.width), usize::from(body.height)).len());
    Rect { height: body.height.saturating_sub(notes), ..body }
}

/// What selecting each lane selects: its service, or its container where the service has several lanes.
pub(super) fn picks(model: &Model) -> Vec<Pick> {
    let lanes = model.timeline.as_ref().map_or(&[][..], |t| &t.lanes);
    let pick = |lane: &Lane| {
        let several = lanes.iter().filter(|l| l.service == lane.service).count() > 1;
        match &lane.container {
            Some(id) if several => Pick::Container(id.clone()),
            _ => Pick::Service(lane.service.clone()),
        }
    };
    lanes.iter().map(pick).collect()
}

pub(super) fn go(model: &mut Model, motion: Motion) {
    let picks = picks(model);
    places::select_among(model, &picks, motion);
}

pub(super) fn press(model: &mut Model, area: Rect, at: Position) {
    let row = row_in(body(model, area), at);
    let pick = row.and_then(|row| picks(model).into_iter().nth(model.ui.screens.startup.top + row));
    if let Some(pick) = pick {
        places::select(model, pick);
    }
}

pub(super) fn settle(model: &mut Model) {
    let Some(area) = model.layout.panel(STARTUP) else { return };
    let lanes = model.timeline.as_ref().map_or(&[][..], |t| &t.lanes);
    let (at, len) = (selected(model, lanes), lanes.len());
    let room = usize::from(body(model, area).height);
    model.ui.screens.startup.top = in_view(model.ui.screens.startup.top, at.unwrap_or(0), len, room);
}

/// The place of the selected lane; the service's first, where none is selected itself.
fn selected(model: &Model, lanes: &[Lane]) -> Option<usize> {
    let selected = model.ui.selected.as_ref()?;
    let exact = picks(model).iter().position(|p| p == selected);
    exact.or_else(|| targets::service(model, selected).and_then(|s| lanes.iter().position(|l| l.service == s)))
}
