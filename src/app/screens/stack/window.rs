//! The part of the topology that is on the screen.

use ratatui::layout::{Position, Rect, Size};

use super::{
    state::TOPOLOGY,
    topology::{self, Form, Sketch},
};
use crate::{
    app::{Model, layout::inner, targets},
    base::id::ServiceName,
};

/// Where the topology is drawn in its panel: inside the border, with a column of air at both sides.
pub fn canvas(area: Rect) -> Rect {
    let inner = inner(area);
    Rect { x: inner.x.saturating_add(1), width: inner.width.saturating_sub(2), ..inner }
}

/// The topology as it is drawn on a canvas of this size, and the first column and row of it that are shown:
/// where the user panned to, but never past the end, and with the selected box in sight.
pub fn shown(model: &Model, room: Size) -> (Sketch, (u16, u16)) {
    let sketch = topology::sketch(model, room);
    let selected = model.ui.selected.as_ref().and_then(|pick| targets::service(model, pick));
    let at = sketch.services.iter().position(|s| Some(s) == selected.as_ref());
    let focus = at.and_then(|at| sketch.picture.boxes.get(at)).filter(|_| sketch.form != Form::Lines);
    let first = |pan: u16, whole: u16, room: u16, focus: Option<(u16, u16)>| {
        let most = whole.saturating_sub(room);
        let (start, end) = focus.unwrap_or((pan.min(most), 0));
        pan.min(most).max(end.saturating_sub(room)).min(start).min(most)
    };
    let whole = sketch.picture.size;
    let pan = (
        first(model.ui.screens.stack.pan.0, whole.width, room.width, focus.map(|b| (b.x, b.right()))),
        first(model.ui.screens.stack.pan.1, whole.height, room.height, focus.map(|b| (b.y, b.bottom()))),
    );
    (sketch, pan)
}

/// The service whose box of the topology is at a cell.
pub fn service_at(model: &Model, at: Position) -> Option<ServiceName> {
    let area = model.layout.panel(TOPOLOGY).map(canvas).filter(|area| area.contains(at))?;
    let (sketch, pan) = shown(model, area.as_size());
    if sketch.form == Form::Lines {
        return None;
    }
    let at = Position::new(
        at.x.saturating_sub(area.x).saturating_add(pan.0),
        at.y.saturating_sub(area.y).saturating_add(pan.1),
    );
    let hit = sketch.picture.boxes.iter().position(|b| b.contains(at))?;
    sketch.services.get(hit).cloned()
}

/// Pans it from where it is shown now.
pub(super) fn pan(model: &mut Model, area: Rect, down: bool) {
    let (_, (x, y)) = shown(model, canvas(area).as_size());
    model.ui.screens.stack.pan = (x, if down { y.saturating_add(1) } else { y.saturating_sub(1) });
}
