//! The law of facts: after a snapshot the present is the snapshot, whatever came before.

use std::sync::Arc;

use proptest::prelude::*;

use crate::{
    base::time::Stamp,
    compose::Project,
    stack::{fixture::*, *},
};

const SERVICES: [&str; 3] = ["db", "web", "job"];

fn declared() -> Arc<Project> {
    use crate::compose::Condition::{Completed, Healthy};
    project([service("web", &[("db", Healthy), ("job", Completed)]), service("job", &[]), service("db", &[])])
}

fn kinds() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        Just(EventKind::Create),
        Just(EventKind::Start),
        (0_i64..3).prop_map(EventKind::Die),
        Just(EventKind::Stop),
        Just(EventKind::Kill("15".into())),
        Just(EventKind::Pause),
        Just(EventKind::Unpause),
        Just(EventKind::Rename("old".into())),
        Just(EventKind::Destroy),
        Just(EventKind::Health(Health::Healthy)),
        Just(EventKind::Health(Health::Unhealthy)),
        Just(EventKind::ExecDie(0)),
    ]
}

fn containers() -> impl Strategy<Value = Vec<Container>> {
    let one = |service: &'static str| {
        let c = || container(service);
        prop_oneof![
            Just(None),
            Just(Some(c())),
            Just(Some(c().running(5.0))),
            Just(Some(c().running(5.0).checked(10, Health::Healthy).probed(&[probe(15.0, 15.1, 0)]))),
            Just(Some(c().exited(1, 9.0))),
            Just(Some(c().running(3.0).restarting(2))),
        ]
    };
    SERVICES.map(one).prop_map(|list| list.into_iter().flatten().collect())
}

fn any_fact() -> impl Strategy<Value = Vec<Fact>> {
    prop_oneof![
        (0..SERVICES.len(), 0_u8..40, kinds()).prop_map(|(s, secs, kind)| vec![event(
            SERVICES[s],
            f64::from(secs),
            kind
        )]),
        containers().prop_map(|list| snapshot(&list)),
        containers().prop_map(|list| snapshot(&list).into_iter().skip(1).collect()),
        (0..SERVICES.len()).prop_map(|s| vec![Fact::Gone(id_of(SERVICES[s]))]),
    ]
}

proptest! {
    #[test]
    fn a_snapshot_is_the_present(before in prop::collection::vec(any_fact(), 0..20), last in containers()) {
        let mut mixed = stack(Some(chain()), &[]);
        for fact in before.into_iter().flatten() {
            mixed.apply(fact);
        }
        for fact in snapshot(&last) {
            mixed.apply(fact);
        }
        prop_assert_eq!(&mixed.containers, &stack(Some(chain()), &last).containers);
    }

    #[test]
    fn facts_are_idempotent(facts in prop::collection::vec(any_fact(), 0..20)) {
        let (mut once, mut twice) = (stack(None, &[]), stack(None, &[]));
        for fact in facts.into_iter().flatten() {
            once.apply(fact.clone());
            twice.apply(fact.clone());
            // An inspection that undid what the event before it foretold is news; all else is not.
            let again = twice.apply(fact);
            prop_assert!(!again.history && !again.present);
        }
        prop_assert_eq!(&once.containers, &twice.containers);
        prop_assert_eq!(once.events.len(), twice.events.len());
    }

    #[test]
    fn what_follows_from_facts_hangs_together(facts in prop::collection::vec(any_fact(), 0..20), now in 0_u8..60) {
        let mut stack = stack(Some(declared()), &[]);
        for fact in facts.into_iter().flatten() {
            stack.apply(fact);
        }
        let now = at(f64::from(now));
        let overview = stack.overview(now);
        prop_assert!(overview.ready <= overview.total);
        prop_assert_eq!(overview.verdict == Verdict::Ready, overview.ready == overview.total);
        for service in &overview.services {
            prop_assert!(service.ready_replicas <= service.replicas);
            prop_assert!(!service.ready || service.reason.is_none() && service.blocked_by.is_empty());
        }
        if let Some((root, chain)) = &overview.root {
            prop_assert_eq!(Some(root), chain.last());
            prop_assert!(!overview.service(root).unwrap().ready);
        }
        let Some(timeline) = stack.timeline(now) else { return Ok(()) };
        for lane in &timeline.lanes {
            prop_assert!(lane.spans.first().is_none_or(|s| s.from == timeline.origin));
            prop_assert!(lane.spans.windows(2).all(|w| w[0].to == Some(w[1].from) && w[0].from < w[1].from));
            prop_assert!(lane.spans.last().is_none_or(|s| s.to.is_none()));
            prop_assert!(lane.marks.is_sorted_by_key(|(at, _)| *at));
        }
        let total: std::time::Duration = timeline.critical.iter().map(|(_, took)| *took).sum();
        let ends = timeline.lanes.iter().filter_map(|l| l.ready);
        prop_assert!(timeline.critical.is_empty() || ends.clone().any(|r| r.since(timeline.origin) == total));
    }

    #[test]
    fn events_stand_in_order_of_time(
        list in prop::collection::vec((0..SERVICES.len(), 0_u8..40, kinds()), 0..40),
    ) {
        let mut stack = stack(None, &[]);
        for (s, secs, kind) in list {
            stack.apply(event(SERVICES[s], f64::from(secs), kind));
        }
        let stamps: Vec<Stamp> = stack.events.iter().map(|e| e.at).collect();
        prop_assert!(stamps.is_sorted());
        prop_assert!(stack.events.iter().all(|e| !matches!(e.kind, EventKind::ExecDie(_))));
    }
}

