//! The simulated engine judged by others: its documents against recorded ones of real engines, and the official
//! clients on it against the same clients on a real engine.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test's helpers fail the test")]
#![expect(clippy::indexing_slicing, clippy::string_slice, reason = "a test's helpers fail the test")]

mod clients;
mod scale;
mod shapes;
mod stack;
mod wire;
