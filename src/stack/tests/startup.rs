//! The timeline of the last start.

use SpanKind::{Created, Down, Ended, Probing, Ready, Starting, Unknown, Waiting};

use crate::{
    base::time::Stamp,
    stack::{
        fixture::*,
        timeline::{Lane, Mark, SpanKind, StartKind, Timeline},
        *,
    },
};

fn timeline(stack: &Placed, now: f64) -> Timeline {
    stack.timeline(at(now)).unwrap()
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
    assert_eq!((t.lanes[0].ready, t.settled), (None, Some(at(113.4))), "backend waited for it");
    let critical: Vec<_> = t.critical.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(critical, ["frontend"], "how much of backend's time was db's, nobody knows");
    // Where nobody waited for it, it may have been the last.
    let declared = project([service("db", &[]), service("backend", &[])]);
    let t = timeline(&stack(Some(declared), &list[..2]), 330.0);
    assert!(t.critical.is_empty() && t.settled.is_none(), "it may have decided: {:?}", t.critical);
}

#[test]
fn what_was_before_it_became_unhealthy_is_unknown_unless_it_was_seen() {
    let sick = |probes: &[Probe]| container("db").running(0.5).checked(10, Health::Unhealthy).probed(probes);
    let bar_of = |probes: &[Probe]| {
        let mut stack = stack(Some(chain()), &[sick(probes)]);
        stack.apply(event("db", 910.0, EventKind::Health(Health::Unhealthy)));
        bar(&timeline(&stack, 920.0).lanes[0])
    };
    let late = [probe(880.0, 880.1, 0), probe(890.0, 890.1, 1), probe(900.0, 900.1, 1), probe(910.0, 910.1, 1)];
    assert_eq!(bar_of(&late), [(Created, 0.0), (Unknown, 0.5), (Ready, 880.1), (SpanKind::Unhealthy, 910.0)]);
    assert_eq!(bar_of(&late[1..]), [(Created, 0.0), (Unknown, 0.5), (SpanKind::Unhealthy, 910.0)]);
    let whole = [probe(10.5, 10.6, 1), probe(890.0, 890.1, 1), probe(900.0, 900.1, 1)];
    assert_eq!(bar_of(&whole)[..2], [(Created, 0.0), (Starting, 0.5)]);
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
    assert_eq!(stack.timeline(at(0.0)), None);
}

#[test]
fn kinds_of_starts_are_told_apart() {
    let kind = |list: &[Container], now: f64| timeline(&stack(Some(chain()), list), now).kind;
    assert_eq!(kind(&taskapp(), 120.0), StartKind::Cold);
    let again = |c: Container, end: f64, start: f64| Container {
        finished: Some(at(end)),
        exit_code: Some(143),
        ..c.running(start).checked(10, Health::Healthy)
    };
    let warm = [
        again(container("db"), 900.0, 1000.0).probed(&[probe(1010.0, 1010.2, 0)]),
        again(container("backend"), 899.0, 1011.0).probed(&[probe(1021.0, 1021.1, 0)]),
        again(container("frontend"), 898.0, 1022.0).probed(&[probe(1032.0, 1032.1, 0)]),
    ];
    assert_eq!(kind(&warm, 1040.0), StartKind::Warm);
    let mut partial = taskapp();
    partial[2] = container("frontend").created_at(5000.0).running(5000.3).checked(30, Health::Starting);
    assert_eq!(kind(&partial, 5010.0), StartKind::Partial);
    // All at once, dependents before what they wait for: only the engine does so.
    let revived = |c: Container| Container { restart: crate::compose::Restart::Always, ..c };
    let list = [
        revived(again(container("db"), 900.0, 1000.3)).probed(&[probe(1010.3, 1010.5, 0)]),
        revived(again(container("backend"), 899.0, 1000.1)).probed(&[probe(1010.1, 1010.2, 0)]),
        revived(again(container("frontend"), 898.0, 1000.2)).probed(&[probe(1010.2, 1010.4, 0)]),
    ];
    assert_eq!(kind(&list, 1040.0), StartKind::Revived);
    let mut asked = stack(Some(chain()), &list);
    asked.apply(event("db", 899.9, EventKind::Stop));
    assert_eq!(timeline(&asked, 1040.0).kind, StartKind::Warm, "a person did it");
}

