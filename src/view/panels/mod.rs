//! The panels, one file each, and their registry.

pub(super) mod events;
pub(super) mod footer;
pub(super) mod header;
pub(super) mod inspector;
pub(super) mod logs;
pub(super) mod problems;
pub(super) mod services;
pub(super) mod startup;
pub(super) mod storage;
pub(super) mod tabs;
pub(super) mod topology;

use ratatui::layout::Rect;

use super::{scene::Scene, screen::Pane};
use crate::app::model::Panel;

/// A row of the registry.
pub struct PanelRow {
    /// Which.
    pub panel: Panel,
    /// What it shows, in a few words.
    pub words: &'static str,
    /// Draws it in an area, its border included.
    pub(super) draw: fn(&Scene<'_>, Rect) -> Pane,
}

/// Every panel that can have the focus.
pub static PANELS: &[PanelRow] = &[
    PanelRow { panel: Panel::Topology, words: "who waits for whom", draw: topology::draw },
    PanelRow { panel: Panel::Services, words: "the services and why they aren't ready", draw: services::draw },
    PanelRow { panel: Panel::Inspector, words: "all of the selected service", draw: inspector::draw },
    PanelRow { panel: Panel::Startup, words: "the last start as bars", draw: startup::draw },
    PanelRow { panel: Panel::Logs, words: "log lines in order of time", draw: logs::draw },
    PanelRow { panel: Panel::Storage, words: "what is kept on disk, and what becomes of it", draw: storage::draw },
    PanelRow { panel: Panel::Problems, words: "what is wrong, why, and what to do", draw: problems::draw },
    PanelRow { panel: Panel::Events, words: "what happened, newest first", draw: events::draw },
];
