//! What the help keeps while it is open.

/// Help for this place.
#[derive(Debug, Default)]
pub struct Help {
    /// The first line shown.
    pub scroll: usize,
}
