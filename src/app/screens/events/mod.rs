//! The Events screen: what happened, as a readable history.

pub mod picture;
