//! JSON as Go writes it: `<`, `>`, `&` and two line separators escaped, so that digests agree.

use std::fmt::Write;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// On one line, without blanks.
pub fn compact(value: &Json) -> String {
    let mut out = String::new();
    write(value, None, &mut out);
    out
}

/// Indented by two blanks.
pub fn pretty(value: &Json) -> String {
    let mut out = String::new();
    write(value, Some(0), &mut out);
    out
}

/// The SHA-256 of the compact form, in hexadecimal.
pub fn hash(value: &Json) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(compact(value)) {
        let _infallible = write!(out, "{byte:02x}");
    }
    out
}

fn write(value: &Json, indent: Option<usize>, out: &mut String) {
    match value {
        Json::Array(items) => block(out, indent, ('[', ']'), items.iter(), write),
        Json::Object(object) => block(out, indent, ('{', '}'), object.iter(), |(key, value), inner, out| {
            text(key, out);
            out.push_str(if inner.is_some() { ": " } else { ":" });
            write(value, inner, out);
        }),
        Json::String(string) => text(string, out),
        Json::Null | Json::Bool(_) | Json::Number(_) => {
            let _infallible = write!(out, "{value}");
        }
    }
}

fn block<T>(
    out: &mut String,
    indent: Option<usize>,
    (open, close): (char, char),
    items: impl ExactSizeIterator<Item = T>,
    one: impl Fn(T, Option<usize>, &mut String),
) {
    out.push(open);
    let inner = indent.map(|depth| depth + 1);
    let line = |depth: Option<usize>, out: &mut String| {
        if let Some(depth) = depth {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    let empty = items.len() == 0;
    for (n, item) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        line(inner, out);
        one(item, inner, out);
    }
    if !empty {
        line(indent, out);
    }
    out.push(close);
}

fn text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        let _infallible = match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
                Ok(())
            }
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            '\u{8}' => out.write_str("\\b"),
            '\u{c}' => out.write_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => write!(out, "\\u{:04x}", u32::from(c)),
            c => out.write_char(c),
        };
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn writes_as_go_does() {
        let value = json!({"a": "<&>\n\u{1}\"", "b": [], "c": {}, "d": [1, 2.5], "e": null});
        assert_eq!(compact(&value), r#"{"a":"\u003c\u0026\u003e\n\u0001\"","b":[],"c":{},"d":[1,2.5],"e":null}"#);
        assert_eq!(pretty(&json!({"a": [1], "b": {}})), "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
        assert_eq!(hash(&json!({})), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(text in "\\PC*|[\\x00-\\x1f<>&\u{2028}]*") {
            let value = json!({ text.clone(): [text] });
            proptest::prop_assert_eq!(serde_json::from_str::<Json>(&compact(&value)).unwrap(), value.clone());
            proptest::prop_assert_eq!(serde_json::from_str::<Json>(&pretty(&value)).unwrap(), value);
        }
    }
}
