//! A command line split into words, as docker compose does it without a shell.

/// The words. What comes after a `|`, `&`, `;`, `<` or `>` that isn't quoted is dropped without a word, as
/// docker compose does; `None` for a quote that isn't closed or an unquoted bracket.
pub fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut started = false;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => {
                word.push(chars.next()?);
                started = true;
            }
            (c, Some(open)) if c == open => quote = None,
            (c, Some(_)) => word.push(c),
            ('"' | '\'', None) => {
                quote = Some(c);
                started = true;
            }
            (' ' | '\t' | '\n' | '\r', None) => {
                if std::mem::take(&mut started) {
                    words.push(std::mem::take(&mut word));
                }
            }
            (';' | '&' | '|' | '<' | '>', None) => break,
            ('(' | ')', None) => return None,
            (c, None) => {
                word.push(c);
                started = true;
            }
        }
    }
    if quote.is_some() {
        return None;
    }
    if started {
        words.push(word);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_compose_does() {
        let cases: [(&str, &[&str]); 7] = [
            ("redis-server --save 60 1", &["redis-server", "--save", "60", "1"]),
            ("sh -c 'a  b' \"c d\"", &["sh", "-c", "a  b", "c d"]),
            ("a | b", &["a"]),
            ("a\\ b \"\\\"\" ''", &["a b", "\"", ""]),
            ("a#b # c", &["a#b", "#", "c"]),
            ("", &[]),
            (" \n x", &["x"]),
        ];
        for (line, words) in cases {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for line in ["'a", "a (b)", "a\\"] {
            assert_eq!(split(line), None, "{line}");
        }
    }
}
