//! `healthcheck-fails`: its health check fails, and nothing tells more than the probe.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::HealthCheck,
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
        let test = c.check.as_ref().map(HealthCheck::written).unwrap_or_default();
        let words = c.check.as_ref().map_or(&[][..], |check| check.test.as_slice());
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
                .command(case.compose().then("exec").name(s.name).words(by_hand(words))),
        );
    }
}

/// The test as one types it. The engine gives all words after the first to the shell.
fn by_hand(test: &[String]) -> Vec<&str> {
    let (before, words): (&[&str], _) = match test {
        [kind, words @ ..] if kind == "CMD-SHELL" => (&["sh", "-c"], words),
        [_, words @ ..] if !words.is_empty() => (&[], words),
        _ => (&["sh"], &[][..]),
    };
    before.iter().copied().chain(words.iter().map(String::as_str)).collect()
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
        let test = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(by_hand(&test(&["CMD-SHELL", "echo 'a'"])), ["sh", "-c", "echo 'a'"]);
        assert_eq!(by_hand(&test(&["CMD", "test", "-e", "/a b"])), ["test", "-e", "/a b"]);
        // As the engine runs it: the words after the first are the shell's arguments.
        assert_eq!(by_hand(&test(&["CMD-SHELL", "test", "-e", "/etc"])), ["sh", "-c", "test", "-e", "/etc"]);
    }
}
