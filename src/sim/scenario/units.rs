//! Spans, sizes and exact numbers as scenarios and compose files write them.

use std::{fmt, marker::PhantomData, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IntoDeserializer, SeqAccess, Visitor},
};

/// A span in Go's form, as compose files have it: `1m30s`, `450ms`, `1.5s`, `200us`; days (`3d`), too.
pub(super) fn parse_span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut nanos: u128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let unit: u128 = match unit {
            "ns" => 1,
            "us" | "µs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            _ => return None,
        };
        nanos = nanos.checked_add(decimal(number, unit)?)?;
        rest = tail;
    }
    // A year is more than anything here needs, and sums of spans then can't leave a stamp's range.
    let nanos = u64::try_from(nanos).ok()?;
    (nanos <= 366 * 86_400 * 1_000_000_000).then(|| Duration::from_nanos(nanos))
}

/// Bytes in powers of 1024: `25M`, `1.2k`, `7.7G`, `512`, `64mb`.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(lower.len());
    let (number, unit) = lower.split_at_checked(digits)?;
    let unit: u128 = match unit.trim() {
        "" | "b" => 1,
        "k" | "kb" => 1 << 10,
        "m" | "mb" => 1 << 20,
        "g" | "gb" => 1 << 30,
        "t" | "tb" => 1 << 40,
        _ => return None,
    };
    let bytes = u64::try_from(decimal(number, unit)?).ok()?;
    (bytes <= 1 << 50).then_some(bytes)
}

/// A decimal number times a whole one, without going through floating point.
fn decimal(number: &str, times: u128) -> Option<u128> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && part.is_empty() || part.len() > 12 || whole.len() > 18 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let scale = 10_u128.pow(u32::try_from(part.len()).ok()?);
    let part: u128 = if part.is_empty() { 0 } else { part.parse().ok()? };
    whole.checked_mul(times)?.checked_add(part.checked_mul(times)? / scale)
}

/// A scalar of any kind as its text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Int(i64),
    Float(f64),
    Text(String),
}

fn scalar<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match Scalar::deserialize(from)? {
        Scalar::Int(n) => n.to_string(),
        Scalar::Float(n) => n.to_string(),
        Scalar::Text(text) => text,
    })
}

/// Reads a span.
pub(super) fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = scalar(from)?;
    parse_span(&text).ok_or_else(|| {
        D::Error::custom(format!("`{text}` isn't a duration of up to a year; write it like 450ms, 12s, 1m30s or 2d"))
    })
}

/// Reads a span that may be left out.
pub(super) fn maybe_span<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    span(from).map(Some)
}

/// Reads a size.
pub(super) fn size<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = scalar(from)?;
    parse_size(&text)
        .ok_or_else(|| D::Error::custom(format!("`{text}` isn't a size; write it like 512, 1.2k, 25M or 7.7G")))
}

/// Reads a percentage of one CPU, as thousandths of a percent.
pub(super) fn percent<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = scalar(from)?;
    let thousandths = decimal(text.trim().trim_end_matches('%').trim_end(), 1000).and_then(|n| u64::try_from(n).ok());
    thousandths.filter(|n| *n <= 100_000 * 256).ok_or_else(|| {
        D::Error::custom(format!("`{text}` isn't a CPU share; write percent of one CPU, like 0.4 or 120"))
    })
}

/// Reads one text or a list of them. (Not with an untagged enum, which would lose what is wrong with one.)
pub(super) fn texts<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    struct Reader<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            T::deserialize(text.into_deserializer()).map(|one| vec![one])
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element()? {
                texts.push(text);
            }
            Ok(texts)
        }
    }
    from.deserialize_any(Reader(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spans() {
        let ms = |text| parse_span(text).map(|d| d.as_micros());
        assert_eq!(ms("1m30s"), Some(90_000_000));
        assert_eq!(ms("1.5s"), Some(1_500_000));
        assert_eq!(ms("450ms"), Some(450_000));
        assert_eq!(ms("200us"), Some(200));
        assert_eq!(ms("2d"), Some(172_800_000_000));
        assert_eq!(ms("0"), Some(0));
        for bad in ["", "5", "s", "1x", "-1s", "1..5s", ".s", "400d", "99999999999999999999s"] {
            assert_eq!(ms(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_sizes() {
        assert_eq!(parse_size("512"), Some(512));
        assert_eq!(parse_size("1.5k"), Some(1536));
        assert_eq!(parse_size("64mb"), Some(64 << 20));
        assert_eq!(parse_size("7.7 G"), Some(8_267_812_044));
        for bad in ["", "k", "1z", "-1", "1e9", "99999999T"] {
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }
}
