//! stackview: a terminal dashboard that knows your Docker Compose project.

pub mod app;
pub mod base;
pub mod compose;
pub mod stack;
pub mod view;
