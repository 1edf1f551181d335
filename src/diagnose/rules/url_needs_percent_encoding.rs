//! `url-needs-percent-encoding`: a password is written in a URL unencoded, with characters that mean something there.
//!
//! Which of them break it depends on who reads it: libpq stumbles over `@ / %`, Node and Python's urlsplit over
//! `# / ?`. node-postgres then takes the URL's user for its host.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
        said::Phrase,
        target::Target,
    },
    stack::State,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "url-needs-percent-encoding",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the password in a URL has characters that must be encoded",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let targets = s.targets();
        for t in targets.iter().filter(|t| t.is_store()) {
            let signs = t.password.map(loose).unwrap_or_default();
            if signs.is_empty() {
                continue;
            }
            let shown = if s.is_troubled() { symptom(s, t) } else { None };
            // Who runs with it has a reader that copes.
            if shown.is_none() && s.status.state != State::Missing {
                continue;
            }
            let list = signs.iter().map(|c| format!("'{c}'")).collect::<Vec<_>>().join(" ");
            let summary = format!("{}: the password in {} contains {list}, unencoded", s.name, t.variable);
            let finding = if shown.is_some() { s.error(RULE.id, summary) } else { s.warning(RULE.id, summary) };
            let codes = signs.iter().map(|c| format!("%{:02X} for {c}", u32::from(*c))).collect::<Vec<_>>().join(", ");
            found.push(
                finding
                    .shown(shown)
                    .shown([s.setting(t.variable, t.value)])
                    .why(format!(
                        "In a URL {list} end or divide its parts, so what follows is read as something other than the \
                         password. Drivers differ in which characters they tolerate.",
                    ))
                    .fix(format!("Write {codes} in {}, or pass host, user and password separately", t.variable))
                    .command(case.up([s.name])),
            );
        }
    }
}

/// The characters of a password that mean something in a URL.
fn loose(password: &str) -> Vec<char> {
    let mut signs: Vec<char> = Vec::new();
    for (at, c) in password.char_indices() {
        let bare = match c {
            '#' | '/' | '?' | '@' => true,
            '%' => {
                let code = password.get(at + 1..at + 3);
                !code.is_some_and(|code| code.chars().all(|c| c.is_ascii_hexdigit()))
            }
            _ => false,
        };
        if bare && !signs.contains(&c) {
            signs.push(c);
        }
    }
    signs
}

/// The line that shows that the URL was misread.
fn symptom(s: &Subject<'_>, t: &Target<'_>) -> Option<Evidence> {
    let password = t.password?;
    if let Some(said) = s.said(Phrase::UnknownHost) {
        // The user, or what follows an `@` in the password, was taken for the host.
        let host = said.get("host").unwrap_or_default();
        let tail = password.split('@').skip(1).any(|tail| !tail.is_empty() && host.starts_with(tail));
        if !host.is_empty() && (Some(host) == t.user || tail || password.contains(host)) {
            return Some(said.evidence());
        }
    }
    let said = s.said(Phrase::UrlBroken).or_else(|| s.said(Phrase::Refused))?;
    Some(said.evidence())
}

#[cfg(test)]
mod tests {
    use super::loose;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "
services:
  db: {image: 'postgres:15'}
  backend: {image: node, restart: always}";
    const URL: &str = "DATABASE_URL=postgresql://app:#ThawZin2k77!@db:5432/app";

    pub fn fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("db").well())
            .with(container("backend").exited(1, 90.0).restarting(5).var(URL))
            .log("backend", &["getaddrinfo ENOTFOUND app"])
    }

    pub fn spares() -> Scenario {
        // As libpq bears it.
        Scenario::of(FILE).with(container("db").well()).with(container("backend").running(12.0).var(URL))
    }

    #[test]
    fn it_explains_the_unknown_host_and_tells_no_password() {
        let found = fires().found();
        assert_eq!(
            found,
            ["url-needs-percent-encoding@backend", "crash-loop@backend < url-needs-percent-encoding@backend"]
        );
        assert!(!format!("{:?}", fires().diagnosis()).contains("ThawZin"));
        assert!(loose("a%23b").is_empty());
        assert_eq!(loose("a%b@c@"), ['%', '@']);
        let before = FILE.replace("restart: always", "environment: {U: 'postgres://a:b/c@db/x'}");
        assert_eq!(Scenario::of(&before).found(), ["url-needs-percent-encoding@backend"]);
    }
}
