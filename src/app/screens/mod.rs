//! The screens, one folder each, and the registry of their panels.

pub mod events;
pub mod logs;
pub mod problems;
pub mod stack;
pub mod startup;
pub mod storage;

use ratatui::layout::Rect;

use crate::{
    app::{model::Panel, scene::Scene},
    view::screen::Pane,
};

/// A row of the registry.
pub struct PanelRow {
    /// Which.
    pub panel: Panel,
    /// What it shows, in a few words.
    pub words: &'static str,
    /// Draws it in an area, its border included.
    pub(in crate::app) draw: fn(&Scene<'_>, Rect) -> Pane,
}

/// Every panel that can have the focus.
pub static PANELS: &[PanelRow] = &[
    PanelRow { panel: Panel::Topology, words: "who waits for whom", draw: stack::boxes::draw },
    PanelRow { panel: Panel::Services, words: "the services and why they aren't ready", draw: stack::services::draw },
    PanelRow { panel: Panel::Inspector, words: "all of the selected service", draw: super::inspector::panel::draw },
    PanelRow { panel: Panel::Startup, words: "the last start as bars", draw: startup::picture::draw },
    PanelRow { panel: Panel::Logs, words: "log lines in order of time", draw: logs::picture::draw },
    PanelRow {
        panel: Panel::Storage,
        words: "what is kept on disk, and what becomes of it",
        draw: storage::picture::draw,
    },
    PanelRow { panel: Panel::Problems, words: "what is wrong, why, and what to do", draw: problems::picture::draw },
    PanelRow { panel: Panel::Events, words: "what happened, newest first", draw: events::picture::draw },
];
