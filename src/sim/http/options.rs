//! What a simulated engine is started with.

use super::mischief::Mischief;
use crate::{base::time::Stamp, sim::api::Release};

/// What a simulated engine is started with.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How fast its time goes.
    pub pace: Pace,
    /// The engine's time at the beginning; the computer's where none.
    pub start: Option<Stamp>,
    /// Chooses its ids and its luck.
    pub seed: u64,
    /// Which engine it seems to be.
    pub release: Release,
    /// How it misbehaves from the beginning on.
    pub mischief: Mischief,
}

/// How an engine's time goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// So many times as fast as the computer's.
    Speed(f64),
    /// Only as [`Handle::advance`](super::Handle::advance) says: for tests.
    Manual,
}

impl Default for Pace {
    fn default() -> Self {
        Pace::Speed(1.0)
    }
}
