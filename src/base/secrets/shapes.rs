//! Where secrets stand in a text, by the names before them and by their shapes.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::names::{is_open, is_secret, is_secret_flag};

/// What stands somewhere in every text that could hold a secret. A text without any of it is looked at no further.
const SIGNS: [&str; 47] = [
    "pass",
    "pwd",
    "psw",
    "_pw",
    "-pw",
    ".pw",
    "dbpw",
    "secret",
    "token",
    "cred",
    "key",
    "auth",
    "salt",
    "pepper",
    "psk",
    "_pat",
    "-pat",
    "cookie",
    "jwt",
    "://",
    "bearer",
    "basic ",
    "-----begin",
    "eyj",
    "akia",
    "asia",
    "ghp_",
    "gho_",
    "ghs_",
    "xox",
    "aiza",
    "sk_live",
    "sk-",
    "rk_live",
    "sg.",
    "npm_",
    "hf_",
    "ya29.",
    "identified by",
    "hooks.",
    "webhook",
    "telegram",
    "sig=",
    "@",
    "mysql",
    "maria",
    "mongo",
];
/// The same for programs whose options are too short to be told by their names.
const PROGRAMS: [&str; 12] = [
    "login",
    "redis-cli",
    "redis-benchmark",
    "valkey-cli",
    "keydb-cli",
    "sqlcmd",
    "mosquitto",
    "ldap",
    "curl",
    "--user",
    "rabbitmqctl",
    "htpasswd",
];

static ANY_SIGN: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasickBuilder::new().ascii_case_insensitive(true).build(SIGNS.iter().chain(&PROGRAMS)).ok());

/// Beginnings of tokens that tell whose they are, and the fewest signs that follow.
const TOKENS: [(&str, usize); 26] = [
    ("AKIA", 12),
    ("ASIA", 12),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 12),
    ("glrt-", 12),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("sk-ant-", 10),
    ("sk-proj-", 10),
    ("AIza", 30),
    ("SG.", 30),
    ("npm_", 30),
    ("dckr_pat_", 12),
    ("hf_", 30),
    ("ya29.", 20),
];
/// Addresses whose path is the secret: what stands before it.
const HOOKS: [&str; 9] = [
    "hooks.slack.com/services/",
    "hooks.slack.com/workflows/",
    "hooks.slack.com/triggers/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "hooks.zapier.com/hooks/",
    "webhook.office.com/webhookb2/",
    "outlook.office.com/webhook/",
    "api.telegram.org/bot",
];
/// What follows a secret's name in a sentence that tells of it, and isn't the secret.
const PROSE: [&str; 47] = [
    "a",
    "an",
    "and",
    "are",
    "argument",
    "as",
    "authentication",
    "can",
    "cannot",
    "check",
    "denied",
    "empty",
    "error",
    "expired",
    "failed",
    "flag",
    "for",
    "given",
    "has",
    "in",
    "incorrect",
    "invalid",
    "is",
    "isn't",
    "malformed",
    "mismatch",
    "missing",
    "must",
    "needs",
    "not",
    "of",
    "ok",
    "option",
    "or",
    "rejected",
    "required",
    "requires",
    "set",
    "signature",
    "the",
    "to",
    "unexpected",
    "unknown",
    "unset",
    "was",
    "with",
    "wrong",
];
/// Words before the secret of an `Authorization` header.
const SCHEMES: [&str; 9] = ["bearer", "basic", "token", "digest", "negotiate", "apikey", "key", "splunk", "genie_key"];

/// Whether a text may hold a secret at all: the quick look that most lines of a log need only.
pub(super) fn may_hold(text: &str) -> bool {
    ANY_SIGN.as_ref().is_none_or(|signs| signs.is_match(text)) || is_key_line(text.trim())
}

/// Adds where secrets stand in a text.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if !may_hold(text) {
        return;
    }
    key_blocks(text, found);
    assignments(text, found);
    words(text, found);
    addresses(text, found);
    logins(text, found);
    tokens(text, found);
    sql(text, found);
    let mut at = 0;
    for line in text.split('\n') {
        if is_key_line(line.trim()) {
            let start = at + line.len() - line.trim_start().len();
            found.push(start..start + line.trim().len());
        }
        at += line.len() + 1;
    }
}

fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

fn byte(text: &str, at: usize) -> Option<u8> {
    text.as_bytes().get(at).copied()
}

/// Where the run of such signs ends that begins at a place.
fn run(text: &str, from: usize, is: impl Fn(char) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.find(|c| !is(c)).unwrap_or(rest.len())
}

/// A line of a key's block (PEM folds at 64 signs, MIME at 76), as it is seen without the block's first line.
pub(super) fn is_key_line(line: &str) -> bool {
    let mixed = |test: fn(&u8) -> bool| line.bytes().any(|b| test(&b));
    matches!(line.len(), 64 | 76)
        && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        && mixed(u8::is_ascii_uppercase)
        && mixed(u8::is_ascii_lowercase)
        && mixed(u8::is_ascii_digit)
}

/// What is within the blocks of private keys, line by line.
fn key_blocks(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(begin) = text.get(from..).and_then(|rest| rest.find("-----BEGIN ")).map(|at| from + at) {
        let title = begin + "-----BEGIN ".len();
        let Some(end) = text.get(title..).and_then(|rest| rest.find("-----")).map(|at| title + at) else { return };
        from = end + 5;
        if end - title > 60 || !part(text, title..end).contains("PRIVATE KEY") {
            continue;
        }
        let rest = text.get(from..).unwrap_or_default();
        let body = rest.find("-----END").unwrap_or_else(|| open_end(rest));
        let mut at = from;
        for line in part(text, from..from + body).split_inclusive('\n') {
            let kept = line.trim();
            let start = at + line.len() - line.trim_start().len();
            if !kept.is_empty() {
                found.push(start..start + kept.len());
            }
            at += line.len();
        }
        from += body;
    }
}

/// Where a block ends whose last line isn't there: with the last word that could be of a key.
fn open_end(rest: &str) -> usize {
    let (mut end, mut at) = (0, 0);
    for word in rest.split_inclusive([' ', '\n', '\r']) {
        let kept = word.trim();
        let could = kept.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\\'));
        if !kept.is_empty() && !(could && (kept.len() >= 16 || kept.ends_with('='))) {
            break;
        }
        at += word.len();
        if !kept.is_empty() {
            end = at;
        }
    }
    end
}

/// Whether a sign may stand in a name. A backslash stands there where the text was made safe as Markdown.
fn names(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']' | '\\')
}

/// `name=value`, `name: value`, `"name": "value"`, `name => 'value'`, `<name>value<`.
fn assignments(text: &str, found: &mut Vec<Range<usize>>) {
    let mut done = 0;
    for (at, sign) in text.bytes().enumerate().filter(|(_, b)| matches!(b, b'=' | b':' | b'>')) {
        if at < done {
            continue;
        }
        if let Some(value) = assignment(text, at, sign) {
            done = value.end;
            found.push(value);
        }
    }
}

