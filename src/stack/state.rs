//! One container's state in the vocabulary of the screen.

use std::time::Duration;

use super::{Container, Health, History, Phase, State};
use crate::{base::time::Stamp, compose::Restart};

/// The state of a container, without regard to what it may wait for: a created one is [`State::Created`].
/// `job` says that others wait for its service to complete.
pub(super) fn of(container: &Container, history: Option<&History>, job: bool) -> State {
    match container.phase {
        // First of all, since a paused container reads unhealthy.
        Phase::Paused => State::Paused,
        Phase::Restarting => State::Restarting,
        Phase::Running => match container.health {
            None => State::Running,
            Some(Health::Starting) => State::Starting,
            Some(Health::Healthy) => State::Healthy,
            Some(Health::Unhealthy) => State::Unhealthy,
        },
        // The engine leaves a container whose start failed as it was, whatever its restart policy.
        Phase::Created | Phase::Exited if !container.error.is_empty() => State::Failed,
        Phase::Created => State::Created,
        Phase::Exited | Phase::Dead if container.exit_code == Some(0) && job => State::Done,
        Phase::Exited | Phase::Dead => {
            if was_stopped(container, history) {
                State::Stopped
            } else if is_finished_job(container) {
                State::Done
            } else {
                State::Exited
            }
        }
        Phase::Removing => State::Exited,
        Phase::Unknown => State::Unknown,
    }
}

/// Whether it looks like a job that succeeded, though nothing waits for it.
fn is_finished_job(container: &Container) -> bool {
    container.inspected
        && container.exit_code == Some(0)
        && matches!(container.restart, Restart::No | Restart::OnFailure(_))
        && !container.has_check()
        && container.ports.iter().all(|p| p.host_port.is_none())
}

/// Whether its end was asked for: seen, or else likely from what it left.
fn was_stopped(container: &Container, history: Option<&History>) -> bool {
    if container.oom_killed {
        return false;
    }
    // The engine starts such a container again unless a person ended it.
    let would_restart = matches!(container.restart, Restart::Always | Restart::UnlessStopped);
    match history.and_then(|h| h.was_asked(container)) {
        Some(asked) => asked || would_restart,
        // A list doesn't tell a job from a server; the inspection that follows does.
        None if !container.inspected && container.exit_code == Some(0) => true,
        None => would_restart || matches!(container.exit_code, Some(143 | 130 | 137)),
    }
}

/// From so many restarts on, a container isn't expected to get well by itself.
pub(super) const LOOPS: u32 = 2;
/// How long a restarted container must stay up for the engine to take its start for a success: then its back-off
/// begins again (`restartmanager` of moby).
pub(super) const PROOF: Duration = Duration::from_secs(10);

/// When a container that was restarted again and again will have proved that it stays up. Between two crashes
/// it looks as if it were well; a health check that passes tells more.
pub(super) fn proved_at(container: &Container) -> Option<Stamp> {
    let loops = container.phase == Phase::Running
        && container.restarts >= LOOPS
        && container.health.is_none_or(|h| h == Health::Starting);
    container.started.filter(|_| loops).map(|at| at + PROOF)
}

/// Since when a container is in its state, if that is known.
pub(super) fn since(container: &Container, history: Option<&History>, state: State) -> Option<Stamp> {
    match state {
        State::Healthy => history?.healthy_at(container),
        State::Running | State::Starting => container.started,
        State::Unhealthy => {
            history?.health.range(container.started?..).next_back().filter(|(_, ok)| !**ok).map(|(at, _)| *at)
        }
        State::Created | State::Waiting | State::Failed => container.created,
        State::Exited | State::Stopped | State::Done | State::Restarting => container.finished,
        State::Missing | State::Paused | State::Unknown => None,
    }
}

/// How much a state wants attention: of several containers the greatest speaks for the service.
pub(super) fn attention(state: State) -> u8 {
    match state {
        State::Done => 0,
        State::Healthy => 1,
        State::Running => 2,
        State::Stopped => 3,
        State::Paused => 4,
        State::Missing => 5,
        State::Created => 6,
        State::Waiting => 7,
        State::Starting => 8,
        State::Unknown => 9,
        State::Restarting => 10,
        State::Exited => 11,
        State::Unhealthy => 12,
        State::Failed => 13,
    }
}
