//! The Startup screen: the last start as bars, with what stands under them.

mod notes;
pub mod picture;

pub use notes::*;
