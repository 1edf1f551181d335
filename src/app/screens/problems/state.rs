//! What the Problems screen keeps of how it is looked at.

use crate::{app::screens::ids::Panel, diagnose::Cause};

/// What is wrong.
pub const PROBLEMS: Panel = Panel("problems");

/// The Problems screen.
#[derive(Debug, Default)]
pub struct State {
    /// The selected row; the first where it is gone.
    pub selected: Option<Cause>,
    /// The first row that is shown.
    pub top: usize,
}
