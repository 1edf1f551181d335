//! `service-missing`: the project runs, but a service that belongs to it isn't there.

use std::time::Duration;

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{case::Case, finding::Evidence, findings::Findings},
    stack::State,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "service-missing",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "the rest of the project runs, but a service that the files declare has no container",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// An `up` creates containers one after the other; after so long without any it isn't under way.
const SETTLED: Duration = Duration::from_secs(20);

fn look(case: &Case<'_>, found: &mut Findings) {
    let Some(latest) = case.stack.containers.values().filter_map(|c| c.created.max(c.started)).max() else { return };
    let up = case.services.iter().filter(|s| s.is_up()).count();
    if up == 0 || case.now.since(latest) < SETTLED {
        return;
    }
    for s in case.services.iter().filter(|s| s.status.enabled && s.status.state == State::Missing) {
        let waits = !s.status.blocked_by.is_empty();
        if s.status.is_off() || waits || found.about(s.name) {
            continue;
        }
        let place = s.declared.and_then(|d| d.place.as_ref());
        found.push(
            s.warning(RULE.id, format!("{} has no container, though the project runs", s.name))
                .shown([
                    Evidence::file(format!("services: {}", s.name), place),
                    Evidence::new(
                        crate::diagnose::Kind::State,
                        format!("{} of {} services run", up, case.services.iter().filter(|s| s.status.enabled).count()),
                        "containers of the engine",
                    ),
                ])
                .why(
                    "It was added to the file after the last `up`, its container was removed, or `up` was given other \
                     services only. Nothing brings it back by itself.",
                )
                .fix(format!("Create and start {}", s.name))
                .command(case.up([s.name])),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: web}, cron: {image: cron}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }

    pub fn spares() -> Scenario {
        fires().with(container("cron").running(1.0))
    }

    #[test]
    fn an_up_under_way_and_a_project_at_rest_miss_nobody() {
        assert_eq!(fires().found(), ["service-missing@cron"]);
        assert!(Scenario::of(FILE).with(container("web").running(110.0)).found().is_empty(), "still coming up");
        assert!(Scenario::of(FILE).found().is_empty());
        let off = "services: {web: {image: web}, cron: {image: cron, deploy: {replicas: 0}}}";
        assert!(Scenario::of(off).with(container("web").running(1.0)).found().is_empty());
        assert_eq!(RULE.rank, Rank::Symptom);
    }
}
