//! The soonest of the moments at which something on the screen reads differently.

use std::time::Duration;

use crate::{
    base::{num::nanos, time::Stamp, units::age_changes_in},
    stack::Reason,
};

/// One.
pub const SECOND: Duration = Duration::from_secs(1);

/// The soonest of some moments, as the time until then.
#[derive(Debug, Default)]
pub struct Soonest(pub Option<Duration>);

impl Soonest {
    /// One of them.
    pub fn at(&mut self, d: Duration) {
        self.0 = Some(self.0.map_or(d, |soonest| soonest.min(d)));
    }

    /// When an age that is counted from a moment reads differently.
    pub fn age(&mut self, since: Option<Stamp>, now: Stamp) {
        if let Some(since) = since {
            // On the engine's whole seconds, so that thirty ages make one frame a second and not thirty.
            let at = now + age_changes_in(now.since(since));
            let past = at.as_nanos().rem_euclid(nanos(SECOND));
            let whole = if past == 0 { at } else { at.shifted(nanos(SECOND).saturating_sub(past)) };
            self.at(whole.since(now));
        }
    }

    /// Words that grow are asked what they say a little later: those that count seconds change each second, coarser
    /// ones are looked at every ten.
    pub fn reason(&mut self, reason: Option<&Reason>, now: Stamp) {
        let Some(reason) = reason else { return };
        let words = reason.words(now);
        if reason.words(now + SECOND) != words {
            self.at(SECOND);
        } else if [60, 3600].iter().any(|s| reason.words(now + Duration::from_secs(*s)) != words) {
            self.at(Duration::from_secs(10));
        }
    }
}

/// How long until a count-down of this much shows its next second.
pub fn next_second(left: Duration) -> Duration {
    match left.subsec_nanos() {
        _ if left.is_zero() => SECOND,
        0 => SECOND,
        nanos => Duration::from_nanos(u64::from(nanos)),
    }
}
