//! One text with `$VAR`, `${VAR}` and the operators `:-` `-` `:+` `+` `:?` `?`, nested, as docker compose replaces them.
//!
//! A default is looked at even where it isn't needed, so that `${A:-${B:?need B}}` fails whether `A` is set or not:
//! docker compose does the same.

use super::env::Env;

/// How deep defaults may hold further variables.
const MAX_DEPTH: usize = 256;
/// Of no more unset variables in one text is told.
const MOST_UNSET: usize = 1_000;

/// Why a text can't be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The text inside a `${…}` is not understood; this is the whole text around it.
    Invalid(String),
    /// A variable must be set and isn't: its name and the file's message.
    Required(String, String),
    /// Replacing would take too much memory or depth.
    TooMuch,
}

/// One text's replacement under way.
pub struct Run<'a> {
    /// Where values come from.
    pub env: &'a Env,
    /// Variables that had no value, once for each use.
    pub unset: Vec<String>,
    /// Bytes that may still be added.
    pub added: &'a mut usize,
}

impl Run<'_> {
    /// The text with its variables replaced.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn replace(&mut self, text: &str, depth: usize) -> Result<String, Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::TooMuch);
        }
        // It grows as needed: defaults inside defaults would each reserve the whole text.
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            if let Some(after) = after.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some(after) = after.strip_prefix('{') {
                let (inner, after) = split_at_brace(after).ok_or_else(|| Fault::Invalid(text.to_owned()))?;
                let value = self.braced(inner, text, depth)?;
                out.push_str(&value);
                rest = after;
            } else {
                let (name, after) = split_name(after);
                if name.is_empty() {
                    out.push('$');
                } else {
                    let value = self.value(name)?;
                    out.push_str(&value);
                }
                rest = after;
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// What stands for `${inner}`.
    fn braced(&mut self, inner: &str, text: &str, depth: usize) -> Result<String, Fault> {
        let (name, rest) = split_name(inner);
        let invalid = || Fault::Invalid(text.to_owned());
        if name.is_empty() || inner.contains('\n') {
            return Err(invalid());
        }
        if rest.is_empty() {
            return self.value(name);
        }
        let (blank_counts, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut operator = rest.chars();
        let kind = operator.next().filter(|c| matches!(c, '-' | '+' | '?')).ok_or_else(invalid)?;
        let word = self.replace(operator.as_str(), depth + 1)?;
        let set = self.env.get(name).filter(|value| !(blank_counts && value.is_empty()));
        match (kind, set) {
            ('-' | '?', Some(value)) => {
                let value = value.to_owned();
                self.spend(value.len())?;
                Ok(value)
            }
            ('-', None) | ('+', Some(_)) => Ok(word),
            ('+', None) => Ok(String::new()),
            _ => Err(Fault::Required(name.to_owned(), word)),
        }
    }

    fn value(&mut self, name: &str) -> Result<String, Fault> {
        match self.env.get(name) {
            Some(value) => {
                let value = value.to_owned();
                self.spend(value.len())?;
                Ok(value)
            }
            None => {
                if self.unset.len() < MOST_UNSET {
                    self.unset.push(name.to_owned());
                }
                Ok(String::new())
            }
        }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Fault> {
        *self.added = self.added.checked_sub(bytes).ok_or(Fault::TooMuch)?;
        Ok(())
    }
}

/// The variable name at the beginning (perhaps empty), and what follows it.
pub fn split_name(text: &str) -> (&str, &str) {
    let end = text
        .char_indices()
        .find(|&(at, c)| !(c == '_' || c.is_ascii_alphabetic() || at > 0 && c.is_ascii_digit()))
        .map_or(text.len(), |(at, _)| at);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What is before and after the `}` that closes a brace already opened. Braces inside count; docker compose
/// doesn't look at the character after an opening one, and where none closes it takes the line's last.
pub fn split_at_brace(text: &str) -> Option<(&str, &str)> {
    let (mut open, mut last) = (1_usize, None);
    let mut bytes = text.bytes().enumerate();
    // Only up to the brace: a line of megabytes with a thousand variables must not be gone through for each.
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\n' => break,
            b'{' => {
                open += 1;
                match bytes.next() {
                    Some((at, b'}')) => last = Some(at),
                    Some((_, b'\n')) => break,
                    _ => {}
                }
            }
            b'}' => {
                last = Some(at);
                open -= 1;
            }
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
    let (inner, rest) = text.split_at_checked(last?)?;
    Some((inner, rest.strip_prefix('}')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(text: &str) -> Result<String, Fault> {
        let env: Env = [("A", "a"), ("E", ""), ("HTML", "<$A>")].into_iter().collect();
        Run { env: &env, unset: Vec::new(), added: &mut 1000 }.replace(text, 0)
    }

    #[test]
    fn replaces_as_compose_does() {
        let cases = [
            ("$A-${A}-$$A-$", "a-a-$A-$"),
            ("$1 $( $@ $ x", "$1 $( $@ $ x"),
            ("${A:-d}${N:-d}${E:-d}${E-d}${N-d}", "addd"),
            ("${A:+p}${E:+p}${E+p}${N+p}", "pp"),
            ("${N:-${M:-${A}}}", "a"),
            ("${N:-{\"a\": 1}}", "{\"a\": 1}"),
            ("${N:-$$x}", "$x"),
            ("${HTML}", "<$A>"),
            ("${N:-a:b c}", "a:b c"),
            ("${A:?}", "a"),
            ("${N:-{}", "{"),
            ("${A:-{{.B}}}", "a}"),
            ("${N:-{{.B}}}", "{{.B}}"),
            ("é$A漢", "éa漢"),
        ];
        for (text, expected) in cases {
            assert_eq!(replace(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_as_compose_does() {
        for text in ["${}", "${1A}", "${A B}", "${A.B}", "${A/x/y}", "${A^^}", "${A:=x}", "${É}", "${A", "${N:-a\nb}"]
        {
            assert!(matches!(replace(text), Err(Fault::Invalid(_))), "{text}");
        }
        assert_eq!(replace("${A:-${B:?need B}}"), Err(Fault::Required("B".into(), "need B".into())));
        assert_eq!(replace("${E:?}"), Err(Fault::Required("E".into(), String::new())));
        assert_eq!(replace("${E?}"), Ok(String::new()));
        assert!(matches!(replace(&"$A".repeat(2000)), Err(Fault::TooMuch)));
        let deep = format!("{}x{}", "${N:-".repeat(300), "}".repeat(300));
        assert!(matches!(replace(&deep), Err(Fault::TooMuch)));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[$A{}:?+\\-é\n]{0,40}") {
            let _ = replace(&text);
        }

        #[test]
        fn text_without_a_dollar_stays(text in "[^$]*") {
            proptest::prop_assert_eq!(replace(&text), Ok(text));
        }
    }
}
