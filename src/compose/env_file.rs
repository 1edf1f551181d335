//! The `.env` format, also that of `env_file` and `label_file`.

use std::{path::Path, sync::Arc};

use super::{
    env::{Env, Var},
    problem::Place,
    replace::{Fault, Run},
};

/// How much text one env file may make of its variables, in bytes.
const MAX_EXPANDED: usize = 16 << 20;

/// No env file may set more variables than this.
const MOST: usize = 50_000;

/// What an env file says.
#[derive(Debug, Default)]
pub struct EnvFile {
    /// Its variables; of a name given twice the last.
    pub vars: Env,
    /// Variables used in values that nobody had set: name and line.
    pub unset: Vec<(String, u32)>,
    /// The first mistake, which ends the reading: line and message.
    pub error: Option<(u32, String)>,
}

/// The variables that are known before an env file is read.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Those that win where a value uses one.
    pub outer: &'a Env,
    /// Those of earlier files, which this file's own win over.
    pub earlier: &'a Env,
}

/// One of the formats below: from a file's name for messages, its bytes and the variables known already.
pub type Format = fn(&Arc<Path>, &[u8], Known<'_>) -> EnvFile;

/// Reads an env file.
pub fn parse(file: &Arc<Path>, bytes: &[u8], before: Known<'_>) -> EnvFile {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let mut known = before.outer.clone();
    known.fill(before.earlier.clone());
    let mut reader = Reader {
        name: file,
        rest: text.strip_prefix('\u{feff}').unwrap_or(&text),
        line: 1,
        known,
        file: EnvFile::default(),
        added: MAX_EXPANDED,
    };
    while reader.file.error.is_none() && reader.skip_to_statement() {
        let read = reader.statement(before.outer).and_then(|()| match reader.file.vars.len() {
            ..=MOST => Ok(()),
            _ => Err(format!("more than {MOST} variables")),
        });
        if let Err(message) = read {
            reader.file.error = Some((reader.line, message));
        }
    }
    reader.file
}

/// Reads an env file of the format `raw`: everything after the first `=` is the value, to the letter.
pub fn parse_raw(name: &Arc<Path>, bytes: &[u8], before: Known<'_>) -> EnvFile {
    let mut file = EnvFile::default();
    for (line, number) in String::from_utf8_lossy(bytes).lines().map(str::trim_start).zip(1..) {
        match line.split_once('=') {
            _ if line.is_empty() || line.starts_with('#') => {}
            Some((key, value)) => file.vars.put(key, at(name, number, value)),
            None => {
                if let Some(var) = before.outer.var(line.trim_end()) {
                    file.vars.put(line.trim_end(), var.clone());
                }
            }
        }
    }
    file
}

fn at(file: &Arc<Path>, line: u32, value: impl Into<String>) -> Var {
    Var { value: value.into(), place: Some(Place { file: file.clone(), line, column: 1 }), hides: None }
}

struct Reader<'t> {
    name: &'t Arc<Path>,
    rest: &'t str,
    line: u32,
    /// The outer variables, and below them those of this file so far.
    known: Env,
    file: EnvFile,
    added: usize,
}

impl<'t> Reader<'t> {
    /// Goes past blanks and comments; whether anything follows.
    fn skip_to_statement(&mut self) -> bool {
        loop {
            let trimmed = self.rest.trim_start();
            let (gone, _) = self.rest.split_at_checked(self.rest.len() - trimmed.len()).unwrap_or_default();
            self.count_lines(gone);
            self.rest = trimmed;
            if !trimmed.starts_with('#') {
                return !trimmed.is_empty();
            }
            self.take_line();
        }
    }

