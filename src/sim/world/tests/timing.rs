//! When things happen: the task app's start, probes, and the restart policy's pauses.

use super::*;
use crate::sim::world::{Generation, HealthStatus, Kind, LogRange, Status};

/// When an event came, in tenths of a second since the beginning.
fn when(world: &World, action: &str, service: &str) -> Option<f64> {
    let mut found = world.events().from(0).filter(|(_, event)| {
        event.kind == Kind::Container
            && event.action == action
            && event.attribute("com.docker.compose.service") == Some(service)
    });
    found.next().map(|(_, event)| (event.at.since(START).as_secs_f64() * 10.0).round() / 10.0)
}

#[test]
fn the_task_app_starts_as_the_real_one_does() {
    let mut world = built_in("taskapp");
    world.advance(after(120.0));
    let at = |action, service| when(&world, action, service);
    assert_eq!(at("start", "db"), Some(2.1));
    assert_eq!(at("health_status: healthy", "db"), Some(12.2));
    assert_eq!(at("start", "backend"), Some(12.4));
    assert_eq!(at("health_status: healthy", "backend"), Some(82.5));
    assert_eq!(at("start", "frontend"), Some(82.9));
    assert_eq!(at("health_status: healthy", "frontend"), Some(113.0));
    let probes = &world.of("backend").health.as_ref().unwrap().log;
    assert_eq!(probes[0].exit, -1);
    assert_eq!(probes[0].output, "Health check exceeded timeout (10s)");
    assert!((9.9..10.1).contains(&probes[0].end.since(probes[0].start).as_secs_f64()));
    assert_eq!(probes[1].exit, 0);
}

#[test]
fn a_log_reads_the_same_in_pieces_and_from_its_end() {
    let mut world = built_in("taskapp");
    world.advance(after(60.0));
    world.act_on("taskapp-db-1", Action::Restart { timeout: None, signal: None }).unwrap();
    world.advance(after(1000.0));
    for container in world.containers().filter(|c| c.spec.project == "taskapp") {
        let all = world.logs(container, LogRange::default(), usize::MAX);
        assert!(all.len() > 30, "{} wrote {} lines", container.name, all.len());
        assert!(all.is_sorted_by(|a, b| a.at < b.at), "{}", container.name);
        let mut pieces = Vec::new();
        loop {
            let last = pieces.last().map(|line: &crate::sim::world::LogLine| line.at);
            let piece = world.logs(container, LogRange { after: last, until: None }, 7);
            if piece.is_empty() {
                break;
            }
            pieces.extend(piece);
        }
        assert_eq!(pieces, all);
        for count in [0, 1, 10, 50, 100_000] {
            assert_eq!(world.log_tail(container, None, count), all[all.len().saturating_sub(count)..]);
        }
    }
    let texts: Vec<String> =
        world.logs(world.of("db"), LogRange::default(), usize::MAX).into_iter().map(|line| line.text).collect();
    let place = |what: &str| texts.iter().position(|text| text.contains(what)).unwrap_or_else(|| panic!("{what}"));
    assert!(place("init process complete") < place("received fast shutdown request") + 100);
    assert!(place("background worker") < place("Skipping initialization"), "the second run comes after the first");
}

#[test]
fn a_follower_is_told_when_to_look_again() {
    let mut world = built_in("taskapp");
    world.advance(after(90.0));
    let mut last = world.now();
    for _ in 0..50 {
        let next = world.next_line(world.of("frontend"), last).unwrap();
        assert!(next > last);
        world.advance(next.shifted(-1));
        let range = LogRange { after: Some(last), until: None };
        assert_eq!(world.logs(world.of("frontend"), range, 10), [], "nothing before {next}");
        world.advance(next);
        let lines = world.logs(world.of("frontend"), range, 10);
        assert_eq!(lines.iter().map(|line| line.at).collect::<Vec<_>>(), [next]);
        last = next;
    }
}

const CRASHER: &str = r#"
project: p
compose: |
  services:
    a: {image: busybox, restart: always}
services:
  a: {start: 370ms, exits: {after: 30ms, code: 3}}
script: [{at: 0s, up: all}]
"#;

#[test]
fn the_restart_policy_waits_longer_each_time() {
    let mut world = world(CRASHER);
    world.advance(after(30.0));
    let deaths: Vec<Stamp> = world.events().from(0).filter(|(_, e)| e.action == "die").map(|(_, e)| e.at).collect();
    let between: Vec<f64> = deaths.windows(2).map(|w| w[1].since(w[0]).as_secs_f64()).collect();
    // As measured on an engine 20.10.
    for (took, measured) in between.iter().zip([0.56, 0.67, 0.93, 1.34, 2.03, 3.61, 7.01]) {
        assert!((took - measured).abs() < 0.2, "{took} instead of {measured}: {between:?}");
    }
    assert_eq!(u32::try_from(deaths.len()).unwrap(), world.of("a").restarts, "each end is counted at once");
    assert_eq!(world.of("a").exit_code, 3);
}

