//! `connects-to-itself`: a program looks for another service at `localhost`, which is its own container.

use super::rule::{Rank, Rule, Stage};
use crate::diagnose::{
    case::{Case, Subject},
    findings::Findings,
    said::{Phrase, Said},
    target::{Target, is_loopback},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "connects-to-itself",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a program connects to localhost, its own container, instead of another service",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.shares_a_network_stack()) {
        let targets = s.targets();
        let said = if s.is_troubled() { refused_at_home(s) } else { None };
        let port = said.as_ref().and_then(Said::port);
        let fits = |t: &&Target<'_>| {
            is_loopback(t.host) && if said.is_some() { port.is_none() || t.likely_port() == port } else { t.is_store() }
        };
        let telling = |t: &&Target<'_>| said.is_some() || case.is_telling(s, t.variable);
        let setting = targets.iter().filter(telling).find(fits);
        let Some(port) = port.or_else(|| setting?.likely_port()) else { continue };
        // What it serves itself it may well look for at itself.
        if s.serves(port) {
            continue;
        }
        let meant = case.services.iter().find(|other| other.name != s.name && other.serves(port));
        if meant.is_none() && (said.is_none() || setting.is_none()) {
            continue;
        }
        let there = meant.map_or_else(|| "another service".to_owned(), |m| m.name.to_string());
        let summary = match &said {
            Some(_) => {
                format!("{} connects to localhost:{port} for {there}, but localhost is its own container", s.name)
            }
            None => format!(
                "{} is configured to reach {there} at localhost:{port}, but localhost is its own container",
                s.name
            ),
        };
        let finding = if said.is_some() { s.error(RULE.id, summary) } else { s.warning(RULE.id, summary) };
        let host = meant.map_or("the other service's name", |m| m.name.as_str());
        let place = setting.map_or_else(String::new, |t| format!(" in {}", t.variable));
        found.push(
            finding
                .shown(said.map(|said| said.evidence()))
                .shown(setting.map(|t| s.setting(t.variable, t.value)))
                .why(format!(
                    "In a container, localhost is the container itself, and nothing in it listens on port {port}. \
                     Other services are reached by name on the network that they share."
                ))
                .fix(format!(
                    "Use {host} as the host{place}, with the port that it listens on inside its container \
                              ({port})"
                ))
                .command(case.up([s.name]))
                .explains(&["program-reports-unhealthy"]),
        );
    }
}

/// The line in which it was refused by itself.
fn refused_at_home<'s>(s: &'s Subject<'_>) -> Option<Said<'s>> {
    s.said(Phrase::ConnectionRefused).filter(|said| said.get("host").is_some_and(is_loopback))
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "
services:
  db: {image: 'postgres:15'}
  backend:
    image: python
    restart: always
    environment: {DATABASE_URL: 'postgresql://app:secret@localhost:5432/app'}";
    /// As psycopg2 says it.
    const LINE: &str = "psycopg2.OperationalError: connection to server at \"localhost\" (127.0.0.1), port 5432 failed: Connection refused";

    pub fn fires() -> Scenario {
        let backend = container("backend").exited(3, 90.0).restarting(5);
        let backend = backend.var("DATABASE_URL=postgresql://app:secret@localhost:5432/app");
        Scenario::of(FILE).with(container("db").well()).with(backend).log("backend", &[LINE])
    }

    pub fn spares() -> Scenario {
        Scenario::of(&FILE.replace("localhost", "db"))
            .with(container("db").well())
            .with(container("backend").running(12.0).var("DATABASE_URL=postgresql://app:secret@db:5432/app"))
    }

    #[test]
    fn it_explains_the_loop_and_is_known_before() {
        assert_eq!(fires().found(), ["connects-to-itself@backend", "crash-loop@backend < connects-to-itself@backend"]);
        assert_eq!(Scenario::of(FILE).found(), ["connects-to-itself@backend"]);
        assert_eq!(Scenario::of(FILE).diagnosis().findings[0].severity, crate::diagnose::Severity::Warning);
        // An address for a browser is no mistake.
        let browser = FILE.replace("postgresql://app:secret@localhost:5432/app", "http://localhost:5432/");
        assert!(Scenario::of(&browser).found().is_empty());
    }
}
