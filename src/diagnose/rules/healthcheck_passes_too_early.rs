//! `healthcheck-passes-too-early`: the health check passes before the program takes connections.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::Condition,
    diagnose::{case::Case, finding::Evidence, findings::Findings, said::Phrase, yaml},
    stack::State,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "healthcheck-passes-too-early",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the health check passes before the program accepts connections",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ConnectionRefused) else { continue };
        let healthy = case
            .dependencies(s)
            .filter(|(on, condition)| *condition == Condition::Healthy && on.status.state == State::Healthy);
        for (on, _) in healthy {
            if said.get("host") != Some(on.name.as_str()) {
                continue;
            }
            let Some(c) = on.container() else { continue };
            let Some(check) = c.active_check() else { continue };
            // Asked over its socket, PostgreSQL is ready while it still initialises; over TCP it isn't.
            let test = check.test.join(" ");
            let socket = test.contains("pg_isready") && !test.contains("-h") && !test.contains("--host");
            // Whoever was refused long after it got healthy has another trouble.
            let since = on.status.since.filter(|at| said.line.at.since(*at).as_secs() < 30 && said.line.at >= *at);
            if !socket || since.is_none() {
                continue;
            }
            let place = on.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
            found.push(
                on.error(RULE.id, format!("{} was healthy before it accepted connections from {}", on.name, s.name))
                    .shown([said.evidence(), Evidence::file(format!("healthcheck: test: {test}"), place)])
                    .why(format!(
                        "pg_isready without -h connects to the local socket, which answers while the database is still \
                         initialising and TCP is closed. So compose started {} too early.",
                        s.name
                    ))
                    .breaks(s.name)
                    .fix("Make the check connect over TCP")
                    .yaml(format!(
                        "test: {}",
                        yaml::list(check.test.iter().map(|word| word.replace("pg_isready", "pg_isready -h 127.0.0.1")))
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compose::HealthCheck,
        diagnose::scenario::Scenario,
        stack::{Container, fixture::container},
    };

    const FILE: &str = "
services:
  db: {image: postgres, healthcheck: {test: [CMD-SHELL, 'pg_isready -U app']}}
  app: {image: python, depends_on: {db: {condition: service_healthy}}}";
    const LINE: &str =
        "psycopg2.OperationalError: connection to server at \"db\" (172.18.0.2), port 5432 failed: Connection refused";

    fn db(test: &str) -> Container {
        let well = container("db").running(89.0).checked(10, crate::stack::Health::Healthy);
        let check = HealthCheck { test: vec!["CMD-SHELL".into(), test.into()], ..well.check.clone().unwrap() };
        let probe = crate::stack::fixture::probe(99.0, 99.1, 0);
        Container { check: Some(check), ..well }.probed(&[probe])
    }

    fn scenario(test: &str) -> Scenario {
        Scenario::of(FILE).with(db(test)).with(container("app").exited(1, 100.5)).log("app", &[LINE])
    }

    pub fn fires() -> Scenario {
        scenario("pg_isready -U app")
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(db("pg_isready -U app")).with(container("app").running(100.0)).log("app", &["started"])
    }

    #[test]
    fn who_was_started_too_early_stands_under_it() {
        assert_eq!(
            fires().found(),
            ["healthcheck-passes-too-early@db", "main-process-ends@app < healthcheck-passes-too-early@db"]
        );
    }

    #[test]
    fn a_check_over_tcp_is_not_blamed() {
        assert!(!scenario("pg_isready -h 127.0.0.1 -U app").found().iter().any(|f| f.starts_with(RULE.id)));
    }
}