#[test]
fn what_is_restarted_when_all_was_ready_is_a_start_of_its_own() {
    let mut list = taskapp();
    list[0] = Container { finished: Some(at(115.0)), exit_code: Some(0), ..list[0].clone().running(115.5) }
        .probed(&[probe(125.5, 125.6, 0)]);
    let t = timeline(&stack(Some(chain()), &list), 130.0);
    assert_eq!((t.origin, t.kind, t.settled), (at(115.5), StartKind::Partial, Some(at(125.6))));
}

#[test]
fn each_dependency_has_its_cost() {
    let declared = project([
        service("web", &[("db", crate::compose::Condition::Healthy), ("job", crate::compose::Condition::Completed)]),
        service("db", &[]),
        service("job", &[]),
    ]);
    let list = [
        container("db").running(0.5).checked(10, Health::Healthy).probed(&[probe(10.5, 10.6, 0)]),
        container("job").running(0.5).exited(0, 4.0),
        container("web").running(11.0),
    ];
    let t = timeline(&stack(Some(declared), &list), 20.0);
    let waits: Vec<_> = t.waits.iter().map(|w| (w.on.as_str(), w.cost.unwrap().as_millis())).collect();
    assert_eq!(waits, [("db", 6600), ("job", 0)], "without db it could have started at 4 s, without the job no sooner");
}

fn remembered(kind: StartKind, began: f64, took: [f64; 3]) -> starts::StartRecord {
    let mut from = began;
    let lanes = ["db", "backend", "frontend"].into_iter().zip(took).map(|(name, took)| {
        let lane = starts::LaneRecord {
            service: name.into(),
            container: id_of(name),
            started: at(from),
            ready: Some(at(from + took)),
        };
        from += took;
        lane
    });
    let lanes: Vec<_> = lanes.collect();
    let total = lanes.last().unwrap().ready.unwrap().since(at(began));
    starts::StartRecord { began: at(began), kind, place: "local".into(), took: total, lanes }
}

#[test]
fn it_is_compared_with_its_like() {
    let mut stack = stack(Some(chain()), &taskapp());
    let mut earlier: Vec<_> =
        (1..=6_u32).map(|i| remembered(StartKind::Cold, -1000.0 * f64::from(i), [12.0, 30.0, 30.0])).collect();
    earlier.reverse();
    earlier.push(remembered(StartKind::Warm, -500.0, [1.0, 1.0, 1.0]));
    stack.remembered = starts::Remembered::Known(earlier);
    let t = timeline(&stack, 120.0);
    assert_eq!(t.comparison.earlier.len(), 5);
    assert!(t.comparison.earlier.iter().all(|(_, took)| took.as_secs() == 72));
    let words: Vec<String> = t.comparison.regressions.iter().map(timeline::Regression::words).collect();
    assert_eq!(
        words,
        ["the start took 113.4 s, the last 5 cold starts 72.0 s", "backend took 70.0 s, the last 5 cold starts 30.0 s"]
    );
    // On another engine nothing is usual yet.
    let starts::Remembered::Known(known) = &mut stack.remembered else { panic!() };
    known.iter_mut().for_each(|s| s.place = "far".into());
    assert_eq!(timeline(&stack, 120.0).comparison, timeline::Comparison::default());
}

#[test]
fn earlier_starts_tell_how_much_is_left() {
    let now = [taskapp().remove(0), container("backend").created_at(0.1).running(12.4).checked(30, Health::Starting)];
    let mut stack = stack(Some(chain()), &[&now[..], &[container("frontend").created_at(0.2)]].concat());
    assert_eq!(timeline(&stack, 20.0).comparison.to_go, None);
    stack.remembered = starts::Remembered::Known(vec![remembered(StartKind::Cold, -1000.0, [12.0, 40.0, 30.0])]);
    let left = timeline(&stack, 20.0).comparison.to_go.unwrap();
    assert_eq!(left.as_millis(), 63_100, "backend at 52.4, handed over in 0.7, frontend 30 s later");
}

