//! What an engine says when it refuses, and what newer engines do otherwise.
//!
//! Recorded from engines 20.10 and 26.1.

use super::{
    action::ApiError,
    container::{Container, Status},
};

/// Which engines a world behaves like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Generation {
    /// Docker 20.10.
    #[default]
    Docker20,
    /// Docker 25 and newer: `start_interval` counts, `die` tells how long it ran, refusals are worded differently.
    Docker25,
}

impl Generation {
    pub(super) fn is_new(self) -> bool {
        self == Generation::Docker25
    }

    /// A container's program doesn't run, though it has to.
    pub(super) fn not_running(self, container: &Container) -> ApiError {
        let word = if self.is_new() { "container" } else { "Container" };
        let state = match container.status {
            Status::Restarting => "restarting, wait until the container is running",
            _ => "not running",
        };
        ApiError::new(409, format!("{word} {} is {state}", container.id))
    }

    /// A container that runs can't be removed.
    pub(super) fn not_removable(self, container: &Container) -> ApiError {
        let (id, name, state) = (&container.id, &container.name, container.status.word());
        let message = match (self, container.status) {
            (Generation::Docker25, Status::Paused) => {
                format!("cannot remove container \"/{name}\": container is paused and must be unpaused first")
            }
            (Generation::Docker25, _) => format!(
                "cannot remove container \"/{name}\": container is {state}: stop the container before removing or force \
                 remove"
            ),
            (Generation::Docker20, Status::Paused) => format!(
                "You cannot remove a paused container {id}. Unpause and then stop the container before attempting removal \
                 or force remove"
            ),
            (Generation::Docker20, _) => format!(
                "You cannot remove a {state} container {id}. Stop the container before attempting removal or force remove"
            ),
        };
        ApiError::new(409, message)
    }

    /// A kill that is refused.
    pub(super) fn cannot_kill(self, name: &str, why: &ApiError) -> ApiError {
        let word = if self.is_new() { "cannot" } else { "Cannot" };
        ApiError::new(why.status, format!("{word} kill container: {name}: {}", why.message))
    }

    /// A signal that is none. (Engines before 25 read it before they look for the container.)
    pub(super) fn invalid_signal(self, name: &str, why: ApiError) -> ApiError {
        if !self.is_new() {
            return why;
        }
        let lower = ApiError::new(why.status, why.message.replacen("Invalid", "invalid", 1));
        self.cannot_kill(name, &lower)
    }
}
