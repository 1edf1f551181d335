//! Texts with placeholders, filled in each time a program writes them.
//!
//! `{utc:FORMAT}` the moment (jiff's `strftime`), `{int:3-90}` a whole number, `{hex:8}` hex digits, `{pick:a|b|c}` one
//! of them, `{n}` a running number, `{id}` the container's short id, `{name}`, `{service}`, `{ip}` its address, `{pid}`;
//! `{{` is a brace.

use std::fmt::Write;

use serde::{Deserialize, Deserializer, de::Error};

use crate::base::time::Stamp;

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Utc(String),
    Int(u64, u64),
    Hex(usize),
    Pick(Vec<String>),
    Number,
    Id,
    Name,
    Service,
    Address,
    Pid,
}

/// What a template is filled in with.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// The moment.
    pub at: Stamp,
    /// Luck, different for each line.
    pub luck: u64,
    /// A running number.
    pub number: u64,
    /// The container's short id.
    pub id: &'a str,
    /// The container's name.
    pub name: &'a str,
    /// The service.
    pub service: &'a str,
    /// The container's address.
    pub address: &'a str,
    /// The first process's id.
    pub pid: u32,
}

impl Template {
    /// A text without placeholders.
    pub fn plain(text: &str) -> Self {
        Self(vec![Part::Text(text.into())])
    }

    /// Reads a template; the error says which placeholder is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, from) = rest.split_at_checked(open).unwrap_or((rest, ""));
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                plain.push('{');
                rest = after;
                continue;
            }
            let from = from.strip_prefix('{').unwrap_or(from);
            let (inside, after) =
                from.split_once('}').ok_or_else(|| format!("`{{{from}` isn't closed; write `{{{{` for a brace"))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(placeholder(inside)?);
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The text for a line.
    pub fn fill(&self, with: &Filling<'_>) -> String {
        let mut out = String::new();
        let mut luck = with.luck;
        for part in &self.0 {
            luck = super::super::luck::mix(luck, 0x9e37);
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Utc(format) => out.push_str(&utc(with.at, format)),
                Part::Int(low, high) => push(&mut out, format_args!("{}", low + luck % (high - low + 1))),
                Part::Hex(digits) => {
                    let text = super::super::luck::hex(luck, *digits);
                    out.push_str(&text);
                }
                Part::Pick(choices) => {
                    let count = u64::try_from(choices.len()).unwrap_or(1).max(1);
                    let at = usize::try_from(luck % count).unwrap_or(0);
                    out.push_str(choices.get(at).map_or("", String::as_str));
                }
                Part::Number => push(&mut out, format_args!("{}", with.number)),
                Part::Id => out.push_str(with.id),
                Part::Name => out.push_str(with.name),
                Part::Service => out.push_str(with.service),
                Part::Address => out.push_str(with.address),
                Part::Pid => push(&mut out, format_args!("{}", with.pid)),
            }
        }
        out
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = out.write_fmt(text);
}

fn utc(at: Stamp, format: &str) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(at.as_nanos())) {
        Ok(at) => at.strftime(format).to_string(),
        Err(_) => "?".into(),
    }
}

fn placeholder(inside: &str) -> Result<Part, String> {
    let (word, with) = inside.split_once(':').map_or((inside, None), |(word, with)| (word, Some(with)));
    let wrong = || {
        format!(
            "`{{{inside}}}` isn't a placeholder; use utc:FORMAT, int:LOW-HIGH, hex:DIGITS, pick:A|B, n, id, name, \
             service, ip or pid, and `{{{{` for a brace"
        )
    };
    Ok(match (word, with) {
        ("utc", Some(format)) if jiff::fmt::strtime::format(format, jiff::Timestamp::UNIX_EPOCH).is_ok() => {
            Part::Utc(format.into())
        }
        ("int", Some(range)) => {
            let (low, high) = range.split_once('-').ok_or_else(wrong)?;
            let (low, high) = (low.parse::<u32>().map_err(|_| wrong())?, high.parse::<u32>().map_err(|_| wrong())?);
            if low > high {
                return Err(wrong());
            }
            Part::Int(low.into(), high.into())
        }
        ("hex", Some(digits)) => match digits.parse() {
            Ok(digits @ 1..=64) => Part::Hex(digits),
            _ => return Err(wrong()),
        },
        ("pick", Some(choices)) => Part::Pick(choices.split('|').map(str::to_owned).collect()),
        ("n", None) => Part::Number,
        ("id", None) => Part::Id,
        ("name", None) => Part::Name,
        ("service", None) => Part::Service,
        ("ip", None) => Part::Address,
        ("pid", None) => Part::Pid,
        _ => return Err(wrong()),
    })
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str, luck: u64) -> String {
        let at = Stamp::from_nanos(1_795_246_327_123_456_789);
        let with = Filling {
            at,
            luck,
            number: 7,
            id: "0123456789ab",
            name: "shop-db-1",
            service: "db",
            address: "172.20.0.2",
            pid: 4711,
        };
        Template::parse(text).unwrap().fill(&with)
    }

    #[test]
    fn fills_in_what_it_is_given() {
        assert_eq!(fill("{utc:%Y-%m-%d %H:%M:%S%.3f} UTC [{pid}]", 0), "2026-11-21 07:32:07.123 UTC [4711]");
        assert_eq!(fill("{id} {name} {service} {ip} {n} {{x}", 0), "0123456789ab shop-db-1 db 172.20.0.2 7 {x}");
    }

    #[test]
    fn luck_stays_within_its_bounds_and_varies() {
        let texts: std::collections::BTreeSet<_> = (0..200).map(|luck| fill("{int:3-5} {pick:a|b}", luck)).collect();
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["3 a", "3 b", "4 a", "4 b", "5 a", "5 b"]);
        assert_eq!(fill("{hex:40}", 1).len(), 40);
        assert_eq!(fill("{hex:40}", 1), fill("{hex:40}", 1));
    }

    #[test]
    fn says_what_is_wrong() {
        for bad in ["{", "{utc}", "{utc:%!}", "{int:9-3}", "{int:x}", "{hex:0}", "{hex:65}", "{nope}", "{n:3}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
