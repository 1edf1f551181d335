//! Jobs: order, waiting, giving up, errors.

use super::*;
use crate::{
    app::{
        action::{ActionId, key_of},
        model::ManualProbeState,
    },
    host::{Host, fixture::of_project},
    stack::{Ran, Stack, fixture},
    work::{Call, Error, Outcome, Task, TaskId},
};

#[test]
fn starts_in_dependency_order_and_waits_for_health() {
    let mut model = model(&exited());
    let first = press(&mut model, "   s");
    assert_eq!(calls(&model, &first), ["start db"]);
    assert!(last_toast(&model).contains("docker compose start"), "{}", last_toast(&model));
    assert!(model.ui.marked.is_empty());
    assert!(answer(&mut model, at(101.0)).is_empty(), "the old state isn't taken for its failure");

    let starting = container("db").checked(5, Health::Starting).running(100.5);
    assert!(tell(&mut model, vec![Fact::Inspected(Box::new(starting))], at(101.1)).is_empty());
    let up = container("db").checked(5, Health::Healthy).running(100.5);
    let second = tell(&mut model, vec![Fact::Inspected(Box::new(up))], at(106.0));
    assert_eq!(calls(&model, &second), ["start backend"]);
    answer(&mut model, at(107.0));
    let up = container("backend").checked(5, Health::Healthy).running(106.5);
    let third = tell(&mut model, vec![Fact::Inspected(Box::new(up))], at(112.0));
    assert_eq!(calls(&model, &third), ["start frontend"]);
    answer(&mut model, at(113.0));
    let job = &model.jobs[0];
    assert_eq!((job.done, job.total, job.ended), (3, 3, Some(at(113.0))));
}

#[test]
fn what_is_under_way_is_not_begun_twice() {
    let mut model = model(&healthy());
    press(&mut model, "r");
    let again = press(&mut model, "r");
    assert!(calls(&model, &again).is_empty());
    assert_eq!(model.jobs.len(), 1);
    assert!(last_toast(&model).contains("already running"), "{}", last_toast(&model));
}

#[test]
fn a_start_gives_up_when_a_dependency_ends() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    answer(&mut model, at(101.0));
    let dead = Container { started: Some(at(100.5)), ..container("db").exited(3, 101.2) };
    let effects = tell(&mut model, vec![Fact::Inspected(Box::new(dead))], at(101.3));
    assert!(calls(&model, &effects).is_empty());
    assert_eq!(
        errors(&model),
        ["start db, backend, frontend: db exited with code 3, so it can't become healthy; 2 calls not made"]
    );
    assert!(model.jobs[0].ended.is_some());
}

#[test]
fn a_job_is_judged_by_its_own_project() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    answer(&mut model, at(101.0));
    // The files name another project now, whose database is healthy.
    let renamed = crate::compose::Project { name: "q".into(), ..(*fixture::chain()).clone() };
    update(&mut model, Msg::Loaded { project: Some(renamed.into()), problems: Vec::new() }, at(102.0));
    let up = container("db").checked(5, Health::Healthy).running(100.5);
    let up = Container { project: Some("q".into()), ..up };
    let effects = tell(&mut model, snapshot(&[up]), at(107.0));
    assert!(calls(&model, &effects).is_empty(), "{effects:?}");
    assert_eq!(errors(&model), ["start db, backend, frontend: p is no longer shown; 2 calls not made"]);
}

#[test]
fn a_job_waits_for_its_own_host() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    answer(&mut model, at(101.0));
    // As if another host had been brought to the front meanwhile.
    let there = model.hosts_mut().hold(Host::new(Stack::new("p".into(), Some(fixture::chain()))));
    model.jobs[0].host = there;
    let up = vec![Fact::Inspected(Box::new(container("db").checked(5, Health::Healthy).running(100.5)))];
    assert!(tell(&mut model, up.clone(), at(102.0)).is_empty(), "that one is healthy here says nothing");
    let facts = of_project(snapshot(&exited()).into_iter().chain(up));
    let effects = update(&mut model, Msg::Facts(there, facts), at(103.0));
    assert_eq!(calls(&model, &effects), ["start backend"]);
    assert!(matches!(effects[0], Effect::Perform(host, ..) if host == there), "{effects:?}");
}

#[test]
fn a_start_gives_up_after_ten_minutes() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    answer(&mut model, at(101.0));
    let starting = container("db").checked(5, Health::Starting).running(100.5);
    tell(&mut model, vec![Fact::Inspected(Box::new(starting))], at(102.0));
    for secs in [102.0, 107.0, 300.0, 698.0] {
        update(&mut model, Msg::Tick, at(secs));
        assert!(next_change(&model).unwrap() >= std::time::Duration::from_millis(500), "no busy waiting at {secs}");
    }
    update(&mut model, Msg::Tick, at(699.0));
    assert!(errors(&model).is_empty());
    update(&mut model, Msg::Tick, at(702.0));
    assert_eq!(errors(&model).len(), 1);
}

