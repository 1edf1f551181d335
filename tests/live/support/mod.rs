//! What the tests on a real engine share: engines, projects of their own, a terminal, a proxy that cuts the line.

pub mod engine;
pub mod process;
pub mod project;
pub mod proxy;
pub mod terminal;

pub use engine::{Engine, on_every_engine};
pub use project::Project;
pub use proxy::Proxy;
pub use terminal::Terminal;

/// How long anything may take before a test fails. Far more than needed: it only bounds a failing test.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
