//! The `Status` of a container in a list: "Up 2 minutes (healthy)".

use super::time::human;
use crate::{
    base::time::Stamp,
    sim::world::{Container, HealthStatus, Status},
};

/// What the list says of a container at a moment.
pub fn status(container: &Container, now: Stamp) -> String {
    let ago = |at: Option<Stamp>| human(at.map_or(0, |at| now.since(at).as_secs()));
    match container.status {
        Status::Created => "Created".into(),
        Status::Running => format!("Up {}{}", ago(container.started), health(container)),
        // The engine leaves the health out while paused.
        Status::Paused => format!("Up {} (Paused)", ago(container.started)),
        Status::Restarting => format!("Restarting ({}) {} ago", container.exit_code, ago(container.finished)),
        Status::Exited => format!("Exited ({}) {} ago", container.exit_code, ago(container.finished)),
    }
}

fn health(container: &Container) -> &'static str {
    match container.health.as_ref().map(|h| h.status) {
        None => "",
        Some(HealthStatus::Starting) => " (health: starting)",
        Some(HealthStatus::Healthy) => " (healthy)",
        Some(HealthStatus::Unhealthy) => " (unhealthy)",
    }
}