fn assignment(text: &str, at: usize, sign: u8) -> Option<Range<usize>> {
    let (before, after) = (at.checked_sub(1).and_then(|at| byte(text, at)), byte(text, at + 1));
    match sign {
        b'=' if after == Some(b'=') || matches!(before, Some(b'=' | b'!' | b'<' | b'>')) => return None,
        b':' if after == Some(b':') || before == Some(b':') || part(text, at..at + 3) == "://" => return None,
        _ => {}
    }
    // Back over blanks, a quote and what escapes it, to the name.
    let head = part(text, 0..at);
    let head = if sign == b'=' { head.strip_suffix(':').unwrap_or(head) } else { head };
    let trimmed = head.trim_end_matches(' ');
    let spaced = trimmed.len() < head.len();
    let unquoted = trimmed.strip_suffix(['"', '\'', '`']).unwrap_or(trimmed);
    let quoted = unquoted.len() < trimmed.len();
    let unquoted = if quoted { unquoted.trim_end_matches('\\') } else { unquoted };
    let start =
        unquoted.len() - unquoted.chars().rev().take(120).take_while(|c| names(*c)).map(char::len_utf8).sum::<usize>();
    let name = part(text, start..unquoted.len());
    if name.is_empty() || (spaced && head.len() - trimmed.len() > 20) || !is_secret(&name.replace('\\', "")) {
        return None;
    }
    let opened = part(text, 0..start).chars().next_back();
    if sign == b'>' {
        // A tag, or the second half of `=>`, whose name was looked at with the first.
        let tag = opened == Some('<') && !spaced;
        let end = text.get(at + 1..)?.find('<')? + at + 1;
        return tag.then(|| closed(text, at + 1..end)).flatten();
    }
    let mut from = at + 1;
    if sign == b'=' && after == Some(b'>') {
        from += 1;
    }
    let value = run(text, from, |c| matches!(c, ' ' | '\t'));
    let gap = value > from;
    let quote = run(text, value, |c| c == '\\');
    if let Some(mark @ (b'"' | b'\'' | b'`')) = byte(text, quote) {
        return closed(text, quote + 1..end_of_quoted(text, value..quote, mark));
    }
    if byte(text, value) == Some(b'[') {
        // A list: all of it, as far as it goes.
        let end = text.get(value..).and_then(|rest| rest.find([']', '\n']))? + value;
        return closed(text, value + 1..end).filter(|range| part(text, range.clone()).contains(['"', '\'']));
    }
    if matches!(byte(text, value), None | Some(b'{' | b'\n' | b'\r' | b'|' | b'>' | b'&')) {
        return None;
    }
    let last = name.rsplit(['-', '_', '.']).next().unwrap_or_default().to_ascii_lowercase();
    if last == "authorization" || last == "cookie" && sign == b':' {
        return header(text, value, &last);
    }
    match sign {
        // `NAME= command` assigns nothing.
        b'=' if gap && !spaced && after != Some(b'>') => None,
        b'=' => closed(text, value..end_of_word(text, value, opened)),
        // `image:tag` and `host:port` are no secrets.
        _ if !gap && !quoted => {
            let single =
                matches!(name.to_ascii_lowercase().as_str(), "pass" | "password" | "passwd" | "secret" | "token");
            let single =
                single && opened.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | '{' | ','));
            single.then(|| closed(text, value..end_of_word(text, value, opened))).flatten().filter(|range| {
                let value = part(text, range.clone());
                value != "latest" && !value.starts_with(|c: char| c.is_ascii_digit() && value.contains('.'))
            })
        }
        _ => {
            let line = part(text, 0..start).rsplit('\n').next().unwrap_or_default();
            let first = line.trim().is_empty() || line.trim() == "-";
            let capitals =
                name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit()) && name.len() > 3;
            let end = if first && capitals {
                let end = run(text, value, |c| c != '\n' && c != '\r');
                let rest = part(text, value..end);
                value + rest.find(" #").unwrap_or(rest.len())
            } else {
                end_of_word(text, value, opened)
            };
            let word = part(text, value..end);
            closed(text, value..end).filter(|_| !is_prose(word))
        }
    }
}

/// A value that is one: not a switch, a number, a path or another variable.
fn closed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let value = part(text, range.clone());
    let trimmed = value.trim_end();
    (!is_open(trimmed)).then_some(range.start..range.start + trimmed.len())
}

/// Whether a word tells of a secret in a sentence.
fn is_prose(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'').to_ascii_lowercase();
    word.is_empty() || PROSE.contains(&word.as_str())
}

/// Where quoted text ends that began after these backslashes: at the same quote after as many of them.
fn end_of_quoted(text: &str, escapes: Range<usize>, mark: u8) -> usize {
    let depth = escapes.len();
    let from = escapes.end + 1;
    let mut slashes = 0;
    for (at, b) in text.bytes().enumerate().skip(from) {
        match b {
            b'\\' => slashes += 1,
            b if b == mark && slashes <= depth => return at - slashes,
            b'\n' => return at,
            _ => slashes = 0,
        }
    }
    text.len()
}

