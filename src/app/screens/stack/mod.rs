//! The Stack screen: the topology, the table of services, and all of the selected one.

mod boxes;
pub(in crate::app) mod hints;
mod layout;
mod motion;
pub(in crate::app) mod rows;
mod services;
pub(in crate::app) mod state;
mod streams;
mod table;
pub mod topology;
pub(in crate::app) mod window;

use state::{INSPECTOR, SERVICES, TOPOLOGY};

use super::row::{PanelRow, PromptRow, ScreenRow};
use crate::app::{inspector, layout::inner};

/// Its row.
pub static SCREEN: ScreenRow = ScreenRow {
    panels: &[
        PanelRow {
            id: SERVICES,
            words: "the services and why they aren't ready",
            draw: services::draw,
            go: table::go,
            sideways: motion::inspector_tabs,
            press: table::press,
            ..PanelRow::EMPTY
        },
        PanelRow {
            id: INSPECTOR,
            words: "all of the selected service",
            draw: inspector::panel::draw,
            page: |_, area| inner(area).height,
            go: motion::scroll_inspector,
            sideways: motion::inspector_tabs,
            press: motion::press_inspector,
            ..PanelRow::EMPTY
        },
        PanelRow {
            id: TOPOLOGY,
            words: "who waits for whom",
            draw: boxes::draw,
            page: |_, area| inner(area).height,
            go: table::go,
            sideways: motion::along_arrow,
            press: motion::press_topology,
            wheel: Some(window::pan),
        },
    ],
    layout: Some(layout::layout),
    services: true,
    count: |model| model.overview.services.iter().filter(|s| s.enabled && s.state.is_trouble()).count(),
    hints: hints::hints,
    wants: streams::wants,
    changes: streams::changes,
    open: motion::open,
    back: motion::back,
    copy: hints::copy,
    prompt: Some(PromptRow {
        lead: " filter: ",
        text: |model| model.ui.screens.stack.filter.clone(),
        typed: |model, text| {
            model.ui.screens.stack.filter = text.to_owned();
            Ok(())
        },
        done: |_| {},
        left: |model| model.ui.screens.stack.filter.clear(),
    }),
    settle: table::settle,
    ..ScreenRow::EMPTY
};
