//! `healthcheck-fails`: its health check fails, and nothing tells more than the probe.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{case::Case, finding::Evidence, findings::Findings},
    stack::State,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "healthcheck-fails",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "its health check fails, and only the probe says why",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.state == State::Unhealthy) {
        let Some((c, probe)) = s.failed_probe().filter(|(c, _)| !c.is_unhealthy_by_pause()) else { continue };
        let test = c.check.as_ref().map(|check| check.test.join(" ")).unwrap_or_default();
        let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
        found.push(
            s.error(RULE.id, format!("{} is unhealthy: {} probes in a row failed", s.name, c.failing_streak))
                .shown(s.probe())
                .shown([Evidence::file(format!("healthcheck: test: {test}"), place)])
                .shown(s.last_lines(2))
                .why(format!(
                    "The check runs inside the container and exited with code {}. The program keeps running; services \
                     that wait for it to become healthy aren't started.",
                    probe.exit
                ))
                .fix("Run the check by hand in the container, and read the program's log")
                .command(case.compose(&format!("exec {} {}", s.name, by_hand(&test)))),
        );
    }
}

/// The test as one types it.
fn by_hand(test: &str) -> String {
    match test.split_once(' ') {
        Some(("CMD-SHELL", line)) => format!("sh -c '{}'", line.replace('\'', "'\\''")),
        Some((_, words)) => words.to_owned(),
        None => "sh".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: standin, healthcheck: {test: [CMD, probe]}}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").sick(1, "not today"))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").well())
    }

    #[test]
    fn what_tells_more_stands_above_it() {
        let found = Scenario::of(FILE).with(container("web").sick(-1, "Health check exceeded timeout (2s)")).found();
        assert_eq!(found, ["healthcheck-times-out@web", "healthcheck-fails@web < healthcheck-times-out@web"]);
        assert_eq!(by_hand("CMD-SHELL echo 'a'"), "sh -c 'echo '\\''a'\\'''");
    }
}
