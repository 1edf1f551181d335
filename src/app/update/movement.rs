//! The keys of movement: in the panel that has the focus, by its row.

use crate::app::{
    Model,
    action::ActionId,
    model::Mode,
    motion::Motion,
    screens::{self, Panel},
};

/// A key of movement.
pub fn run(model: &mut Model, id: ActionId) {
    let panel = model.ui.focus;
    match Motion::of(id, page(model, panel)) {
        Some(motion) => go(model, panel, motion),
        None if model.mode == Mode::Dashboard => {
            if let Some(row) = screens::panel(panel) {
                (row.sideways)(model, id == ActionId::Right);
            }
        }
        None => {}
    }
}

/// How many rows of a panel are on the screen.
fn page(model: &Model, panel: Panel) -> usize {
    let area = model.layout.panel(panel);
    let row = area.and_then(|area| screens::panel(panel).map(|row| (row.page)(model, area)));
    usize::from(row.unwrap_or_else(|| model.layout.body().height))
}

/// Moves in a panel.
pub fn go(model: &mut Model, panel: Panel, motion: Motion) {
    let projects = model.host().projects.as_ref().map_or(0, Vec::len);
    match &mut model.mode {
        Mode::Picker { selected, .. } => *selected = motion.from(*selected, projects),
        // A problem takes some lines: its words, its line, the caret, the advice.
        Mode::Broken { scroll } => *scroll = motion.from(*scroll, model.problems.len() * 6),
        Mode::Dashboard => {
            if let Some(row) = screens::panel(panel) {
                (row.go)(model, motion);
            }
        }
    }
}
