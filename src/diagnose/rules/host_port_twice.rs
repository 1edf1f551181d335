//! `host-port-published-twice`: the files publish one port of the host twice, so the second time fails.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::{Place, Problem},
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "host-port-published-twice",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the files publish the same host port twice",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for problem in case.problems {
        let (Some(twice), Some(place)) = (twice(problem), problem.place.as_ref()) else { continue };
        let Some(s) = case.service_of(problem).and_then(|name| case.service(name)) else { continue };
        let other = case.service(twice.by);
        // Both run: they have it at addresses that the file doesn't show, or on a host that shares the port.
        if s.is_up() && other.is_some_and(Subject::is_up) {
            continue;
        }
        let itself = twice.by == s.name.as_str();
        let port = twice.port;
        let summary = if itself {
            format!("{}: it publishes host port {port} twice", s.name)
        } else {
            format!("{}: host port {port} is also published by {}", s.name, twice.by)
        };
        let first = s.declared.filter(|_| itself).into_iter().chain(other.and_then(|o| o.declared));
        let first = first.flat_map(|d| &d.ports).filter_map(|p| p.place.as_ref()).find(|p| twice.is_at(p));
        let files = first.is_some_and(|first| first.file != place.file);
        let why = if itself && files {
            format!(
                "Lists of ports of several files are added together: the later file replaces nothing. The engine \
                 can't give {port} twice, not even to one container, so {} can't start.",
                s.name
            )
        } else if itself {
            format!("The engine can't give {port} twice, not even to one container, so {} can't start.", s.name)
        } else {
            format!(
                "Only one container can publish port {port}. Of {} and {} only the first can start.",
                twice.by, s.name
            )
        };
        let fix = match (itself, files) {
            (true, true) => "Keep one of the two; with `ports: !override` the later file's list replaces the other",
            (true, false) => "Remove one of the two entries",
            _ => "Publish another host port for one of the two",
        };
        found.push(
            s.error(RULE.id, summary)
                .shown([
                    Evidence::file(problem.excerpt.as_deref().unwrap_or_default().trim(), Some(place)),
                    Evidence::file(format!("{}: ports: {port}, the first time", twice.by), first),
                ])
                .why(why)
                .fix(fix)
                .explains(&["host-port-taken-by-container", "host-port-taken-by-process"]),
        );
    }
}

/// A port, and who has it already and where.
struct Twice<'a> {
    port: &'a str,
    by: &'a str,
    at: &'a str,
}

impl Twice<'_> {
    fn is_at(&self, place: &Place) -> bool {
        place.to_string() == self.at
    }
}

/// What the reader of the files says of a port that is there twice.
fn twice(problem: &Problem) -> Option<Twice<'_>> {
    let (port, rest) = problem.message.strip_prefix("host port ")?.split_once(" is published twice: also by ")?;
    let (by, at) = rest.split_once(" at ")?;
    let port = port.strip_suffix("/tcp").unwrap_or(port);
    Some(Twice { port, by, at })
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, Question},
        stack::fixture::container,
    };

    const TWO: &str = "services: {shop: {image: a, ports: ['8443:443']}, admin: {image: b, ports: ['8443:8443']}}";
    const ONE: &str = "services: {chat: {image: a, ports: ['127.0.0.1:9050:80', '0.0.0.0:9050:80']}}";

    pub fn fires() -> Scenario {
        Scenario::of(TWO)
    }

    pub fn spares() -> Scenario {
        Scenario::of(&TWO.replace("8443:8443", "127.0.0.1:8444:8443"))
    }

    #[test]
    fn an_override_that_adds_a_port_is_the_services_too() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write("compose.yaml", "services:\n  chat:\n    image: a\n    ports: ['127.0.0.1:9051:80']\n");
        write("compose.override.yaml", "services:\n  chat:\n    ports:\n      - 9051:80\n");
        let told = Scenario::of("").within(dir.path()).diagnosis().findings;
        let told: Vec<_> = told.iter().filter(|f| f.rule == super::RULE.id).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].summary, "chat: it publishes host port 9051 twice");
        assert!(told[0].fix.text.contains("!override") && told[0].evidence[1].source.contains("compose.yaml:4"));
    }

    #[test]
    fn it_is_an_error_before_up_and_the_cause_after() {
        assert_eq!(fires().found(), ["host-port-published-twice@admin"]);
        let refused = "driver failed programming external connectivity on endpoint p-chat-1 (aa): Error starting \
                       userland proxy: listen tcp4 0.0.0.0:9050: bind: address already in use";
        let after = Scenario::of(ONE)
            .with(container("chat").failed(128, refused))
            .answer(Question::Neighbours, Answer::Neighbours(vec![]));
        assert_eq!(after.found(), ["host-port-published-twice@chat"]);
        let both = fires().with(container("shop").running(1.0)).with(container("admin").running(1.0));
        assert!(both.found().is_empty(), "{:?}", both.found());
    }
}
