//! `variable-not-set`: a variable of the file is not set, and blank instead.

use std::collections::BTreeSet;

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::{id::ServiceName, units},
    compose::{self, Problem},
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding, Kind, Severity},
        findings::Findings,
        said::{Phrase, SaidLine},
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

/// A variable that isn't set, with the places that use it and the services that these are in.
struct Unset<'a> {
    name: &'a str,
    places: Vec<&'a Problem>,
    services: BTreeSet<&'a ServiceName>,
}

fn look(case: &Case<'_>, found: &mut Findings) {
    let mut unset_ones: Vec<Unset<'_>> = Vec::new();
    for problem in case.problems {
        let Some(name) = unset(problem) else { continue };
        if is_dollar_of_a_value(problem, name) || containers_own(case, problem, name).is_some() {
            continue;
        }
        let service = case.service_of(problem);
        match unset_ones.iter_mut().find(|held| held.name == name) {
            Some(held) => {
                held.places.push(problem);
                held.services.extend(service);
            }
            None => unset_ones.push(Unset { name, places: vec![problem], services: service.into_iter().collect() }),
        }
    }
    // Whose log tells that it misses something ended of it, and has a finding of its own.
    for s in case.troubled() {
        let Some(line) = misses(s, &unset_ones) else { continue };
        let named = |one: &Unset<'_>| line.text.contains(one.name);
        let own = |one: &&Unset<'_>| one.services.contains(s.name);
        let any_named = unset_ones.iter().filter(own).any(named);
        let mine: Vec<&Unset<'_>> = unset_ones.iter().filter(own).filter(|one| !any_named || named(one)).collect();
        if let Some(told) = finding(case, &mine, Some(s.name)) {
            found.push(
                Finding { severity: Severity::Error, ..told.clone() }
                    .led_by(std::iter::once(line.evidence()).chain(s.end()))
                    .explains(&EXPLAINS),
            );
            let names: BTreeSet<&str> = mine.iter().map(|one| one.name).collect();
            for one in unset_ones.iter_mut().filter(|one| names.contains(one.name)) {
                one.services.remove(s.name);
                one.places.retain(|p| case.service_of(p) != Some(s.name));
            }
            unset_ones.retain(|one| !one.places.is_empty());
        }
    }
    // One cause is one finding: a variable of many services, and many variables of one.
    let mut groups: Vec<(&BTreeSet<&ServiceName>, Vec<&Unset<'_>>)> = Vec::new();
    for one in &unset_ones {
        match groups.iter_mut().find(|(services, _)| *services == &one.services) {
            // Of several services the variables may have nothing to do with each other.
            Some((services, held)) if services.len() < 2 => held.push(one),
            _ => groups.push((&one.services, vec![one])),
        }
    }
    for (services, unset) in groups {
        let mut those = services.iter();
        let only = those.next().filter(|_| those.next().is_none());
        found.extend(finding(case, &unset, only.copied()));
    }
}

/// The line in which a service tells that it misses one of these, or some setting.
fn misses<'s>(s: &'s Subject<'_>, unset: &[Unset<'_>]) -> Option<&'s SaidLine> {
    let own: Vec<&str> = unset.iter().filter(|one| one.services.contains(s.name)).map(|one| one.name).collect();
    if own.is_empty() {
        return None;
    }
    let names = || s.log().iter().rev().find(|line| own.iter().any(|name| line.text.contains(name)));
    s.said(Phrase::SettingMissing).map(|said| said.line).or_else(names)
}

/// One finding about these variables, of one service, of several or of none.
fn finding(case: &Case<'_>, unset: &[&Unset<'_>], service: Option<&ServiceName>) -> Option<Finding> {
    let first = unset.first()?;
    let names: Vec<&str> = unset.iter().map(|one| one.name).collect();
    let (listed, one) = (units::list(&names, NAMED), names.len() == 1);
    let of = service.map_or_else(String::new, |s| format!("{s}: "));
    let within = if service.is_none() && first.services.len() > 1 {
        let services: Vec<&str> = first.services.iter().map(|s| s.as_str()).collect();
        format!(" in {}", units::list(&services, NAMED))
    } else {
        String::new()
    };
    let summary = match one {
        true => format!("{of}the variable {listed} isn't set, so it is blank{within}"),
        false => format!("{of}the variables {listed} aren't set, so they are blank{within}"),
    };
    let places = unset.iter().flat_map(|one| &one.places);
    let shown = places.flat_map(|problem| {
        let line = problem.excerpt.as_deref().unwrap_or_default();
        let words = if line.is_empty() { problem.message.as_str() } else { line };
        [Evidence::file(words, problem.place.as_ref())]
    });
    let fix = match one {
        true => format!(
            "Set {listed} in .env or in the shell; write ${{{listed}:-}} if it may be blank, ${{{listed}:?}} if it \
             must be set"
        ),
        false => {
            "Set them in .env or in the shell; write ${NAME:-} where one may be blank, ${NAME:?} where it must be \
                  set"
            .to_owned()
        }
    };
    let command = case.set_variables(&names);
    let (them, it) = if one { ("it", listed.as_str()) } else { ("them", "these variables") };
    let among = if service.is_none() { first.services.iter().copied().collect() } else { Vec::new() };
    Some(
        Finding::warning(RULE.id, service, summary)
            .among(among)
            .shown(
                (!one)
                    .then(|| Evidence::new(Kind::File, format!("not set: {}", names.join(", ")), "the compose files")),
            )
            .shown(shown)
            .why(format!(
                "Neither the shell nor an env file sets {it}, and the file has no default for {them}. Compose replaces \
                 {them} with nothing and continues."
            ))
            .fix(fix)
            .command(command),
    )
}

