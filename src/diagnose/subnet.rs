//! IPv4 and IPv6 subnets, as far as it takes to see whether two of them overlap.

use std::net::IpAddr;

/// A subnet: its first address as a number, and how many bits are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subnet {
    bits: u128,
    prefix: u32,
    v4: bool,
}

impl Subnet {
    /// Reads `172.17.0.0/16` or `fd00::/64`; an address alone is a subnet of one.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.trim().split_once('/').map_or((text.trim(), None), |(a, p)| (a, Some(p)));
        let (bits, width, v4) = match address.parse().ok()? {
            // Aligned to the left of 128 bits, so that both kinds are compared alike.
            IpAddr::V4(ip) => (u128::from(u32::from(ip)) << 96, 32, true),
            IpAddr::V6(ip) => (u128::from(ip), 128, false),
        };
        let prefix = prefix.map_or(Some(width), |p| p.parse().ok().filter(|p| *p <= width))?;
        Some(Self { bits: bits & Self::mask(prefix), prefix, v4 })
    }

    fn mask(prefix: u32) -> u128 {
        u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or(0)
    }

    /// Whether they have an address in common. The way to everywhere overlaps with nothing.
    pub fn overlaps(self, other: Self) -> bool {
        let shorter = self.prefix.min(other.prefix);
        shorter > 0 && self.v4 == other.v4 && (self.bits ^ other.bits) & Self::mask(shorter) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_overlap_where_one_holds_the_other() {
        let overlap = |a, b| Subnet::parse(a).unwrap().overlaps(Subnet::parse(b).unwrap());
        assert!(overlap("172.29.250.0/24", "172.29.0.0/16") && overlap("172.29.0.0/16", "172.29.250.0/24"));
        assert!(overlap("10.0.0.0/8", "10.1.2.3") && overlap("fd00::/48", "fd00:0:0:1::/64"));
        assert!(!overlap("172.29.250.0/24", "172.29.251.0/24") && !overlap("10.0.0.0/8", "11.0.0.0/8"));
        assert!(!overlap("0.0.0.0/0", "10.0.0.0/8") && !overlap("::/16", "0.0.0.0/8"));
        for bad in ["", "x/8", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/-1"] {
            assert_eq!(Subnet::parse(bad), None, "{bad}");
        }
    }
}
