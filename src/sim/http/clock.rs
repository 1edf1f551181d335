//! The clock of a simulated engine: the computer's made faster or slower, or one that is moved by hand.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use super::options::{Options, Pace};
use crate::base::{num::nanos, time::Stamp};

/// Slower than this nothing would ever happen; faster, and a second of waiting would be a day.
const SPEEDS: (f64, f64) = (0.01, 100_000.0);

/// Where the engine's time comes from.
#[derive(Debug)]
pub(super) enum Clock {
    /// From an instant on, so many times as fast.
    Running { since: Instant, start: Stamp, speed: f64 },
    /// As it was told.
    Manual(Mutex<Stamp>),
}

impl Clock {
    pub fn new(options: &Options) -> Self {
        let start = options.start.unwrap_or_else(computer);
        match options.pace {
            Pace::Speed(speed) => {
                let (slowest, fastest) = SPEEDS;
                let speed = if speed.is_finite() { speed.clamp(slowest, fastest) } else { 1.0 };
                Clock::Running { since: Instant::now(), start, speed }
            }
            Pace::Manual => Clock::Manual(Mutex::new(start)),
        }
    }

    /// The engine's moment.
    pub fn now(&self) -> Stamp {
        match self {
            Clock::Running { since, start, speed } => *start + since.elapsed().mul_f64(*speed),
            Clock::Manual(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// How long to wait for a moment; `None` where waiting doesn't bring it nearer.
    pub fn until(&self, at: Stamp) -> Option<Duration> {
        match self {
            Clock::Running { speed, .. } => Some(at.since(self.now()).div_f64(*speed)),
            Clock::Manual(_) => None,
        }
    }

    /// Moves a manual clock on; a running one goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Clock::Manual(now) = self {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = *now + by;
        }
    }
}

/// The computer's moment.
fn computer() -> Stamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Stamp::from_nanos(nanos(since))
}
