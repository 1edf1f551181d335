//! The project as `docker compose` reads it: discovery, `.env`, interpolation, merge, `extends`, `include`,
//! profiles and the dependency graph.
//!
//! Pure, but for [`load`]: the resolver asks a [`Files`](files::Files) source for what it needs. Every value
//! keeps its file, line and column. A half-broken file still gives what could be read of the project, beside
//! all of its [`Problem`]s.

pub mod model;
pub mod problem;

pub use model::*;
pub use problem::{Place, Problem, Severity};