    fn count_lines(&mut self, text: &str) {
        let lines = text.matches('\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }

    /// The rest of the line; what follows it stays.
    fn take_line(&mut self) -> &'t str {
        let (line, rest) = match self.rest.split_once('\n') {
            Some((line, rest)) => {
                self.line = self.line.saturating_add(1);
                (line, rest)
            }
            None => (self.rest, ""),
        };
        self.rest = rest;
        line
    }

    fn statement(&mut self, outer: &Env) -> Result<(), String> {
        if let Some(rest) = self.rest.strip_prefix("export")
            && rest.starts_with([' ', '\t'])
        {
            self.rest = rest.trim_start_matches([' ', '\t']);
        }
        let end = self.rest.find(['=', ':', '\n']).unwrap_or(self.rest.len());
        let (key, after) = self.rest.split_at_checked(end).unwrap_or_default();
        if let Some(bad) = key.chars().find(|&c| !is_key(c)) {
            let line = self.rest.lines().next().unwrap_or_default();
            return Err(format!("unexpected character {:?} in variable name {line:?}", bad.to_string()));
        }
        let key = key.trim_end();
        if key.contains(|c: char| c.is_whitespace()) {
            return Err("key cannot contain a space".into());
        }
        let mut after = after.chars();
        if after.as_str().is_empty() && !key.is_empty() {
            // Docker compose takes a name alone at the very end, without a line break, for the value of nothing.
            let (text, line) = (self.take_line().trim_end(), self.line);
            let value = self.expand(text, line)?;
            self.file.vars.put("", at(self.name, line, value));
            return Ok(());
        }
        if !matches!(after.next(), Some('=' | ':')) {
            // A name alone: taken from outside, if it is set there.
            self.take_line();
            if let Some(var) = outer.var(key) {
                self.file.vars.put(key, var.clone());
            }
            return Ok(());
        }
        let line = self.line;
        self.rest = after.as_str().trim_start_matches(|c: char| c != '\n' && c.is_whitespace());
        let var = at(self.name, line, self.value()?);
        if outer.get(key).is_none() {
            self.known.put(key, var.clone());
        }
        self.file.vars.put(key, var);
        Ok(())
    }

    fn value(&mut self) -> Result<String, String> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some(quote) = quote else {
            let line = self.line;
            let text = self.take_line();
            let text = text.split_once(" #").map_or(text, |(value, _comment)| value).trim_end();
            return self.expand(text, line);
        };
        let line = self.line;
        let inner = self.rest.strip_prefix(quote).unwrap_or_default();
        let Some(end) = closing_quote(inner, quote) else {
            return Err(format!("unterminated quoted value {}", self.rest.lines().next().unwrap_or_default()));
        };
        let (raw, after) = inner.split_at_checked(end).unwrap_or_default();
        self.count_lines(raw);
        // What follows the quote on its line is the next statement: docker compose doesn't drop it.
        self.rest = after.strip_prefix(quote).unwrap_or(after);
        if quote == '"' { self.expand(&unescape(raw), line) } else { Ok(raw.replace("\\'", "'")) }
    }

    fn expand(&mut self, text: &str, line: u32) -> Result<String, String> {
        if !text.contains('$') {
            return Ok(text.to_owned());
        }
        let mut run = Run { env: &self.known, unset: Vec::new(), added: &mut self.added };
        let value = run.replace(text, 0);
        self.file.unset.extend(run.unset.into_iter().map(|name| (name, line)));
        value.map_err(|fault| match fault {
            Fault::Invalid(text) => format!("invalid template: {text:?}"),
            Fault::Required(name, message) => format!("required variable {name} is missing a value: {message}"),
            Fault::TooMuch => "the values are too large".into(),
        })
    }
}

fn is_key(c: char) -> bool {
    matches!(c, '_' | '.' | '-' | '[' | ']') || c.is_alphanumeric() || c.is_whitespace()
}

