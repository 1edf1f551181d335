//! What holds for every scenario and every sequence of requests.

use proptest::prelude::*;

use super::*;
use crate::sim::world::{Events, Status, Until};

fn actions() -> impl Strategy<Value = Action> {
    let timeout = || proptest::option::of(-1..4_i64);
    let signal = || proptest::option::of(prop_oneof![Just("TERM"), Just("KILL"), Just("HUP"), Just("nope"), Just("")]);
    let owned = |s: Option<&str>| s.map(str::to_owned);
    prop_oneof![
        4 => Just(Action::Start),
        4 => (timeout(), signal()).prop_map(move |(timeout, s)| Action::Stop { timeout, signal: owned(s) }),
        4 => (timeout(), signal()).prop_map(move |(timeout, s)| Action::Restart { timeout, signal: owned(s) }),
        3 => signal().prop_map(move |s| Action::Kill { signal: owned(s) }),
        3 => Just(Action::Pause),
        3 => Just(Action::Unpause),
        1 => "[a-z/!]{0,4}".prop_map(|to| Action::Rename { to }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(force, volumes)| Action::Remove { force, volumes }),
        1 => prop_oneof![Just(Until::NotRunning), Just(Until::NextExit), Just(Until::Removed)].prop_map(Action::Wait),
    ]
}

/// Requests to any of the first containers, and how many milliseconds pass before each.
fn sequences() -> impl Strategy<Value = Vec<(u64, usize, Action)>> {
    proptest::collection::vec((0..6_000_u64, 0..4_usize, actions()), 1..40)
}

fn fingerprint(world: &World) -> String {
    let mut out = format!("{:?} {}\n", world.now(), events(world.events()));
    for c in world.containers() {
        out += &format!("{c:?}\n");
        out += &format!("{:?} {:?}\n", world.sample(c), world.log_tail(c, None, 20));
    }
    for volume in world.volumes() {
        out += &format!("{volume:?} {}\n", world.volume_size(volume));
    }
    out
}

fn events(events: &Events) -> String {
    format!("{} {:?}", events.next(), events.from(0).last())
}

/// What must be true of a container at any moment.
fn is_legal(container: &Container) {
    let c = container;
    assert_eq!(c.pid > 0, c.alive(), "{c:?}");
    assert_eq!(c.run().is_some(), c.alive(), "{c:?}");
    assert!(c.status != Status::Created || c.started.is_none(), "{c:?}");
    assert!(c.status != Status::Exited || c.finished.is_some() || !c.error.is_empty(), "{c:?}");
    assert!(c.runs.iter().rev().skip(1).all(|run| run.end.is_some()), "{c:?}");
    assert!(c.health.as_ref().is_none_or(|h| h.log.len() <= 5));
    let idle = c.endpoints.iter().all(|e| e.id.is_empty());
    assert!(c.alive() || c.busy.is_some() || idle, "{c:?}");
}

fn play(name: &str, steps: &[(u64, usize, Action)], slices: u64) -> World {
    let mut world = built_in(name);
    for (pause, which, action) in steps {
        for slice in 1..=slices {
            let to = world.now() + Duration::from_millis(*pause / slices);
            let to = if slice == slices { to + Duration::from_millis(*pause % slices) } else { to };
            world.advance(to);
            world.containers().for_each(is_legal);
        }
        let Some(name) = world.containers().nth(*which).map(|c| c.id.clone()) else { continue };
        if let Ok(ticket) = world.begin(&name, action.clone()) {
            world.outcome(ticket);
        }
        world.containers().for_each(is_legal);
    }
    let end = world.now() + Duration::from_secs(120);
    world.advance(end);
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_requests_breaks_it(steps in sequences(), name in prop_oneof![Just("taskapp"), Just("crash")]) {
        let world = play(name, &steps, 1);
        world.containers().for_each(is_legal);
        // Nobody is busy forever: two minutes are more than any grace here.
        let patient = steps.iter().any(|(_, _, a)| matches!(a, Action::Stop { timeout: Some(-1), .. } | Action::Restart { timeout: Some(-1), .. }));
        if !patient {
            for c in world.containers() {
                prop_assert!(c.queue.is_empty() || c.busy.is_some(), "{:?}", c);
            }
        }
    }

    #[test]
    fn time_passes_the_same_in_one_step_or_many(steps in sequences()) {
        prop_assert_eq!(fingerprint(&play("taskapp", &steps, 1)), fingerprint(&play("taskapp", &steps, 7)));
    }

    #[test]
    fn scenarios_never_panic(text in "(?s).{0,200}", line in 0..60_usize, insert in "[ -~]{0,12}") {
        let _ = Scenario::parse("x.yaml", &text);
        let real = include_str!("../../../../assets/scenarios/crash.yaml");
        let mut lines: Vec<&str> = real.lines().collect();
        let at = line.min(lines.len());
        lines.insert(at, &insert);
        if let Ok(scenario) = Scenario::parse("x.yaml", &lines.join("\n")) {
            World::new(Arc::new(scenario), 3, START).advance(after(30.0));
        }
    }
}

#[test]
fn every_built_in_scenario_is_read_and_lives() {
    for name in Scenario::names() {
        let mut world = built_in(name);
        world.advance(after(300.0));
        assert!(world.containers().count() > 0, "{name}");
        world.containers().for_each(is_legal);
        assert!(!world.scenario().about.is_empty(), "{name}");
    }
}

#[test]
fn a_reborn_world_is_another() {
    let mut world = built_in("taskapp");
    world.advance(after(200.0));
    let mut reborn = world.reborn();
    assert_eq!(reborn.now(), world.now());
    let later = after(400.0);
    reborn.advance(later);
    let ids = |world: &World| world.containers().map(|c| c.id.clone()).collect::<std::collections::BTreeSet<_>>();
    let names = |world: &World| world.containers().map(|c| c.name.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(names(&world), names(&reborn));
    assert!(ids(&world).is_disjoint(&ids(&reborn)));
    assert_ne!(world.engine_id(), reborn.engine_id());
}

/// Ten thousand containers, of which one writes five thousand lines a second.
const HUGE: &str = r#"
project: huge
compose: |
  services:
    loud: {image: busybox}
    many: {image: busybox, scale: 9999, healthcheck: {test: "true", interval: 30s}}
services:
  loud: {logs: [{every: 200us, text: "line {n} of {service}"}]}
up: 1h
"#;

#[test]
fn cost_follows_what_happens_not_how_much_there_is() {
    let mut world = world(HUGE);
    let begun = world.jobs_done();
    world.advance(after(30.0));
    let jobs = world.jobs_done() - begun;
    // A probe is two jobs, and each container has about one in 30 s.
    assert!((15_000..25_000).contains(&jobs), "{jobs} jobs");
    // Fifty seconds' worth of lines weren't made; those that are asked for are.
    let loud = world.of("loud");
    let range = crate::sim::world::LogRange { after: Some(after(29.0)), until: None };
    let lines = world.logs(loud, range, usize::MAX);
    assert!((4_990..=5_010).contains(&lines.len()), "{}", lines.len());
    assert_eq!(world.log_tail(loud, None, 3).len(), 3);
}
