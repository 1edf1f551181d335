//! The Storage screen: what the project keeps.

mod motion;
mod picture;
pub(in crate::app) mod state;

use state::STORAGE;

use super::row::{PanelRow, ScreenRow};
use crate::app::{
    Model, Want,
    action::{ActionId, Hint},
    targets,
};

/// Its row.
pub static SCREEN: ScreenRow = ScreenRow {
    panels: &[PanelRow {
        id: STORAGE,
        words: "what is kept on disk, and what becomes of it",
        draw: picture::draw,
        go: motion::go,
        press: motion::press,
        ..PanelRow::EMPTY
    }],
    hints,
    wants: |model, wants| {
        wants.insert(Want::Usage { request: model.ui.usage_request });
    },
    changes: |model, soonest| {
        let now = model.engine_now();
        model.stack().volumes.values().for_each(|volume| soonest.age(volume.created, now));
    },
    copy: |model, _| targets::selected_volume(model).map(|volume| volume.name.to_string()),
    settle: motion::settle,
    ..ScreenRow::EMPTY
};

fn hints(model: &Model, list: &mut Vec<Hint>) {
    if !model.settings.read_only {
        if targets::selected_volume(model).is_some() {
            list.push(Hint::new(ActionId::RemoveVolume, "remove"));
        }
        list.push(Hint::new(ActionId::Prune, "prune"));
    }
    list.push(Hint::new(ActionId::Measure, "measure"));
    list.push(Hint::new(ActionId::Back, "back"));
}
