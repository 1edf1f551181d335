//! YAML as docker compose writes it: two blanks of indentation, keys of maps in natural order, quotes only
//! where go-yaml puts them.

use std::{cmp::Ordering, fmt::Write};

use serde_json::Value as Json;

use crate::compose::{node::Value, yaml::plain};

/// The value as a document.
pub fn write(value: &Json) -> String {
    let mut out = String::new();
    match value {
        Json::Object(object) if !object.is_empty() => block(value, 0, false, &mut out),
        Json::Array(items) if !items.is_empty() => block(value, 0, false, &mut out),
        _ => inline(value, 0, &mut out),
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// Writes a filled mapping or list. `started` says that the first line's indentation is there already.
fn block(value: &Json, depth: usize, mut started: bool, out: &mut String) {
    let mut indent = |out: &mut String| {
        if !std::mem::take(&mut started) {
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    match value {
        Json::Object(object) => {
            for (key, value) in object {
                indent(out);
                scalar(key, depth, true, out);
                out.push(':');
                if is_block(value) {
                    out.push('\n');
                    block(value, depth + 1, false, out);
                } else {
                    out.push(' ');
                    inline(value, depth + 1, out);
                    out.push('\n');
                }
            }
        }
        Json::Array(items) => {
            for item in items {
                indent(out);
                out.push_str("- ");
                if is_block(item) {
                    block(item, depth + 1, true, out);
                } else {
                    inline(item, depth + 1, out);
                    out.push('\n');
                }
            }
        }
        _ => {}
    }
}

fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(object) => !object.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn inline(value: &Json, depth: usize, out: &mut String) {
    match value {
        Json::String(text) => scalar(text, depth, false, out),
        other => {
            let _infallible = write!(out, "{other}");
        }
    }
}

/// How a text can be written, as go-yaml's emitter finds out.
#[derive(Debug, Clone, Copy)]
struct Looks {
    plain: bool,
    single: bool,
    block: bool,
}

fn scalar(text: &str, depth: usize, is_key: bool, out: &mut String) {
    let looks = looks(text);
    if text.contains('\n') && looks.block && !is_key {
        literal(text, depth, out);
    } else if !text.contains('\n') && is_text(text) && looks.plain {
        out.push_str(text);
    } else if !text.contains('\n') && is_text(text) && looks.single {
        let _infallible = write!(out, "'{}'", text.replace('\'', "''"));
    } else {
        double(text, out);
    }
}

/// Whether the text without quotes is read as a text again, by old readers too.
fn is_text(text: &str) -> bool {
    let old_flag = matches!(text.to_lowercase().as_str(), "y" | "yes" | "on" | "n" | "no" | "off");
    text != "<<" && !old_flag && !is_sexagesimal(text) && matches!(plain(text), Value::Str(_))
}

/// A number of base 60, as `12:30`.
fn is_sexagesimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = unsigned.split_once('.').map_or(unsigned, |(whole, part)| {
        if part.chars().all(|c| c.is_ascii_digit() || c == '_') { whole } else { "" }
    });
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let starts =
        first.starts_with(|c: char| c.is_ascii_digit()) && first.chars().all(|c| c.is_ascii_digit() || c == '_');
    let mut rest = parts.peekable();
    starts
        && rest.peek().is_some()
        && rest.all(|p| p.len() <= 2 && p.parse::<u8>().is_ok_and(|n| n < 60 && !p.starts_with('+')))
}

fn looks(text: &str) -> Looks {
    let mut indicator = text.starts_with("---") || text.starts_with("...");
    let (mut special, mut tab, mut breaks, mut space_break, mut break_space) = (false, false, false, false, false);
    let (mut previous_space, mut previous_break, mut after_blank) = (false, false, true);
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let before_blank = chars
            .peek()
            .is_none_or(|next| matches!(next, ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'));
        indicator |= match c {
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => first,
            '#' => first || after_blank,
            '?' | '-' => first && before_blank,
            ':' => before_blank,
            _ => false,
        };
        match c {
            ' ' => {
                break_space |= previous_break;
                (previous_space, previous_break) = (true, false);
            }
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                breaks = true;
                space_break |= previous_space;
                (previous_space, previous_break) = (false, true);
            }
            _ => (previous_space, previous_break) = (false, false),
        }
        tab |= c == '\t';
        special |= !is_printable(c) || c == '\u{feff}';
        after_blank = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        first = false;
    }
    let is_edge = |c: char| matches!(c, ' ' | '\n' | '\r');
    let edge = text.starts_with(is_edge) || text.ends_with(is_edge);
    Looks {
        plain: !text.is_empty() && !indicator && !edge && !breaks && !tab && !special && !space_break && !break_space,
        single: !tab && !special && !space_break && !break_space,
        block: !text.ends_with(' ') && !space_break && !special,
    }
}

fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

fn literal(text: &str, depth: usize, out: &mut String) {
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = match text.strip_suffix('\n') {
        None => {
            out.push('-');
            text
        }
        Some(body) if body.is_empty() || body.ends_with('\n') => {
            out.push('+');
            body
        }
        Some(body) => body,
    };
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.extend(std::iter::repeat_n("  ", depth));
            out.push_str(line);
        }
    }
}

fn double(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        let _infallible = match c {
            '"' => out.write_str("\\\""),
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\t' => out.write_str("\\t"),
            '\r' => out.write_str("\\r"),
            '\0' => out.write_str("\\0"),
            '\u{7}' => out.write_str("\\a"),
            '\u{8}' => out.write_str("\\b"),
            '\u{b}' => out.write_str("\\v"),
            '\u{c}' => out.write_str("\\f"),
            '\u{1b}' => out.write_str("\\e"),
            '\u{85}' => out.write_str("\\N"),
            '\u{a0}' => out.write_str("\\_"),
            '\u{2028}' => out.write_str("\\L"),
            '\u{2029}' => out.write_str("\\P"),
            c if is_printable(c) && c != '\u{feff}' => out.write_char(c),
            c if u32::from(c) <= 0xff => write!(out, "\\x{:02X}", u32::from(c)),
            c if u32::from(c) <= 0xffff => write!(out, "\\u{:04X}", u32::from(c)),
            c => write!(out, "\\U{:08X}", u32::from(c)),
        };
    }
    out.push('"');
}

