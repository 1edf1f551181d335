//! The timeline of the last start.

use SpanKind::{Created, Down, Ended, Probing, Ready, Starting, Unknown, Waiting};

use crate::stack::{
    fixture::*,
    timeline::{Lane, Mark, SpanKind, Timeline},
    *,
};

fn timeline(stack: &Stack, now: f64) -> Timeline {
    Timeline::of(stack, &stack.overview(at(now)), at(now)).unwrap()
}

/// Spans as kinds with the second that each begins at; checks that they leave no gap.
fn bar(lane: &Lane) -> Vec<(SpanKind, f64)> {
    for pair in lane.spans.windows(2) {
        assert_eq!(pair[0].to, Some(pair[1].from), "{:?}", lane.spans);
    }
    lane.spans.iter().map(|s| (s.kind, seconds(s.from))).collect()
}

fn seconds(stamp: Stamp) -> f64 {
    let ms = (stamp.as_nanos() - at(0.0).as_nanos()) / 1_000_000;
    f64::from(i32::try_from(ms).unwrap()) / 1000.0
}

/// The task app with a slow backend, as measured.
fn taskapp() -> Vec<Container> {
    let db = container("db").running(0.5).checked(10, Health::Healthy);
    let backend = container("backend").created_at(0.1).running(12.4).checked(30, Health::Healthy);
    let frontend = container("frontend").created_at(0.2).running(83.2).checked(30, Health::Healthy);
    vec![
        db.probed(&[probe(10.5, 12.2, 0), probe(22.2, 22.3, 0)]),
        backend.probed(&[probe(42.4, 52.4, -1), probe(82.1, 82.4, 0)]),
        frontend.probed(&[probe(113.2, 113.4, 0)]),
    ]
}

#[test]
fn the_start_of_the_task_app() {
    let t = timeline(&stack(Some(chain()), &taskapp()), 120.0);
    assert_eq!((t.origin, t.settled), (at(0.0), Some(at(113.4))));
    let [db, backend, frontend] = &t.lanes[..] else { panic!("{:?}", t.lanes) };
    assert_eq!(bar(db), [(Created, 0.0), (Starting, 0.5), (Ready, 12.2)]);
    assert_eq!(
        bar(backend),
        [(Waiting, 0.0), (Created, 12.2), (Starting, 12.4), (Probing, 42.4), (Starting, 52.4), (Ready, 82.4)]
    );
    assert_eq!(bar(frontend), [(Waiting, 0.0), (Created, 82.4), (Starting, 83.2), (Ready, 113.4)]);
    assert_eq!(
        backend.marks.iter().map(|(s, m)| (seconds(*s), *m)).collect::<Vec<_>>(),
        [(0.1, Mark::Created), (12.4, Mark::Started), (52.4, Mark::Failed), (82.4, Mark::Ready), (82.4, Mark::Passed)]
    );
    let critical: Vec<_> = t.critical.iter().map(|(s, d)| (s.as_str(), d.as_millis())).collect();
    assert_eq!(critical, [("db", 12_200), ("backend", 70_200), ("frontend", 31_000)]);
}

#[test]
fn it_grows_while_it_lasts() {
    let now = [taskapp().remove(0), container("backend").created_at(0.1), container("frontend").created_at(0.2)];
    let t = timeline(&stack(Some(chain()), &now), 12.3);
    assert_eq!(t.settled, None);
    assert_eq!(bar(&t.lanes[1]), [(Waiting, 0.0), (Created, 12.2)]);
    assert_eq!(t.lanes[1].spans.last().unwrap().to, None);
    assert_eq!(t.critical.len(), 1);
}

#[test]
fn what_the_engine_forgot_is_unknown() {
    let mut list = taskapp();
    list[0].probes = vec![probe(310.5, 310.6, 0), probe(320.6, 320.7, 0)];
    let t = timeline(&stack(Some(chain()), &list), 330.0);
    assert_eq!(bar(&t.lanes[0]), [(Created, 0.0), (Unknown, 0.5), (Ready, 310.6)]);
    assert_eq!((t.lanes[0].ready, t.settled), (None, None));
}

#[test]
fn a_later_start_of_one_service_is_a_start_of_its_own() {
    let mut list = taskapp();
    list[2] = container("frontend").created_at(5000.0).running(5000.3).checked(30, Health::Starting);
    let t = timeline(&stack(Some(chain()), &list), 5010.0);
    assert_eq!(t.origin, at(5000.0));
    assert_eq!(bar(&t.lanes[0]), [(Ready, 5000.0)]);
    assert_eq!(bar(&t.lanes[2]), [(Waiting, 5000.0), (Starting, 5000.3)]);
    assert!(t.critical.is_empty());
}

