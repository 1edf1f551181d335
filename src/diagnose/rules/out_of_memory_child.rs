//! `out-of-memory-child`: a child process was killed at the memory limit, and the container lives on.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::{EventKind, EventSubject},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "out-of-memory-child",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a child process was killed at the memory limit, and the container keeps running",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// Kills older than this are past, in seconds.
const RECENT: u64 = 15 * 60;

fn look(case: &Case<'_>, found: &mut Findings) {
    // Newest first, and each container once.
    for event in case.stack.events.iter().rev().filter(|e| e.kind == EventKind::Oom) {
        if case.now.since(event.at).as_secs() > RECENT {
            break;
        }
        let EventSubject::Container(id) = &event.subject else { continue };
        let hit = case.services.iter().find_map(|s| Some((s, *s.containers.iter().find(|c| &c.id == id)?)));
        let Some((s, c)) = hit else { continue };
        // The engine writes `oom`, `die` where it was the first process. One that began afterwards wasn't it.
        if !s.status.state.is_up() || c.oom_killed || c.started.is_none_or(|start| start > event.at) {
            continue;
        }
        let limit = c
            .memory_limit
            .map_or_else(|| "the host's memory".to_owned(), |n| format!("its limit of {}", units::bytes(n)));
        found.push(
            s.warning(
                RULE.id,
                format!("{}: a child process was killed: out of memory; the container keeps running", s.name),
            )
            .shown([
                Evidence::new(Kind::Event, "oom", format!("{} at {}", event.name, event.at)),
                Evidence::state("State.OOMKilled", "OOMKilled: False", &c.name),
            ])
            .why(format!(
                "The container reached {limit}, and the kernel killed one of its processes, not the first one. The \
                     engine reports it as running, although a worker is gone."
            ))
            .fix("Raise mem_limit or run fewer workers, and restart it")
            .command(case.compose().then("restart").name(s.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Container, fixture::container},
    };

    const FILE: &str = "services: {web: {image: standin, mem_limit: 64m}}";

    pub fn fires() -> Scenario {
        let web = Container { memory_limit: Some(64 << 20), ..container("web").running(1.0) };
        Scenario::of(FILE).with(web).event("web", 60.0, EventKind::Oom)
    }

    pub fn spares() -> Scenario {
        // It was started again since.
        Scenario::of(FILE).with(container("web").running(70.0)).event("web", 60.0, EventKind::Oom)
    }
}
