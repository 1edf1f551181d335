//! `out-of-memory`: the kernel killed it at its memory limit.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::{Case, Subject as Service},
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
    },
    stack::{Container, EventKind, EventSubject, History},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "out-of-memory",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the kernel killed it at its memory limit",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    killed(case, found);
    for s in case.troubled() {
        heap_full(case, s, found);
    }
}

/// The program itself says that it got no more memory, and ended; the kernel had no hand in it.
fn heap_full(case: &Case<'_>, s: &Service<'_>, found: &mut Findings) {
    let Some(said) = s.said(Phrase::HeapFull) else { return };
    let ended = s.patient().and_then(|c| Some((c, s.last_code(c).filter(|code| *code != 0)?)));
    let Some((c, code)) = ended.filter(|_| !found.has(RULE.id, s.name)) else { return };
    let limit = c.memory_limit.map(|n| Evidence::state("HostConfig.Memory", units::bytes(n), &c.name));
    found.push(
        s.error(RULE.id, format!("{} ran out of memory and exited with code {code}", s.name))
            .shown([said.evidence()])
            .shown(limit)
            .shown(s.end())
            .why(
                "The program itself reports that it got no more memory, and the kernel didn't kill it. So it probably \
                 reached a limit of its own, such as its heap size, which is often set below the container's.",
            )
            .fix(
                "Raise its own limit (NODE_OPTIONS=--max-old-space-size=…, -Xmx, ulimits), and mem_limit with it; or \
                 reduce its memory use",
            )
            .command(case.docker().then("stats --no-stream").name(&c.name))
            .explains(&["segmentation-fault", "crash-loop"]),
    );
}

fn killed(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        // The next life makes the engine forget how the last one ended; its events don't.
        let killed =
            |c: &&&Container| c.oom_killed || case.stack.history.get(&c.id).is_some_and(History::last_end_was_oom);
        let Some(c) = s.containers.iter().find(killed).filter(|_| !s.status.ready) else { continue };
        let event = case
            .stack
            .events
            .iter()
            .rev()
            .find(|e| e.kind == EventKind::Oom && e.subject == EventSubject::Container(c.id.clone()));
        let (limit, summary) = match c.memory_limit {
            Some(n) => (
                format!("its limit of {}", units::bytes(n)),
                format!("{} was killed at its memory limit of {}", s.name, units::bytes(n)),
            ),
            None => ("the host has".to_owned(), format!("{} was killed: the host ran out of memory", s.name)),
        };
        let fix = if c.memory_limit.is_some() {
            "Raise mem_limit, or reduce the program's memory use (a leak, too many workers, too large a cache)"
        } else {
            "Give the host more memory, or limit the services that use the most"
        };
        let again = if c.restarts > 0 { "; the restart policy starts it again" } else { "" };
        found.push(
            s.error(RULE.id, summary)
                .shown(c.oom_killed.then(|| Evidence::state("State.OOMKilled", "OOMKilled: True", &c.name)))
                .shown(c.exit_code.map(|code| Evidence::state("State.ExitCode", code.to_string(), &c.name)))
                .shown(event.map(|e| Evidence::new(Kind::Event, "oom", format!("{} at {}", e.name, e.at))))
                .shown(s.said(Phrase::HeapFull).map(|said| said.evidence()))
                .why(format!(
                    "The program needed more memory than {limit}, so the kernel killed it (137){again}. Its log says \
                     nothing about it, because it had no time to write."
                ))
                .fix(fix)
                .command(case.docker().then("stats --no-stream").name(&c.name))
                .explains(&["killed-after-grace-period", "crash-loop"]),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {hog: {image: 'standin:1', mem_limit: 64m}}";

    pub fn fires() -> Scenario {
        let limit = Some(64 << 20);
        let hog = Container { oom_killed: true, memory_limit: limit, ..container("hog").exited(137, 90.0) };
        Scenario::of(FILE).with(hog).event("hog", 89.9, EventKind::Oom)
    }

    pub fn spares() -> Scenario {
        // Killed, but not for its memory.
        Scenario::of(FILE).with(container("hog").exited(137, 90.0))
    }

    #[test]
    fn a_loop_of_kills_is_no_mere_loop() {
        let alive = Container { restarts: 4, memory_limit: Some(64 << 20), ..container("hog").running(115.0) };
        let found = Scenario::of(FILE)
            .with(alive)
            .event("hog", 109.9, EventKind::Oom)
            .event("hog", 110.0, EventKind::Die(137))
            .diagnosis();
        let roots: Vec<_> =
            found.roots().filter(|f| f.severity < crate::diagnose::Severity::Hint).map(|f| f.rule).collect();
        assert_eq!(roots, ["out-of-memory"], "{found:#?}");
    }

    #[test]
    fn a_heap_of_its_own_that_is_full_is_told_as_well() {
        // As node says it; it ends by a trap then.
        let line = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
        let ended = |code| Scenario::of(FILE).with(container("hog").exited(code, 90.0)).log("hog", &[line]).found();
        assert_eq!(ended(139), ["out-of-memory@hog"]);
        assert!(ended(0).is_empty());
    }

    #[test]
    fn the_limit_is_named() {
        let found = fires().diagnosis();
        assert!(found.findings[0].summary.contains("64"), "{found:#?}");
        assert_eq!(found.roots().count(), 1, "{found:#?}");
    }
}
