//! Moments and their arithmetic. A [`Stamp`] is a moment on *some* clock, mostly the engine's.
//!
//! The engine writes RFC 3339 with nanoseconds and year 1 for "never".

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

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

    /// This moment in a zone, formatted by jiff's `strftime` (`%H:%M:%S%.3f`).
    pub fn local(self, zone: &Zone, format: &str) -> String {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(at) => at.to_zoned(zone.0.clone()).strftime(format).to_string(),
            Err(_) => "?".into(),
        }
    }

    /// This moment in a zone for somebody who reads it at another: with its day where that isn't the same.
    pub fn moment(self, zone: &Zone, now: Stamp) -> String {
        let day = |at: Stamp| at.local(zone, "%Y-%m-%d");
        self.local(zone, if day(self) == day(now) { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" })
    }
}

impl std::ops::Add<Duration> for Stamp {
    type Output = Stamp;
    fn add(self, d: Duration) -> Stamp {
        self.shifted(nanos(d))
    }
}

/// Half as long again.
pub fn half_more(d: Duration) -> Duration {
    d.saturating_mul(3).checked_div(2).unwrap_or(d)
}

/// The time zone that moments are shown in, handed in as the clock is. UTC where nobody says another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// As jiff knows it.
    pub fn new(zone: jiff::tz::TimeZone) -> Self {
        Self(zone)
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(jiff::tz::TimeZone::UTC)
    }
}

/// Our clock, handed in: the rooms below don't read one by themselves, and a test moves it by hand.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Stamp + Send + Sync>);

impl Clock {
    /// A clock that reads what the function says.
    pub fn new(read: impl Fn() -> Stamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// What it reads now.
    pub fn now(&self) -> Stamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}

/// Another clock, read from ours: the engine's, which differs by an offset and, where it is simulated, in pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherClock {
    /// Our moment at which the offset was read; of no interest where both go at the same pace.
    read: Stamp,
    offset: i64,
    pace: NonZeroU32,
}

impl OtherClock {
    /// A clock that is this many nanoseconds ahead of ours, and as fast.
    pub const fn ahead(offset: i64) -> Self {
        Self { read: Stamp(0), offset, pace: NonZeroU32::MIN }
    }

    /// A clock that read `theirs` at our moment `ours` and goes `pace` times as fast.
    pub fn read(ours: Stamp, theirs: Stamp, pace: NonZeroU32) -> Self {
        let offset = theirs.0.saturating_sub(ours.0);
        Self { read: if pace == NonZeroU32::MIN { Stamp(0) } else { ours }, offset, pace }
    }

    /// What it reads at our moment.
    pub fn at(self, ours: Stamp) -> Stamp {
        let gained = ours.0.saturating_sub(self.read.0).saturating_mul(i64::from(self.pace.get()).saturating_sub(1));
        ours.shifted(self.offset).shifted(if self.pace == NonZeroU32::MIN { 0 } else { gained })
    }

    /// How long it takes us to wait for so much of its time.
    pub fn wait(self, theirs: Duration) -> Duration {
        theirs.checked_div(self.pace.get()).unwrap_or(theirs)
    }

    /// How many times as fast as ours it goes.
    pub fn pace(self) -> NonZeroU32 {
        self.pace
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
    fn a_moment_is_shown_in_the_zone_that_is_handed_in() {
        let at = Stamp::parse("2026-11-21T23:30:00Z").unwrap();
        let east = Zone::new(jiff::tz::TimeZone::fixed(jiff::tz::offset(1)));
        assert_eq!(at.local(&Zone::default(), "%H:%M"), "23:30");
        assert_eq!(at.local(&east, "%H:%M"), "00:30");
        let next = Stamp::parse("2026-11-22T00:10:00Z").unwrap();
        assert_eq!(at.moment(&east, next), "00:30:00");
        assert_eq!(at.moment(&Zone::default(), next), "2026-11-21 23:30");
    }

    #[test]
    fn another_clock_is_ahead_or_faster() {
        let (ours, theirs) = (Stamp::from_secs(100), Stamp::from_secs(1000));
        let ten = NonZeroU32::new(10).unwrap();
        let fast = OtherClock::read(ours, theirs, ten);
        assert_eq!(fast.at(ours), theirs);
        assert_eq!(fast.at(Stamp::from_secs(102)), Stamp::from_secs(1020));
        assert_eq!(fast.wait(Duration::from_secs(20)), Duration::from_secs(2));
        let ahead = OtherClock::read(ours, theirs, NonZeroU32::MIN);
        assert_eq!(ahead, OtherClock::ahead(900_000_000_000));
        assert_eq!(ahead.at(Stamp::from_secs(102)), Stamp::from_secs(1002));
    }

    #[test]
    fn the_future_is_zero_ago() {
        assert_eq!(Stamp::from_secs(1).since(Stamp::from_secs(2)), Duration::ZERO);
    }
}
