//! Where everything stands, as a function of the model alone. It is made once a message, when that was taken, and kept
//! in the model.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use super::{
    Model,
    layout::{Layout, too_small},
    model::Mode,
    screens::Panel,
    shell::header,
};

/// The layout of what is shown.
pub fn arrange(model: &Model) -> Layout {
    #[cfg(test)]
    tests::COUNT.set(tests::COUNT.get() + 1);
    let window = Rect::new(0, 0, model.size.width, model.size.height);
    let [header, tabs, body, footer] = Split::vertical([
        Constraint::Length(header::height(model)),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(window);
    let panels = if model.mode != Mode::Dashboard || too_small(model.size) { Vec::new() } else { panels(model, body) };
    Layout { header, tabs, panels, footer }
}

fn panels(model: &Model, body: Rect) -> Vec<(Panel, Rect)> {
    let (ui, row) = (&model.ui, model.ui.tab.row());
    let alone = vec![(ui.focus, body)];
    let has = row.panel(ui.focus).is_some();
    if ui.zoom && has {
        return alone;
    }
    let shown = match row.layout {
        Some(layout) => layout(model, body),
        None => vec![(row.first(), body)],
    };
    let insists = ui.insists && has && !shown.iter().any(|(panel, _)| *panel == ui.focus);
    if insists { alone } else { shown }
}

#[cfg(test)]
pub(in crate::app) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// How often a layout was made on this thread.
        pub(in crate::app) static COUNT: Cell<usize> = const { Cell::new(0) };
    }
}
