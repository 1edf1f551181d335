//! API versions, and the engines that the simulated one can seem to be.

use std::{fmt, str::FromStr};

use crate::sim::world::Generation;

/// A version of the API: `1.41`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(
    /// Before the point.
    pub u16,
    /// After it.
    pub u16,
);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` isn't an API version; write it like 1.41");
        let (major, minor) = text.split_once('.').ok_or_else(wrong)?;
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| digits.parse().ok()).flatten().ok_or_else(wrong)
        };
        Ok(Self(number(major)?, number(minor)?))
    }
}

/// An engine as it was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// Its newest API version.
    pub version: Version,
    /// Its oldest.
    pub oldest: Version,
    /// Its own version.
    pub engine: &'static str,
    /// The Go that it was built with.
    pub go: &'static str,
    /// containerd, runc.
    pub parts: (&'static str, &'static str),
    /// When it was built.
    pub built: &'static str,
    /// The first digits of the commit that it was built from.
    pub commit: &'static str,
    /// `1` or `2`: the host's cgroups.
    pub cgroups: &'static str,
}

/// The engines that can be played, oldest first.
pub const RELEASES: [Release; 4] = [
    Release {
        version: Version(1, 41),
        oldest: Version(1, 12),
        engine: "20.10.24",
        go: "go1.19.8",
        parts: ("1.6.20", "1.1.5"),
        built: "2023-04-04T18:18:00.000000000+00:00",
        commit: "5d6db84",
        cgroups: "1",
    },
    Release {
        version: Version(1, 44),
        oldest: Version(1, 24),
        engine: "25.0.5",
        go: "go1.21.8",
        parts: ("1.6.28", "1.1.12"),
        built: "2024-03-19T15:05:00.000000000+00:00",
        commit: "e63daec",
        cgroups: "1",
    },
    Release {
        version: Version(1, 45),
        oldest: Version(1, 24),
        engine: "26.1.5",
        go: "go1.21.12",
        parts: ("1.7.24", "1.1.13"),
        built: "2024-07-23T19:13:00.000000000+00:00",
        commit: "411e817",
        cgroups: "1",
    },
    Release {
        version: Version(1, 52),
        oldest: Version(1, 44),
        engine: "29.0.1",
        go: "go1.25.4",
        parts: ("2.1.5", "1.3.3"),
        built: "2025-11-14T16:32:00.000000000+00:00",
        commit: "198b5e3",
        cgroups: "2",
    },
];

impl Release {
    /// The engine whose newest API version this is.
    pub fn of(version: Version) -> Result<Self, String> {
        RELEASES.into_iter().find(|r| r.version == version).ok_or_else(|| {
            let known: Vec<_> = RELEASES.iter().map(|r| r.version.to_string()).collect();
            format!("the simulated engine doesn't support API {version}; choose one of {}", known.join(", "))
        })
    }

    /// How its containers live. Docker 25 speaks API 1.44.
    pub fn generation(&self) -> Generation {
        if self.version >= Version(1, 44) { Generation::Docker25 } else { Generation::Docker20 }
    }
}

impl Default for Release {
    /// The oldest: what every client understands.
    fn default() -> Self {
        let [oldest, ..] = RELEASES;
        oldest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("1.9") < version("1.41"));
        assert_eq!(version("1.41").to_string(), "1.41");
        for wrong in ["", "1", "1.", ".41", "1.4x", "+1.4", "1.99999999"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_known_engines_are_played() {
        assert_eq!(Release::of(Version(1, 45)).unwrap().engine, "26.1.5");
        let error = Release::of(Version(1, 60)).unwrap_err();
        assert!(error.contains("1.41, 1.44, 1.45, 1.52"), "{error}");
        assert!(RELEASES.is_sorted_by_key(|r| r.version));
    }
}
