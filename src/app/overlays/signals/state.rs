//! What the choice of a signal keeps while it is open.

/// Choose a signal for the selected containers.
#[derive(Debug, Default)]
pub struct Signals {
    /// The chosen row of [`SIGNALS`](crate::app::plans::SIGNALS).
    pub selected: usize,
}
