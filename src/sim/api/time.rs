//! Moments and spans as the engine reads and writes them.

use crate::base::time::Stamp;

/// What Go writes for a moment that never was.
pub const NEVER: &str = "0001-01-01T00:00:00Z";

/// A moment before a log line: always nine digits.
pub fn log_stamp(at: Stamp) -> String {
    let nanos = at.as_nanos();
    let whole = Stamp::from_secs(nanos.div_euclid(1_000_000_000)).to_string();
    format!("{}.{:09}Z", whole.trim_end_matches('Z'), nanos.rem_euclid(1_000_000_000))
}

/// Reads `since` and `until`: seconds of Unix time, perhaps with a fraction. (Clients turn dates and durations into
/// these themselves.) Empty and 0 are no limit.
pub fn unix(text: &str) -> Result<Option<Stamp>, String> {
    if text.is_empty() || text == "0" {
        return Ok(None);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number = |digits: &str| {
        digits.parse::<i64>().map_err(|_| format!("strconv.ParseInt: parsing \"{digits}\": invalid syntax"))
    };
    let seconds = number(whole)?;
    let mut nanos = 0;
    if !fraction.is_empty() {
        let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        nanos = number(&digits)?;
    }
    Ok(Some(Stamp::from_secs(seconds).shifted(nanos)))
}

/// A moment as the `Date` header has it.
pub fn http_date(at: Stamp) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(at.as_nanos())) {
        Ok(at) => at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        Err(_) => String::new(),
    }
}

/// A span in words, as the engine's `Status` has it (`HumanDuration` of docker/go-units).
pub fn human(seconds: u64) -> String {
    let (minutes, hours) = (seconds / 60, (seconds + 1800) / 3600);
    match seconds {
        0 => "Less than a second".into(),
        1 => "1 second".into(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".into(),
        120..3600 => format!("{minutes} minutes"),
        _ => match hours {
            0 | 1 => "About an hour".into(),
            2..48 => format!("{hours} hours"),
            48..336 => format!("{} days", hours / 24),
            336..1440 => format!("{} weeks", hours / 24 / 7),
            1440..17520 => format!("{} months", hours / 24 / 30),
            _ => format!("{} years", hours / 24 / 365),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_stamps_have_nine_digits() {
        let at = Stamp::parse("2026-11-21T07:55:27.1Z").unwrap();
        assert_eq!(log_stamp(at), "2026-11-21T07:55:27.100000000Z");
        assert_eq!(log_stamp(Stamp::from_secs(1_795_246_844)), "2026-11-21T07:40:44.000000000Z");
    }

    #[test]
    fn limits_are_seconds_with_a_fraction() {
        assert_eq!(unix(""), Ok(None));
        assert_eq!(unix("1795246844"), Ok(Some(Stamp::from_secs(1_795_246_844))));
        assert_eq!(unix("1.5"), Ok(Some(Stamp::from_nanos(1_500_000_000))));
        assert_eq!(unix("1.000000001"), Ok(Some(Stamp::from_nanos(1_000_000_001))));
        assert_eq!(unix("abc"), Err("strconv.ParseInt: parsing \"abc\": invalid syntax".into()));
    }

    #[test]
    fn spans_are_the_engines_words() {
        let said = [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (120, "2 minutes"),
            (3599, "59 minutes"),
            (3600, "About an hour"),
            (5400, "2 hours"),
            (86_400, "24 hours"),
            (172_800, "2 days"),
            (14 * 86_400, "2 weeks"),
            (60 * 86_400, "2 months"),
            (730 * 86_400, "2 years"),
        ];
        for (seconds, words) in said {
            assert_eq!(human(seconds), words, "{seconds}");
        }
    }

    #[test]
    fn dates_are_as_http_has_them() {
        assert_eq!(http_date(Stamp::from_secs(1_795_246_844)), "Sat, 21 Nov 2026 07:40:44 GMT");
    }
}
