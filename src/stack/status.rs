//! The stack as the JSON of `stackview status --format json`; its shape is a promise to scripts.

use serde_json::{Value, json};

use super::{Container, Drift, Health, Overview, Phase, ServiceStatus, Stack};
use crate::base::{text::clean, time::Stamp};

/// One look at the stack. Times are the engine's, in RFC 3339; what isn't known is `null`. Outside text
/// is clean, since this may be printed on a terminal.
pub fn status_json(stack: &Stack, overview: &Overview, engine_now: Stamp) -> Value {
    let names = overview.orphans.iter().filter_map(|id| stack.containers.get(id)).map(|c| clean(&c.name));
    json!({
        "project": clean(&stack.project),
        "verdict": overview.verdict.word(),
        "ready": overview.ready,
        "total": overview.total,
        "services": overview.services.iter().map(|s| service(stack, overview, s, engine_now)).collect::<Vec<_>>(),
        "orphans": names.collect::<Vec<_>>(),
    })
}

fn service(stack: &Stack, overview: &Overview, status: &ServiceStatus, now: Stamp) -> Value {
    let containers = status.containers.iter().filter_map(|id| stack.containers.get(id));
    let blocked =
        status.blocked_by.iter().map(|b| json!({ "service": clean(&b.service), "condition": b.condition.as_str() }));
    let ports = status.ports.iter().map(|p| {
        json!({
            "host_ip": (!p.host_ip.is_empty()).then_some(&p.host_ip),
            "host_port": p.host_port,
            "container_port": p.container_port,
            "protocol": p.protocol,
        })
    });
    json!({
        "name": clean(&status.name),
        "state": status.state.word(),
        "ready": status.ready,
        "oneshot": status.oneshot,
        "blocked_by": blocked.collect::<Vec<_>>(),
        "reason": status.reason.as_ref().map(|r| r.words(now)),
        "restarts": status.restarts,
        "drift": overview.drift.get(&status.name).map(Drift::json),
        "ports": ports.collect::<Vec<_>>(),
        "containers": containers.map(|c| container(stack, c, status)).collect::<Vec<_>>(),
    })
}

fn container(stack: &Stack, container: &Container, status: &ServiceStatus) -> Value {
    let ended = !matches!(container.phase, Phase::Running | Phase::Paused | Phase::Created);
    let time = |at: Option<Stamp>| at.map(|at| at.to_string());
    json!({
        "id": container.id.as_str(),
        "name": clean(&container.name),
        "state": stack.container_state(container, Some(status)).word(),
        "health": container.health.map(|h| match h {
            Health::Starting => "starting",
            Health::Healthy => "healthy",
            Health::Unhealthy => "unhealthy",
        }),
        "exit_code": container.exit_code.filter(|_| ended),
        "oom_killed": container.inspected.then_some(container.oom_killed),
        "error": container.inspected.then(|| clean(&container.error)),
        "created_at": time(container.created),
        "started_at": time(container.started),
        "finished_at": time(container.finished),
        "healthy_at": time(stack.healthy_at(container)),
    })
}
