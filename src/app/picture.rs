//! The picture of a model: the shell around a screen's panels, or what fills the window instead, and what stands above.
//!
//! Pure, and only what is visible is built.

use ratatui::layout::{Position, Rect, Size};

use super::{
    Model, answers, layout::too_small, model::Mode, scene::Scene, screens, screens::stack::state::INSPECTOR, shell,
};
use crate::{
    host::Link,
    view::{
        mask::masked,
        screen::{Pane, Screen},
    },
};

/// The Startup screen's bars alone, all of them, with each service in words: for what is printed.
pub fn startup_picture(model: &Model, size: Size) -> Screen {
    let mut screen = Screen { size, ascii: model.settings.ascii, ..Screen::default() };
    let area = Rect::from((Position::ORIGIN, size));
    screen.panes.push(screens::startup::whole(&Scene::new(model), area));
    masked(screen, model.masker())
}

/// Whether something is open that waits to be drawn for the first time: then the model is told when it was.
pub fn is_unseen(model: &Model) -> bool {
    !too_small(model.size) && model.ui.overlay.as_ref().is_some_and(|open| open.floating().is_unseen())
}

/// The picture of a model, without its secrets.
pub fn picture(model: &Model) -> Screen {
    masked(unmasked(model), model.masker())
}

fn unmasked(model: &Model) -> Screen {
    let mut screen = Screen { size: model.size, ascii: model.settings.ascii, ..Screen::default() };
    if too_small(model.size) {
        screen.panes.push(answers::too_small(model));
        return screen;
    }
    let scene = Scene::new(model);
    let lost = matches!(model.host().link, Link::Lost { .. });
    match &model.mode {
        Mode::Picker { looked, selected } => screen.panes.extend(answers::picker(&scene, looked, *selected)),
        Mode::Broken { scroll } => screen.panes.extend(answers::broken(&scene, *scroll)),
        Mode::Dashboard if lost && !model.stack().listed => screen.panes.extend(answers::no_engine(&scene)),
        Mode::Dashboard => {
            screen.panes.push(shell::header::draw(&scene));
            screen.panes.push(shell::tabs::draw(&scene));
            for (panel, area) in &model.layout.panels {
                if let Some(row) = model.ui.tab.row().panel(*panel) {
                    let revealed = model.ui.reveal && *panel == INSPECTOR;
                    screen.panes.push(Pane { stale: lost, revealed, ..(row.draw)(&scene, *area) });
                }
            }
        }
    }
    let (footer, cursor) = shell::footer::draw(&scene);
    // What is being typed doesn't move under the cursor.
    screen.panes.push(Pane { revealed: model.ui.prompt.is_some(), ..footer });
    screen.cursor = cursor;
    screen.panes.extend(shell::footer::toasts(&scene));
    if let Some(open) = &model.ui.overlay {
        let (pane, cursor) = open.floating().draw(&scene);
        screen.panes.push(pane);
        screen.cursor = cursor;
    }
    screen
}