#[test]
fn an_event_is_true_at_once() {
    let mut stack = stack(None, &[container("web").checked(10, Health::Starting)]);
    let web = |stack: &Placed| stack.containers[&id_of("web")].clone();
    assert!(stack.apply(event("web", 1.0, EventKind::Start)).present);
    assert_eq!((web(&stack).phase, web(&stack).started), (Phase::Running, Some(at(1.0))));
    stack.apply(event("web", 12.0, EventKind::Health(Health::Healthy)));
    assert_eq!(web(&stack).health, Some(Health::Healthy));
    stack.apply(event("web", 13.0, EventKind::Pause));
    assert_eq!(web(&stack).phase, Phase::Paused);
    stack.apply(event("web", 14.0, EventKind::Unpause));
    stack.apply(event("web", 15.0, EventKind::Die(3)));
    assert_eq!(
        (web(&stack).phase, web(&stack).exit_code, web(&stack).finished),
        (Phase::Exited, Some(3), Some(at(15.0)))
    );
    assert!(!stack.apply(event("web", 1.0, EventKind::Start)).present, "replayed");
    assert!(!stack.apply(event("web", 2.0, EventKind::Unpause)).present, "too late");
    assert!(stack.apply(event("web", 16.0, EventKind::Destroy)).present);
    assert!(stack.containers.is_empty());
    stack.apply(Fact::Inspected(Box::new(container("web"))));
    assert!(stack.containers.is_empty(), "an inspection that was under way brings nothing back");
}

#[test]
fn what_an_end_begins_with_keeps_it_from_nothing() {
    let mut stack = stack(None, &[container("web").running(1.0)]);
    let signal = stack.apply(event("web", 5.0, EventKind::Kill("9".into())));
    assert_eq!(signal, Change { events: true, ..Change::default() }, "nothing follows from it yet");
    let end = stack.apply(event("web", 5.01, EventKind::Die(137)));
    assert!(end.present && end.history, "true before anybody inspects");
    let web = &stack.overview(at(5.01)).services[0];
    assert_eq!((web.state, web.since), (State::Stopped, Some(at(5.01))), "the signal isn't forgotten");
    let late = stack.apply(event("web", 5.005, EventKind::Kill("15".into())));
    assert!(late.history, "of one that has ended it may tell why");
    let left = stack.apply(event("web", 5.02, EventKind::Other("attach".into())));
    assert!(left.events && !left.history && stack.events.len() == 4);
}

#[test]
fn an_event_after_its_inspection_changes_nothing() {
    let mut stack = stack(None, &[container("web").running(1.0)]);
    assert!(!stack.apply(event("web", 1.03, EventKind::Start)).present);
    assert_eq!(stack.history[&id_of("web")].starts.len(), 1, "one start, told twice");
    stack.apply(Fact::Inspected(Box::new(container("web").running(1.0).exited(1, 5.0))));
    assert!(!stack.apply(event("web", 5.02, EventKind::Die(1))).present);
    let ends = &stack.history[&id_of("web")].ends;
    assert_eq!(ends.iter().collect::<Vec<_>>(), [(&at(5.0), &1)]);
}

