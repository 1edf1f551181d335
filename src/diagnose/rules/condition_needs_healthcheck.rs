//! `condition-needs-healthcheck`: a service waits for another to be healthy that has no health check.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::Condition,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::Phase,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "condition-needs-healthcheck",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a service waits for another to become healthy that has no health check",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let waits = case.dependencies(s).filter(|(_, condition)| *condition == Condition::Healthy);
        for (on, _) in waits {
            let declared = on.declared.and_then(|d| d.healthcheck.as_ref());
            let off = declared.is_some_and(|check| check.disabled);
            let lacks = match on.containers.iter().find(|c| c.inspected) {
                _ if off => true,
                // A container without it was made before the file had it.
                _ if declared.is_some_and(|check| !check.test.is_empty()) => false,
                Some(c) => !c.has_check(),
                // The image may bring one; where it isn't there yet, nobody knows.
                None => {
                    let image =
                        on.declared.and_then(|d| d.image.as_deref()).and_then(|name| case.image(name)).flatten();
                    image.is_some_and(|image| {
                        image.check.as_ref().is_none_or(|check| check.disabled || check.test.is_empty())
                    })
                }
            };
            let unknown = !lacks && declared.is_none() && on.containers.is_empty() && is_unknown(case, on);
            if !lacks && !unknown {
                continue;
            }
            let place = s.declared.and_then(|d| d.depends_on.iter().find(|d| &d.service == on.name));
            let place = place.and_then(|d| d.place.as_ref());
            let stated = match on.container() {
                Some(c) => Evidence::new(Kind::State, format!("{} has no health check", c.name), "Config.Healthcheck"),
                None => Evidence::new(Kind::File, format!("{}: no healthcheck", on.name), "the compose files"),
            };
            if unknown {
                found.push(
                    s.hint(
                        RULE.id,
                        format!("{} waits for {} to become healthy, and no file gives it a check", s.name, on.name),
                    )
                    .shown([
                        Evidence::file(format!("depends_on: {}: condition: service_healthy", on.name), place),
                        stated,
                    ])
                    .why(format!(
                        "That works only if the image of {} brings a health check, and the image isn't there to be \
                         looked at. Without one compose gives up.",
                        on.name
                    ))
                    .fix(format!("Give {} a health check, unless its image has one", on.name)),
                );
                continue;
            }
            found.push(
                s.error(
                    RULE.id,
                    format!("{} waits for {} to become healthy, which has no health check", s.name, on.name),
                )
                .shown([Evidence::file(format!("depends_on: {}: condition: service_healthy", on.name), place), stated])
                .shown(s.container().map(|c| Evidence::state("State.Status", phase_word(c.phase), &c.name)))
                .why(format!(
                    "Without a health check {} never becomes healthy, so compose gives up: \"container {} has no \
                         healthcheck configured\". {} is never started.",
                    on.name,
                    on.container().map_or(on.name.as_str(), |c| c.name.as_str()),
                    s.name
                ))
                .fix(format!("Give {} a health check, or wait only for service_started", on.name))
                .explains(&["dependency-failed"]),
            );
        }
    }
}

/// Whether nobody can tell if the image has a check: there is no engine, or the image isn't on it.
fn is_unknown(case: &Case<'_>, on: &Subject<'_>) -> bool {
    let image = on.declared.and_then(|d| d.image.as_deref());
    !case.stack.listed || image.is_some_and(|name| matches!(case.image(name), Some(None)))
}

/// The engine's word for what a container does.
fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Created => "created",
        Phase::Running => "running",
        Phase::Exited => "exited",
        _ => "not ready",
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        compose::HealthCheck,
        diagnose::scenario::Scenario,
        stack::{ImageFacts, fixture::container},
    };

    const FILE: &str = "
services:
  api: {image: standin}
  front: {image: standin, depends_on: {api: {condition: service_healthy}}}";

    fn image(check: Option<HealthCheck>) -> Option<ImageFacts> {
        Some(ImageFacts { check, ..ImageFacts::default() })
    }

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("api").running(1.0)).with(container("front"))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("api").well()).with(container("front").running(12.0))
    }

    #[test]
    fn before_up_the_image_tells() {
        let asked = |check| Scenario::of(FILE).image("standin", image(check)).found();
        assert_eq!(asked(None), ["condition-needs-healthcheck@front"]);
        let own = HealthCheck { test: vec!["CMD".into(), "probe".into()], ..HealthCheck::default() };
        assert!(asked(Some(own)).is_empty());
        assert!(Scenario::of(FILE).found().is_empty(), "nobody knows");
        let hints = |case: Scenario| case.diagnosis().findings.iter().any(|f| f.rule == super::RULE.id);
        assert!(hints(Scenario::of(FILE).offline()), "the image may have none");
        assert!(hints(Scenario::of(FILE).image("standin", None)));
    }
}
