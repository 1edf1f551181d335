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
                .command(case.compose(&format!("exec {} {}", s.name, by_hand(words)))),
        );
    }
}

/// The test as one types it.
fn by_hand(test: &[String]) -> String {
    let quoted = |word: &String| {
        let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c));
        if plain && !word.is_empty() { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    let words = |words: &[String]| words.iter().map(quoted).collect::<Vec<_>>().join(" ");
    match test {
        [kind, line] if kind == "CMD-SHELL" => format!("sh -c '{}'", line.replace('\'', "'\\''")),
        [kind, rest @ ..] if kind == "CMD-SHELL" => format!("sh -c {}", words(rest)),
        [_, rest @ ..] if !rest.is_empty() => words(rest),
        _ => "sh".to_owned(),
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
        let by_hand = |words: &[&str]| by_hand(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(by_hand(&["CMD-SHELL", "echo 'a'"]), "sh -c 'echo '\\''a'\\'''");
        assert_eq!(by_hand(&["CMD", "test", "-e", "/a b"]), "test -e '/a b'");
        // As the engine runs it: the words after the first are the shell's arguments.
        assert_eq!(by_hand(&["CMD-SHELL", "test", "-e", "/etc"]), "sh -c test -e /etc");
    }
}
