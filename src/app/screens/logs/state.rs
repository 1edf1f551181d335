//! What the Logs screen keeps of how it is looked at.

use std::collections::BTreeSet;

use regex::Regex;

use crate::{
    app::{pick::Pick, screens::ids::Panel},
    base::id::ServiceName,
    logs::LineId,
};

/// The stream of lines.
pub const LOGS: Panel = Panel("logs");

/// The Logs screen.
#[derive(Debug, Default)]
pub struct State {
    /// Only this service or container; `None` is the whole project.
    pub only: Option<Pick>,
    /// Services that are switched off.
    pub off: BTreeSet<ServiceName>,
    /// The last line shown; `None` follows the newest.
    pub bottom: Option<LineId>,
    /// The match that was found last; shown brighter than other matches.
    pub found: Option<LineId>,
    /// Long lines are wrapped.
    pub wrap: bool,
    /// Columns scrolled to the right, when not wrapped.
    pub shift: u16,
    /// Times are shown.
    pub times: bool,
    /// What is searched.
    pub search: Option<Regex>,
    /// Lines that don't match are hidden (filter), rather than only matches shown bright.
    pub filter: bool,
    /// With `filter`: lines that *do* match are hidden.
    pub inverse: bool,
}