/// The order of a map's keys: letters by letters, numbers by their value.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut digits = false;
    for (at, (x, y)) in a.iter().zip(&b).enumerate() {
        if x == y {
            digits = x.is_numeric();
            continue;
        }
        match (x.is_alphabetic(), y.is_alphabetic()) {
            (true, true) => return x.cmp(y),
            (false, false) => {}
            (first, _) => return if first == digits { Ordering::Less } else { Ordering::Greater },
        }
        // A zero counts as a digit only after another that isn't one.
        let lead =
            (*x == '0' || *y == '0') && a.iter().take(at).rev().take_while(|c| c.is_ascii_digit()).any(|c| *c != '0');
        let number = |chars: &[char]| {
            let run: Vec<u64> = chars.iter().skip(at).map_while(|c| c.to_digit(10)).map(u64::from).collect();
            let value = run.iter().fold(u64::from(lead), |value, d| value.wrapping_mul(10).wrapping_add(*d));
            (value, run.len())
        };
        return number(&a).cmp(&number(&b)).then(x.cmp(y));
    }
    a.len().cmp(&b.len())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::compose::{report::Report, yaml};

    #[test]
    fn quotes_only_where_they_are_needed() {
        let cases = [
            ("a", "a"),
            ("a b", "a b"),
            ("", "\"\""),
            ("80", "\"80\""),
            ("1.5", "\"1.5\""),
            ("true", "\"true\""),
            ("yes", "\"yes\""),
            ("12:30", "\"12:30\""),
            ("12:80", "12:80"),
            ("8080:80", "8080:80"),
            ("a: b", "'a: b'"),
            ("a:b", "a:b"),
            ("#x", "'#x'"),
            ("x #y", "'x #y'"),
            ("- a", "'- a'"),
            ("-a", "-a"),
            ("*", "'*'"),
            ("it's", "it's"),
            ("'q'", "'''q'''"),
            (" a", "' a'"),
            ("a\tb", "\"a\\tb\""),
            ("a\u{1b}b", "\"a\\eb\""),
            ("2020-01-02", "\"2020-01-02\""),
            ("~", "\"~\""),
            ("é漢", "é漢"),
        ];
        for (text, written) in cases {
            assert_eq!(write(&json!(text)), format!("{written}\n"), "{text:?}");
        }
    }

    #[test]
    fn blocks_are_indented_by_two() {
        let value = json!({"a": {"b": ["x", {"c": 1, "d": null}], "e": [], "f": {}}, "g": "l1\nl2\n", "h": "x\ny"});
        let text =
            "a:\n  b:\n    - x\n    - c: 1\n      d: null\n  e: []\n  f: {}\ng: |\n  l1\n  l2\nh: |-\n  x\n  y\n";
        assert_eq!(write(&value), text);
    }

    #[test]
    fn keys_are_in_natural_order() {
        let mut keys = vec!["a10", "a2", "B", "a", "a02", "b", "10", "9", "_x"];
        keys.sort_by(|a, b| natural(a, b));
        assert_eq!(keys, ["_x", "9", "10", "B", "a", "a2", "a02", "a10", "b"]);
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(text in "[ -~\\n\\té\u{1}\u{feff}]{0,12}", key in "[ -~]{1,8}") {
            let value = json!({ "k".to_owned() + &key: [text.clone(), {"n": text}] });
            let written = write(&value);
            let read = yaml::parse(&Path::new("c").into(), written.as_bytes(), &mut Report::default()).unwrap();
            proptest::prop_assert_eq!(super::super::print::plain(&read[0], Default::default()), value, "{}", written);
        }
    }
}