/// Where a value without quotes of its own ends.
fn end_of_word(text: &str, from: usize, opened: Option<char>) -> usize {
    let query = matches!(opened, Some('?' | '&'));
    let rest = text.get(from..).unwrap_or_default();
    let mut end = from + rest.len();
    for (at, c) in rest.char_indices() {
        let next = rest.get(at + c.len_utf8()..).unwrap_or_default();
        let over = match c {
            c if c.is_whitespace() || c.is_control() => true,
            ';' | '|' => true,
            '&' | '#' => query,
            '"' | '\'' | '`' => {
                let after = next.chars().next();
                after.is_none_or(|c| {
                    c.is_whitespace()
                        || matches!(c, ',' | ')' | ']' | '}' | ';' | ':' | '.' | '\\' | '"' | '\'' | '|' | '<' | '&')
                })
            }
            '\\' => next.starts_with(['"', '\'']) || next.starts_with('n') && next.len() == 1,
            '<' => next.starts_with('/'),
            ',' => {
                let word = next.split([',', ' ', '\n']).next().unwrap_or_default();
                word.is_empty() || word.contains('=')
            }
            _ => false,
        };
        if over {
            end = from + at;
            break;
        }
    }
    let value = part(text, from..end);
    let brackets = |open: char, close: char| value.ends_with(close) && !value.contains(open);
    if brackets('(', ')') || brackets('[', ']') || brackets('{', '}') || value.ends_with(',') {
        end -= 1;
    }
    end
}

/// The secret of an `Authorization` or `Cookie` header.
fn header(text: &str, from: usize, name: &str) -> Option<Range<usize>> {
    let line = run(text, from, |c| !matches!(c, '\n' | '\r' | '"' | '\'' | '`'));
    if name == "cookie" {
        return closed(text, from..line);
    }
    let word = run(text, from, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let scheme = part(text, from..word).to_ascii_lowercase();
    if SCHEMES.contains(&scheme.as_str()) && byte(text, word) == Some(b' ') {
        let all = matches!(scheme.as_str(), "digest");
        let end = if all { line } else { end_of_word(text, word + 1, None).min(line) };
        return closed(text, word + 1..end).filter(|range| !is_prose(part(text, range.clone())));
    }
    let end = end_of_word(text, from, None).min(line);
    closed(text, from..end).filter(|range| !is_prose(part(text, range.clone())))
}

/// Words of a command line with their places, without quotes and what stands between them in a list.
fn split(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let quote = |at: usize| bytes.get(at).is_some_and(|b| matches!(b, b'"' | b'\''));
    let is_gap =
        move |at: usize, b: u8| b.is_ascii_whitespace() || b == b',' && at > 0 && quote(at - 1) && quote(at + 1);
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at).is_some_and(|b| is_gap(at, *b)) {
            at += 1;
        }
        let start = at;
        while bytes.get(at).is_some_and(|b| !is_gap(at, *b)) {
            at += 1;
        }
        (start < at).then_some(start..at)
    })
    .map(move |range| {
        let edge = |c: char| matches!(c, '"' | '\'' | '`' | '[' | ']' | ',' | '(' | ')' | '\\');
        let word = part(text, range.clone());
        let start = range.start + word.len() - word.trim_start_matches(edge).len();
        start..start + word.trim_matches(edge).len()
    })
    .filter(|range| !range.is_empty())
}

/// What a program's short options take.
enum Takes {
    Nothing,
    /// The secret is the rest of this option, or the next word where that is so.
    Secret(&'static str, bool),
    /// The next word is `user:secret`.
    Login,
    /// The last word of a command with this one is the secret.
    Last(&'static [&'static str]),
}

fn program(word: &str) -> Option<Takes> {
    let name = word.rsplit('/').next().unwrap_or(word);
    let any = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    Some(if any(&["mysql", "mariadb"]) {
        Takes::Secret("-p", false)
    } else if any(&["mongo"]) || name == "sshpass" || matches!(name, "docker" | "podman" | "nerdctl") {
        Takes::Secret("-p", true)
    } else if matches!(name, "redis-cli" | "valkey-cli" | "keydb-cli" | "redis-benchmark") {
        Takes::Secret("-a", true)
    } else if any(&["mosquitto_"]) || name == "sqlcmd" {
        Takes::Secret("-P", true)
    } else if any(&["ldap"]) && !name.contains(['.', ':', '=']) {
        Takes::Secret("-w", true)
    } else if name == "curl" {
        Takes::Login
    } else if name == "rabbitmqctl" {
        Takes::Last(&["add_user", "change_password", "authenticate_user"])
    } else if name == "htpasswd" {
        Takes::Last(&["-b", "-nb", "-nbB", "-Bbn", "-bn", "-bnB"])
    } else {
        return None;
    })
}

