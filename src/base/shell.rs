//! A command to paste into a shell, as words that are quoted when it is printed.
//!
//! Names and paths come from outside: a label may hold `; rm -rf ~`. So there is no way to make such a line but word by
//! word, and a word that can't be shown on one line as it is makes the whole of it a line that isn't offered.

use std::fmt;

use super::text::{clean, is_plain};

/// Commands for a POSIX shell, on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ShellLine {
    /// The words of each command; a command runs when the one before it succeeded.
    commands: Vec<Vec<String>>,
    /// The file that the last one's output is added to.
    file: Option<String>,
    /// Why it isn't offered.
    refused: Option<String>,
}

impl ShellLine {
    /// Begins with these words, which are ours, parted by blanks.
    pub fn new(words: &'static str) -> Self {
        Self { commands: vec![Vec::new()], ..Self::default() }.then(words)
    }

    /// A command that can't be offered, and why.
    pub fn refused(why: impl Into<String>) -> Self {
        Self { refused: Some(why.into()), ..Self::default() }
    }

    /// Goes on with these words, which are ours, parted by blanks.
    #[must_use]
    pub fn then(self, words: &'static str) -> Self {
        self.words(words.split_ascii_whitespace())
    }

    /// Goes on with a word, whatever it holds.
    #[must_use]
    pub fn word(mut self, word: impl AsRef<str>) -> Self {
        let word = word.as_ref();
        if !is_printable(word) {
            self.refuse(word);
        }
        match self.commands.last_mut() {
            Some(command) => command.push(word.to_owned()),
            None => self.commands.push(vec![word.to_owned()]),
        }
        self
    }

    /// Goes on with words, whatever they hold.
    #[must_use]
    pub fn words(self, words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        words.into_iter().fold(self, Self::word)
    }

    /// Goes on with names, none of which is taken for an option.
    #[must_use]
    pub fn names(self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let ends = names.iter().any(|name| name.as_ref().starts_with('-'));
        let line = if ends { self.then("--") } else { self };
        line.words(names)
    }

    /// Goes on with a name.
    #[must_use]
    pub fn name(self, name: impl AsRef<str>) -> Self {
        self.names([name])
    }

    /// Goes on with commands that a shell over there is to run: `-c`, and they as one word.
    #[must_use]
    pub fn script(mut self, script: &Self) -> Self {
        self.refused = self.refused.or_else(|| script.refused.clone());
        self.then("-c").word(script.text())
    }

    /// A further command, which runs if this succeeds.
    #[must_use]
    pub fn and(mut self, next: Self) -> Self {
        self.commands.extend(next.commands);
        self.file = next.file;
        self.refused = self.refused.or(next.refused);
        self
    }

    /// Adds what it prints to a file.
    #[must_use]
    pub fn onto(mut self, file: impl AsRef<str>) -> Self {
        let file = file.as_ref();
        if !is_printable(file) {
            self.refuse(file);
        }
        self.file = Some(file.to_owned());
        self
    }

    /// The line; `None` where there is none, or it isn't offered.
    pub fn offered(&self) -> Option<String> {
        (self.refused.is_none() && !self.commands.is_empty()).then(|| self.text())
    }

    /// Why it isn't offered, if so.
    pub fn refusal(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// The words of its commands, unquoted.
    pub fn commands(&self) -> &[Vec<String>] {
        &self.commands
    }

    /// The file that it adds to, unquoted.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    fn refuse(&mut self, word: &str) {
        let shown: String = clean(word).chars().take(40).collect();
        self.refused.get_or_insert_with(|| format!("'{shown}' holds characters that can't be printed on one line"));
    }

    fn text(&self) -> String {
        let command = |words: &Vec<String>| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        let mut line = self.commands.iter().map(command).collect::<Vec<_>>().join(" && ");
        if let Some(file) = &self.file {
            // A name with a dash in front is no option there.
            line.push_str(" >> ");
            line.push_str(&quoted(file));
        }
        line
    }
}

/// The line, or why there is none.
impl fmt::Display for ShellLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.refused {
            Some(why) => write!(f, "no command to paste: {why}"),
            None => f.write_str(&self.text()),
        }
    }
}

/// A word as a POSIX shell reads it, whatever it holds. Inside single quotes nothing is special, not even the `!` of an
/// interactive shell.
pub fn quoted(word: &str) -> String {
    // `=` too: only before a command it would set a variable, and the first word is ours.
    let bare = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !word.is_empty() && word.chars().all(bare) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Whether a word is the same when it was printed, copied and pasted. Bytes that were no text have become `U+FFFD`.
fn is_printable(word: &str) -> bool {
    word.chars().all(|c| is_plain(c) && c != '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_means_nothing_to_a_shell_is_left_bare() {
        let line = ShellLine::new("docker compose").words(["-f", "a/b.yaml"]).then("up -d").names(["db", "web_1"]);
        assert_eq!(line.to_string(), "docker compose -f a/b.yaml up -d db web_1");
        let line = ShellLine::new("docker stop").name("a b").and(ShellLine::new("docker rm").name("-x"));
        assert_eq!(line.to_string(), "docker stop 'a b' && docker rm -- -x");
        let line = ShellLine::new("echo").word("A=…").onto("my .env");
        assert_eq!(line.to_string(), "echo 'A=…' >> 'my .env'");
        let script = ShellLine::new("command -v").name("it's").and(ShellLine::new("ls /"));
        assert_eq!(
            ShellLine::new("sh").script(&script).to_string(),
            r"sh -c 'command -v '\''it'\''\'\'''\''s'\'' && ls /'"
        );
        assert_eq!(ShellLine::new("x").word("").to_string(), "x ''");
        assert_eq!(ShellLine::default().offered(), None);
    }

    #[test]
    fn what_cannot_be_shown_on_one_line_is_not_offered_and_says_why() {
        for word in ["a\nb", "a\u{1b}[2J", "a\u{202e}b", "\u{fffd}", "\0", "a\tb"] {
            for line in [
                ShellLine::new("docker stop").name(word).then("more"),
                ShellLine::new("sh").script(&ShellLine::new("ls").name(word)),
                ShellLine::new("echo a").onto(word),
                ShellLine::new("true").and(ShellLine::new("ls").name(word)),
            ] {
                assert_eq!(line.offered(), None, "{word:?}");
                let said = line.to_string();
                assert!(said.starts_with("no command to paste: ") && said.chars().all(is_plain), "{said:?}");
            }
        }
        let stdin = ShellLine::refused("the compose file came on standard input").then("up -d").name("db");
        assert_eq!(stdin.to_string(), "no command to paste: the compose file came on standard input");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
        #[test]
        fn a_shell_reads_the_words_that_were_meant(words in proptest::collection::vec("[ -~é\u{a0}]{0,12}", 1..6)) {
            let line = ShellLine::new("printf").word("%s\\n").words(&words);
            let read = Command::new("/bin/sh").args(["-c", &line.offered().unwrap()]).output().unwrap();
            let meant: String = words.iter().map(|word| format!("{word}\n")).collect();
            proptest::prop_assert_eq!(String::from_utf8(read.stdout).unwrap(), meant);
        }
    }
}
