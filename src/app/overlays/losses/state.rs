//! What the list of losses keeps while it is open.

/// What was lost: every kind with its number.
#[derive(Debug, Default)]
pub struct Losses {
    /// The first line shown.
    pub scroll: usize,
}
