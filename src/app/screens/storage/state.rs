//! What the Storage screen keeps of how it is looked at.

use crate::app::{list::ListUi, screens::ids::Panel};

/// Volumes, binds and tmpfs.
pub const STORAGE: Panel = Panel("storage");

/// The Storage screen.
pub type State = ListUi;
