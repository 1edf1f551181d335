//! The Logs screen: which lines it shows, and its picture.

pub mod lines;
pub mod picture;
