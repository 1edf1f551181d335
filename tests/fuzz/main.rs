//! Throws mutated input at the program: compose files, an engine's answers, the bytes of logs. None may make it panic,
//! hang or grow, each goes as far as a drawn frame of every screen.
//!
//! A stable harness in place of cargo-fuzz, which needs a nightly compiler. The ordinary run is short; `tests/fuzz/run`
//! makes it long.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails")]

mod compose;
mod engine;
mod frames;
mod json;
mod logs;
mod random;
mod throw;
