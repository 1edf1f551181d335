//! The Storage screen: what the project keeps.

pub mod picture;
