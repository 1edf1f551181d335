//! What the list of errors keeps while it is open.

/// What went wrong, in full: `Model::problems`, and the errors kept in `Model::jobs`.
#[derive(Debug, Default)]
pub struct Errors {
    /// The first line shown.
    pub scroll: usize,
}
