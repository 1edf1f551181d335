//! Starts that somebody looks at late: what the engine forgot meanwhile, and what follows from the rest.

use std::time::Duration;

use crate::stack::{
    fixture::*,
    starts::{LaneRecord, Remembered, StartRecord},
    timeline::{StartKind, Timeline},
    *,
};

fn timeline(stack: &Placed, now: f64) -> Timeline {
    stack.timeline(at(now)).unwrap()
}

/// Was up before, and was started again.
fn again(service: &str, end: f64, start: f64) -> Container {
    let made = container(service).running(start).checked(10, Health::Healthy);
    Container { finished: Some(at(end)), exit_code: Some(0), ..made }
}

/// The chain, stopped and started again at 1000 s: db healthy after 10 s, backend after 34, frontend after 58.
fn warm() -> [Container; 3] {
    [
        again("db", 990.0, 1000.0).probed(&[probe(1010.0, 1010.2, 0)]),
        again("backend", 985.0, 1011.0).probed(&[probe(1021.0, 1023.0, 1), probe(1033.0, 1034.0, 0)]),
        again("frontend", 980.0, 1035.0).probed(&[probe(1045.0, 1047.0, 1), probe(1057.0, 1058.0, 0)]),
    ]
}

/// The same after a while, when the engine knows only the last probes.
fn warm_and_forgotten() -> [Container; 3] {
    warm().map(|c| c.probed(&[probe(1500.0, 1500.1, 0), probe(1510.1, 1510.2, 0)]))
}

#[test]
fn an_end_before_the_start_hides_nothing_of_it() {
    let mut stack = stack(Some(chain()), &[]);
    // The engine keeps its last events only: these ends are there, the starts before them are not.
    for (service, secs) in [("frontend", 980.0), ("backend", 985.0), ("db", 990.0)] {
        stack.apply(event(service, secs, EventKind::Die(0)));
    }
    snapshot(&warm()).into_iter().for_each(|fact| _ = stack.apply(fact));
    let t = timeline(&stack, 1100.0);
    assert_eq!((t.origin, t.kind, t.settled), (at(1000.0), StartKind::Warm, Some(at(1058.0))));
    assert!(t.lanes.iter().all(|l| l.started.is_some() && l.ready.is_some()), "{:?}", t.lanes);
}

#[test]
fn what_waited_for_an_unknown_moment_belongs_to_the_same_start() {
    let t = timeline(&stack(Some(chain()), &warm_and_forgotten()), 1600.0);
    assert_eq!((t.origin, t.kind, t.settled), (at(1000.0), StartKind::Warm, None));
    // Down for itself, and started when compose would long have given up.
    let mut list = warm_and_forgotten();
    list[2].started = Some(at(1495.0));
    let t = timeline(&stack(Some(chain()), &list), 1600.0);
    assert_eq!((t.origin, t.kind), (at(1495.0), StartKind::Partial));
}

#[test]
fn a_warm_start_is_remembered() {
    let settled = timeline(&stack(Some(chain()), &warm()), 1100.0);
    let mut stack = stack(Some(chain()), &warm_and_forgotten());
    stack.remembered = Remembered::Known(vec![StartRecord::of(&settled, "local", at(1100.0)).unwrap()]);
    let t = timeline(&stack, 1600.0);
    assert_eq!((t.origin, t.kind, t.settled), (at(1000.0), StartKind::Warm, settled.settled));
    assert_eq!(t.critical, settled.critical);
}

#[test]
fn the_same_container_started_again_is_not_taken_for_what_is_remembered() {
    let mut stack = stack(Some(chain()), &warm_and_forgotten());
    let lane = |name: &str| LaneRecord {
        service: name.into(),
        container: id_of(name),
        started: at(0.5),
        ready: Some(at(10.6)),
    };
    let lanes = ["db", "backend", "frontend"].map(lane).to_vec();
    let took = Duration::from_secs(10);
    let cold = StartRecord { began: at(0.0), kind: StartKind::Cold, place: "local".into(), took, lanes };
    stack.remembered = Remembered::Known(vec![cold]);
    assert!(timeline(&stack, 1600.0).lanes.iter().all(|l| l.ready.is_none()));
}

