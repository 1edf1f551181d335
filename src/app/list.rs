//! A list with a selected row, and which of its rows are in view.

use super::motion::Motion;

/// A list with a selected row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListUi {
    /// The selected row.
    pub selected: usize,
    /// The first row shown.
    pub top: usize,
}

impl ListUi {
    /// Moves the selection.
    pub fn go(&mut self, motion: Motion, len: usize) {
        self.selected = motion.from(self.selected, len);
    }

    /// Keeps the selection within the list and in view, where there is room for so many rows.
    pub fn settle(&mut self, len: usize, room: usize) {
        self.selected = self.selected.min(len.saturating_sub(1));
        self.top = in_view(self.top, self.selected, len, room);
    }
}

/// The first row shown so that a row is among those shown and no room is wasted.
pub fn in_view(top: usize, row: usize, len: usize, room: usize) -> usize {
    let room = room.max(1);
    let least = (row + 1).saturating_sub(room);
    top.clamp(least, row.max(least)).min(len.saturating_sub(room).max(least))
}
