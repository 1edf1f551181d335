//! What the Stack screen keeps of how it is looked at.

use std::collections::BTreeSet;

use crate::{app::screens::ids::Panel, base::id::ServiceName};

/// The table of services.
pub const SERVICES: Panel = Panel("services");
/// All of the selected service.
pub const INSPECTOR: Panel = Panel("inspector");
/// The picture of boxes and arrows.
pub const TOPOLOGY: Panel = Panel("topology");

/// The Stack screen.
#[derive(Debug, Default)]
pub struct State {
    /// The first row of the table that is shown.
    pub top: usize,
    /// Services whose replicas are shown.
    pub unfolded: BTreeSet<ServiceName>,
    /// The filter of the table; empty shows all.
    pub filter: String,
    /// Whether services whose profiles are off are hidden.
    pub hide_disabled: bool,
    /// Dim all that is neither up- nor downstream of the selected service.
    pub impact: bool,
    /// Dim all that isn't a blocker.
    pub blockers: bool,
    /// Colour by network.
    pub by_network: bool,
    /// The first column and row of the topology that are shown.
    pub pan: (u16, u16),
}
