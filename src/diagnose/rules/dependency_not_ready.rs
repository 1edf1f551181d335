//! `dependency-not-ready`: a service ran before the one it depends on was ready, and gave up.

use std::time::Duration;

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::Condition,
    diagnose::{case::Case, finding::Evidence, findings::Findings, said::Phrase, yaml::scalar},
    stack::State,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "dependency-not-ready",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "a service waits only for its dependency to start, and ran before it was ready",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// A dependency of which nobody knows when it got ready may be late for so long.
const EARLY: Duration = Duration::from_secs(60);

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ConnectionRefused) else { continue };
        for (on, condition) in case.dependencies(s) {
            if condition != Condition::Started || !on.status.state.is_up() || on.status.state.is_trouble() {
                continue;
            }
            // The line names the dependency, or at least its port; else nothing ties the two.
            let named = said.get("host").is_some_and(|host| host == on.name.as_str())
                || on
                    .containers
                    .iter()
                    .any(|c| c.networks.iter().any(|n| !n.address.is_empty() && said.line.text.contains(&n.address)));
            // If it is ready now and was when the line was written, its being late isn't the reason.
            let ready_at = on.status.since.filter(|_| on.status.state == State::Healthy);
            if !named || ready_at.is_some_and(|at| at <= said.line.at) {
                continue;
            }
            // Another rule knows better why it was refused; and who is refused a minute after the start isn't early.
            let told =
                ["published-port-used-inside", "connects-to-wrong-port"].iter().any(|rule| found.has(rule, s.name))
                    || found.has("server-listens-on-loopback", on.name);
            let up_since = on.containers.iter().filter_map(|c| c.started).min();
            let late = ready_at.is_none() && up_since.is_some_and(|at| said.line.at.since(at) > EARLY);
            if told || late {
                continue;
            }
            let checked = on.containers.iter().any(|c| c.has_check());
            let declared = s.declared.and_then(|d| d.depends_on.iter().find(|d| &d.service == on.name));
            let place = declared.and_then(|d| d.place.as_ref());
            let (fix, words) = if checked {
                (format!("Wait until {} is healthy, or make the program retry", on.name), "")
            } else {
                (
                    format!("Give {} a health check and wait for it, or make the program retry", on.name),
                    " (it needs a health check for that)",
                )
            };
            let since = ready_at.map_or_else(String::new, |at| {
                let late = at.since(said.line.at);
                format!(" It became ready {} later.", crate::base::units::span(late))
            });
            found.push(
                s.error(RULE.id, format!("{} ran before {} was ready, and couldn't reach it", s.name, on.name))
                    .shown([said.evidence()])
                    .shown([Evidence::file(format!("depends_on: [{}]", on.name), place)])
                    .shown(s.end())
                    .why(format!(
                        "`depends_on` without a condition waits only until {} is started, not until it answers.{since} \
                         With `condition: service_healthy`{words} compose would have waited.",
                        on.name
                    ))
                    .fix(fix)
                    .yaml(format!("depends_on: {{{}: {{condition: service_healthy}}}}", scalar(on.name))),
            );
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stack::Health;
    use crate::{
        diagnose::scenario::Scenario,
        stack::fixture::{container, probe},
    };

    const FILE: &str = "
services:
  db: {image: postgres, healthcheck: {test: [CMD, pg_isready], interval: 2s}}
  backend: {image: python, depends_on: [db]}";
    const LINE: &str = "psycopg2.OperationalError: connection to server at \"db\" (192.168.176.2), port 5432 failed: Connection refused";

    pub fn fires() -> Scenario {
        let db = container("db").running(97.0).checked(5, Health::Healthy).probed(&[probe(102.0, 102.1, 0)]);
        Scenario::of(FILE).with(db).with(container("backend").exited(3, 100.5)).log("backend", &[LINE])
    }

    pub fn spares() -> Scenario {
        // It was ready long before: something else is wrong with the connection, and nothing says what.
        Scenario::of(FILE).with(container("db").well()).with(container("backend").running(12.0)).log("backend", &[LINE])
    }

    #[test]
    fn who_is_refused_long_after_the_start_is_not_early() {
        let file = FILE.replace(", healthcheck: {test: [CMD, pg_isready], interval: 2s}", "");
        let refused = |since: f64| {
            let db = container("db").running(since);
            Scenario::of(&file).with(db).with(container("backend").exited(3, 100.5)).log("backend", &[LINE]).found()
        };
        assert_eq!(refused(97.0)[0], "dependency-not-ready@backend");
        assert_eq!(refused(1.0), ["main-process-ends@backend"]);
    }
}