#[test]
fn what_will_restart_does_not_seem_to_have_ended() {
    let always = Container { restart: compose_restart(), ..container("web").running(1.0) };
    let mut stack = stack(None, &[always]);
    stack.apply(event("web", 5.0, EventKind::Die(1)));
    assert_eq!(stack.containers[&id_of("web")].phase, Phase::Restarting);
    stack.apply(event("web", 6.0, EventKind::Start));
    stack.apply(event("web", 7.0, EventKind::Kill("15".into())));
    stack.apply(event("web", 7.5, EventKind::Die(143)));
    assert_eq!(stack.containers[&id_of("web")].phase, Phase::Exited);
}

fn compose_restart() -> crate::compose::Restart {
    crate::compose::Restart::UnlessStopped
}

#[test]
fn others_do_not_enter() {
    let mut stack = stack(None, &[]);
    let foreign = Container { project: Some("other".into()), ..container("web") };
    stack.apply(Fact::Listed(vec![foreign.clone()]));
    stack.apply(Fact::Inspected(Box::new(foreign)));
    assert!(stack.containers.is_empty() && stack.history.is_empty());
    let mut stray = match event("web", 1.0, EventKind::Start) {
        Fact::Happened(event) => event,
        _ => unreachable!(),
    };
    stray.service = None;
    assert_eq!(stack.apply(Fact::Happened(stray.clone())), Change::default());
    stray.subject = EventSubject::Network("n1".into(), None);
    stray.name = "p_default".into();
    assert!(stack.apply(Fact::Happened(stray.clone())).history);
    stray.name = "pother_default".into();
    assert_eq!(stack.apply(Fact::Happened(stray)), Change::default());
}

#[test]
fn a_list_leaves_detail() {
    let inspected = container("web").running(1.0).checked(10, Health::Starting).probed(&[probe(11.0, 11.1, 0)]);
    let mut stack = stack(None, std::slice::from_ref(&inspected));
    let entry = Container { health: Some(Health::Healthy), inspected: false, ..container("web").running(1.0) };
    stack.apply(Fact::Listed(vec![Container { started: None, ..entry }]));
    let held = &stack.containers[&id_of("web")];
    assert_eq!((held.health, held.started, held.probes.len()), (Some(Health::Healthy), Some(at(1.0)), 1));
}

#[test]
fn healthy_at_is_known_or_not_but_never_guessed() {
    let web = || container("web").running(1.0).checked(10, Health::Healthy);
    let known = |c: Container| stack(None, std::slice::from_ref(&c)).healthy_at(&c);
    assert_eq!(known(web().probed(&[probe(11.0, 11.2, 0)])), Some(at(11.2)));
    assert_eq!(known(web().probed(&[probe(11.0, 11.2, 1), probe(21.2, 21.4, 0)])), Some(at(21.4)));
    assert_eq!(known(web().probed(&[probe(51.0, 51.2, 0), probe(61.2, 61.4, 0)])), None, "the first is gone");
    let mut stack = stack(None, &[Container { health: Some(Health::Starting), ..web() }]);
    stack.apply(event("web", 11.21, EventKind::Health(Health::Healthy)));
    assert_eq!(stack.healthy_at(&web()), Some(at(11.21)), "the event at first");
    stack.apply(Fact::Inspected(Box::new(web().probed(&[probe(11.0, 11.2, 0)]))));
    assert_eq!(stack.healthy_at(&web()), Some(at(11.2)), "then the probe's own end");
    stack.apply(event("web", 99.0, EventKind::Health(Health::Unhealthy)));
    stack.apply(event("web", 120.0, EventKind::Health(Health::Healthy)));
    assert_eq!(stack.healthy_at(&web()), Some(at(11.2)), "the first time since the start");
}

#[test]
fn history_is_bounded() {
    let mut stack = stack(None, &[container("web").running(0.0)]);
    for i in 0..4000 {
        let secs = f64::from(i) * 20.0 + 1.0;
        stack.apply(event("web", secs, EventKind::Die(1)));
        stack.apply(event("web", secs + 10.0, EventKind::Start));
    }
    let history = &stack.history[&id_of("web")];
    assert_eq!((history.starts.len(), history.ends.len(), stack.events.len()), (256, 256, 2000));
}
