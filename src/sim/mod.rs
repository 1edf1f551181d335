//! A simulated engine: containers that live by a scenario and a virtual clock, behind the Docker Engine API.
//!
//! It imports only [`base`](crate::base), and spells the API with structs of its own: a wrong belief about Docker
//! can't then be wrong on both sides. [`scenario`] reads what should happen from a file; [`world`] makes it happen,
//! pure and seeded, so that tests and pictures repeat exactly.

pub mod api;
pub mod http;
mod luck;
mod play;
pub mod scenario;
pub mod world;

pub use play::{Playing, play};
