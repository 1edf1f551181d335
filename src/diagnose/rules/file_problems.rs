//! What the reader of the compose files refuses, each under the name of its cause: `yaml-error`, `schema-error`,
//! `variable-required`, `dependency-cycle`, and so on.
//!
//! The reader says it in docker compose's own words, by which it is told apart here.

use std::path::Path;

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::{id::ServiceName, shell::ShellLine, text::clean},
    compose::{self, Problem},
    diagnose::{
        case::Case,
        finding::{Evidence, Finding, Kind},
        findings::Findings,
    },
};

/// The rule of this name over the problems that are of its kind.
macro_rules! rule {
    ($name:ident, $id:literal, $about:literal, fires: $fires:expr, spares: $spares:expr) => {
        #[doc = concat!("`", $id, "`: ", $about, ".")]
        pub const $name: Rule = Rule {
            id: $id,
            stage: Stage::Preflight,
            rank: Rank::Cause,
            about: $about,
            look: |case, found| problems(case, found, $id),
            #[cfg(test)]
            fires: || crate::diagnose::scenario::Scenario::of($fires),
            #[cfg(test)]
            spares: || crate::diagnose::scenario::Scenario::of($spares),
        };
    };
}

rule!(YAML_ERROR, "yaml-error", "the file isn't valid YAML",
    fires: "services:\n  web:\n\timage: x\n", spares: "services:\n  web:\n    image: x\n");
rule!(SCHEMA_ERROR, "schema-error", "the file has a key or a value that compose doesn't accept",
    fires: "services: {web: {image: x, port: ['1:1']}}", spares: "services: {web: {image: x, ports: ['1:1']}}");
rule!(VARIABLE_REQUIRED, "variable-required", "a variable that the file requires isn't set",
    fires: "services: {db: {image: 'x:${TAG:?say which}'}}", spares: "services: {db: {image: 'x:${TAG:-1}'}}");
rule!(DOLLAR_NOT_ESCAPED, "dollar-not-escaped", "a $ in a value is read as a variable",
    fires: "services: {db: {image: x, environment: {PRICE: 'is 5 ${!}'}}}",
    spares: "services: {db: {image: x, environment: {PRICE: 'is 5 $$'}}}");
rule!(ENV_FILE_MISSING, "env-file-missing", "an env_file that the project names doesn't exist",
    fires: "services: {web: {image: x, env_file: [.env.production]}}", spares: "services: {web: {image: x}}");
rule!(DEPENDENCY_CYCLE, "dependency-cycle", "services depend on each other in a cycle",
    fires: "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}",
    spares: "services: {a: {image: x, depends_on: [b]}, b: {image: x}}");
rule!(DEPENDENCY_UNDEFINED, "dependency-undefined", "a service depends on one that no file declares",
    fires: "services: {web: {image: x, depends_on: [dbb]}, db: {image: x}}",
    spares: "services: {web: {image: x, depends_on: [db]}, db: {image: x}}");
rule!(DEPENDENCY_IN_INACTIVE_PROFILE, "dependency-in-inactive-profile",
    "a service depends on one whose profiles are inactive",
    fires: "services: {web: {image: x, depends_on: [db]}, db: {image: x, profiles: [data]}}",
    spares: "services: {web: {image: x, depends_on: [db], profiles: [data]}, db: {image: x, profiles: [data]}}");
rule!(REPLICAS_SHARE_CONTAINER_NAME, "replicas-share-container-name",
    "several replicas share one fixed container name",
    fires: "services: {web: {image: x, container_name: one, deploy: {replicas: 2}}}",
    spares: "services: {web: {image: x, deploy: {replicas: 2}}}");

/// The rules of this file.
pub(super) const ALL: [&str; 9] = [
    YAML_ERROR.id,
    SCHEMA_ERROR.id,
    VARIABLE_REQUIRED.id,
    DOLLAR_NOT_ESCAPED.id,
    ENV_FILE_MISSING.id,
    DEPENDENCY_CYCLE.id,
    DEPENDENCY_UNDEFINED.id,
    DEPENDENCY_IN_INACTIVE_PROFILE.id,
    REPLICAS_SHARE_CONTAINER_NAME.id,
];

/// The cause that a problem is known by; `None` for what isn't refused.
fn cause(problem: &Problem) -> Option<&'static str> {
    if problem.severity != compose::Severity::Error {
        return None;
    }
    let said = problem.message.as_str();
    let has = |part: &str| said.contains(part);
    Some(match () {
        () if said.starts_with("yaml: ") || said.starts_with("mapping key ") || has("already defined at line") => {
            "yaml-error"
        }
        () if said.starts_with("Non-string key") || said.starts_with("Top-level object") => "yaml-error",
        () if said == "empty compose file" => "yaml-error",
        () if has("dependency cycle detected") => "dependency-cycle",
        () if has("depends on undefined service") => {
            let off = problem.help.as_deref().is_some_and(|help| help.contains("profile"));
            if off { "dependency-in-inactive-profile" } else { "dependency-undefined" }
        }
        () if has("env file") && (has("not found") || has("no such file") || has("couldn't find")) => {
            "env-file-missing"
        }
        () if has("required variable") => "variable-required",
        () if has("invalid interpolation format") => "dollar-not-escaped",
        () if has("can't set container_name") => "replicas-share-container-name",
        () => "schema-error",
    })
}

