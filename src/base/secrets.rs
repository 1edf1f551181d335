//! Values that look secret are masked until asked for.

use std::borrow::Cow;

/// Parts of names whose values are secrets.
const SECRET: [&str; 9] = ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "PRIVATE", "PWD", "AUTH", "SALT"];
/// Whole words of names whose values are secrets; as parts of longer words they mean nothing.
const SECRET_WORDS: [&str; 3] = ["PAT", "PSK", "PW"];
/// What stands for a secret. Always of one length, since a length tells something.
const MASK: &str = "••••••••";
const PLAIN_MASK: &str = "********";

/// The value as it may be shown: masked where its name says secret, with the password of a URL masked else.
pub fn masked<'a>(name: &str, value: &'a str, ascii: bool) -> Cow<'a, str> {
    if !value.is_empty() && is_secret(name) {
        return Cow::Borrowed(mask(ascii));
    }
    url_password(value)
        .map_or(Cow::Borrowed(value), |(before, after)| Cow::Owned(format!("{before}{}{after}", mask(ascii))))
}

/// A command line as it may be shown: the values of `--password=…`, `PASSWORD=…` and `--password …` masked, and
/// passwords in URLs.
pub fn masked_command(command: &str, ascii: bool) -> String {
    let mut follows_secret = false;
    let words = command.split(' ').map(|word| {
        let flag = word.starts_with('-');
        let masked = match word.split_once('=') {
            _ if follows_secret && !flag && !word.is_empty() => Cow::Borrowed(mask(ascii)),
            // The `=` of a URL's query is no assignment; its password stands before it.
            Some((name, value)) if !name.contains("://") => {
                Cow::Owned(format!("{name}={}", masked(name, value, ascii)))
            }
            _ => masked("", word, ascii),
        };
        follows_secret = is_secret_flag(word) || (follows_secret && word.is_empty());
        masked
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A line of outside text (a log, a probe's output) as it may be shown: passwords in URLs masked wherever they
/// stand, and the values of `password=…` and its kin.
pub fn masked_text(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        if let Some((name, value)) = word.split_once('=')
            && !value.is_empty()
            && is_secret(name)
        {
            return Cow::Owned(format!("{name}={PLAIN_MASK}"));
        }
        url_password(word)
            .map_or(Cow::Borrowed(word), |(before, after)| Cow::Owned(format!("{before}{PLAIN_MASK}{after}")))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether the next word of a command line is the secret that this option takes.
pub fn is_secret_flag(word: &str) -> bool {
    word.starts_with('-') && !word.contains('=') && is_secret(word)
}

/// Whether a name says that its value is a secret.
pub fn is_secret(name: &str) -> bool {
    let upper = name.to_uppercase();
    let part = SECRET.iter().any(|part| upper.contains(part));
    let word = || upper.split(|c: char| !c.is_alphanumeric()).any(|word| SECRET_WORDS.contains(&word));
    // `…_FILE` names where a secret lies, which is no secret.
    (part || word()) && !upper.ends_with("FILE") && upper != "PWD"
}

fn mask(ascii: bool) -> &'static str {
    if ascii { PLAIN_MASK } else { MASK }
}

/// What is before and after the password of `scheme://user:password@host`.
fn url_password(value: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = value.split_once("://")?;
    // Passwords of databases are often pasted in as they are, with a `#` or `/` that should have been encoded; in a
    // web address such a thing is no password.
    let web = scheme.ends_with("http") || scheme.ends_with("https");
    let authority = if web { rest.split(['/', '?', '#']).next()? } else { rest };
    // A password may hold an `@`; the last one ends it.
    let (user_info, _) = authority.rsplit_once('@')?;
    let (user, password) = user_info.split_once(':')?;
    let start = scheme.len() + 3 + user.len() + 1;
    (!password.is_empty()).then_some(())?;
    Some((value.get(..start)?, value.get(start + password.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_name_and_in_urls() {
        let m = |name: &str, value: &'static str| masked(name, value, true).into_owned();
        assert_eq!(m("POSTGRES_PASSWORD", "hunter2"), "********");
        assert_eq!(m("api_token", "x"), "********");
        assert_eq!(m("POSTGRES_PASSWORD_FILE", "/run/secrets/db"), "/run/secrets/db");
        assert_eq!(m("PASSWORD", ""), "");
        assert_eq!(m("LANG", "C.UTF-8"), "C.UTF-8");
        assert_eq!((m("GITHUB_PAT", "x"), m("PATH", "/bin")), ("********".into(), "/bin".into()));
        assert_eq!(m("DATABASE_URL", "postgres://app:p@ss@db:5432/x?y=1"), "postgres://app:********@db:5432/x?y=1");
        let c = |command: &str| masked_command(command, true);
        assert_eq!(c("redis-server --requirepass hunter2 --port 1"), "redis-server --requirepass ******** --port 1");
        assert_eq!(c("a --password=hunter2 -k b"), "a --password=******** -k b");
        assert_eq!(c("sh -c PGPASSWORD=hunter2 psql"), "sh -c PGPASSWORD=******** psql");
        assert_eq!(c("c http://u:hunter2@h/ --key-file k"), "c http://u:********@h/ --key-file k");
        assert_eq!(c("c db://u:hunter2@h/x?mode=1 DB_PW=a"), "c db://u:********@h/x?mode=1 DB_PW=********");
        let t = masked_text("failed: postgres://app:p#1@db/x PGPASSWORD=abc user=app");
        assert_eq!(t, "failed: postgres://app:********@db/x PGPASSWORD=******** user=app");
        assert_eq!(m("HOME_URL", "http://example.org/a:b@c"), "http://example.org/a:b@c");
    }
}
