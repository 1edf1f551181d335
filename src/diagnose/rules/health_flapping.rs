//! `health-flapping`: it turns healthy and unhealthy again and again.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "health-flapping",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "it keeps switching between healthy and unhealthy",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// Turns that make a pattern.
const TURNS: usize = 4;
/// Within this many seconds.
const WITHIN: u64 = 15 * 60;

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        for c in s.containers.iter().filter(|c| c.health.is_some()) {
            let Some(history) = case.stack.history.get(&c.id) else { continue };
            let turns: Vec<_> =
                history.health.iter().filter(|(at, _)| case.now.since(**at).as_secs() < WITHIN).collect();
            let (Some((first, _)), true) = (turns.first(), turns.len() >= TURNS) else { continue };
            let span = case.now.since(**first);
            let failed = history.probes.values().rev().find(|p| p.exit != 0);
            let shown = failed.map(|p| {
                Evidence::new(
                    Kind::Probe,
                    crate::stack::reason::telling(&p.output),
                    format!("{}, failed probe", c.name),
                )
            });
            let turned = turns.iter().rev().take(3).map(|(at, well)| {
                let word = if **well { "healthy" } else { "unhealthy" };
                Evidence::new(Kind::Event, format!("health_status: {word} at {at}"), &c.name)
            });
            found.push(
                s.warning(
                    RULE.id,
                    format!(
                        "{} switched between healthy and unhealthy {} times in {}",
                        s.name,
                        turns.len(),
                        units::span(span)
                    ),
                )
                .shown(shown)
                .shown(turned)
                .why(
                    "Its probes fail and pass in turn, so it is up but doesn't always answer in time. Probably it is \
                     overloaded, or the check's timeout and retries are too tight.",
                )
                .fix("Check its load at these times; raise `timeout:` or `retries:` if it is only slow")
                .command(case.docker().then("stats --no-stream").name(&c.name)),
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

    const FILE: &str = "services: {web: {image: standin, healthcheck: {test: [CMD, probe]}}}";

    fn scenario(turns: u32) -> Scenario {
        let web = container("web").running(1.0).checked(10, Health::Healthy);
        (0..turns).fold(Scenario::of(FILE).with(web), |told, n| {
            let health = if n % 2 == 0 { Health::Healthy } else { Health::Unhealthy };
            told.event("web", 20.0 + 15.0 * f64::from(n), EventKind::Health(health))
        })
    }

    pub fn fires() -> Scenario {
        scenario(5)
    }

    pub fn spares() -> Scenario {
        scenario(1)
    }
}
