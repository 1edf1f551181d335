//! The mouse: a click selects, the wheel scrolls what is under it.

use ratatui::layout::{Position, Rect};

use super::{
    input::run,
    movement::{Motion, go, show_inspect},
    overlay, prompt, screens,
};
use crate::app::{
    Code, Effect, Key, Model, Mouse, MouseKind,
    action::ActionId,
    answers,
    inspector::panel,
    layout::{canvas, hint_spans, inner, lanes_body, layout, service_at, tab_spans, table_body, topology_shown},
    model::{Mode, Panel, Pick},
    rows::{lane_picks, visible_rows},
    screens::problems,
};

/// Rows that one turn of the wheel scrolls.
const WHEEL: usize = 3;

/// Takes a mouse event. What is open takes the wheel and the clicks; a click never agrees to a plan.
pub fn take(model: &mut Model, mouse: Mouse, out: &mut Vec<Effect>) {
    if !model.settings.mouse {
        return;
    }
    let at = Position::new(mouse.x, mouse.y);
    if model.ui.overlay.is_some() {
        return match mouse.kind {
            MouseKind::Press => overlay::press(model, at, out),
            MouseKind::WheelUp | MouseKind::WheelDown => {
                overlay::wheel(model, mouse.kind == MouseKind::WheelDown, out);
            }
        };
    }
    if model.ui.prompt.is_some() {
        return match mouse.kind {
            MouseKind::Press => {}
            MouseKind::WheelUp => prompt::key(model, Key::plain(Code::Up)),
            MouseKind::WheelDown => prompt::key(model, Key::plain(Code::Down)),
        };
    }
    if mouse.kind == MouseKind::Press && choose(model, at) {
        return;
    }
    let shown = layout(model);
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
                press(model, panel, area, at, out);
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

/// Chooses the project that was hit; what is chosen already is opened. False where no list was hit.
fn choose(model: &mut Model, at: Position) -> bool {
    let Some((list, chosen)) = answers::projects(model) else { return false };
    let Some(row) = list.row_at(at) else { return false };
    if row == chosen {
        screens::open(model);
    } else if let Mode::Picker { selected, .. } = &mut model.mode {
        *selected = row;
    }
    true
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

fn press(model: &mut Model, panel: Panel, area: Rect, at: Position, out: &mut Vec<Effect>) {
    match panel {
        Panel::Services => {
            let row = row_in(table_body(area), at).and_then(|row| visible_rows(model).into_iter().nth(row));
            if let Some(pick) = row.and_then(|r| r.pick()) {
                screens::select(model, pick);
            }
        }
        Panel::Inspector if at.y == inner(area).y => {
            let hit = panel::tab_spans(model, area).into_iter().find(|(_, span)| span.contains(&at.x));
            if let Some((tab, _)) = hit {
                show_inspect(model, tab);
            } else if at.x == inner(area).x {
                run(model, ActionId::Left, None, out);
            } else if at.x.saturating_add(1) == inner(area).right() {
                run(model, ActionId::Right, None, out);
            }
        }
        Panel::Startup => {
            let row = row_in(lanes_body(model, area), at);
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
        Panel::Problems => {
            let (list, _) = problems::parts(area, problems::rows(model).len());
            let row = row_in(list, at).map(|row| model.ui.problems_top + row);
            let hit = row.and_then(|row| problems::rows(model).get(row).map(|(_, f)| problems::identity(f)));
            if hit.is_some() {
                model.ui.problem = hit;
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
