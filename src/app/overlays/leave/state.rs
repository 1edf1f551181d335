//! What the list of what is waited for before we leave keeps while it is open.

/// Leave when what is under way is done.
#[derive(Debug, Default)]
pub struct Leave {
    /// The first line shown.
    pub scroll: usize,
}