/// What options take: `--password X`, `-pX`, `--user a:X`; and what follows `Bearer`.
fn words(text: &str, found: &mut Vec<Range<usize>>) {
    let mut takes = Takes::Nothing;
    let mut login = false;
    let mut last: Option<usize> = None;
    let mut before = "";
    for range in split(text) {
        let word = part(text, range.clone());
        let value = || closed(text, range.clone()).filter(|_| !is_prose(word) && !word.starts_with('-'));
        if is_secret_flag(before) && before.len() > 2 {
            found.extend(quoted(text, &range).or_else(value));
        } else if matches!(before, "--user" | "--userpwd" | "--proxy-user")
            || before == "-u" && matches!(takes, Takes::Login)
        {
            found.extend(after_colon(text, &range));
        } else if let Some(at) = word.strip_prefix("--user=").map(|_| range.start + "--user=".len()) {
            found.extend(after_colon(text, &(at..range.end)));
        }
        match &takes {
            Takes::Secret(option, next) => {
                let docker = option == &"-p" && *next && !login && is_runner(text, &range);
                if let Some(glued) = word.strip_prefix(option).filter(|glued| !glued.is_empty() && !docker) {
                    // Ports and projects are given by the same letter.
                    let start = range.end - glued.len();
                    found.extend(closed(text, start..range.end).filter(|_| !glued.contains(':') || !*next));
                } else if *next && before == *option && (login || !matches!(before, "-p") || !is_port(word)) {
                    found.extend(value());
                }
            }
            Takes::Last(commands) => {
                if commands.contains(&before) {
                    last = Some(2);
                }
                if let Some(left) = last {
                    last = left.checked_sub(1).filter(|left| *left > 0);
                    if last.is_none() {
                        found.extend(value());
                        takes = Takes::Nothing;
                    }
                }
            }
            Takes::Login | Takes::Nothing => {}
        }
        match before.to_ascii_lowercase().as_str() {
            "bearer" | "basic" if looks_random(word) => found.extend(closed(text, range.clone())),
            _ => {}
        }
        if matches!(word, "&&" | "||" | ";" | "|") || before.ends_with(';') {
            (takes, login) = (Takes::Nothing, false);
        }
        login |= word == "login";
        if let Some(new) = program(word) {
            (takes, login) = (new, false);
        }
        before = word;
    }
}

/// Whether a command is one of docker's own, whose `-p` is a port or a project.
fn is_runner(text: &str, word: &Range<usize>) -> bool {
    let head = part(text, 0..word.start);
    ["docker", "podman", "nerdctl"].iter().any(|name| head.contains(name))
}

fn is_port(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'-'))
        || !word.bytes().any(|b| b.is_ascii_digit()) && word.len() < 6
}

/// All that stands in the quotes before a word, where it stands in some: a secret may hold blanks.
fn quoted(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let mark = byte(text, word.start.checked_sub(1)?).filter(|b| matches!(b, b'"' | b'\''))?;
    let rest = text.get(word.start..)?;
    let end = word.start + rest.find(char::from(mark)).or_else(|| rest.find('\n')).unwrap_or(rest.len());
    closed(text, word.start..end).filter(|_| !is_prose(part(text, word.clone())))
}

/// The secret of `user:secret`.
fn after_colon(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let (user, secret) = part(text, word.clone()).split_once(':')?;
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    // Of a process's user and group none is a secret.
    (user != secret && !number(secret)).then(|| closed(text, word.end - secret.len()..word.end)).flatten()
}

/// Whether a word is rather drawn by lot than written: long, or with digits among its letters.
fn looks_random(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let capitals = word.bytes().skip(1).filter(u8::is_ascii_uppercase).count();
    let inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~');
    word.len() >= 6 && word.bytes().all(inside) && (digits > 0 || capitals > 1 || word.len() >= 20)
}

