//! The simulated engine's server: the Docker Engine API over a unix socket, on top of a world that a clock drives.
//!
//! [`serve`] binds the socket and gives a [`Handle`]. Every request first lets the world catch up with the clock;
//! between requests a driver does. Answers that go on (logs, events, statistics) are tasks that look again whenever
//! the world moved; they end when their client goes away. [`Mischief`] makes the engine misbehave, on demand.

mod answer;
mod clock;
mod context;
mod cut;
mod endpoints;
mod engine;
mod filters;
mod mischief;
mod options;
mod request;
mod routes;
mod server;
mod socket;
mod stdcopy;
#[cfg(test)]
mod tests;

pub use mischief::Mischief;
pub use options::{Options, Pace};
pub use server::{Handle, serve};
pub use socket::ServeError;
