//! Pauses between attempts: each twice the last, up to a cap.

use std::time::Duration;

/// The pause before attempt `n` (the first is 0): `first`, doubled each time, never over `cap`.
pub fn pause(n: u32, first: Duration, cap: Duration) -> Duration {
    first.saturating_mul(2_u32.saturating_pow(n.min(30))).min(cap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_cap() {
        let at = |n| pause(n, Duration::from_millis(100), Duration::from_secs(5)).as_millis();
        assert_eq!([at(0), at(1), at(3), at(6), at(1000)], [100, 200, 800, 5000, 5000]);
    }
}
