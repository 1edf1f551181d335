//! `setting-missing`: a program ends since a variable that it needs isn't in its environment.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::closest,
    diagnose::{
        case::Case,
        finding::Evidence,
        findings::Findings,
        said::{Phrase, Said},
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "setting-missing",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program needs a variable that isn't in its environment",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::SettingMissing) else { continue };
        let Some(name) = variable(&said) else { continue };
        // The file wants to set it, and its own variable is blank: that is told of as such.
        if found.is_error_of("variable-not-set", s.name) {
            continue;
        }
        let value = s.variable(name);
        if value.is_some_and(|value| !value.trim().is_empty()) {
            continue;
        }
        let blank = value.is_some();
        let place = s.declared.and_then(|d| d.place.as_ref());
        let others: Vec<&str> = s.variables().into_iter().map(|(held, _)| held).collect();
        let meant = closest(name, others.iter().copied().filter(|held| *held != name));
        let summary = match (blank, meant) {
            (true, _) => format!("{}: {name} is blank in its environment, and the program needs it", s.name),
            (false, Some(meant)) => {
                format!("{}: {name} isn't in its environment, and the program needs it; it has {meant}", s.name)
            }
            (false, None) => format!("{}: {name} isn't in its environment, and the program needs it", s.name),
        };
        let at = place.map_or_else(String::new, |place| format!(" ({}:{})", file_name(place), place.line));
        let fix = if blank {
            format!("Give {name} a value under `environment:` of {}{at}, or where that gets it from", s.name)
        } else {
            format!("Add {name} under `environment:` of {}{at}, or to its env_file", s.name)
        };
        found.push(
            s.error(RULE.id, summary)
                .shown([said.evidence()])
                .shown([Evidence::state(
                    "Config.Env",
                    if blank { format!("{name}=") } else { format!("no {name}") },
                    s.container().map_or("", |c| c.name.as_str()),
                )])
                .shown(s.end())
                .shown([Evidence::file(format!("{}: environment", s.name), place)])
                .why(
                    "A container has only the variables that its service names, from `environment:` or an `env_file:`. \
                     What stands in .env or in the shell is for the compose file, and reaches no program by itself.",
                )
                .fix(fix)
                .command(case.up([s.name]))
                .explains(&["job-failed"]),
        );
    }
}

/// The last part of a file's path.
fn file_name(place: &crate::compose::Place) -> String {
    place.file.file_name().map_or_else(|| place.file.display().to_string(), |name| name.display().to_string())
}

/// The variable that a line misses, if what it names looks like one.
fn variable<'a>(said: &Said<'a>) -> Option<&'a str> {
    let name = said.get("thing")?;
    let plain = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    (plain && name.len() > 2 && (name.contains('_') || name.len() > 3)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {worker: {image: celery, environment: {BROKER: x}}}";

    fn case(line: &str, var: &str) -> Scenario {
        let worker = container("worker").exited(1, 90.0).var("BROKER=x");
        let worker = if var.is_empty() { worker } else { worker.var(var) };
        Scenario::of(FILE).with(worker).log("worker", &["starting", line])
    }

    pub fn fires() -> Scenario {
        case("KeyError: 'SIGNING_KEY'", "")
    }

    /// It was added, and the service came up.
    pub fn spares() -> Scenario {
        let up = container("worker").running(95.0).var("BROKER=x").var("SIGNING_KEY=x");
        Scenario::of(FILE).with(up).log("worker", &["KeyError: 'SIGNING_KEY'", "ready"])
    }

    #[test]
    fn it_is_understood_in_every_languages_words() {
        for line in [
            "KeyError: 'SIGNING_KEY'",
            "django.core.exceptions.ImproperlyConfigured: Set the SIGNING_KEY environment variable",
            "decouple.UndefinedValueError: SIGNING_KEY not found. Declare it as envvar or define a default value.",
            "environs.exceptions.EnvError: Environment variable \"SIGNING_KEY\" not set",
            "Error: Missing required environment variable: SIGNING_KEY",
            "Error: SIGNING_KEY environment variable is not defined",
            "Error: Please define the SIGNING_KEY environment variable",
            "2026/11/30 10:00:00 required key SIGNING_KEY missing value",
            "env: required environment variable \"SIGNING_KEY\" is not set",
            "panic: missing env var SIGNING_KEY",
            "config.rb:3:in `fetch': key not found: \"SIGNING_KEY\" (KeyError)",
            "thread 'main' panicked at src/main.rs:4:10: SIGNING_KEY must be set: NotPresent",
            "java.lang.IllegalArgumentException: Could not resolve placeholder 'SIGNING_KEY' in value \"${SIGNING_KEY}\"",
            "Environment variable not found: \"SIGNING_KEY\".",
            "/entrypoint.sh: line 5: SIGNING_KEY: unbound variable",
            "/entrypoint.sh: 5: SIGNING_KEY: parameter not set",
            "** (System.EnvError) could not fetch environment variable \"SIGNING_KEY\" because it is not set",
            "error: the following required arguments were not provided: --signing-key [env: SIGNING_KEY=]",
        ] {
            let told = case(line, "").diagnosis().findings.remove(0);
            assert_eq!(told.rule, RULE.id, "{line}: {}", told.summary);
            assert!(told.summary.contains("SIGNING_KEY isn't in its environment"), "{}", told.summary);
        }
        assert!(case("KeyError: 'user'", "").found().iter().all(|f| !f.starts_with(RULE.id)), "a key of something");
        assert_eq!(case("KeyError: 'SIGNING_KEY'", "SIGNING_KEY=x").found(), ["main-process-ends@worker"]);
        let blank = case("KeyError: 'SIGNING_KEY'", "SIGNING_KEY=").diagnosis().findings.remove(0);
        assert!(blank.summary.contains("SIGNING_KEY is blank"), "{}", blank.summary);
        let near = case("KeyError: 'SIGNING_KEY'", "SIGNING_KEYS=x").diagnosis().findings.remove(0);
        assert!(near.summary.ends_with("it has SIGNING_KEYS"), "{}", near.summary);
        assert_eq!(fires().found()[1], "main-process-ends@worker < setting-missing@worker");
    }
}
