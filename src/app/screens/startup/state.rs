//! What the Startup screen keeps of how it is looked at.

use crate::app::screens::ids::Panel;

/// The bars.
pub const STARTUP: Panel = Panel("startup");

/// The Startup screen.
#[derive(Debug, Default)]
pub struct State {
    /// The first lane shown.
    pub top: usize,
}
