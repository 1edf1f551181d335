//! Layered layout of the dependency graph: dependents at the left, what they depend on at the right.
//!
//! The steps are the classic ones (Sugiyama): break cycles and find [`layers`], [`order`] each layer so that
//! few arrows cross, give rows to what is in it ([`rows`]), and give each target one [`lanes`] lane between
//! two layers, so that arrows that share a line always share their target. Parts of the graph that aren't
//! connected are laid out apart and then packed into shelves. [`form`] chooses how a model's services are drawn.

pub mod drawn;
mod form;
mod graph;
#[cfg_attr(
    not(test),
    expect(clippy::arithmetic_side_effects, reason = "rows and columns: 64 bits hold those of any number of services")
)]
mod lanes;
#[cfg_attr(
    not(test),
    expect(clippy::arithmetic_side_effects, reason = "rows and columns: 64 bits hold those of any number of services")
)]
mod layers;
mod order;
mod place;
#[cfg_attr(
    not(test),
    expect(clippy::arithmetic_side_effects, reason = "rows and columns: 64 bits hold those of any number of services")
)]
mod rows;
#[cfg(test)]
mod tests;

pub(crate) use form::class;
pub use form::{Form, Sketch, edges_of, height, sketch};
pub use graph::{Edge, Node, Picture};
pub use place::place;
