//! `healthcheck-times-out`: the probe takes longer than it may.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{case::Case, finding::Evidence, findings::Findings},
    stack::Health,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "healthcheck-times-out",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the probe takes longer than its timeout",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some((c, probe)) = s.failed_probe().filter(|(_, p)| p.output.contains("exceeded timeout")) else {
            continue;
        };
        // One slow answer while it starts is no matter.
        let sick = c.health == Some(Health::Unhealthy);
        if (!sick && c.failing_streak < 2) || s.status.ready || c.is_unhealthy_by_pause() {
            continue;
        }
        let Some(check) = c.check.as_ref() else { continue };
        let timeout = check.timeout.unwrap_or(std::time::Duration::from_secs(30));
        // How long probes take that pass tells whether a longer wait would do.
        let took = c.probes.iter().filter(|p| p.exit == 0).map(|p| p.end.since(p.start)).max();
        let usual = took.map_or_else(
            || "No probe has passed in time yet.".to_owned(),
            |took| format!("Probes that passed took up to {}.", units::span(took)),
        );
        let summary = format!("{}: its health check gets no answer within {}", s.name, units::setting(timeout));
        let finding = if sick { s.error(RULE.id, summary) } else { s.warning(RULE.id, summary) };
        let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
        found.push(
            finding
                .shown(s.probe())
                .shown([
                    Evidence::state("State.Health.FailingStreak", c.failing_streak.to_string(), &c.name),
                    Evidence::file(format!("healthcheck: timeout: {}", units::setting(timeout)), place),
                ])
                .why(format!(
                    "The probe that began at {} was still waiting when it timed out. {usual} The program probably \
                     hangs, is overloaded, or needs longer than the check allows.",
                    probe.start
                ))
                .fix("Find out what the program waits for; raise `timeout:` if it is only slow")
                .command(case.docker().then("top").name(&c.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::stack::{Container, Health, Probe};
    use crate::{
        diagnose::scenario::Scenario,
        stack::fixture::{container, probe},
    };

    const FILE: &str = "services: {web: {image: standin, healthcheck: {test: [CMD, probe], timeout: 2s}}}";
    const OUTPUT: &str = "Health check exceeded timeout (2s)";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").sick(-1, OUTPUT))
    }

    pub fn spares() -> Scenario {
        // The first of a slow start, as every start of a large program has it.
        let slow = Probe { output: OUTPUT.into(), ..probe(31.0, 33.0, -1) };
        let web = Container { failing_streak: 1, ..container("web").running(1.0).checked(30, Health::Starting) };
        Scenario::of(FILE).with(web.probed(&[slow]))
    }
}