/// The service that a problem is about: the one its words name, else the one in whose section it is.
fn service(case: &Case<'_>, problem: &Problem) -> Option<ServiceName> {
    let said = problem.message.as_str();
    let quoted = said.split_once("service \"").and_then(|(_, rest)| rest.split('"').next());
    let trail = || said.split_once("services.").and_then(|(_, rest)| rest.split([' ', '.', ':', '[', '\'']).next());
    // A name may hold dots, but then the trail does not end at the first.
    let known = |name: &str| case.project.is_none_or(|p| p.services.contains_key(name));
    quoted
        .or_else(trail)
        .filter(|name| known(name))
        .map(ServiceName::from)
        .or_else(|| case.service_at(problem.place.as_ref()?).cloned())
}

fn problems(case: &Case<'_>, found: &mut Findings, rule: &'static str) {
    if rule == "dollar-not-escaped" {
        super::variable_not_set::dollars(case, found);
        super::variable_not_set::for_the_container(case, found);
    }
    // One cause is one finding, and further places stand among its evidence: a variable that is required here and there
    // is missing once.
    let mut told: Vec<(String, Option<ServiceName>, Finding)> = Vec::new();
    for problem in case.problems.iter().filter(|p| cause(p) == Some(rule)) {
        // The ring isn't one service's fault.
        let about = if rule == "dependency-cycle" { None } else { service(case, problem) };
        let shown = [
            Evidence::file(&problem.message, problem.place.as_ref()),
            Evidence::new(
                Kind::File,
                problem.excerpt.as_deref().unwrap_or_default().trim(),
                problem.place.as_ref().map(ToString::to_string).unwrap_or_default(),
            ),
        ];
        // What a profile switches off is told of by where it is switched off.
        let off = (rule == "dependency-in-inactive-profile").then(|| profiles(case, problem)).flatten();
        let shown = shown.into_iter().chain(off);
        let same = match rule {
            "variable-required" => required(problem).map(|(variable, _)| variable.to_owned()),
            "env-file-missing" => missing_file(problem).map(str::to_owned),
            _ => None,
        };
        let same = same.unwrap_or_else(|| format!("{about:?} {}", summary(case, rule, about.as_ref(), problem)));
        match told.iter_mut().find(|(held, ..)| *held == same) {
            Some((_, first, finding)) if finding.evidence.len() < 8 => {
                let also = about.filter(|about| first.as_ref().is_some_and(|first| first != about));
                let also = also.map(|about| Evidence::file(format!("also in {about}"), problem.place.as_ref()));
                *finding = finding.clone().shown(also).shown(shown);
            }
            Some(_) => {}
            None => {
                let finding = Finding::error(rule, about.as_ref(), summary(case, rule, about.as_ref(), problem))
                    .shown(shown)
                    .why(why(rule))
                    .fix(problem.help.as_deref().unwrap_or(fix(rule)));
                let finding = finding.command(command(case, rule, problem).unwrap_or_default());
                told.push((same, about, finding));
            }
        }
    }
    for (_, _, finding) in told {
        found.push(finding);
    }
}

/// The variable that a problem says is required, and what it says of it.
fn required(problem: &Problem) -> Option<(&str, &str)> {
    problem.message.split_once("required variable ")?.1.split_once(" is missing a value")
}

/// The env file that a problem says is missing.
fn missing_file(problem: &Problem) -> Option<&str> {
    Some(problem.message.split_once("env file ")?.1.split(" not found").next()?.trim_start_matches(": "))
}

/// What is wrong in a few words that name the service first; else the reader's own, which are docker compose's.
fn summary(case: &Case<'_>, rule: &str, about: Option<&ServiceName>, problem: &Problem) -> String {
    let said = problem.message.as_str();
    let words = || {
        let name = clean(about?);
        Some(match rule {
            "variable-required" => {
                let (variable, say) = required(problem)?;
                format!("{name}: the variable {variable} must be set, but isn't{say}")
            }
            "env-file-missing" => {
                let path = missing_file(problem)?;
                let near = case.project.and_then(|p| Path::new(path).strip_prefix(&p.dir).ok()?.to_str());
                format!("{name}: the env file {} doesn't exist", near.unwrap_or(path))
            }
            "dependency-in-inactive-profile" => {
                let on = switched_off(case, problem)?;
                format!(
                    "{name} depends on {}, whose profile '{}' is inactive",
                    on.name,
                    on.named_profiles().collect::<Vec<_>>().join("' or '")
                )
            }
            "replicas-share-container-name" => {
                format!("{name}: its replicas can't all use the same container_name")
            }
            _ => return None,
        })
    };
    words().unwrap_or_else(|| said.to_owned())
}

