//! Durations and sizes as Go and Docker write them.

/// Nanoseconds of Go's `1h2m3.5s`, with days and weeks beside Go's units, as docker compose reads them since 2.34;
/// negative ones are possible.
///
/// # Errors
/// In the words of Go's `time.ParseDuration`.
pub fn duration(text: &str) -> Result<i128, String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: f64 = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, tail) = rest.split_at_checked(end).ok_or_else(invalid)?;
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(end).ok_or_else(invalid)?;
        let nanos = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            "d" => 24.0 * 3600e9,
            "w" => 7.0 * 24.0 * 3600e9,
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        total += number * nanos;
        rest = tail;
    }
    // Go's durations are 64 bits wide.
    if total >= 9.223_372_036_854_776e18 {
        return Err(invalid());
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked against the limit just above")]
    let nanos = total.round() as i128;
    Ok(if negative { nanos.saturating_neg() } else { nanos })
}

/// Nanoseconds as Go's `Duration.String` writes them: `1m30s`, `1.5s`, `10µs`.
pub fn go_duration(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let rest = nanos.unsigned_abs();
    let point = |value: u128, one: u128| {
        let digits = one.to_string().len() - 1;
        let (whole, part) = (value.checked_div(one).unwrap_or(0), value.checked_rem(one).unwrap_or(0));
        let part = format!("{part:0digits$}");
        let part = part.trim_end_matches('0');
        if part.is_empty() { whole.to_string() } else { format!("{whole}.{part}") }
    };
    match rest {
        0 => "0s".into(),
        1..1_000 => format!("{sign}{rest}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", point(rest, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", point(rest, 1_000_000)),
        _ => {
            let (minutes, seconds) = (rest / 60_000_000_000, point(rest % 60_000_000_000, 1_000_000_000));
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// Bytes of `512m`, `1.5GiB`, `100`.
pub fn size(text: &str) -> Option<f64> {
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (number, unit) = text.split_at_checked(end)?;
    let plain = number.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let power = match unit.strip_suffix('i').unwrap_or(unit) {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    Some(number * 1024_f64.powi(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        let cases = [
            ("1m30s", 90_000_000_000),
            ("1500ms", 1_500_000_000),
            (".5s", 500_000_000),
            ("10us", 10_000),
            ("10µs", 10_000),
            ("-5s", -5_000_000_000),
            ("24h", 86_400_000_000_000),
            ("1d", 86_400_000_000_000),
            ("-1w1d", -691_200_000_000_000),
            ("1h1d", 90_000_000_000_000),
            ("0", 0),
            ("0s", 0),
        ];
        for (text, nanos) in cases {
            assert_eq!(duration(text), Ok(nanos), "{text}");
        }
        for text in ["", "1y", "1D", "30", "30S", "30 s", "s", "1..5s", "-", "999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_print_as_in_go() {
        let cases = [
            ("90s", "1m30s"),
            ("60s", "1m0s"),
            ("24h", "24h0m0s"),
            ("1500ms", "1.5s"),
            (".5s", "500ms"),
            ("10us", "10µs"),
            ("-5s", "-5s"),
            ("0", "0s"),
            ("1ns", "1ns"),
            ("1m0.05s", "1m0.05s"),
        ];
        for (text, printed) in cases {
            assert_eq!(go_duration(duration(text).unwrap()), printed, "{text}");
        }
    }

    #[test]
    fn sizes_are_dockers() {
        let cases =
            [("100", 100.0), ("1k", 1024.0), ("1KB", 1024.0), ("1.5GiB", 1_610_612_736.0), ("64 m", 67_108_864.0)];
        for (text, bytes) in cases {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for text in ["lots", "", "1x", "-1", "m", ".5g", "+5", "1e3", "1.", "1  g", "1.2.3"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_gives_an_answer(text in "\\PC{0,12}") {
            let _ = duration(&text);
            size(&text);
        }
    }
}
