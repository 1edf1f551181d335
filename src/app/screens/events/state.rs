//! What the Events screen keeps of how it is looked at.

use crate::app::{list::ListUi, screens::ids::Panel};

/// The history.
pub const EVENTS: Panel = Panel("events");

/// The Events screen, newest first: row 0 is the newest, and being there follows.
pub type State = ListUi;
