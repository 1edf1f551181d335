//! `variable-not-set`: a variable of the file is not set, and blank instead.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::{self, Problem},
    diagnose::{
        case::Case,
        finding::{Evidence, Finding, Kind},
        findings::Findings,
        said::Phrase,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "variable-not-set",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a variable of the file isn't set, so it is blank",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// What a service shows that misses a setting.
const EXPLAINS: [&str; 4] = ["crash-loop", "main-process-ends", "restart-limit-reached", "job-failed"];

fn look(case: &Case<'_>, found: &mut Findings) {
    let mut told: Vec<Finding> = Vec::new();
    for problem in case.problems {
        let Some(name) = unset(problem) else { continue };
        if is_dollar_of_a_value(problem, name) {
            continue;
        }
        let service = problem.place.as_ref().and_then(|place| case.service_at(place));
        let shown = [
            Evidence::file(&problem.message, problem.place.as_ref()),
            Evidence::file(problem.excerpt.as_deref().unwrap_or_default(), problem.place.as_ref()),
        ];
        if let Some(held) = told.iter_mut().find(|f| f.service.as_ref() == service) {
            *held = held.clone().shown(shown);
            continue;
        }
        let of = service.map_or_else(String::new, |s| format!("{s}: "));
        let mut finding = Finding::warning(
            RULE.id,
            service,
            format!("{of}the variable {name} isn't set, so it is blank"),
        )
        .why(format!(
            "Neither the shell nor an env file sets {name}, and the file has no default for it. Compose replaces it \
             with nothing and continues."
        ))
        .fix(format!(
            "Set {name} in .env or in the shell; write ${{{name}:-}} if it may be blank, ${{{name}:?}} if it must be \
             set"
        ))
        .command(format!("echo '{name}=…' >> .env"));
        if let Some(s) = service.and_then(|name| case.service(name)).filter(|s| s.is_troubled()) {
            let misses = s.said(Phrase::SettingMissing);
            let names = s.log().iter().rev().find(|line| line.text.contains(name));
            if let Some(line) = misses.as_ref().map(|said| said.line).or(names) {
                finding = Finding { severity: crate::diagnose::finding::Severity::Error, ..finding }
                    .shown([line.evidence()])
                    .shown(s.end())
                    .explains(&EXPLAINS);
            }
        }
        finding = finding.shown(shown);
        told.push(finding);
    }
    for finding in told {
        found.push(finding);
    }
}

/// The variable that a problem is about, if it is about one that isn't set.
pub(super) fn unset(problem: &Problem) -> Option<&str> {
    let quoted = problem.message.split_once("The \"")?.1.split_once("\" variable is not set")?.0;
    (problem.severity == compose::Severity::Warning).then_some(quoted)
}

/// Whether the `$` looks like a part of the value rather than the beginning of a variable: glued to what stands
/// before it, without braces, in front of a name that no variable is likely to have (`pa$$word`, `$2y$10$abc`).
pub(super) fn is_dollar_of_a_value(problem: &Problem, name: &str) -> bool {
    let Some(line) = problem.excerpt.as_deref() else { return false };
    let Some((before, _)) = line.split_once(&format!("${name}")) else { return false };
    let glued =
        before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '$' | '!' | '#' | '%' | '.'));
    glued && name.chars().any(|c| c.is_ascii_lowercase())
}

/// A variable taken for one by its `$` alone, told under `dollar-not-escaped`.
pub(super) fn dollars(case: &Case<'_>, found: &mut Findings) {
    for problem in case.problems {
        let Some(name) = unset(problem).filter(|name| is_dollar_of_a_value(problem, name)) else { continue };
        let service = problem.place.as_ref().and_then(|place| case.service_at(place));
        let of = service.map_or_else(String::new, |s| format!("{s}: "));
        found.push(
            Finding::warning(
                "dollar-not-escaped",
                service,
                format!("{of}'${name}' in a value is read as a variable"),
            )
            .shown([
                Evidence::file(&problem.message, problem.place.as_ref()),
                Evidence::new(Kind::File, problem.excerpt.as_deref().unwrap_or_default(), "the line"),
            ])
            .why(format!(
                "The $ is inside a value and is probably meant literally, but compose replaces ${name} with nothing. \
                 The container gets a shorter value than the one in the file."
            ))
            .fix("Write $$ for each literal $"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {db: {image: postgres, environment: {POSTGRES_PASSWORD: '${DB_PASSWORD}'}}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE)
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).env("DB_PASSWORD", "x")
    }

    #[test]
    fn it_explains_an_end_whose_log_misses_a_setting() {
        let line = "Error: Database is uninitialized and superuser password is not specified.";
        let found = fires().with(container("db").exited(1, 90.0)).log("db", &[line]);
        assert_eq!(found.found(), ["variable-not-set@db", "main-process-ends@db < variable-not-set@db"]);
        assert_eq!(found.diagnosis().findings[0].evidence[0].text, line);
        // An end for another reason has its own root.
        let other = fires().with(container("db").exited(1, 90.0)).log("db", &["no space left"]);
        assert!(other.found().contains(&"main-process-ends@db".to_owned()), "{:?}", other.found());
    }

    #[test]
    fn a_dollar_inside_a_value_is_told_as_such() {
        let found = Scenario::of("services: {db: {image: x, environment: {PASSWORD: 'pa$sword'}}}").found();
        assert_eq!(found, ["dollar-not-escaped@db"]);
    }
}
