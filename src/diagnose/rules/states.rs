//! States that look like something else: `paused`, `logs-not-readable`.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{case::Case, finding::Evidence, findings::Findings},
    stack::Phase,
};

/// It is frozen.
pub const PAUSED: Rule = Rule {
    id: "paused",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a container is paused, and reported unhealthy because of that",
    look: paused,
    #[cfg(test)]
    fires: tests::paused_fires,
    #[cfg(test)]
    spares: tests::well,
};

/// Its log is lost.
pub const UNREADABLE: Rule = Rule {
    id: "logs-not-readable",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a container's logging driver keeps no readable logs",
    look: unreadable,
    #[cfg(test)]
    fires: tests::unreadable_fires,
    #[cfg(test)]
    spares: tests::well,
};

fn paused(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(c) = s.containers.iter().find(|c| c.phase == Phase::Paused) else { continue };
        let passed = c.failing_streak == 0 && c.health == Some(crate::stack::Health::Unhealthy);
        let health = if passed {
            " The engine reports a paused container as unhealthy, though its last probe passed: the next one clears \
             that."
        } else {
            " It answers nothing meanwhile, and its connections time out."
        };
        found.push(
            s.error(PAUSED.id, format!("{} is paused", s.name))
                .shown([Evidence::state("State.Status", "paused", &c.name)])
                .shown(passed.then(|| Evidence::state("State.Health.FailingStreak", "0", &c.name)))
                .why(format!("Someone froze it with `pause`: its processes exist, but don't run.{health}"))
                .fix("Unpause it")
                .command(case.compose().then("unpause").name(s.name))
                .explains(&["program-reports-unhealthy", "healthcheck-times-out"]),
        );
    }
}

fn unreadable(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(c) = s.containers.iter().find(|c| c.started.is_some()) else { continue };
        let said = case.stack.logs.of(&c.id).and_then(|log| log.unreadable());
        if c.log_driver != "none" && said.is_none() {
            continue;
        }
        let place = s.declared.and_then(|d| d.place.as_ref());
        found.push(
            s.warning(UNREADABLE.id, format!("{}'s log can't be read: its logging driver is {}", s.name, c.log_driver))
                .shown([Evidence::state("HostConfig.LogConfig.Type", &c.log_driver, &c.name)])
                .shown(said.map(|said| Evidence::state("logs", said, &c.name)))
                .shown([Evidence::file(format!("logging: driver: {}", c.log_driver), place)])
                .why(format!(
                    "The driver {} can't be read back, so neither `docker logs` nor stackview sees what {} prints. An \
                     empty log doesn't mean that it prints nothing.",
                    c.log_driver, s.name
                ))
                .fix("Use the json-file or local driver, with max-size")
                .yaml("logging: {driver: local, options: {max-size: 10m}}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Container, Health, Phase, fixture::container},
    };

    const FILE: &str = "services: {web: {image: app}}";

    pub fn well() -> Scenario {
        Scenario::of(FILE).with(container("web").well())
    }

    pub fn paused_fires() -> Scenario {
        // As the engine describes it: unhealthy, with a last probe that passed.
        let web = Container {
            phase: Phase::Paused,
            failing_streak: 0,
            health: Some(Health::Unhealthy),
            ..container("web").well()
        };
        Scenario::of(FILE).with(web)
    }

    pub fn unreadable_fires() -> Scenario {
        Scenario::of(FILE).with(Container { log_driver: "none".into(), ..container("web").well() })
    }

    #[test]
    fn paused_is_all_that_is_said() {
        assert_eq!(paused_fires().found(), ["paused@web"]);
        assert_eq!(unreadable_fires().found(), ["logs-not-readable@web"]);
    }
}
