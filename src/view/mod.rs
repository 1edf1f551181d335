//! From the model to the picture: [`view`] makes a [`Screen`] of plain values, [`render()`] draws it.
//!
//! `view` is pure and builds only the lines that are visible. Every text that came from outside becomes part
//! of a screen through [`screen::Line`], which makes it plain. What panels there are is listed in
//! [`panels::PANELS`]; what stands above them is in `overlays`, what fills the window instead in `answers`.

pub mod ansi;
mod answers;
mod canvas;
pub mod export;
mod overlays;
pub mod panels;
pub mod render;
pub mod report;
pub mod role;
mod scene;
pub mod screen;
mod table;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod topology;
mod words;

pub use render::render;
pub use screen::Screen;
pub use theme::{ColorDepth, Theme, ThemeError};

use crate::{
    app::{Model, layout, model::Mode},
    stack::Link,
};
use ratatui::layout::{Position, Rect, Size};
use scene::Scene;
use screen::Pane;

/// The Startup screen's bars alone, all of them, with each service in words: for what is printed.
pub fn startup_screen(model: &Model, size: Size) -> Screen {
    let mut screen = Screen { size, ascii: model.settings.ascii, ..Screen::default() };
    let area = Rect::from((Position::ORIGIN, size));
    screen.panes.push(panels::startup::whole(&Scene::new(model), area));
    screen
}

/// The picture of a model.
pub fn view(model: &Model) -> Screen {
    let mut screen = Screen { size: model.size, ascii: model.settings.ascii, ..Screen::default() };
    if layout::too_small(model) {
        screen.panes.push(answers::too_small(model));
        return screen;
    }
    let scene = Scene::new(model);
    let lost = matches!(model.stack.link, Link::Lost { .. });
    match &model.mode {
        Mode::Picker { looked, selected } => screen.panes.extend(answers::picker(&scene, looked, *selected)),
        Mode::Broken { scroll } => screen.panes.extend(answers::broken(&scene, *scroll)),
        Mode::Dashboard if lost && !model.stack.listed => screen.panes.extend(answers::no_engine(&scene)),
        Mode::Dashboard => {
            screen.panes.push(panels::header::draw(&scene));
            screen.panes.push(panels::tabs::draw(&scene));
            for (panel, area) in &scene.layout.panels {
                if let Some(row) = panels::PANELS.iter().find(|row| row.panel == *panel) {
                    screen.panes.push(Pane { stale: lost, ..(row.draw)(&scene, *area) });
                }
            }
        }
    }
    let (footer, cursor) = panels::footer::draw(&scene);
    screen.panes.push(footer);
    screen.cursor = cursor;
    screen.panes.extend(panels::footer::toasts(&scene));
    if let Some((overlay, cursor)) = overlays::draw(&scene) {
        screen.panes.push(overlay);
        screen.cursor = cursor;
    }
    screen
}
