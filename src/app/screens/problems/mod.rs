//! The Problems screen: the findings, and its picture.

mod findings;
pub mod picture;

pub use findings::*;