#[test]
fn a_warm_start_begins_with_the_first_start() {
    let again = |c: Container, end: f64, start: f64| Container {
        finished: Some(at(end)),
        exit_code: Some(143),
        ..c.running(start)
    };
    let db = again(container("db"), 900.0, 1000.0).checked(10, Health::Healthy).probed(&[probe(1010.0, 1010.2, 0)]);
    let backend = again(container("backend"), 899.0, 1011.0).checked(30, Health::Starting);
    let t = timeline(&stack(Some(chain()), &[db, backend]), 1020.0);
    assert_eq!(t.origin, at(1000.0));
    assert_eq!(bar(&t.lanes[1]), [(Waiting, 1000.0), (Created, 1010.2), (Starting, 1011.0)]);
}

#[test]
fn a_restart_that_is_watched_keeps_the_life_before() {
    let web = |c: Container| c.checked(10, Health::Healthy);
    let db = web(container("db").running(0.5)).probed(&[probe(10.5, 10.6, 0)]);
    let backend = web(container("backend").running(11.0)).probed(&[probe(21.0, 21.1, 0)]);
    let mut stack = stack(Some(chain()), &[db, backend]);
    use EventKind::{Die, Health as Turned, Kill, Start};
    let told = [
        ("db", 500.0, Kill("15".into())),
        ("backend", 500.1, Kill("15".into())),
        ("db", 500.2, Die(0)),
        ("backend", 501.2, Die(0)),
        ("db", 501.0, Start),
        ("db", 511.1, Turned(Health::Healthy)),
        ("backend", 511.9, Start),
    ];
    for (service, secs, kind) in told {
        stack.apply(event(service, secs, kind));
    }
    // The inspections that each event is followed by, the last ones standing for all.
    let again = |c: Container, end: f64| Container { finished: Some(at(end)), ..c };
    let db = again(web(container("db").running(501.0)), 500.2).probed(&[probe(511.0, 511.1, 0)]);
    let backend = again(container("backend").running(511.9).checked(10, Health::Starting), 501.2);
    stack.apply(Fact::Inspected(Box::new(db)));
    stack.apply(Fact::Inspected(Box::new(backend)));
    let t = timeline(&stack, 515.0);
    assert_eq!(t.origin, at(501.0));
    assert_eq!(bar(&t.lanes[0]), [(Starting, 501.0), (Ready, 511.1)]);
    assert_eq!(bar(&t.lanes[1]), [(Ready, 501.0), (Down, 501.2), (Starting, 511.9)]);
}

#[test]
fn crashes_and_jobs_are_on_the_bar() {
    let declared = project([service("job", &[]), service("web", &[("job", crate::compose::Condition::Completed)])]);
    let mut stack =
        stack(Some(declared), &[container("job").running(1.0).exited(0, 4.0), container("web").running(5.0)]);
    stack.apply(event("web", 8.0, EventKind::Die(1)));
    stack.apply(event("web", 9.0, EventKind::Start));
    let t = timeline(&stack, 20.0);
    assert_eq!(bar(&t.lanes[0]), [(Created, 0.0), (Starting, 1.0), (Ended, 4.0)]);
    assert_eq!(t.lanes[0].ready, Some(at(4.0)));
    assert_eq!(bar(&t.lanes[1]), [(Waiting, 0.0), (Created, 4.0), (Ready, 5.0), (Down, 8.0), (Ready, 9.0)]);
    assert!(t.lanes[1].marks.contains(&(at(9.0), Mark::Restarted)));
}

#[test]
fn restarts_before_anybody_looked_are_unknown() {
    let looped = Container { finished: Some(at(40.0)), ..container("web").running(41.0).restarting(5) };
    let looped = Container { phase: Phase::Running, ..looped };
    let t = timeline(&stack(None, &[looped]), 42.0);
    assert_eq!(bar(&t.lanes[0]), [(Unknown, 0.0), (Ready, 41.0)]);
}

#[test]
fn nothing_created_is_no_start() {
    let stack = stack(Some(chain()), &[]);
    assert_eq!(Timeline::of(&stack, &stack.overview(at(0.0)), at(0.0)), None);
}
