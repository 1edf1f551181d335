//! `dependency-became-unhealthy`: a dependency turned bad after the start, and the dependent runs on.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::{Phase, State},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "dependency-became-unhealthy",
    stage: Stage::Running,
    rank: Rank::Consequence,
    about: "a dependency failed after the start, and its dependent keeps running",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.state.is_up()) {
        for (on, condition) in case.dependencies(s) {
            let bad = matches!(on.status.state, State::Unhealthy | State::Exited | State::Restarting | State::Failed);
            let paused = on.containers.iter().any(|c| c.phase == Phase::Paused || c.is_unhealthy_by_pause());
            // A job that ended has done its part.
            if !bad || paused || condition == crate::compose::Condition::Completed {
                continue;
            }
            let word = on.status.state.word();
            let place = s.declared.and_then(|d| d.depends_on.iter().find(|d| &d.service == on.name));
            found.push(
                s.warning(
                    RULE.id,
                    format!("{} keeps running, but {}, which it depends on, is {word}", s.name, on.name),
                )
                .shown([
                    Evidence::new(Kind::State, format!("{} is {word}", on.name), format!("state of {}", on.name)),
                    Evidence::file(format!("depends_on: {}", on.name), place.and_then(|d| d.place.as_ref())),
                ])
                .why(format!(
                    "Dependencies are checked only when services start: {} isn't stopped when {} fails. What it \
                         does with {} probably fails now.",
                    s.name, on.name, on.name
                ))
                .fix(format!(
                    "Fix {}; `depends_on: {{{}: {{restart: true}}}}` restarts {} after it",
                    on.name, on.name, s.name
                ))
                .command(case.compose().then("restart").name(on.name))
                .due_to(on.name),
            );
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "
services:
  db: {image: db, healthcheck: {test: [CMD, probe]}}
  web: {image: web, depends_on: {db: {condition: service_healthy}}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("db").sick(1, "no answer")).with(container("web").running(12.0))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("db").well()).with(container("web").running(12.0))
    }

    #[test]
    fn it_stands_under_what_is_wrong_there() {
        assert_eq!(fires().found(), ["healthcheck-fails@db", "dependency-became-unhealthy@web < healthcheck-fails@db"]);
    }
}