#[test]
fn stops_dependents_first() {
    let mut model = model(&healthy());
    let first = press(&mut model, "   s");
    let mut order = calls(&model, &first);
    for secs in [101.0, 102.0, 103.0] {
        let next = answer(&mut model, at(secs));
        order.extend(calls(&model, &next));
    }
    assert_eq!(order, ["stop frontend", "stop backend", "stop db"]);
    assert!(model.jobs[0].ended.is_some());
}

#[test]
fn restarts_with_dependents_once_the_dependency_is_healthy_again() {
    let mut model = model(&healthy());
    let first = press(&mut model, "jR");
    assert_eq!(calls(&model, &first), ["restart backend"]);
    let after = answer(&mut model, at(100.2));
    assert!(after.is_empty(), "healthy of before the restart doesn't count");
    let between = Container { started: Some(at(10.0)), ..container("backend").exited(0, 100.05) };
    let still = tell(&mut model, vec![Fact::Inspected(Box::new(between))], at(100.3));
    assert!(still.is_empty() && errors(&model).is_empty(), "nor does its end in between");
    let up = container("backend").checked(5, Health::Healthy).running(100.1);
    let second = tell(&mut model, vec![Fact::Inspected(Box::new(up))], at(101.0));
    assert_eq!(calls(&model, &second), ["restart frontend"]);
}

#[test]
fn a_failed_call_ends_the_job_and_is_kept() {
    let mut model = model(&exited());
    press(&mut model, "   s");
    let refused = Error::Engine { status: 500, message: "port is already allocated\nsee above".into() };
    let task = model.jobs[0].running[0].id;
    update(&mut model, Msg::Ended(task, Err(refused)), at(101.0));
    assert_eq!(errors(&model), ["start p-db-1: port is already allocated\nsee above"]);
    assert!(model.jobs[0].ended.is_some() && model.jobs[0].steps.is_empty());
    press(&mut model, "E");
    assert!(matches!(model.ui.overlay, Some(Overlay::Errors(_))));
}

#[test]
fn what_was_never_created_says_what_creates_it() {
    let mut model = model(&[]);
    let effects = press(&mut model, "js");
    assert!(effects.is_empty());
    assert_eq!(last_toast(&model), "backend was not created: u brings it up");
}

#[test]
fn nothing_is_begun_without_an_engine() {
    let mut model = model(&healthy());
    let lost = host::Link::Lost {
        since: at(100.0),
        attempts: 1,
        next: at(105.5),
        kind: host::LostKind::Absent,
        error: "connection refused".into(),
    };
    tell(&mut model, vec![host::Fact::Link(lost)], at(101.0));
    assert_eq!(next_change(&model).map(|d| d.as_millis()), Some(500), "the count-down shows whole seconds");
    let effects = press(&mut model, "s");
    assert!(effects.is_empty() && model.jobs.is_empty());
    assert_eq!(last_toast(&model), "Not done: stop db. The engine can't be reached");
}

#[test]
fn a_replica_is_acted_on_alone() {
    let two = [healthy(), vec![container("db").running(10.0).checked(5, Health::Healthy).replica(2)]].concat();
    let mut model = model(&two);
    press(&mut model, "<Enter>jjs");
    assert_eq!((model.jobs[0].total, model.jobs[0].equivalent.to_string().as_str()), (1, "docker stop p-db-2"));
}

/// Probes the selected container by hand: the task's number.
fn probe(model: &mut Model) -> TaskId {
    let effects = press(model, &key_of(ActionId::Probe).to_string());
    let [Effect::Perform(_, id, Task::Call(Call::Probe { command, .. }))] = &effects[..] else {
        panic!("no probe: {effects:?}")
    };
    assert!(!command.is_empty() && model.jobs.is_empty());
    *id
}

#[test]
fn a_probe_by_hand_is_a_task_of_no_job() {
    let mut model = model(&healthy());
    let state = |model: &Model| model.manual_probes[&id_of("db")].state.clone();
    let first = probe(&mut model);
    assert!(press(&mut model, &key_of(ActionId::Probe).to_string()).is_empty(), "one at a time");
    let ran = Ran { took: std::time::Duration::from_millis(5), exit: Some(0), output: "ok".into() };
    update(&mut model, Msg::Ended(first, Ok(Outcome::Ran(ran.clone()))), at(101.0));
    assert_eq!(state(&model), ManualProbeState::Ran(ran.clone()));
    let second = probe(&mut model);
    update(&mut model, Msg::Ended(first, Ok(Outcome::Ran(ran))), at(102.0));
    assert_eq!(state(&model), ManualProbeState::Running, "what comes twice is about nothing");
    update(&mut model, Msg::Ended(second, Err(Error::ReadOnly)), at(103.0));
    assert_eq!(state(&model), ManualProbeState::Refused("stackview is read-only".into()));
}
