//! What the choice of a docker context keeps while it is open.

use crate::host::ContextEntry;

/// Choose a docker context.
#[derive(Debug)]
pub struct Contexts {
    /// The contexts there are.
    pub known: Vec<ContextEntry>,
    /// The chosen row.
    pub selected: usize,
}
