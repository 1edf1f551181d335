//! `start-period-too-short`: it was called unhealthy while it was still starting.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::{time::half_more, units},
    compose::Condition,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::State,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "start-period-too-short",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "it became unhealthy while it was still starting",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.state == State::Healthy) {
        for c in &s.containers {
            let (Some(start), Some(history)) = (c.started, case.stack.history.get(&c.id)) else { continue };
            let mut turns = history.health.range(start..);
            // Unhealthy first, and well afterwards: it only took longer than it was given.
            let (Some((sick, false)), Some((well, true))) = (turns.next(), turns.next()) else { continue };
            // What keeps switching is no longer starting.
            if turns.next().is_some() {
                continue;
            }
            let needed = well.since(start);
            let check = c.check.clone().unwrap_or_default();
            let period = check.start_period.unwrap_or_default();
            let allowed = sick.since(start);
            let waiting = |d: &&crate::diagnose::case::Subject<'_>| {
                matches!(d.status.state, State::Created | State::Waiting)
                    && case.dependencies(d).any(|(on, condition)| on.name == s.name && condition == Condition::Healthy)
            };
            let left: Vec<_> = case.services.iter().filter(waiting).collect();
            let summary = format!(
                "{} needs {} to start, but became unhealthy after {}",
                s.name,
                units::span(needed),
                units::span(allowed)
            );
            let finding = if left.is_empty() { s.warning(RULE.id, summary) } else { s.error(RULE.id, summary) };
            let cost = match left.first() {
                Some(d) => format!(
                    "Compose gave up at that moment, so {} was never started, although {} is healthy now.",
                    d.name, s.name
                ),
                None => "Compose would have given up on a service that waits for it to become healthy.".to_owned(),
            };
            let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
            let longer = units::setting(std::time::Duration::from_secs(half_more(needed).as_secs().saturating_add(1)));
            found.push(
                finding
                    .shown([
                        Evidence::new(Kind::Event, format!("health_status: unhealthy at {sick}"), &c.name),
                        Evidence::new(Kind::Event, format!("health_status: healthy at {well}"), &c.name),
                        Evidence::file(format!("healthcheck: start_period: {}", units::setting(period)), place),
                    ])
                    .why(format!(
                        "Its probes may fail during start_period ({}) and then {} times in a row, which is less than \
                         it needs. {cost}",
                        units::setting(period),
                        check.retries.unwrap_or(3)
                    ))
                    .fix(format!("Give it a start_period of {longer}, and run `up` again"))
                    .yaml(format!("healthcheck: {{start_period: {longer}}}")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        stack::{EventKind, Health, fixture::container},
    };

    const FILE: &str = "
services:
  api: {image: standin, healthcheck: {test: [CMD, probe], interval: 2s}}
  front: {image: standin, depends_on: {api: {condition: service_healthy}}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("api").running(1.0).checked(2, Health::Healthy))
            .with(container("front"))
            .event("api", 1.0, EventKind::Start)
            .event("api", 7.2, EventKind::Health(Health::Unhealthy))
            .event("api", 13.4, EventKind::Health(Health::Healthy))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE)
            .with(container("api").running(1.0).checked(2, Health::Healthy))
            .with(container("front").running(14.0))
            .event("api", 13.4, EventKind::Health(Health::Healthy))
    }

    #[test]
    fn who_was_given_up_stands_under_it() {
        assert_eq!(
            fires().found(),
            ["start-period-too-short@api", "dependency-failed@front < start-period-too-short@api"]
        );
    }
}