#[test]
fn what_the_engine_forgot_may_be_remembered() {
    let mut list = taskapp();
    list[0].probes = vec![probe(310.5, 310.6, 0), probe(320.6, 320.7, 0)];
    let mut stack = stack(Some(chain()), &list);
    assert_eq!(timeline(&stack, 330.0).lanes[0].ready, None);
    stack.remembered = starts::Remembered::Known(vec![remembered(StartKind::Cold, 0.0, [12.2, 70.2, 31.0])]);
    let t = timeline(&stack, 330.0);
    assert_eq!((t.lanes[0].ready, t.settled), (Some(at(12.2)), Some(at(113.4))));
    assert_eq!(bar(&t.lanes[0]), [(Created, 0.0), (Starting, 0.5), (Ready, 12.2)]);
}

#[test]
fn a_late_probe_and_a_timeout_are_worth_a_hint() {
    let mut stack = stack(Some(chain()), &taskapp());
    stack.apply(Fact::Opened(
        id_of("backend"),
        Opening {
            start: at(12.4),
            since: at(12.3),
            first: Some(at(13.0)),
            listening: Some((at(57.5), "Listening at: :5000".into())),
        },
    ));
    let t = timeline(&stack, 120.0);
    let backend = &t.lanes[1];
    assert_eq!((backend.first_line, backend.listening.as_ref().unwrap().0), (Some(at(13.0)), at(57.5)));
    let hints: Vec<_> = t.hints.iter().map(|h| (h.service.as_str(), h.words.as_str())).collect();
    // 45.1 s after its start it listens; a probe each 2 s would have seen that at 46.2, 23.8 s before 70.
    assert!(
        hints.iter().any(|(s, w)| *s == "backend"
            && w.contains("listens after 45.1 s")
            && w.contains("would save about 23.8 s of this start")),
        "{hints:?}"
    );
    assert!(hints.iter().any(|(s, w)| *s == "frontend" && w.contains("first probe came 30.0 s")), "{hints:?}");
    assert!(
        hints.iter().any(|(_, w)| w.starts_with("backend waited") || w.starts_with("frontend waited")),
        "{hints:?}"
    );
}

#[test]
fn a_crash_that_came_too_early_is_worth_a_hint() {
    let declared = project([service("web", &[("db", crate::compose::Condition::Started)]), service("db", &[])]);
    let db = container("db").running(0.5).checked(10, Health::Healthy).probed(&[probe(10.5, 10.6, 0)]);
    let web = Container { restarts: 1, finished: Some(at(2.0)), ..container("web").running(3.0) };
    let mut stack = stack(Some(declared), &[db]);
    stack.apply(event("web", 0.9, EventKind::Start));
    stack.apply(event("web", 2.0, EventKind::Die(1)));
    stack.apply(Fact::Inspected(Box::new(web)));
    let t = timeline(&stack, 20.0);
    let hints = &t.hints;
    assert!(hints.iter().any(|h| h.words.starts_with("web failed once before db was healthy")), "{t:?}");
}

#[test]
fn what_fell_later_does_not_undo_the_start() {
    let mut list = taskapp();
    let dead =
        |c: Container, end: f64| Container { phase: Phase::Exited, finished: Some(at(end)), exit_code: Some(137), ..c };
    list[1] = dead(list[1].clone(), 900.0);
    let t = timeline(&stack(Some(chain()), &list), 1000.0);
    assert_eq!((t.origin, t.settled), (at(0.0), Some(at(113.4))));
    let declared = || project([service("web", &[]), service("db", &[])]);
    let early = [container("db").running(1.0), dead(container("web").running(1.0), 1.2)];
    assert_eq!(timeline(&stack(Some(declared()), &early), 1000.0).settled, None, "it was never ready");
    let late = [container("db").running(1.0), dead(container("web").running(1.0), 50.0)];
    assert_eq!(timeline(&stack(Some(declared()), &late), 1000.0).settled, Some(at(1.0)));
}
