//! A command line split into words, as docker compose does it without a shell.

/// A command line has no more words than this.
const MOST: usize = 100_000;

/// The words. What comes after a `|`, `&`, `;`, `<` or `>` that isn't quoted is dropped without a word, as
/// docker compose does; `None` for a quote that isn't closed or an unquoted bracket.
pub fn split(line: &str) -> Option<Vec<String>> {
    parse(line).map(|(words, _)| words)
}

/// The part of a line that is dropped, from its operator on.
pub fn dropped(line: &str) -> Option<&str> {
    let (_, at) = parse(line)?;
    line.get(at..).filter(|rest| !rest.is_empty())
}

/// The words, and at which byte the reading ended.
fn parse(line: &str) -> Option<(Vec<String>, usize)> {
    let mut words = Vec::new();
    let mut word = String::new();
    // An empty word counts once something was quoted.
    let mut started = false;
    let mut quote: Option<char> = None;
    let mut chars = line.char_indices();
    let mut end = line.len();
    while let Some((at, c)) = chars.next() {
        match (c, quote) {
            ('\\', Some('\'')) => word.push('\\'),
            ('\\', _) => {
                word.push(chars.next()?.1);
                started = true;
            }
            (' ' | '\t' | '\r' | '\n', None) => {
                if std::mem::take(&mut started) {
                    words.push(std::mem::take(&mut word));
                    // No system takes so many.
                    if words.len() > MOST {
                        return None;
                    }
                }
            }
            ('"' | '\'', Some(open)) if c == open => (quote, started) = (None, true),
            ('"' | '\'', None) => quote = Some(c),
            // What a shell would replace is left as it is, brackets and all.
            ('`', None) => (quote, started) = (push(&mut word, c, Some('`')), true),
            ('`', Some('`')) => quote = push(&mut word, c, None),
            ('(', None) if word.ends_with('$') => quote = push(&mut word, c, Some(')')),
            (')', Some(')')) => quote = push(&mut word, c, None),
            // Docker compose takes a bracket that closes nothing for one that opens.
            (')', None) => (quote, started) = (push(&mut word, c, Some(')')), true),
            ('(', None | Some(')')) => return None,
            (';' | '&' | '|' | '<' | '>', None) => {
                // The number of a file before `>` goes with it.
                if c == '>' && word.starts_with(|c: char| c.is_ascii_digit()) {
                    started = false;
                }
                end = at;
                break;
            }
            (c, _) => {
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
    Some((words, end))
}

fn push(word: &mut String, c: char, quote: Option<char>) -> Option<char> {
    word.push(c);
    quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_compose_does() {
        let cases: [(&str, &[&str]); 13] = [
            ("redis-server --save 60 1", &["redis-server", "--save", "60", "1"]),
            ("sh -c 'a  b' \"c d\"", &["sh", "-c", "a  b", "c d"]),
            ("a | b", &["a"]),
            ("a 2>x", &["a"]),
            ("a\\nb 'c\\n'", &["anb", "c\\n"]),
            ("echo $(a | b) c", &["echo", "$(a | b)", "c"]),
            ("`a b`", &["`a b`"]),
            ("a\"b\"c", &["abc"]),
            ("a ) b ) c", &["a", ") b )", "c"]),
            ("a\\ b \"\\\"\" ''", &["a b", "\"", ""]),
            ("a#b # c", &["a#b", "#", "c"]),
            ("", &[]),
            (" \n x", &["x"]),
        ];
        for (line, words) in cases {
            assert_eq!(split(line).unwrap(), words, "{line}");
        }
        for line in ["'a", "a (b)", "a\\", "`a", "$(a", "a)", "$(a (b))"] {
            assert_eq!(split(line), None, "{line}");
        }
        assert_eq!(dropped("a 'x|y' && b"), Some("&& b"));
        assert_eq!(dropped("a 'x|y'"), None);
    }
}