/// Passwords and tokens in addresses.
fn addresses(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("://")).map(|at| from + at) {
        let start = at + 3;
        from = start;
        let scheme = part(text, 0..at).chars().rev().take_while(char::is_ascii_alphanumeric).count();
        let scheme = part(text, at - scheme..at).to_ascii_lowercase();
        let web = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss");
        let ends = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '"' | '`' | '<' | '>')
                || web && matches!(c, '/' | '?' | '#' | '\'' | ')' | ',')
        };
        let rest = text.get(start..).unwrap_or_default();
        let mut end = rest.find(ends).unwrap_or(rest.len());
        // A quote ends it where it ends a word, too; within a password it may be part of that.
        if let Some(quote) = part(rest, 0..end).find("' ").or_else(|| part(rest, 0..end).find("',")) {
            end = quote;
        }
        let whole = part(rest, 0..end);
        let (info, cut) = match whole.rsplit_once('@') {
            Some((info, _)) => (info, false),
            // Cut before its host was reached.
            None if whole.ends_with('…') => (whole.trim_end_matches('…'), true),
            None => continue,
        };
        // Several addresses in a list, each with a password of its own.
        let info = info.rsplit_once("://").map_or(info, |_| info.split('@').next().unwrap_or(info));
        match info.split_once(':') {
            Some((user, secret)) => {
                let port = cut && secret.bytes().all(|b| b.is_ascii_digit() || b == b'/');
                if !secret.is_empty() && !port && !is_reference_or_mask(secret) {
                    found.push(start + user.len() + 1..start + info.len());
                }
            }
            None if web && !cut && info.len() >= 8 && looks_random(info) => found.push(start..start + info.len()),
            None => {}
        }
    }
    for hook in HOOKS {
        for (at, _) in text.match_indices(hook) {
            let start = at + hook.len();
            let end = run(text, start, |c| {
                c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | ':' | '@' | '.' | '…' | '\\')
            });
            let end = if hook.ends_with("bot") {
                start + part(text, start..end).find('/').unwrap_or(end - start)
            } else {
                end
            };
            if end > start {
                found.push(start..end);
            }
        }
    }
}

fn is_reference_or_mask(secret: &str) -> bool {
    secret.starts_with('$') && is_open(secret) || secret.chars().all(|c| matches!(c, '*' | '•' | '…'))
}

/// `user:secret@host` without a scheme, as Go's drivers and git's remotes have it.
fn logins(text: &str, found: &mut Vec<Range<usize>>) {
    for (at, _) in text.match_indices('@') {
        let head = part(text, 0..at);
        let start = head
            .rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '=' | ',' | '(' | '<'))
            .map_or(0, |at| at + 1);
        let word = part(text, start..at);
        let Some((user, secret)) = word.split_once(':') else { continue };
        let host = text.get(at + 1..).unwrap_or_default();
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let good = !user.is_empty() && user.chars().all(named) && !secret.is_empty() && !secret.starts_with("//");
        let far = host.starts_with(|c: char| c.is_ascii_alphanumeric()) && !host.starts_with("sha256:");
        if good && far && !secret.contains('/') && !is_reference_or_mask(secret) {
            found.push(start + user.len() + 1..at);
        }
    }
}

/// Tokens that tell by their first signs whose they are, and those of JWT.
fn tokens(text: &str, found: &mut Vec<Range<usize>>) {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let free = |at: usize| !part(text, 0..at).ends_with(|c: char| c.is_ascii_alphanumeric());
    for (start, least) in TOKENS {
        for (at, _) in text.match_indices(start).filter(|(at, _)| free(*at)) {
            let end = run(text, at + start.len(), inside);
            if end - at - start.len() >= least {
                found.push(at..end);
            }
        }
    }
    for (at, _) in text.match_indices("eyJ").filter(|(at, _)| free(*at)) {
        let end = run(text, at, inside);
        if part(text, at..end).contains('.') && end - at >= 20 {
            found.push(at..end);
        }
    }
}

/// `PASSWORD 'x'` and `IDENTIFIED BY 'x'`.
fn sql(text: &str, found: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    for word in ["password", "identified by"] {
        for (at, _) in lower.match_indices(word) {
            let value = run(text, at + word.len(), |c| c == ' ');
            let mark = byte(text, value).filter(|b| matches!(b, b'"' | b'\''));
            if let (Some(mark), true) = (mark, value > at + word.len()) {
                found.extend(closed(text, value + 1..end_of_quoted(text, value..value, mark)));
            }
        }
    }
}
