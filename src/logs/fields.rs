//! A line that is structured, in its fields: a JSON object, or logfmt (`level=info msg="two words"`).

use serde_json::Value;

/// One field of a structured line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value: texts without their quotes, anything else as JSON writes it.
    pub value: String,
}

/// The fields of a clean text, in their order; none where it isn't structured.
pub(super) fn split(text: &str) -> Vec<Field> {
    let text = text.trim();
    if text.starts_with('{') { json(text) } else { logfmt(text).unwrap_or_default() }
}

fn json(text: &str) -> Vec<Field> {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else { return Vec::new() };
    let value = |value| if let Value::String(text) = value { text } else { value.to_string() };
    object.into_iter().map(|(name, v)| Field { name, value: value(v) }).collect()
}

/// Two pairs at least, and nothing but pairs: prose with one `x=1` in it isn't structured.
fn logfmt(text: &str) -> Option<Vec<Field>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '"') {
            return None;
        }
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                after.split_at_checked(end).map(|(value, after)| (value.to_owned(), after))?
            }
        };
        found.push(Field { name: name.to_owned(), value });
        rest = after.trim_start();
    }
    (found.len() > 1).then_some(found)
}

/// What stands before the closing quote, and what behind it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(match chars.next()?.1 {
                'n' | 't' | 'r' => ' ',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        split(text).into_iter().map(|f| (f.name, f.value)).collect()
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn json_and_logfmt_are_split_in_order() {
        let json = pairs(r#"{"level":"info","n":3,"msg":"a \"b\"","deep":{"x":[1]}}"#);
        assert_eq!(json, owned(&[("level", "info"), ("n", "3"), ("msg", "a \"b\""), ("deep", r#"{"x":[1]}"#)]));
        let logfmt = pairs(r#"level=warn msg="two \"words\"" took=12ms empty= err="""#);
        let wanted = [("level", "warn"), ("msg", "two \"words\""), ("took", "12ms"), ("empty", ""), ("err", "")];
        assert_eq!(logfmt, owned(&wanted));
    }

    #[test]
    fn prose_has_no_fields() {
        for text in ["", "x=1", "listening on port=80 now", "{not json}", "[1,2]", "a \"b=c\" d=e", "k=\"never closed"]
        {
            assert_eq!(pairs(text), [], "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}", more in "[a-z= \"\\\\{}:,]{0,60}") {
            split(&text);
            split(&more);
        }
    }
}
