//! The mouse: a click selects, the wheel scrolls what is under it.

use ratatui::layout::{Position, Rect};

use super::{
    input::{run, take as take_input},
    movement::{Motion, go, show_inspect},
    screens,
};
use crate::app::{
    Code, Effect, Input, Key, Model, Mouse, MouseKind,
    layout::{
        canvas, hint_spans, inner, inspector_tab_spans, lanes_body, layout, service_at, tab_spans, table_body,
        topology_shown,
    },
    model::{Mode, Panel, Pick},
    rows::{lane_picks, visible_rows},
};

/// Rows that one turn of the wheel scrolls.
const WHEEL: usize = 3;

/// Takes a mouse event. What is open takes the wheel, and agrees to nothing by a click.
pub fn take(model: &mut Model, mouse: Mouse, out: &mut Vec<Effect>) {
    if !model.settings.mouse {
        return;
    }
    if model.ui.overlay.is_some() || model.ui.prompt.is_some() {
        let code = match mouse.kind {
            MouseKind::Press => return,
            MouseKind::WheelUp => Code::Up,
            MouseKind::WheelDown => Code::Down,
        };
        take_input(model, Input::Key(Key::plain(code)), out);
        return;
    }
    let shown = layout(model);
    let at = Position::new(mouse.x, mouse.y);
    let under = shown.panels.iter().find(|(_, area)| area.contains(at)).copied();
    match mouse.kind {
        MouseKind::Press if shown.footer.contains(at) => {
            let hit = hint_spans(model).into_iter().find(|(_, span)| span.contains(&mouse.x));
            if let Some((hint, _)) = hit {
                run(model, hint.id, None, out);
            }
        }
        MouseKind::Press if shown.tabs.contains(at) && model.mode == Mode::Dashboard => {
            if let Some((tab, _)) = tab_spans(model).into_iter().find(|(_, span)| span.contains(&mouse.x)) {
                screens::show(model, tab);
            }
        }
        MouseKind::Press => {
            if let Some((panel, area)) = under {
                model.ui.focus = panel;
                press(model, panel, area, at);
            }
        }
        MouseKind::WheelUp | MouseKind::WheelDown => {
            let motion = if mouse.kind == MouseKind::WheelUp { Motion::Up(WHEEL) } else { Motion::Down(WHEEL) };
            match under {
                Some((Panel::Topology, area)) => pan(model, area, mouse.kind == MouseKind::WheelDown),
                Some((panel, _)) => go(model, panel, motion),
                None if model.mode != Mode::Dashboard => go(model, model.ui.focus, motion),
                None => {}
            }
        }
    }
}

/// Pans the topology from where it is shown now.
fn pan(model: &mut Model, area: Rect, down: bool) {
    let (_, (x, y)) = topology_shown(model, canvas(area).as_size());
    model.ui.pan = (x, if down { y.saturating_add(1) } else { y.saturating_sub(1) });
}

/// The row of a list that was hit.
fn row_in(body: Rect, at: Position) -> Option<usize> {
    body.contains(at).then(|| usize::from(at.y - body.y))
}

fn press(model: &mut Model, panel: Panel, area: Rect, at: Position) {
    match panel {
        Panel::Services => {
            let row = row_in(table_body(area), at).and_then(|row| visible_rows(model).into_iter().nth(row));
            if let Some(pick) = row.and_then(|r| r.pick()) {
                screens::select(model, pick);
            }
        }
        Panel::Inspector if at.y == inner(area).y => {
            let hit = inspector_tab_spans(model).into_iter().find(|(_, span)| span.contains(&at.x));
            if let Some((tab, _)) = hit {
                show_inspect(model, tab);
            }
        }
        Panel::Startup => {
            let row = row_in(lanes_body(area), at);
            let pick = row.and_then(|row| lane_picks(model).into_iter().nth(model.ui.startup_top + row));
            if let Some(pick) = pick {
                screens::select(model, pick);
            }
        }
        Panel::Storage => {
            if let Some(row) = row_in(table_body(area), at) {
                model.ui.storage.selected = model.ui.storage.top + row;
            }
        }
        Panel::Events => {
            if let Some(row) = row_in(table_body(area), at) {
                model.ui.events.selected = model.ui.events.top + row;
            }
        }
        Panel::Topology => {
            if let Some(service) = service_at(model, at) {
                screens::select(model, Pick::Service(service));
            }
        }
        Panel::Inspector | Panel::Logs => {}
    }
}
