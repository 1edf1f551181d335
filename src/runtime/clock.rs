//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::base::{
    num::nanos,
    time::{Clock, Stamp},
};

/// Now, on our clock.
pub fn now() -> Stamp {
    Stamp::from_nanos(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanos))
}

/// Our clock, to be handed in.
pub fn clock() -> Clock {
    Clock::new(now)
}
