//! The mouse: a click selects, the wheel scrolls what is under it.

use ratatui::layout::Position;

use super::{action::run, movement::go, overlay, prompt, screens::open};
use crate::app::{
    Code, Effect, Key, Model, Mouse, MouseKind, answers,
    model::Mode,
    motion::Motion,
    places, screens,
    shell::{footer, tabs},
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
    let shown = &model.layout;
    let under = shown.panels.iter().find(|(_, area)| area.contains(at)).copied();
    match mouse.kind {
        MouseKind::Press if shown.footer.contains(at) => {
            let hit = footer::hint_spans(model).into_iter().find(|(_, span)| span.contains(&mouse.x));
            if let Some((hint, _)) = hit {
                run(model, hint.id, None, out);
            }
        }
        MouseKind::Press if shown.tabs.contains(at) && model.mode == Mode::Dashboard => {
            if let Some((tab, _)) = tabs::tab_spans(model).into_iter().find(|(_, span)| span.contains(&mouse.x)) {
                places::show(model, tab);
            }
        }
        MouseKind::Press => {
            if let Some((panel, area)) = under {
                model.ui.focus = panel;
                if let Some(row) = screens::panel(panel) {
                    (row.press)(model, area, at);
                }
            }
        }
        MouseKind::WheelUp | MouseKind::WheelDown => {
            let down = mouse.kind == MouseKind::WheelDown;
            let motion = if down { Motion::Down(WHEEL) } else { Motion::Up(WHEEL) };
            match under {
                Some((panel, area)) => match screens::panel(panel).and_then(|row| row.wheel) {
                    Some(wheel) => wheel(model, area, down),
                    None => go(model, panel, motion),
                },
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
        open(model);
    } else if let Mode::Picker { selected, .. } = &mut model.mode {
        *selected = row;
    }
    true
}
