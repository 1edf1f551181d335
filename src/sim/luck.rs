//! Luck without a stream: a number that follows from a seed and from what it is for.
//!
//! Since nothing is drawn from a common stream, what somebody looks at can't change what happens.

/// What luck is for, where it isn't a container's number.
pub(super) const ENGINE: u64 = 1 << 40;
/// See [`ENGINE`].
pub(super) const REBORN: u64 = 2 << 40;
/// See [`ENGINE`].
pub(super) const CONTAINER: u64 = 3 << 40;
/// See [`ENGINE`].
pub(super) const NETWORK: u64 = 4 << 40;
/// See [`ENGINE`].
pub(super) const IMAGE: u64 = 5 << 40;
/// See [`ENGINE`].
pub(super) const VOLUME: u64 = 6 << 40;
/// See [`ENGINE`].
pub(super) const CACHE: u64 = 7 << 40;

/// Mixes a seed with a purpose (splitmix64's finaliser).
pub(super) fn mix(seed: u64, purpose: u64) -> u64 {
    let mut z = seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17);
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// So many hex digits.
pub(super) fn hex(seed: u64, digits: usize) -> String {
    let mut out = String::with_capacity(digits + 16);
    let mut round = 0;
    while out.len() < digits {
        out.push_str(&format!("{:016x}", mix(seed, round ^ 0xface)));
        round += 1;
    }
    out.truncate(digits);
    out
}

/// A number that follows from a text (FNV-1a).
pub(super) fn of_text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A part of a whole: `0..n`, and 0 where `n` is.
pub(super) fn below(luck: u64, n: u64) -> u64 {
    if n == 0 { 0 } else { luck % n }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_evenly_enough() {
        let mut counts = [0_u32; 10];
        for n in 0..10_000 {
            counts[usize::try_from(below(mix(42, n), 10)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|n| (850..1150).contains(n)), "{counts:?}");
        assert_eq!(hex(1, 64).len(), 64);
        assert_ne!(hex(1, 64), hex(2, 64));
    }
}
