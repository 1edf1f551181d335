//! Values of a printed piece of a compose file: what comes from outside is written so that it is read as it was.

/// A single value, in quotes where it would be read as something else without. A `$` is doubled, since compose would
/// take it for a variable.
pub(super) fn scalar(text: impl AsRef<str>) -> String {
    let text = text.as_ref().replace('$', "$$");
    let plain = |c: char| c.is_ascii_alphanumeric() || "./_-".contains(c);
    // A word that begins with a letter is a number or a date to nobody.
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
    let meant =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    if word && !meant { text } else { quoted(&text) }
}

/// A list of words on one line.
pub(super) fn list(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| quoted(&word.as_ref().replace('$', "$$"))).collect();
    format!("[{}]", words.join(", "))
}

/// In double quotes, whose escapes are those of JSON; characters that a terminal would act on are escaped, too.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if crate::base::text::is_plain(c) => out.push(c),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{self, Options};

    /// As compose reads it.
    fn read(value: &str) -> Option<String> {
        let text = format!("services: {{a: {{image: x, environment: {{A: {value}}}}}}}");
        let options = Options { cwd: "/".into(), files: vec!["-".into()], stdin: Some(text), ..Options::default() };
        let project = compose::load(&options).project?;
        project.services.values().next()?.environment.get("A")?.clone()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let hostile = [
            "db",
            "",
            "-x",
            "a: b",
            "a #b",
            "it's \"x\"",
            "$HOME ${A:-b}",
            "\\n",
            "a\nb: c",
            "tab\t",
            "no",
            "1e3",
            "~",
            "{a, b}",
            "[x]",
            "*a",
            "&a",
            "!x",
            "| y",
            "% z",
            "@q",
            "`p`",
            "\u{1b}[2J",
            "\u{202e}",
            "é漢",
        ];
        for text in hostile {
            let written = scalar(text);
            assert_eq!(read(&written).as_deref(), Some(text), "{written}");
            assert!(written.chars().all(crate::base::text::is_plain), "{written:?}");
        }
        assert_eq!(scalar("web_1.x"), "web_1.x");
        assert_eq!(list(["CMD", "a b", "$x"]), r#"["CMD", "a b", "$$x"]"#);
    }
}
