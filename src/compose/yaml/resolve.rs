//! What an unquoted YAML scalar means to docker compose.
//!
//! Its library (go-yaml v3) mixes YAML 1.1 and 1.2: `0755` is octal, `1_000` a number, dates are dates, but
//! `yes` and `10:20` are texts.

use crate::compose::node::Value;

/// The value of an unquoted scalar.
pub fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Value::Str(text.to_owned());
    }
    number(text).or_else(|| date(text)).unwrap_or_else(|| Value::Str(text.to_owned()))
}

fn number(text: &str) -> Option<Value> {
    let digits = text.replace('_', "");
    let (negative, unsigned) = match digits.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, digits.strip_prefix('+').unwrap_or(&digits)),
    };
    let based = |rest: &str, base| {
        let clean = !rest.is_empty() && rest.chars().all(|c| c.is_digit(base));
        clean.then(|| u64::from_str_radix(rest, base).ok()).flatten()
    };
    let whole = [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)]
        .into_iter()
        .find_map(|(prefix, base)| unsigned.strip_prefix(prefix).map(|rest| based(rest, base)))
        .unwrap_or_else(|| match unsigned.strip_prefix('0') {
            Some(rest) if !rest.is_empty() => based(rest, 8),
            _ => based(unsigned, 10),
        });
    if let Some(whole) = whole {
        let whole = if negative { i128::from(whole).saturating_neg() } else { i128::from(whole) };
        if whole >= i128::from(i64::MIN) {
            return Some(Value::Int(whole));
        }
    }
    // A number too large for Go stays a text.
    let float = || digits.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float);
    is_float(unsigned).then(float).flatten()
}

/// Digits with at most one point, then perhaps an exponent. Rust's own parser also takes `inf` and `nan`.
fn is_float(unsigned: &str) -> bool {
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let all_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, part)) => (!whole.is_empty() || !part.is_empty()) && all_digits(whole) && all_digits(part),
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && all_digits(e)
    });
    mantissa_ok && exponent_ok
}

/// The text of `!!binary`.
pub fn base64(text: &str) -> Option<String> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0_usize, Vec::new());
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=') {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `2020-1-2`, perhaps with a time and a zone, printed as Go prints that moment.
fn date(text: &str) -> Option<Value> {
    let (date, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, Some(text.get(at..)?)),
        None => (text, None),
    };
    let day = day(date)?;
    let Some(rest) = rest else { return Some(Value::Time(format!("{day} 00:00:00 +0000 UTC"))) };
    // A blank before the time goes with no zone, a T only with one.
    let zoned = !rest.starts_with(' ');
    let (time, zone) = match rest.get(1..)?.find(['Z', '+', '-']).filter(|_| zoned) {
        Some(at) => (rest.get(1..=at)?, Some(rest.get(at + 1..)?)),
        None => (rest.get(1..)?, None),
    };
    if zoned != zone.is_some() {
        return None;
    }
    let zone = match zone {
        None | Some("Z" | "+00:00" | "-00:00") => "+0000 UTC".to_owned(),
        Some(zone) => {
            let (hours, minutes) = zone.split_once(':')?;
            let two = |text: &str, most| text.len() == 2 && text.parse::<u8>().is_ok_and(|n| n <= most);
            if hours.len() != 3 || !two(hours.get(1..)?, 24) || !two(minutes, 60) {
                return None;
            }
            format!("{hours}{minutes} {hours}{minutes}")
        }
    };
    Some(Value::Time(format!("{day} {} {zone}", clock(time)?)))
}

/// `15:4:5.25` with two digits each, the fraction as short as it can be.
fn clock(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').map_or((text, ""), |(whole, fraction)| (whole, fraction));
    let mut parts = whole.split(':');
    let mut number = |most: u8, digits: std::ops::RangeInclusive<usize>| {
        let part =
            parts.next().filter(|part| digits.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<u8>().ok().filter(|n| *n <= most)
    };
    let (hours, minutes, seconds) = (number(23, 2..=2)?, number(59, 1..=2)?, number(59, 1..=2)?);
    if parts.next().is_some() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let fraction = fraction.get(..fraction.len().min(9))?.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}{point}{fraction}"))
}

fn day(text: &str) -> Option<jiff::civil::Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit())
    };
    if parts.next().is_some() || !fits(year, 4..=4) || !fits(month, 1..=2) || !fits(day, 1..=2) {
        return None;
    }
    jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_go_yaml_says() {
        let text = |t: &str| Value::Str(t.into());
        let cases = [
            ("0755", Value::Int(493)),
            ("0o755", Value::Int(493)),
            ("0x1f", Value::Int(31)),
            ("0b11", Value::Int(3)),
            ("1_000", Value::Int(1000)),
            ("08", Value::Float(8.0)),
            ("+1", Value::Int(1)),
            ("-0755", Value::Int(-493)),
            ("10:20", text("10:20")),
            ("1e3", Value::Float(1000.0)),
            (".5", Value::Float(0.5)),
            ("1.10", Value::Float(1.1)),
            ("123456789012345678901234567890", Value::Float(1.234_567_890_123_456_8e29)),
            ("yes", text("yes")),
            ("~", Value::Null),
            ("True", Value::Bool(true)),
            ("tRUE", text("tRUE")),
            ("2020-01-02", Value::Time("2020-01-02 00:00:00 +0000 UTC".into())),
            ("2020-13-02", text("2020-13-02")),
            ("2020-01-02 10:00:00", Value::Time("2020-01-02 10:00:00 +0000 UTC".into())),
            ("2020-1-2T10:00:00.50Z", Value::Time("2020-01-02 10:00:00.5 +0000 UTC".into())),
            ("2020-01-02t10:00:00-05:30", Value::Time("2020-01-02 10:00:00 -0530 -0530".into())),
            ("2020-01-02T10:00:00", text("2020-01-02T10:00:00")),
            ("2020-01-02 10:00:00Z", text("2020-01-02 10:00:00Z")),
            ("2020-01-02 25:00:00", text("2020-01-02 25:00:00")),
            ("1.2.3", text("1.2.3")),
            ("-", text("-")),
            (".", text(".")),
            ("1e", text("1e")),
            ("+inf", text("+inf")),
            ("0x", text("0x")),
        ];
        for (plain_text, value) in cases {
            assert_eq!(plain(plain_text), value, "{plain_text}");
        }
    }
}
