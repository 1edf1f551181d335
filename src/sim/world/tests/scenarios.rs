//! The built-in scenarios do what they say.

use super::*;
use crate::sim::world::{HealthStatus, Kind, LogRange, Status};

fn health(world: &World, service: &str) -> Option<HealthStatus> {
    world.of(service).health.as_ref().map(|health| health.status)
}

/// Advances until it is so; how many seconds after the beginning.
fn until(world: &mut World, what: &str, so: impl Fn(&World) -> bool) -> f64 {
    while !so(world) {
        let next = world.next_due().unwrap_or_else(|| panic!("{what}: nothing will happen"));
        assert!(next < after(3600.0), "{what}: not within an hour");
        world.advance(next);
    }
    world.now().since(START).as_secs_f64()
}

#[test]
fn failing_turns_unhealthy_until_it_is_restarted() {
    let mut world = built_in("failing");
    assert_eq!(world.events().next(), 0, "it has been up for long");
    for service in ["db", "backend", "frontend"] {
        assert_eq!(health(&world, service), Some(HealthStatus::Healthy), "{service}");
        assert_eq!(world.of(service).health.as_ref().unwrap().log.len(), 5);
    }
    let took = until(&mut world, "unhealthy", |w| health(w, "backend") == Some(HealthStatus::Unhealthy));
    assert!((40.0..75.0).contains(&took), "three probes fail after 20 s: {took}");
    let probe = world.of("backend").health.as_ref().unwrap().log.back().cloned().unwrap();
    assert_eq!((probe.exit, probe.output.as_str()), (22, "curl: (22) The requested URL returned error: 503\n"));
    world.advance(after(600.0));
    assert_eq!(health(&world, "backend"), Some(HealthStatus::Unhealthy), "it doesn't heal by itself");
    let lines = world.log_tail(world.of("backend"), None, 5);
    assert!(
        lines
            .iter()
            .all(|line| line.text.contains("pool:") || line.text.contains("503") || line.text.contains("QueuePool")),
        "{lines:?}"
    );

    world.act_on("shop-backend-1", Action::Restart { timeout: None, signal: None }).unwrap();
    assert_eq!(health(&world, "backend"), Some(HealthStatus::Starting));
    until(&mut world, "healthy", |w| health(w, "backend") == Some(HealthStatus::Healthy));
    let later = world.now() + Duration::from_secs(120);
    world.advance(later);
    assert_eq!(health(&world, "backend"), Some(HealthStatus::Healthy));
    let range = LogRange { after: Some(later.shifted(-60_000_000_000)), until: None };
    let lines = world.logs(world.of("backend"), range, 1000);
    assert!(lines.len() > 20 && lines.iter().all(|line| !line.text.contains("pool:")), "{lines:?}");
}

#[test]
fn the_platform_comes_up_in_layers() {
    let mut world = built_in("platform");
    let up = until(&mut world, "caddy healthy", |w| {
        w.containers().any(|c| c.spec.service == "caddy") && health(w, "caddy") == Some(HealthStatus::Healthy)
    });
    assert!((25.0..60.0).contains(&up), "{up}");
    world.advance(after(120.0));
    assert_eq!(world.containers().count(), 12);
    for container in world.containers() {
        if container.spec.service == "buckets" {
            assert_eq!((container.status, container.exit_code), (Status::Exited, 0));
        } else {
            assert_eq!(container.status, Status::Running, "{}", container.name);
            let status = container.health.as_ref().map(|health| health.status);
            assert!(status.is_none_or(|status| status == HealthStatus::Healthy), "{}", container.name);
        }
    }
    let start = |service: &str| world.of(service).started.unwrap();
    assert!(start("api") > world.of("buckets").finished.unwrap(), "the application waits for its buckets");
    assert!(start("caddy") > start("api") && start("grafana") > start("loki"));
    let members = |name: &str| world.members(world.network(name).unwrap()).len();
    assert_eq!((members("platform_edge"), members("platform_data"), members("platform_watch")), (5, 4, 7));
    let addresses: std::collections::BTreeSet<&str> = world
        .containers()
        .flat_map(|c| &c.endpoints)
        .filter(|e| !e.id.is_empty())
        .map(|e| e.address.as_str())
        .collect();
    assert_eq!(addresses.len(), 16, "each place has an address of its own");
}

