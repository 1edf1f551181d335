//! Reads Rust source as far as the laws need it: tokens without comments, literals and test modules, and the
//! paths that a file names, `use` trees expanded.

/// A token and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

/// The tokens of the production code in `source`: identifiers and numbers whole, `::` as one, string literals as
/// one token that begins with a quote, all else by character. Comments and `#[cfg(test)]` modules are left out.
pub fn tokens(source: &str) -> Vec<Token> {
    without_tests(scan(source))
}

fn scan(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let (mut found, mut i, mut line) = (Vec::new(), 0, 1);
    while i < chars.len() {
        let (begin, c) = (i, at(i));
        match c {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => i = after_block_comment(&chars, i),
            'r' if matches!(at(i + 1), '"' | '#') && raw_hashes(&chars, i + 1).is_some() => {
                i = after_raw_string(&chars, i + 1);
                found.push(Token { text: chars[begin + 1..i].iter().collect(), line });
            }
            '"' => {
                i += 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
                found.push(Token { text: chars[begin..i.min(chars.len())].iter().collect(), line });
            }
            // A character, or else a lifetime, whose quote alone is skipped.
            '\'' if at(i + 1) == '\\' => {
                i += 3;
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            '\'' if at(i + 2) == '\'' => i += 3,
            '\'' => i += 1,
            ':' if at(i + 1) == ':' => {
                i += 2;
                found.push(Token { text: "::".into(), line });
            }
            c if c.is_alphanumeric() || c == '_' => {
                while at(i).is_alphanumeric() || at(i) == '_' {
                    i += 1;
                }
                found.push(Token { text: chars[begin..i].iter().collect(), line });
            }
            c => {
                i += 1;
                if !c.is_whitespace() {
                    found.push(Token { text: c.into(), line });
                }
            }
        }
        line += chars[begin..i.min(chars.len())].iter().filter(|&&c| c == '\n').count();
    }
    found
}

fn after_block_comment(chars: &[char], mut i: usize) -> usize {
    let mut depth = 0;
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

/// How many `#` stand before the quote of a raw string; `None` where it isn't one.
fn raw_hashes(chars: &[char], i: usize) -> Option<usize> {
    let hashes = chars[i..].iter().take_while(|&&c| c == '#').count();
    (chars.get(i + hashes) == Some(&'"')).then_some(hashes)
}

fn after_raw_string(chars: &[char], i: usize) -> usize {
    let hashes = raw_hashes(chars, i).unwrap_or(0);
    let mut end = i + hashes + 1;
    while end < chars.len() {
        if chars[end] == '"' && chars[end + 1..].iter().take_while(|&&c| c == '#').count() >= hashes {
            return end + 1 + hashes;
        }
        end += 1;
    }
    end
}

fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    const ATTRIBUTE: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut i) = (Vec::with_capacity(tokens.len()), 0);
    while i < tokens.len() {
        let matches = ATTRIBUTE.iter().zip(&tokens[i..]).all(|(a, b)| *a == b.text);
        if !matches || tokens.len() - i < ATTRIBUTE.len() {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        // Skips the item: to its `;`, or through its braces.
        let mut depth = 0;
        i += ATTRIBUTE.len();
        while i < tokens.len() {
            let text = tokens[i].text.as_str();
            i += 1;
            match text {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(text, ";" | "}") {
                break;
            }
        }
    }
    kept
}

/// Every path that is named, with the line it stands on: `a::b::c`, those of a `use` tree one by one, a rename
/// under its own name, a glob as `a::*`.
pub fn paths(tokens: &[Token]) -> Vec<(Vec<String>, usize)> {
    let (mut found, mut i) = (Vec::new(), 0);
    while i < tokens.len() {
        if is_word(&tokens[i].text) {
            i = path(tokens, i, &[], &mut found);
        }
        i += 1;
    }
    found
}

/// Reads the path that begins at `i` and returns the index of its last token.
fn path(tokens: &[Token], mut i: usize, prefix: &[String], found: &mut Vec<(Vec<String>, usize)>) -> usize {
    let text = |i: usize| tokens.get(i).map_or("", |t| t.text.as_str());
    let (mut segments, line) = (prefix.to_vec(), tokens[i].line);
    segments.push(text(i).to_owned());
    while text(i + 1) == "::" {
        match text(i + 2) {
            word if is_word(word) => {
                segments.push(word.to_owned());
                i += 2;
            }
            "*" => {
                segments.push("*".to_owned());
                i += 2;
                break;
            }
            "{" => {
                i += 3;
                while i < tokens.len() && text(i) != "}" {
                    if is_word(text(i)) {
                        i = path(tokens, i, &segments, found);
                    }
                    i += 1;
                }
                return i;
            }
            // A turbofish ends what matters here.
            _ => break,
        }
    }
    if segments.last().is_some_and(|last| last == "self") && segments.len() > 1 {
        segments.pop();
    }
    found.push((segments, line));
    i
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn comments_literals_and_tests_are_not_code() {
        assert_eq!(words("a /* b /* c */ d */ e // f\ng"), ["a", "e", "g"]);
        assert_eq!(words(r##"x("a\"b", r#"c"d"#, '"', '\'', 'q')"##)[2], r#""a\"b""#);
        assert_eq!(words("fn f<'a>() {}").join(""), "fnf<a>(){}");
        assert_eq!(words("a #[cfg(test)] mod tests { fn b() { {} } } c #[cfg(test)] mod d; e"), ["a", "c", "e"]);
        assert_eq!(tokens("\"\n\"\n/*\n*/ a").last().map(|t| t.line), Some(4));
    }

    #[test]
    fn use_trees_are_expanded() {
        let source = "use a::{self, b::{C, d as e}, f::*}; let x = g::h::<i>();";
        let named: Vec<_> = paths(&tokens(source)).into_iter().map(|(p, _)| p.join("::")).collect();
        for path in ["a", "a::b::C", "a::b::d", "a::f::*", "g::h", "i"] {
            assert!(named.iter().any(|n| n == path), "{path} is missing in {named:?}");
        }
    }
}
