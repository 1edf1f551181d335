//! `compose-file-warning`: what compose accepts, though nobody means it, as the reader of the files warns of it.
//!
//! What it warns of and another rule knows better is left to that.

use super::{
    rule::{Rank, Rule, Stage},
    variable_not_set::unset,
};
use crate::{
    compose::{self, Problem},
    diagnose::{
        case::Case,
        finding::{Evidence, Finding},
        findings::Findings,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "compose-file-warning",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the files have something that compose accepts, but that is probably not meant",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// Words of warnings that other rules tell of, with what the engine knows besides.
const TOLD: [&str; 3] = [" is published twice: ", " containers of ", " to become healthy, but "];
/// Words of those that change nothing.
const HARMLESS: [&str; 2] = ["the attribute `version` is obsolete", "Found multiple config files"];

fn look(case: &Case<'_>, found: &mut Findings) {
    for problem in case.problems.iter().filter(|p| p.severity == compose::Severity::Warning) {
        if unset(problem).is_some() || TOLD.iter().any(|words| problem.message.contains(words)) {
            continue;
        }
        let harmless = HARMLESS.iter().any(|words| problem.message.starts_with(words));
        found.push(finding(case, problem, harmless));
    }
}

fn finding(case: &Case<'_>, problem: &Problem, harmless: bool) -> Finding {
    let service = case.service_of(problem);
    let said = problem.message.as_str();
    let summary = match service {
        Some(name) if !said.starts_with(name.as_str()) => format!("{name}: {said}"),
        _ => said.to_owned(),
    };
    let finding = match harmless {
        true => Finding::hint(RULE.id, service, summary),
        false => Finding::warning(RULE.id, service, summary),
    };
    let line = problem.excerpt.as_deref().unwrap_or_default().trim();
    finding
        .shown([Evidence::file(if line.is_empty() { said } else { line }, problem.place.as_ref())])
        .why(if harmless {
            "Docker compose says the same, and goes on."
        } else {
            "Compose accepts it and goes on, so nothing else will tell. What it does is probably not what is meant."
        })
        .fix(problem.help.as_deref().unwrap_or("Change it, if it isn't meant so"))
}

#[cfg(test)]
mod tests {
    use crate::diagnose::scenario::Scenario;

    pub fn fires() -> Scenario {
        Scenario::of("services: {backup: {image: alpine, command: 'dump all > /backup/all.sql'}}")
    }

    pub fn spares() -> Scenario {
        Scenario::of("services: {backup: {image: alpine, command: [sh, -c, 'dump all > /backup/all.sql']}}")
    }

    #[test]
    fn whatever_the_reader_warns_of_is_told_once() {
        let found = |text: &str| Scenario::of(text).offline().found();
        assert_eq!(
            found("services: {c: {image: x, volumes: ['v:/data']}}\nvolumes: {v: {}}"),
            ["compose-file-warning@c"]
        );
        let done = "services: {a: {image: x, restart: always}, \
                    b: {image: x, depends_on: {a: {condition: service_completed_successfully}}}}";
        assert_eq!(found(done), ["compose-file-warning@b"]);
        assert!(found("version: '3'\nservices: {a: {image: x, user: 'u', ports: ['8000:80']}}").is_empty());
        let scaled = "services: {a: {image: x, ports: ['8000:80'], deploy: {replicas: 2}}}";
        assert_eq!(found(scaled), ["replicas-share-host-port@a"]);
    }
}
