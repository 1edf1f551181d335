//! Conversions between number types that saturate instead of wrapping.

/// A `u16` for screen arithmetic; what doesn't fit becomes `u16::MAX`.
pub fn cols(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// A nanosecond count as the signed number that stamps use; saturates after 292 years.
pub fn nanos(d: std::time::Duration) -> i64 {
    i64::try_from(d.as_nanos()).unwrap_or(i64::MAX)
}

/// All of them together.
pub fn total(parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(0, u64::saturating_add)
}

/// `part` of `whole` scaled to `0..=to`, rounded down; 0 where `whole` is 0.
pub fn scale(part: u64, whole: u64, to: u16) -> u16 {
    let scaled = u128::from(part.min(whole)).saturating_mul(to.into()).checked_div(whole.into());
    u16::try_from(scaled.unwrap_or(0)).unwrap_or(to)
}
