//! `program-reports-unhealthy`: the program answers its health check with an error of its own.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{case::Case, finding::Evidence, findings::Findings},
    stack::Health,
};
use std::sync::LazyLock;

use regex::Regex;

/// The rule.
pub const RULE: Rule = Rule {
    id: "program-reports-unhealthy",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the program answers its health check with an error of its own",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// A web server's error, as curl, wget and Python say it.
#[expect(clippy::expect_used, reason = "a constant, compiled by every test of this rule")]
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:returned error: |HTTP/[\d.]+ |HTTP Error |server returned error: HTTP/[\d.]+ |status(?: code)?:? ?)(?P<code>5\d\d)")
        .expect("a constant")
});

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some((c, probe)) = s.failed_probe() else { continue };
        if s.status.ready || (c.health != Some(Health::Unhealthy) && c.failing_streak < 2) {
            continue;
        }
        let Some(code) = STATUS.captures(&probe.output).and_then(|found| Some(found.name("code")?.as_str())) else {
            continue;
        };
        let meaning = match code {
            "500" => " (an error inside it)",
            "502" | "504" => " (its upstream doesn't answer)",
            "503" => " (it says it isn't ready)",
            _ => "",
        };
        found.push(
            s.error(RULE.id, format!("{} answers its health check with {code}{meaning}", s.name))
                .shown(s.probe())
                .shown([Evidence::state("State.Health.FailingStreak", c.failing_streak.to_string(), &c.name)])
                .shown(s.last_lines(2))
                .why(format!(
                    "The check reaches the program, and the program itself answers {code}: port and path are right. If \
                     anything says why it is unhealthy, it is its own log."
                ))
                .fix("Check the program's log, and what it depends on")
                .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str =
        "services: {web: {image: standin, healthcheck: {test: [CMD, curl, -fsS, 'http://localhost:8080/health']}}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").sick(22, "curl: (22) The requested URL returned error: 503\n"))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").well())
    }

    #[test]
    fn other_clients_are_understood() {
        for output in [
            "wget: server returned error: HTTP/1.1 503 Service Unavailable",
            "urllib.error.HTTPError: HTTP Error 500: no",
        ] {
            let found = Scenario::of(FILE).with(container("web").sick(1, output)).found();
            assert_eq!(found.first().map(String::as_str), Some("program-reports-unhealthy@web"), "{output}: {found:?}");
        }
    }
}