/// Where the quote that isn't escaped stands.
fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// The escapes of double quotes; `\$` becomes `$$`, which stands for a literal `$`.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some('"') => out.push('"'),
            Some('\\') => out.push('\\'),
            Some('$') => out.push_str("$$"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8], outer: &Env) -> EnvFile {
        super::parse(&Path::new(".env").into(), bytes, Known { outer, earlier: &Env::default() })
    }

    fn raw(bytes: &[u8], outer: &Env) -> EnvFile {
        parse_raw(&Path::new("f").into(), bytes, Known { outer, earlier: &Env::default() })
    }

    #[test]
    fn outer_variables_win_and_own_ones_win_over_those_of_earlier_files() {
        let (outer, earlier) = ([("O", "outer")].into_iter().collect(), [("O", "1"), ("E", "1")].into_iter().collect());
        let before = Known { outer: &outer, earlier: &earlier };
        let text = b"A=$O$E\nO=own\nE=own\nB=$O$E\n";
        let vars = super::parse(&Path::new(".env").into(), text, before).vars;
        assert_eq!(["A", "B"].map(|name| vars.get(name)), [Some("outer1"), Some("outerown")]);
    }

    #[test]
    fn variables_know_their_lines() {
        let text = "# c\nA=1\nB='x\ny'\n\nexport C = $A\nS\nA=2\n";
        let outer = [("S", "shell")].into_iter().collect();
        let line = |env: &Env, name: &str| env.var(name).unwrap().place.as_ref().map(|place| place.line);
        let vars = parse(text.as_bytes(), &outer).vars;
        let lines = ["A", "B", "C", "S"].map(|name| line(&vars, name));
        assert_eq!(lines, [Some(8), Some(3), Some(6), None], "the last of two, the first of many, none of the shell's");
        let vars = raw(b"# c\nA=1\nS\n", &outer).vars;
        assert_eq!(["A", "S"].map(|name| line(&vars, name)), [Some(2), None]);
    }

    fn one(line: &str) -> Option<String> {
        let outer: Env = [("X", "shell")].into_iter().collect();
        let file = parse(line.as_bytes(), &outer);
        assert!(file.error.is_none(), "{line}: {:?}", file.error);
        file.vars.get("A").map(str::to_owned)
    }

    #[test]
    fn values_as_compose_reads_them() {
        let cases = [
            ("A=1", "1"),
            ("A = 2", "2"),
            ("A= 3 ", "3"),
            ("A: v", "v"),
            ("export A=1", "1"),
            ("A=plain # c", "plain"),
            ("A=plain#x", "plain#x"),
            ("A=#x", "#x"),
            ("A= #x", "#x"),
            ("A=a\t#x", "a\t#x"),
            ("A=\"a\"b", "a"),
            ("A='a $X \\n'", "a $X \\n"),
            ("A=\"l1\nl2\"", "l1\nl2"),
            ("A=\"a\\nb\\t\\\"\"", "a\nb\t\""),
            ("A=C:\\path\\new", "C:\\path\\new"),
            ("A=\"\\$X\"", "$X"),
            ("A=\\$X", "\\shell"),
            ("A=$$X", "$X"),
            ("A=${N:-d}", "d"),
            ("B=1\nA=${B}x", "1x"),
            ("X=file\nA=$X", "shell"),
            ("A=1\nA=2", "2"),
            ("\u{feff}A=1\r\nB=2\r\n", "1"),
            ("A=", ""),
            ("A=\nB=1", ""),
            ("# c\n\n  # d\nA=1", "1"),
            ("X\nA=1", "1"),
        ];
        for (line, value) in cases {
            assert_eq!(one(line).as_deref(), Some(value), "{line:?}");
        }
        assert_eq!(one("A\n"), None, "not set outside");
        assert_eq!(parse(b"A", &Env::default()).vars.get(""), Some("A"));
        assert_eq!(parse(b"A=\"1\" B='2'\n", &Env::default()).vars.get("B"), Some("2"));
        assert_eq!(parse(b"X\n", &[("X", "s")].into_iter().collect()).vars.get("X"), Some("s"));
    }

    #[test]
    fn mistakes_have_a_line() {
        let cases = [
            ("\nA%=1", 2, "unexpected character \"%\" in variable name \"A%=1\""),
            ("A B=1", 1, "key cannot contain a space"),
            ("B=1\nA='x\ny", 2, "unterminated quoted value 'x"),
            ("A=${N:?m}", 2, "required variable N is missing a value: m"),
        ];
        for (text, line, message) in cases {
            let file = parse(format!("{text}\n").as_bytes(), &Env::default());
            assert_eq!(file.error, Some((line, message.into())), "{text}");
        }
        assert_eq!(parse(b"A=1\nB=$N\n", &Env::default()).unset, [("N".into(), 2)]);
    }

    #[test]
    fn raw_values_are_literal() {
        let file = raw(b"# c\nA='$X' # c\n B=a=b\nX\nN\n", &[("X", "x")].into_iter().collect());
        let all: Vec<_> = file.vars.iter().map(|(name, var)| (name, var.value.as_str())).collect();
        assert_eq!(all, [("A", "'$X' # c"), ("B", "a=b"), ("X", "x")]);
    }

    #[test]
    fn doubling_values_are_stopped() {
        let mut text = format!("A0={}\n", "x".repeat(1000));
        for n in 1..60 {
            text += &format!("A{n}=$A{0}$A{0}\n", n - 1);
        }
        assert!(parse(text.as_bytes(), &Env::default()).error.is_some());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_an_answer(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
            parse(&bytes, &Env::default());
        }

        #[test]
        fn any_env_text_gives_an_answer(text in "[ab=:'\"$ #\n\\\\{}]{0,40}") {
            parse(text.as_bytes(), &Env::default());
        }
    }
}
