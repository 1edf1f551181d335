//! What an unquoted YAML scalar means to docker compose.
//!
//! Its library (go-yaml v3) mixes YAML 1.1 and 1.2: `0755` is octal, `1_000` a number, dates are dates, but
//! `yes` and `10:20` are texts.

use super::node::Value;

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
        let whole = i128::from(whole);
        return Some(Value::Int(if negative { -whole } else { whole }));
    }
    is_float(unsigned).then(|| digits.parse().ok().map(Value::Float)).flatten()
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

/// `2020-1-2`, printed as Go prints that moment.
fn date(text: &str) -> Option<Value> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let fits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit())
    };
    if parts.next().is_some() || !fits(year, 4..=4) || !fits(month, 1..=2) || !fits(day, 1..=2) {
        return None;
    }
    let date = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    Some(Value::Time(format!("{date} 00:00:00 +0000 UTC")))
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