#[test]
fn a_long_run_resets_the_pause_and_a_limit_ends_the_loop() {
    let mut limited = world(&CRASHER.replace("always", "\"on-failure:3\""));
    limited.advance(after(30.0));
    let a = limited.of("a");
    assert_eq!((a.status, a.restarts, a.exit_code), (Status::Exited, 3, 3));
    assert_eq!(limited.next_due(), None, "nothing goes on");

    let mut long = world(&CRASHER.replace("after: 30ms", "after: 11s"));
    long.advance(after(200.0));
    let deaths: Vec<Stamp> = long.events().from(0).filter(|(_, e)| e.action == "die").map(|(_, e)| e.at).collect();
    let pauses: Vec<f64> = deaths.windows(2).map(|w| w[1].since(w[0]).as_secs_f64() - 11.0).collect();
    assert!(pauses.len() > 10 && pauses.iter().all(|pause| *pause < 0.6), "{pauses:?}");
}

const PROBED: &str = r#"
project: p
compose: |
  services:
    a:
      image: busybox
      healthcheck: {test: "true", interval: 2s, timeout: 1s, retries: 2, start_period: 3s}
services:
  a:
    start: 0s
    probe: [{until: 9s, exit: 1, output: "not yet"}, {until: 20s}, {exit: 7, output: sick}]
script: [{at: 0s, up: all}]
"#;

#[test]
fn health_follows_its_probes() {
    let mut world = world(PROBED);
    world.advance(after(60.0));
    let start = world.of("a").started.unwrap();
    let told: Vec<(u64, String)> = world
        .events()
        .from(0)
        .filter(|(_, e)| e.action.starts_with("health_status"))
        .map(|(_, e)| (e.at.since(start).as_secs(), e.action.to_string()))
        .collect();
    // The probe at 2 s is excused by the start period; those at 4 and 6 s aren't.
    let expected = [(6, "health_status: unhealthy"), (10, "health_status: healthy"), (22, "health_status: unhealthy")];
    assert_eq!(told, expected.map(|(at, word)| (at, word.to_owned())));
    let health = world.of("a").health.as_ref().unwrap();
    assert_eq!((health.log.len(), health.log[0].exit, health.log[0].output.as_str()), (5, 7, "sick"));
    for pair in health.log.iter().collect::<Vec<_>>().windows(2) {
        let gap = pair[1].start.since(pair[0].end).as_secs_f64();
        assert!((gap - 2.0).abs() < 0.001, "an interval from the end to the next start, not {gap}");
    }
}

#[test]
fn newer_engines_probe_sooner_while_it_starts() {
    let text = PROBED.replace("start_period: 3s", "start_period: 20s, start_interval: 500ms");
    let scenario = Arc::new(Scenario::parse("test.yaml", &text).unwrap());
    let mut healthy = [Generation::Docker20, Generation::Docker25].map(|generation| {
        let mut world = World::like(scenario.clone(), 1, START, generation);
        world.advance(after(19.0));
        let start = world.of("a").started.unwrap();
        let (_, event) = world.events().from(0).find(|(_, e)| e.action == "health_status: healthy").unwrap();
        event.at.since(start).as_secs_f64()
    });
    let [old, new] = &mut healthy;
    assert!((10.0..11.0).contains(old), "every two seconds: {old}");
    assert!((9.0..9.7).contains(new), "every half second: {new}");
}

#[test]
fn a_paused_container_reads_unhealthy_until_its_next_probe() {
    let mut world = world(&PROBED.replace("{until: 9s, exit: 1, output: \"not yet\"}, ", ""));
    world.advance(after(10.0));
    let status = |world: &World| world.of("a").health.as_ref().unwrap().status;
    assert_eq!(status(&world), HealthStatus::Healthy);
    let from = world.events().next();
    world.act_on("p-a-1", Action::Pause).unwrap();
    assert_eq!(status(&world), HealthStatus::Unhealthy);
    assert_eq!(world.of("a").health.as_ref().unwrap().failing_streak, 0);
    world.advance(after(15.0));
    world.act_on("p-a-1", Action::Unpause).unwrap();
    assert_eq!(status(&world), HealthStatus::Unhealthy);
    world.advance(after(17.5));
    assert_eq!(status(&world), HealthStatus::Healthy);
    assert_eq!(world.told(from), ["container pause p-a-1", "container unpause p-a-1", "container health_status p-a-1"]);
}
