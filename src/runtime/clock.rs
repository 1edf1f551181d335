//! The one place that reads the wall clock, and its time zone.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::base::{
    num::nanos,
    time::{Clock, Stamp, Zone},
};

/// Now, on our clock.
pub fn now() -> Stamp {
    Stamp::from_nanos(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanos))
}

/// The time zone of the machine (`TZ`, else `/etc/localtime`).
pub fn zone() -> Zone {
    Zone::new(jiff::tz::TimeZone::system())
}

/// Our clock, to be handed in.
pub fn clock() -> Clock {
    Clock::new(now)
}
