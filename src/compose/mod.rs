//! The project as `docker compose` reads it: discovery, `.env`, interpolation, merge, `extends`, `include`,
//! profiles and the dependency graph.
//!
//! Pure, but for [`load()`]: the reader asks a [`Files`](files::Files) source for what it needs. Every value
//! keeps its file, line and column. A half-broken file still gives what could be read of the project, beside
//! all of its [`Problem`]s.
//!
//! The way of a project (`project`): `discover` finds its files; `reader` takes each through `yaml`,
//! `interpolate`, `extends` and `include` and puts them together with `merge`, to one tree of nodes; `schema`
//! checks the tree (`syntax` knows the single values), [`canon`] brings it to docker compose's long forms and completes
//! it, `typed` takes the [`model`] out of that, `validate` looks at how its parts fit, and [`graph`] orders the
//! services. To come nearer to docker compose is to add a row or a rule to one of these.

pub mod canon;
pub mod changes;
mod discover;
mod env;
mod env_file;
mod extends;
pub mod files;
pub mod graph;
mod include;
mod interpolate;
mod known;
pub mod load;
mod loaded;
mod merge;
pub mod model;
mod newer;
mod node;
mod options;
mod paths;
pub mod problem;
mod project;
pub mod provenance;
mod reader;
mod replace;
mod report;
mod schema;
pub mod sources;
mod suggest;
mod syntax;
mod trail;
mod typed;
mod validate;
pub mod variables;
mod yaml;

pub use load::{load, load_telling, read_text};
pub use loaded::Loaded;
pub use model::*;
pub use newer::{Newer, Release};
pub use options::{Flag, How, Options};
pub use problem::{Place, Problem, Severity};
pub use suggest::closest;
