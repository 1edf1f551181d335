//! YAML with places: text to document trees, in docker compose's dialect.

mod compose;
mod decode;
mod resolve;

pub use compose::parse;
pub use resolve::plain;

#[cfg(test)]
mod tests;
