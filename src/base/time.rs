//! Moments and their arithmetic. A [`Stamp`] is a moment on *some* clock, mostly the engine's.
//!
//! The engine writes RFC 3339 with nanoseconds and year 1 for "never".

use std::{fmt, time::Duration};

use super::num::nanos;

/// A moment: nanoseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(i64);

impl Stamp {
    /// From nanoseconds since the Unix epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From seconds since the Unix epoch; saturates.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339. `None` for what isn't a time and for Docker's "never" (year 1, or the epoch's zero).
    pub fn parse(text: &str) -> Option<Self> {
        let at: jiff::Timestamp = text.parse().ok()?;
        let nanos = i64::try_from(at.as_nanosecond()).ok()?;
        (nanos > 0).then_some(Self(nanos))
    }

    /// How long after `earlier` this is; zero where it isn't later.
    pub fn since(self, earlier: Stamp) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// This moment moved by a signed number of nanoseconds, as a clock offset is.
    pub const fn shifted(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// This moment in the local zone, formatted by jiff's `strftime` (`%H:%M:%S%.3f`).
    pub fn local(self, format: &str) -> String {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(at) => at.to_zoned(jiff::tz::TimeZone::system()).strftime(format).to_string(),
            Err(_) => "?".into(),
        }
    }
}

impl std::ops::Add<Duration> for Stamp {
    type Output = Stamp;
    fn add(self, d: Duration) -> Stamp {
        self.shifted(nanos(d))
    }
}

/// RFC 3339 in UTC with the digits that are needed.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(at) => write!(f, "{at}"),
            Err(_) => f.write_str("?"),
        }
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_engine_writes() {
        let at = Stamp::parse("2026-11-21T02:13:55.139886468Z").unwrap();
        assert_eq!(at.to_string(), "2026-11-21T02:13:55.139886468Z");
        assert_eq!(Stamp::parse("2026-11-21T03:13:55.139886468+01:00"), Some(at));
        assert_eq!(Stamp::parse("0001-01-01T00:00:00Z"), None);
        assert_eq!(Stamp::parse("soon"), None);
    }

    #[test]
    fn the_future_is_zero_ago() {
        assert_eq!(Stamp::from_secs(1).since(Stamp::from_secs(2)), Duration::ZERO);
    }
}
