//! The Events screen: what happened, as a readable history.

mod motion;
mod picture;
pub(in crate::app) mod state;

use state::EVENTS;

use super::row::{PanelRow, ScreenRow};
use crate::app::{
    Model,
    action::{ActionId, Hint},
};

/// Its row.
pub static SCREEN: ScreenRow = ScreenRow {
    panels: &[PanelRow {
        id: EVENTS,
        words: "what happened, newest first",
        draw: picture::draw,
        go: motion::go,
        press: motion::press,
        ..PanelRow::EMPTY
    }],
    hints,
    open: motion::open,
    copy: |model, _| motion::selected(model).map(|event| event.name.clone()),
    happened: motion::happened,
    settle: motion::settle,
    ..ScreenRow::EMPTY
};

fn hints(model: &Model, list: &mut Vec<Hint>) {
    if !model.stack().events.is_empty() {
        list.push(Hint::new(ActionId::Open, "show its service"));
        list.push(Hint::new(ActionId::Copy, "copy name"));
    }
    list.push(Hint::new(ActionId::Back, "back"));
}
