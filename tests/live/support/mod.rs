//! What the tests on a real engine share: engines, projects of their own, a terminal, a proxy that cuts the line;
//! a network, certificates and an sshd for far engines.

pub mod engine;
pub mod link;
pub mod process;
pub mod program;
pub mod project;
pub mod proxy;
pub mod sshd;
pub mod terminal;
pub mod tls;

pub use engine::{Engine, on_every_engine};
pub use link::Link;
pub use project::Project;
pub use proxy::Proxy;
pub use terminal::Terminal;

/// How long anything may take before a test fails. Far more than needed, also where much else runs: it only bounds a
/// failing test.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
