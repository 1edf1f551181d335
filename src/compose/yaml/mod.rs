//! YAML with places: text to document trees, in docker compose's dialect.

mod compose;
mod decode;
mod node;
mod resolve;

pub use compose::parse;
pub use node::{Entry, Map, Node, Tag, Value};
pub use resolve::plain;

#[cfg(test)]
mod tests;