/// Where a variable comes from that a command or a health check means for the container's shell: the service's own
/// environment or its image sets it, but compose fills in `$NAME` before the container exists.
fn containers_own<'a>(case: &Case<'a>, problem: &Problem, name: &str) -> Option<(&'a ServiceName, String)> {
    let service = case.service_of(problem)?;
    let s = case.service(service)?;
    let below = problem.setting.as_deref()?.strip_prefix("services.")?.strip_prefix(service.as_str())?;
    let key = below.strip_prefix('.')?.split('.').next()?;
    if !matches!(key, "command" | "entrypoint" | "healthcheck") {
        return None;
    }
    let declared = s.declared?;
    let set = declared.environment.get(name).is_some_and(|value| value.as_deref().is_none_or(|v| !v.is_empty()));
    if set {
        let place = declared.setup.literals.get(name);
        let source = place.map_or_else(|| format!("the environment of {service}"), ToString::to_string);
        return Some((service, source));
    }
    let image = case.image(declared.image.as_deref()?).flatten()?;
    let has = image.env.iter().filter_map(|pair| pair.split_once('=')).any(|(held, _)| held == name);
    has.then(|| (service, format!("the image {}", declared.image.as_deref().unwrap_or_default())))
}

/// Variables of the container in a command or health check, told under `dollar-not-escaped`.
pub(super) fn for_the_container(case: &Case<'_>, found: &mut Findings) {
    for problem in case.problems {
        let Some(name) = unset(problem) else { continue };
        let Some((service, source)) = containers_own(case, problem, name) else { continue };
        let line = problem.excerpt.as_deref().unwrap_or_default().trim();
        found.push(
            Finding::warning(
                "dollar-not-escaped",
                Some(service),
                format!("{service}: `${name}` is meant for the container, but compose fills it in, with nothing"),
            )
            .shown([
                Evidence::file(line, problem.place.as_ref()),
                Evidence::new(Kind::File, format!("{name} is set for the container"), source),
            ])
            .why(format!(
                "The container has {name}, but compose replaces `${name}` before the container exists, from the shell \
                 and .env alone. There it isn't set, so the command gets a blank."
            ))
            .fix(format!("Write $${name}: compose passes it on as ${name}, and the container's shell fills it in"))
            .explains(&["healthcheck-fails", "crash-loop", "main-process-ends", "restart-limit-reached"]),
        );
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
        let service = case.service_of(problem);
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
    fn one_cause_is_one_finding_and_all_of_it_is_named() {
        let many = "services: {mill: {image: x, environment: ['A=${AAA}', 'B=${BBB}', 'C=${CCC}', 'D=${DDD}', \
                    'E=${EEE}', 'F=${BBB}']}}";
        let told = Scenario::of(many).diagnosis().findings;
        let told: Vec<_> = told.iter().filter(|f| f.rule == "variable-not-set").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].summary, "mill: the variables AAA, BBB, CCC, DDD and 1 more aren't set, so they are blank");
        let command = told[0].fix.copied().unwrap_or_default();
        assert!(
            ["'AAA=…'", "'BBB=…'", "'CCC=…'", "'DDD=…'", "'EEE=…'"].iter().all(|n| command.contains(n)),
            "{command}"
        );
        let shared = "services: {one: {image: x, user: '${UID_}'}, two: {image: x, user: '${UID_}'}}";
        let told = Scenario::of(shared);
        assert_eq!(told.found(), ["variable-not-set@-"]);
        let findings = told.diagnosis().findings;
        assert_eq!(findings[0].summary, "the variable UID_ isn't set, so it is blank in one and two");
    }

    #[test]
    fn a_variable_of_the_container_is_to_be_escaped_not_set() {
        let file = |key: &str| {
            format!("services: {{q: {{image: rabbitmq, environment: {{NODE: a, BLANK: '${{BLANK}}'}}, {key}}}}}")
        };
        let probe = Scenario::of(&file("healthcheck: {test: 'rabbitmqctl -n $NODE status'}"));
        assert_eq!(probe.found(), ["dollar-not-escaped@q", "variable-not-set@q"]);
        let told = probe.diagnosis().findings;
        let told = told.iter().find(|f| f.rule == "dollar-not-escaped").unwrap();
        assert!(told.fix.text.starts_with("Write $$NODE"), "{}", told.fix.text);
        // Elsewhere nobody fills it in later, and a variable that is blank in the container, too, isn't its own.
        assert_eq!(Scenario::of(&file("labels: {a: '$NODE'}")).found(), ["variable-not-set@q"]);
        let image = crate::stack::ImageFacts { env: vec!["PGDATA=/d".into()], ..Default::default() };
        let brought = Scenario::of("services: {q: {image: pg, command: 'ls $PGDATA'}}");
        assert_eq!(brought.found(), ["variable-not-set@q"]);
        let known = brought.image("pg", Some(image));
        assert_eq!(known.found(), ["dollar-not-escaped@q"]);
    }

    #[test]
    fn a_dollar_inside_a_value_is_told_as_such() {
        let found = Scenario::of("services: {db: {image: x, environment: {PASSWORD: 'pa$sword'}}}").found();
        assert_eq!(found, ["dollar-not-escaped@db"]);
    }
}
