//! A graph to lay out, and where everything in it came to be, as plain values.

use ratatui::layout::{Rect, Size};

use crate::base::num::cols;

/// A box to place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its width in cells, border included.
    pub width: u16,
    /// The least height in cells, border included; more is given where arrows of several classes arrive.
    pub height: u16,
}

/// An arrow between boxes, by their positions in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// Where it starts: the dependent.
    pub from: usize,
    /// Where it ends: the dependency.
    pub to: usize,
    /// Arrows of one class that end at one box share their last stretch; others arrive apart.
    pub class: u8,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// The boxes, in the order of the nodes.
    pub boxes: Vec<Rect>,
    /// The corners of each arrow, in the order of the edges, from the cell beside its start to the cell beside
    /// its end, where the head is. Empty for an arrow from a box to itself.
    pub routes: Vec<Vec<(u16, u16)>>,
    /// Boxes in the columns of the layout: the layer of each node, counted from the left of its part.
    pub layers: Vec<usize>,
    /// How much room it takes.
    pub size: Size,
}

/// A signed coordinate as a cell's; what would be negative is 0.
pub(super) fn cell(n: i64) -> u16 {
    cols(usize::try_from(n).unwrap_or(0))
}
