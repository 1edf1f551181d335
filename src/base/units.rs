//! Figures in words: ages, durations, bytes, shares. Short, since they stand in narrow columns.

use std::time::Duration;

/// An age as one coarse figure: `48 s`, `5 min`, `3 h`, `2 d`. Seconds only in the first minute, so that a
/// settled screen doesn't change for its clock.
pub fn age(d: Duration) -> String {
    match d.as_secs() {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min", s / 60),
        s @ 3600..86_400 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

/// What is left of a wait, in whole seconds and never less: `3 s` until the second is over.
pub fn countdown(left: Duration) -> String {
    age(Duration::from_secs(left.as_secs().saturating_add(u64::from(left.subsec_nanos() > 0))))
}

/// How long until [`age`] of this duration reads differently.
pub fn age_changes_in(d: Duration) -> Duration {
    let unit = match d.as_secs() {
        0..60 => 1_000_000_000,
        60..3600 => 60_000_000_000,
        3600..86_400 => 3_600_000_000_000,
        _ => 86_400_000_000_000_u128,
    };
    Duration::from_nanos(
        u64::try_from(d.as_nanos().checked_rem(unit).map_or(0, |past| unit.saturating_sub(past))).unwrap_or(u64::MAX),
    )
}

/// A measured span with a tenth of a second up to two minutes: `0.4 s`, `82.4 s`, `3 min 12 s`, `2 h 5 min`.
pub fn span(d: Duration) -> String {
    let secs = d.as_secs();
    match secs {
        0..120 => {
            let tenths = d.as_millis().saturating_add(50) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        120..3600 => format!("{} min {} s", secs / 60, secs % 60),
        3600..86_400 => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
        _ => format!("{} d {} h", secs / 86_400, secs % 86_400 / 3600),
    }
}

/// A configured span without fractions where it has none: `30 s`, `1.5 s`, `500 ms`, `2 min`.
pub fn setting(d: Duration) -> String {
    let ms = d.as_millis();
    if ms < 1000 {
        format!("{ms} ms")
    } else if !ms.is_multiple_of(1000) {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    } else if ms >= 120_000 && ms.is_multiple_of(60_000) {
        format!("{} min", ms / 60_000)
    } else {
        format!("{} s", ms / 1000)
    }
}

/// Bytes in powers of 1024, as `docker stats` counts memory: `512 B`, `25 M`, `7.7 G`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 6] = ["B", "K", "M", "G", "T", "P"];
    let mut tenths = u128::from(n) * 10;
    for (i, unit) in UNITS.iter().enumerate() {
        if tenths < 10_235 || i + 1 == UNITS.len() {
            return if i == 0 || tenths >= 100 {
                format!("{} {unit}", tenths.saturating_add(5) / 10)
            } else {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            };
        }
        tenths = tenths.saturating_add(512) / 1024;
    }
    String::new()
}

/// `1 service`, `3 services`.
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// Names as a sentence lists them: `a`, `a and b`, `a, b and c`; beyond `most` the others are counted: `a, b and 3
/// more`.
pub fn list<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let mut words: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    let more = format!("{} more", names.len().saturating_sub(most));
    if names.len() > most {
        words.push(&more);
    }
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A number with its digits in groups of three: `1 234 567`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<String> = digits.as_bytes().rchunks(3).rev().map(|g| String::from_utf8_lossy(g).into()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_never_says_less_than_is_left() {
        let at = |millis| countdown(Duration::from_millis(millis));
        assert_eq!([at(0), at(1), at(1000), at(1001), at(59_500)], ["0 s", "1 s", "1 s", "2 s", "1 min"]);
    }

    #[test]
    fn lists_read_as_sentences() {
        let listed = ["a", "b", "c", "d"];
        let list = |n: usize, most| list(listed.get(..n).unwrap(), most);
        assert_eq!([list(0, 3), list(1, 3), list(2, 3), list(3, 3)], ["", "a", "a and b", "a, b and c"]);
        assert_eq!([list(4, 3), list(3, 1)], ["a, b, c and 1 more", "a and 2 more"]);
    }

    #[test]
    fn ages_are_coarse() {
        let age = |s| age(Duration::from_secs(s));
        assert_eq!(
            [age(0), age(59), age(60), age(3599), age(7200), age(200_000)],
            ["0 s", "59 s", "1 min", "59 min", "2 h", "2 d"]
        );
    }

    #[test]
    fn an_age_stays_until_it_changes() {
        for ms in [0, 500, 59_999, 60_000, 61_500, 3_599_999, 90_000_000] {
            let d = Duration::from_millis(ms);
            let next = age_changes_in(d);
            assert_ne!(age(d), age(d + next), "{ms}");
            assert_eq!(age(d), age(d + next - Duration::from_nanos(1)), "{ms}");
        }
    }

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1 000", "1 234 567"]);
    }

    #[test]
    fn spans_round_to_tenths() {
        assert_eq!(span(Duration::from_millis(12_249)), "12.2 s");
        assert_eq!(span(Duration::from_millis(12_250)), "12.3 s");
        assert_eq!(span(Duration::from_secs(192)), "3 min 12 s");
        assert_eq!(setting(Duration::from_secs(30)), "30 s");
        assert_eq!(setting(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(setting(Duration::from_secs(300)), "5 min");
        assert_eq!(setting(Duration::from_secs(90)), "90 s");
    }

    #[test]
    fn bytes_keep_two_figures() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 K");
        assert_eq!(bytes(25 << 20), "25 M");
        assert_eq!(bytes(8_270_000_000), "7.7 G");
        assert_eq!(bytes(u64::MAX), "16384 P");
    }
}