/// The dependency that its profiles switch off.
fn switched_off<'a>(case: &Case<'a>, problem: &Problem) -> Option<&'a compose::Service> {
    let name = problem.message.split_once("undefined service \"")?.1.split('"').next()?;
    case.project?.services.get(name)
}

/// The `profiles:` of the dependency that they switch off.
fn profiles(case: &Case<'_>, problem: &Problem) -> Option<Evidence> {
    let service = switched_off(case, problem)?;
    let name = &service.name;
    Some(Evidence::file(format!("{name}: profiles: [{}]", service.profiles.join(", ")), service.place.as_ref()))
}

fn why(rule: &str) -> &'static str {
    match rule {
        "yaml-error" => {
            "Compose can't read the file as YAML, so it does nothing with the project. The mistake may be a line above \
             the one that is reported."
        }
        "variable-required" => {
            "The file requires this variable with `:?`, and neither the shell nor an env file sets it. Compose stops \
             before it creates anything."
        }
        "dollar-not-escaped" => {
            "Compose reads a $ in any value as the beginning of a variable. What follows here isn't a variable name."
        }
        "env-file-missing" => {
            "The containers get variables from this file, and it doesn't exist. Compose stops before it creates \
             anything."
        }
        "dependency-cycle" => "Each of them would have to start before itself. Compose rejects the whole project.",
        "dependency-undefined" => {
            "A service can only depend on one that is declared under exactly this name. Compose rejects the whole \
             project."
        }
        "dependency-in-inactive-profile" => {
            "The service exists, but its profiles are inactive, so compose ignores it. Its message reads as if the \
             service were undefined."
        }
        "replicas-share-container-name" => {
            "A container name can be used only once on an engine, so the second replica could never be created. \
             Compose rejects the whole project."
        }
        _ => "Compose checks the file against its schema before it does anything, and rejects the whole project.",
    }
}

fn fix(rule: &str) -> &'static str {
    match rule {
        "yaml-error" => "Fix the line; indent with spaces, never with tabs, and quote values that contain `: ` or ` #`",
        "env-file-missing" => "Create the file, or mark it as optional with `required: false`",
        "dependency-undefined" => "Correct the name",
        "dependency-in-inactive-profile" => "Activate the profile, or remove `profiles:`",
        "replicas-share-container-name" => "Remove `container_name:`",
        "dollar-not-escaped" => "Write $$ for a literal $",
        _ => "Correct the key or the value",
    }
}

/// What to paste, where there is something.
fn command(case: &Case<'_>, rule: &str, problem: &Problem) -> Option<ShellLine> {
    let words = |before: &str| problem.message.split_once(before).map(|(_, rest)| rest);
    match rule {
        "variable-required" => {
            let name = words("required variable ")?.split(' ').next()?;
            Some(case.set_variables(&[name]))
        }
        "env-file-missing" => {
            let path = words("env file ")?.split(" not found").next()?;
            Some(ShellLine::new("touch").name(path.trim_start_matches(": ")))
        }
        "dependency-in-inactive-profile" => {
            let profile = problem.help.as_deref()?.split_once("--profile ")?.1.split(' ').next()?;
            Some(case.compose_by_files().then("--profile").word(profile).then("up -d"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnose::scenario::Scenario;

    #[test]
    fn it_is_told_in_plain_words_where_compose_has_long_ones() {
        let first = |text: &str| Scenario::of(text).diagnosis().findings.remove(0).summary;
        assert_eq!(
            first("services: {web: {image: x, depends_on: [db]}, db: {image: x, profiles: [data]}}"),
            "web depends on db, whose profile 'data' is inactive"
        );
        assert_eq!(
            first("services: {db: {image: x, environment: {A: '${PW:?set it in .env}'}}}"),
            "db: the variable PW must be set, but isn't: set it in .env"
        );
        let file = first("services: {web: {image: x, env_file: [.env.production]}}");
        assert_eq!(file, "web: the env file .env.production doesn't exist");
        let name = first("services: {web: {image: x, container_name: one, deploy: {replicas: 2}}}");
        assert_eq!(name, "web: its replicas can't all use the same container_name");
    }

    #[test]
    fn a_problem_is_told_of_the_service_it_is_in() {
        let found = |text: &str| Scenario::of(text).found();
        assert_eq!(found("services:\n  web:\n    image: x\n    port: 1\n  db:\n    image: x\n"), ["schema-error@web"]);
        assert_eq!(found("services: {web: {image: x, depends_on: [dbb]}}"), ["dependency-undefined@web"]);
        assert_eq!(
            found("services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}"),
            ["dependency-cycle@-"]
        );
        assert_eq!(found("services:\n  web:\n    image: x\nnetworks:\n  a:\n    drivr: b\n"), ["schema-error@-"]);
    }
}
