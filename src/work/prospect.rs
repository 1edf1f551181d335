//! Whether what a job waits for came true, or still may.

use crate::{
    base::{id::ServiceName, time::Stamp},
    compose::Condition,
    stack::{Container, Health, Overview, Stack, State},
};

/// How a wait stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prospect {
    /// It came true.
    Met,
    /// It may.
    Open,
    /// It can't any more, and why.
    Never(String),
}

/// How it stands with a service that has to meet a condition.
pub fn prospect(stack: &Stack, overview: &Overview, service: &ServiceName, condition: Condition) -> Prospect {
    let Some(status) = overview.service(service) else {
        return Prospect::Never(format!("{service} is gone"));
    };
    let never = || {
        let how = match (status.state, status.exit_code) {
            (State::Exited, Some(code)) => format!("exited with code {code}"),
            (State::Exited, None) => "exited".to_owned(),
            (state, _) => format!("is {}", state.word()),
        };
        Prospect::Never(format!("{service} {how}, so it can't become {}", wanted(condition)))
    };
    let containers = || status.containers.iter().filter_map(|id| stack.containers.get(id));
    match (condition, status.state) {
        (_, State::Missing | State::Failed | State::Stopped) => never(),
        (Condition::Started, state) if state.is_up() || state == State::Done => Prospect::Met,
        (Condition::Started, State::Exited) => never(),
        (Condition::Healthy, State::Healthy) => Prospect::Met,
        // Some replicas may be healthy before the service is; one without a check never is.
        (Condition::Healthy, State::Running) if containers().all(|c| c.health == Some(Health::Healthy)) => {
            Prospect::Met
        }
        (Condition::Healthy, State::Running | State::Unhealthy | State::Exited | State::Done) => never(),
        (Condition::Completed, State::Done) => Prospect::Met,
        (Condition::Completed, State::Exited) if containers().all(|c| c.exit_code == Some(0)) => Prospect::Met,
        (Condition::Completed, State::Exited) => never(),
        _ => Prospect::Open,
    }
}

/// Why a service that was brought up since then isn't: it ended with an error, again and again perhaps. `None` as
/// long as none of its containers did. A job that is done has not failed.
pub fn fell(stack: &Stack, overview: &Overview, service: &ServiceName, since: Stamp) -> Option<String> {
    let status = overview.service(service)?;
    let containers = status.containers.iter().filter_map(|id| stack.containers.get(id));
    let mut brought_up = containers.filter(|c| c.started.is_some_and(|at| at >= since));
    let fallen = |c: &&Container| {
        let state = stack.container_state(c, Some(status));
        matches!(state, State::Exited | State::Failed | State::Restarting) || c.restarts > 0
    };
    let c = brought_up.find(fallen)?;
    Some(match c.exit_code {
        _ if !c.error.is_empty() => format!("{service} could not start: {}", c.error),
        Some(code) => format!("{service} exited with code {code} right after its start"),
        None => format!("{service} exited right after its start"),
    })
}

/// What a condition asks for, in a word.
pub fn wanted(condition: Condition) -> &'static str {
    match condition {
        Condition::Started => "started",
        Condition::Healthy => "healthy",
        Condition::Completed => "done",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::fixture::{at, chain, container, stack};

    fn prospect_of(db: Container, condition: Condition) -> Prospect {
        let placed = stack(Some(chain()), &[db]);
        prospect(&placed, &placed.overview(at(100.0)), &"db".into(), condition)
    }

    #[test]
    fn who_ends_right_after_its_start_fell() {
        let fell_of = |db: Container| {
            let placed = stack(Some(chain()), &[db]);
            fell(&placed, &placed.overview(at(100.0)), &"db".into(), at(90.0))
        };
        let started = |secs: f64, c: Container| Container { started: Some(at(secs)), ..c };
        assert_eq!(fell_of(container("db").running(91.0)), None);
        let words = "db exited with code 3 right after its start";
        assert_eq!(fell_of(started(91.0, container("db").exited(3, 92.0))).as_deref(), Some(words));
        assert_eq!(fell_of(started(80.0, container("db").exited(3, 92.0))), None, "it wasn't brought up now");
        assert_eq!(fell_of(started(91.0, container("db").exited(0, 92.0))), None, "a job that is done");
        let looping = Container { restarts: 2, exit_code: Some(3), ..container("db").running(91.0) };
        assert_eq!(fell_of(looping).as_deref(), Some(words), "between two crashes it runs");
    }

    #[test]
    fn a_condition_is_met_open_or_lost() {
        let starting = || container("db").checked(5, Health::Starting).running(90.0);
        assert_eq!(prospect_of(starting(), Condition::Started), Prospect::Met);
        assert_eq!(prospect_of(starting(), Condition::Healthy), Prospect::Open);
        assert_eq!(prospect_of(starting(), Condition::Completed), Prospect::Open);
        let healthy = container("db").checked(5, Health::Healthy).running(10.0);
        assert_eq!(prospect_of(healthy, Condition::Healthy), Prospect::Met);
        let died = || container("db").exited(3, 50.0);
        let words = "db exited with code 3, so it can't become healthy";
        assert_eq!(prospect_of(died(), Condition::Healthy), Prospect::Never(words.into()));
        let done = container("db").exited(0, 50.0);
        assert_eq!(prospect_of(done, Condition::Completed), Prospect::Met);
        let none = stack(None, &[]);
        let gone = prospect(&none, &none.overview(at(1.0)), &"db".into(), Condition::Started);
        assert_eq!(gone, Prospect::Never("db is gone".into()));
    }
}