#[test]
fn the_end_of_a_start_is_known_where_only_earlier_moments_are_forgotten() {
    let mut list = warm();
    // Ready before backend was started, and seen so long before frontend was.
    list[0].probes = vec![probe(1030.4, 1030.5, 0), probe(1040.5, 1040.6, 0)];
    let t = timeline(&stack(Some(chain()), &list), 1100.0);
    assert_eq!((t.lanes[0].ready, t.settled), (None, Some(at(1058.0))));
    let critical: Vec<_> = t.critical.iter().map(|(name, took)| (name.as_str(), took.as_secs())).collect();
    assert_eq!(critical, [("frontend", 24)], "how much of backend's time was db's, nobody knows");
    let record = StartRecord::of(&t, "local", at(1100.0)).unwrap();
    let known: Vec<bool> = record.lanes.iter().map(|l| l.ready.is_some()).collect();
    assert_eq!((record.took.as_secs(), known), (58, vec![false, true, true]), "later ones are compared with it");
    // Here it may have been the last.
    let declared = project([service("db", &[]), service("web", &[])]);
    let list = [
        again("db", 990.0, 1000.0).probed(&[probe(1030.4, 1030.5, 0)]),
        again("web", 990.0, 1000.0).probed(&[probe(1010.0, 1010.2, 0)]),
    ];
    assert_eq!(timeline(&stack(Some(declared), &list), 1100.0).settled, None);
}

#[test]
fn a_server_that_was_just_started_is_not_remembered_yet() {
    let of = |list: &[Container], now: f64| {
        let t = timeline(&stack(None, list), now);
        assert!(t.settled.is_some());
        StartRecord::of(&t, "local", at(now)).is_some()
    };
    let bare = [container("web").running(1.0)];
    assert_eq!([of(&bare, 5.0), of(&bare, 12.0)], [false, true], "it may end at once, and then it wasn't ready");
    let seen = [container("web").running(1.0).checked(2, Health::Healthy).probed(&[probe(3.0, 3.1, 0)])];
    let done = [container("web").running(1.0).exited(0, 3.0)];
    assert_eq!([of(&seen, 5.0), of(&done, 5.0)], [true, true]);
}

#[test]
fn a_slow_engine_does_not_make_a_cold_start_a_warm_one() {
    let slow = [
        container("db").running(13.6).checked(10, Health::Healthy).probed(&[probe(23.6, 23.8, 0)]),
        container("backend").created_at(0.4).running(24.5).checked(10, Health::Starting),
        container("frontend").created_at(0.8),
    ];
    let t = timeline(&stack(Some(chain()), &slow), 30.0);
    assert_eq!((t.origin, t.kind), (at(0.0), StartKind::Cold));
    let lying = [container("db").running(3000.0), container("backend").created_at(0.4)];
    let t = timeline(&stack(Some(chain()), &lying), 3001.0);
    assert_eq!((t.origin, t.kind), (at(3000.0), StartKind::Warm), "created, and left lying");
}

#[test]
fn a_crash_in_a_warm_start_does_not_make_it_an_old_one() {
    let mut stack = stack(Some(chain()), &warm());
    for (service, secs, kind) in [
        ("backend", 984.5, EventKind::Kill("15".into())),
        ("backend", 985.0, EventKind::Die(0)),
        ("backend", 1011.0, EventKind::Start),
        ("backend", 1012.0, EventKind::Die(1)),
        ("backend", 1012.5, EventKind::Start),
    ] {
        stack.apply(event(service, secs, kind));
    }
    let backend = Container { restarts: 1, ..again("backend", 1012.0, 1012.5) };
    stack.apply(Fact::Inspected(Box::new(backend.probed(&[probe(1022.5, 1022.6, 1), probe(1032.6, 1034.0, 0)]))));
    let t = timeline(&stack, 1100.0);
    assert_eq!((t.origin, t.kind, t.settled), (at(1000.0), StartKind::Warm, Some(at(1058.0))));
    assert_eq!((t.lanes[1].started, t.lanes[1].ready), (Some(at(1011.0)), Some(at(1034.0))));
}