#[test]
fn crash_loops_and_runs_out_of_memory() {
    let mut world = built_in("crash");
    let told = |world: &World, action: &str, service: &str| {
        let of = |(_, event): &(u64, &crate::sim::world::Event)| {
            event.kind == Kind::Container
                && event.action == action
                && event.attribute("com.docker.compose.service") == Some(service)
        };
        world.events().from(0).filter(of).count()
    };
    world.advance(after(60.0));
    assert!(told(&world, "die", "worker") >= 8, "{}", told(&world, "die", "worker"));
    assert!(world.of("worker").restarts >= 8);
    assert_eq!(world.of("worker").exit_code.min(1), world.of("worker").exit_code, "1 between two runs, 0 within one");
    assert!(told(&world, "oom", "renderer") >= 2 && world.of("renderer").restarts >= 1);
    let texts: Vec<String> = world.log_tail(world.of("worker"), None, 10).into_iter().map(|line| line.text).collect();
    assert!(texts.iter().any(|text| text == "KeyError: 'SIGNING_KEY'"), "{texts:?}");
    // A stop ends the loop, whether its program runs or the policy waits.
    world.act_on("crash-worker-1", Action::Stop { timeout: None, signal: None }).unwrap();
    let (restarts, later) = (world.of("worker").restarts, world.now() + Duration::from_secs(300));
    world.advance(later);
    assert_eq!((world.of("worker").status, world.of("worker").restarts), (Status::Exited, restarts));
}

#[test]
fn memory_fills_before_it_runs_out() {
    let mut world = built_in("crash");
    until(&mut world, "started", |w| w.containers().any(|c| c.spec.service == "renderer" && c.alive()));
    let started = world.of("renderer").started.unwrap();
    world.advance(started + Duration::from_secs(2));
    let early = world.sample(world.of("renderer"));
    world.advance(started + Duration::from_millis(18_900));
    let late = world.sample(world.of("renderer"));
    assert_eq!(late.memory_limit, 96 << 20);
    assert!(early.memory < 45 << 20 && late.memory > 90 << 20 && late.memory <= 96 << 20, "{early:?} {late:?}");
    let spent = (late.cpu_total - early.cpu_total) as f64 / 16.9e9;
    assert!((0.35..0.97).contains(&spent), "{spent} of a CPU");
}

#[test]
fn big_is_settled_at_once() {
    let mut world = built_in("big");
    assert_eq!(world.containers().count(), 300);
    let services: std::collections::BTreeSet<&str> = world.containers().map(|c| c.spec.service.as_str()).collect();
    assert_eq!(services.len(), 60);
    let settled = |c: &Container| {
        c.status == Status::Running && c.health.as_ref().is_none_or(|h| h.status == HealthStatus::Healthy)
    };
    assert!(world.containers().all(settled));
    world.advance(after(60.0));
    assert_eq!(world.containers().filter(|c| c.restarts > 0).count(), 0);
}

#[test]
fn counters_only_grow() {
    let mut world = built_in("taskapp");
    let mut last = [crate::sim::world::Sample::default(); 3];
    for second in 5..300 {
        world.advance(after(f64::from(second)));
        for (service, last) in ["db", "backend", "frontend"].iter().zip(&mut last) {
            let Some(container) = world.containers().find(|c| c.spec.service == *service && c.alive()) else {
                continue;
            };
            let now = world.sample(container);
            assert!(now.cpu_total >= last.cpu_total && now.net_rx >= last.net_rx && now.net_tx >= last.net_tx);
            assert!(
                now.cpu_total - last.cpu_total <= 1_000_000_000 || last.cpu_total == 0,
                "more than a CPU in a second"
            );
            assert!(now.memory > 0 && now.memory_cache <= now.memory && now.memory <= now.memory_limit);
            *last = now;
        }
    }
    assert!(last.iter().all(|sample| sample.cpu_total > 0));
}
