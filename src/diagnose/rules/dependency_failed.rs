//! `dependency-failed`: a service is kept back, because one that it waits for can't do what is waited for.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::{Reason, State},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "dependency-failed",
    stage: Stage::Starting,
    rank: Rank::Consequence,
    about: "a service can't start, because one that it depends on can't become what it waits for",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        left_behind(case, s, found);
        let Some(blocker) = s.status.blocked_by.iter().find(|b| b.hopeless) else { continue };
        let Some(on) = case.service(&blocker.service) else { continue };
        // Somebody stopped both, or is about to.
        if (s.status.state, on.status.state) == (State::Stopped, State::Stopped) {
            continue;
        }
        let state = match (on.status.state, on.status.exit_code) {
            (State::Exited, Some(code)) => format!("exited with code {code}"),
            (State::Failed, _) => "could not start".into(),
            (state, _) => format!("is {}", state.word()),
        };
        let wish = blocker.condition.as_str();
        let place = s.declared.and_then(|d| d.depends_on.iter().find(|d| d.service == blocker.service));
        let place = place.and_then(|d| d.place.as_ref());
        found.push(
            s.error(RULE.id, format!("{} can't start: it waits for {}, which {state}", s.name, on.name))
                .shown([Evidence::new(Kind::State, format!("{} {state}", on.name), format!("state of {}", on.name))])
                .shown([Evidence::file(format!("depends_on: {}: condition: {wish}", on.name), place)])
                .why(format!(
                    "Compose starts {} only once {} meets {wish}, and it won't as it is now. Nothing is wrong with {} \
                     itself.",
                    s.name, on.name, s.name
                ))
                .fix(format!("Fix {} first; then `up` continues where it stopped", on.name))
                .command(case.compose_by_files().then("up -d"))
                .due_to(on.name),
        );
    }
}

/// A service that was given up while a dependency was bad, and stays so though that is well by now.
fn left_behind(case: &Case<'_>, s: &Subject<'_>, found: &mut Findings) {
    if s.status.state != State::Created || !matches!(s.status.reason, Some(Reason::NotStarted)) {
        return;
    }
    let Some((on, _)) = case.dependencies(s).find(|(on, _)| found.about(on.name)) else { return };
    let name = s.container().map_or(s.name.as_str(), |c| c.name.as_str());
    found.push(
        s.error(RULE.id, format!("{} was created, but never started: compose gave up waiting for {}", s.name, on.name))
            .shown([
                Evidence::state("State.Status", "created", name),
                Evidence::state("State.StartedAt", "never", name),
            ])
            .why(format!(
                "Compose starts {} only after {}, and gave up when that failed. It doesn't try again by itself.",
                s.name, on.name
            ))
            .fix("Run `up` again once the cause is fixed")
            .command(case.compose_by_files().then("up -d"))
            .due_to(on.name),
    );
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "
services:
  db: {image: db, healthcheck: {test: [CMD, probe]}}
  web: {image: web, depends_on: {db: {condition: service_healthy}}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("db").exited(3, 9.0)).with(container("web"))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("db").well()).with(container("web").running(12.0))
    }

    #[test]
    fn what_somebody_stopped_waits_for_nobody() {
        let stopped = |name: &str, secs: f64| container(name).running(1.0).exited(143, secs);
        let all = |text: &str| Scenario::of(text).with(stopped("web", 20.0)).with(stopped("db", 21.0));
        // Another still runs, so the stack isn't at rest.
        let beside = all(&format!("{FILE}\n  cache: {{image: cache}}")).with(container("cache").running(1.0));
        assert!(!beside.found().iter().any(|f| f.starts_with("dependency-failed")), "{:?}", beside.found());
    }

    #[test]
    fn it_stands_under_what_is_wrong_there() {
        assert_eq!(fires().found(), ["main-process-ends@db", "dependency-failed@web < main-process-ends@db"]);
    }
}
