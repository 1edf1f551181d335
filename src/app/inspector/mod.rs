//! The inspector: all of the selected service or container, in tabs, one file each, and their registry.
//!
//! How many lines a tab has decides how far can be scrolled, so the movement and the drawing ask here. A new tab is
//! a file beside this one and its row.

mod environment;
mod health;
mod inspected;
mod labels;
mod mounts;
mod networks;
mod overview;
pub mod panel;
mod raw;
pub mod row;
mod secrets;
mod sources;
pub mod tab;

use inspected::Inspected;
use ratatui::layout::Rect;
use row::Row;
use tab::Inspect;

use crate::{app::Model, view::screen::Line};

pub use health::HEALTH;
pub use overview::OVERVIEW;

/// Every tab, in order.
pub const TABS: &[Row] = &[
    OVERVIEW,
    HEALTH,
    environment::ENVIRONMENT,
    sources::SOURCES,
    mounts::MOUNTS,
    networks::NETWORKS,
    secrets::SECRETS,
    labels::LABELS,
    raw::RAW,
];

/// The row of a tab.
pub fn row(tab: Inspect) -> &'static Row {
    TABS.iter().find(|row| row.tab == tab).unwrap_or(&OVERVIEW)
}

/// The tab after another one, or the one before; after the last comes the first.
pub fn beside(tab: Inspect, forward: bool) -> Inspect {
    let at = TABS.iter().position(|row| row.tab == tab).unwrap_or(0);
    let to = if forward { at + 1 } else { at + TABS.len() - 1 } % TABS.len();
    TABS.get(to).map_or(tab, |row| row.tab)
}

/// The lines of the chosen tab for what is selected, in an inspector of this width, its borders included; none
/// where nothing is selected.
pub fn lines(model: &Model, panel: u16) -> Vec<Line> {
    let Some(mut it) = Inspected::new(model, usize::from(panel).saturating_sub(4)) else { return Vec::new() };
    (row(model.ui.inspect).lines)(&mut it);
    it.lines
}

/// The first line that can be at the top of an inspector that stands here: the last one is at the bottom then.
pub fn furthest(model: &Model, area: Rect) -> usize {
    lines(model, area.width).len().saturating_sub(room(area.height))
}

/// How many lines fit into an inspector of this height, under its tabs.
pub fn room(panel: u16) -> usize {
    usize::from(panel).saturating_sub(3)
}
