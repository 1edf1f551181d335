//! The Logs screen: which lines it shows, and its picture.

pub mod lines;
mod look;
pub mod picture;
