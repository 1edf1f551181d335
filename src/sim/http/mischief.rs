//! How a simulated engine misbehaves: words for a command line, and what they mean.

use std::{str::FromStr, time::Duration};

use crate::{
    base::num::nanos,
    sim::api::{Release, Version},
};

/// Misbehaviour; the default is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mischief {
    /// Waits before every answer.
    pub delay: Duration,
    /// Takes connections and requests, and answers nothing; answers under way stand still.
    pub stall: bool,
    /// Ends every connection in the middle of what it writes.
    pub cut: bool,
    /// Answers 500 to everything.
    pub fail: bool,
    /// Answers what is no JSON.
    pub garbage: bool,
    /// Takes no connections, and ends those that are open.
    pub refuse: bool,
    /// Goes away after this time, stays away for [`AWAY`], and comes back with new ids.
    pub vanish: Option<Duration>,
    /// Has states, health, events and policies that no client knows.
    pub strange: bool,
    /// Nanoseconds that its clock is ahead of its time.
    pub skew: i64,
    /// Seems to be another engine.
    pub release: Option<Release>,
}

/// How long a vanished engine stays away.
pub const AWAY: Duration = Duration::from_secs(3);

/// The words, with an example of each, for help and for the error.
const WORDS: &str =
    "delay=200ms, stall, cut, 500, garbage, refuse, vanish or vanish=10s, strange, skew=+3h or skew=-90m, api=1.52";

impl FromStr for Mischief {
    type Err = String;

    /// Reads words with commas between: `delay=200ms,strange`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut mischief = Self::default();
        for word in text.split(',').map(str::trim).filter(|w| !w.is_empty()) {
            mischief.add(word).map_err(|why| format!("unknown mischief `{word}`{why}; choose from {WORDS}"))?;
        }
        Ok(mischief)
    }
}

impl Mischief {
    fn add(&mut self, word: &str) -> Result<(), String> {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        match (name, value) {
            ("delay", value) => self.delay = span(value)?,
            ("stall", "") => self.stall = true,
            ("cut", "") => self.cut = true,
            ("500", "") => self.fail = true,
            ("garbage", "") => self.garbage = true,
            ("refuse", "") => self.refuse = true,
            ("vanish", "") => self.vanish = Some(Duration::ZERO),
            ("vanish", value) => self.vanish = Some(span(value)?),
            ("strange", "") => self.strange = true,
            ("skew", value) => {
                let (sign, text) = match value.strip_prefix('-') {
                    Some(text) => (-1, text),
                    None => (1, value.strip_prefix('+').unwrap_or(value)),
                };
                self.skew = nanos(span(text)?).saturating_mul(sign);
            }
            ("api", value) => {
                let release = value.parse::<Version>().and_then(Release::of);
                self.release = Some(release.map_err(|why| format!(" ({why})"))?);
            }
            _ => return Err(String::new()),
        }
        Ok(())
    }
}

/// A span: a whole number and `ms`, `s`, `m` or `h`.
fn span(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number: u64 = digits.parse().map_err(|_| format!(" (`{text}` isn't a duration: 200ms, 10s, 5m, 3h)"))?;
    match text.strip_prefix(digits) {
        Some("ms") => Ok(Duration::from_millis(number)),
        Some("s") => Ok(Duration::from_secs(number)),
        Some("m") => Ok(Duration::from_secs(number.saturating_mul(60))),
        Some("h") => Ok(Duration::from_secs(number.saturating_mul(3600))),
        _ => Err(format!(" (`{text}` has no unit: 200ms, 10s, 5m, 3h)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        let mischief: Mischief = "delay=200ms, stall,cut,500,garbage,refuse,strange".parse().unwrap();
        let wanted = Mischief {
            delay: Duration::from_millis(200),
            stall: true,
            cut: true,
            fail: true,
            garbage: true,
            refuse: true,
            strange: true,
            ..Mischief::default()
        };
        assert_eq!(mischief, wanted);
        let skew = |text: &str| text.parse::<Mischief>().unwrap().skew;
        assert_eq!(skew("skew=+3h"), 3 * 3600 * 1_000_000_000);
        assert_eq!(skew("skew=-90m"), -5400 * 1_000_000_000);
        assert_eq!("vanish=10s".parse::<Mischief>().unwrap().vanish, Some(Duration::from_secs(10)));
        assert_eq!("api=1.52".parse::<Mischief>().unwrap().release.unwrap().engine, "29.0.1");
        assert_eq!("".parse::<Mischief>().unwrap(), Mischief::default());
    }

    #[test]
    fn other_words_are_refused_with_what_there_is() {
        for wrong in ["sulk", "delay", "delay=5", "skew=late", "stall=3", "api=9.9", "vanish=x"] {
            let error = wrong.parse::<Mischief>().unwrap_err();
            assert!(error.contains(wrong) && error.contains("choose from delay=200ms"), "{error}");
        }
    }
}
