//! Tables of states and verdicts.

use std::sync::Arc;

use crate::{
    base::id::ServiceName,
    compose::{Condition, Project, Restart, Service},
    stack::{fixture::*, *},
};

fn state_of(container: Container) -> State {
    let service = container.service.clone().unwrap();
    stack(None, &[container]).overview(at(100.0)).service(&service).unwrap().state
}

#[test]
fn every_state_has_its_container() {
    let c = || container("web");
    let table: [(&str, Container, State); 24] = [
        ("healthy", c().running(1.0).checked(10, Health::Healthy), State::Healthy),
        ("running without a check", c().running(1.0), State::Running),
        ("starting", c().running(1.0).checked(10, Health::Starting), State::Starting),
        ("created", c(), State::Created),
        ("could not start", Container { error: "port taken".into(), ..c() }, State::Failed),
        (
            "could not start, whatever the policy",
            Container { error: "x".into(), restart: Restart::Always, ..c() },
            State::Failed,
        ),
        ("could not start again", Container { error: "x".into(), ..c().exited(128, 5.0) }, State::Failed),
        ("a job", c().exited(0, 5.0), State::Done),
        ("a job with on-failure", Container { restart: Restart::OnFailure(None), ..c().exited(0, 5.0) }, State::Done),
        (
            "0 with a published port is no job",
            Container {
                ports: vec![PortBinding {
                    host_ip: String::new(),
                    host_port: Some(80),
                    container_port: 80,
                    protocol: "tcp".into(),
                }],
                ..c().exited(0, 5.0)
            },
            State::Exited,
        ),
        ("0 with a check is no job", c().checked(10, Health::Healthy).exited(0, 5.0), State::Exited),
        ("crashed", c().exited(1, 5.0), State::Exited),
        ("0, not inspected yet", Container { inspected: false, ..c().exited(0, 5.0) }, State::Stopped),
        ("ended by SIGTERM", c().exited(143, 5.0), State::Stopped),
        ("ended by SIGINT", c().exited(130, 5.0), State::Stopped),
        ("ended by SIGKILL", c().exited(137, 5.0), State::Stopped),
        ("killed for memory", Container { oom_killed: true, ..c().exited(137, 5.0) }, State::Exited),
        ("always, but down", Container { restart: Restart::Always, ..c().exited(1, 5.0) }, State::Stopped),
        ("dead", Container { phase: Phase::Dead, ..c().exited(2, 5.0) }, State::Exited),
        ("unhealthy", c().running(1.0).checked(10, Health::Unhealthy), State::Unhealthy),
        ("restarting", c().running(1.0).restarting(3), State::Restarting),
        (
            "paused reads unhealthy",
            Container { phase: Phase::Paused, ..c().running(1.0).checked(10, Health::Unhealthy) },
            State::Paused,
        ),
        ("removing", Container { phase: Phase::Removing, ..c() }, State::Exited),
        ("a new word", Container { phase: Phase::Unknown, ..c() }, State::Unknown),
    ];
    for (what, container, state) in table {
        assert_eq!(state_of(container), state, "{what}");
    }
    let overview = stack(Some(chain()), &[container("backend"), container("db")]).overview(at(1.0));
    let word = |name| overview.service(name).unwrap().state;
    assert_eq!([word("db"), word("backend"), word("frontend")], [State::Created, State::Waiting, State::Missing]);
}

#[test]
fn stopped_is_what_was_asked_for() {
    let running = || container("web").running(1.0);
    let after = |events: &[(f64, EventKind)], end: Container| {
        let mut stack = stack(None, &[running()]);
        for (secs, kind) in events {
            stack.apply(event("web", *secs, kind.clone()));
        }
        stack.apply(Fact::Inspected(Box::new(end)));
        stack.overview(at(100.0)).services[0].state
    };
    use EventKind::{Die, Kill, Stop};
    let ends = |code| running().exited(code, 20.0);
    assert_eq!(after(&[(19.9, Kill("15".into())), (20.1, Die(1)), (20.2, Stop)], ends(1)), State::Stopped);
    assert_eq!(after(&[(19.9, Kill("SIGKILL".into())), (20.1, Die(137))], ends(137)), State::Stopped);
    assert_eq!(after(&[(19.9, Kill("1".into())), (20.1, Die(1))], ends(1)), State::Exited, "SIGHUP asks for no end");
    assert_eq!(after(&[(20.1, Die(143))], ends(143)), State::Exited, "seen to end by itself");
    assert_eq!(after(&[(6.0, Kill("15".into())), (20.1, Die(1))], ends(1)), State::Stopped, "took its grace");
    assert_eq!(after(&[(1.5, Kill("15".into())), (40.1, Die(1))], running().exited(1, 40.0)), State::Exited);
    let oom = Container { oom_killed: true, ..ends(137) };
    assert_eq!(after(&[(19.9, Kill("9".into())), (20.1, Die(137))], oom), State::Exited);
    assert_eq!(after(&[(19.9, Kill("15".into())), (20.1, Die(0)), (20.2, Stop)], ends(0)), State::Stopped);
}

pub(super) fn job_project() -> Arc<Project> {
    project([service("job", &[]), service("web", &[("job", Condition::Completed)])])
}

#[test]
fn verdicts() {
    let healthy = |s: &str| container(s).running(1.0).checked(10, Health::Healthy);
    let starting = |s: &str| container(s).running(1.0).checked(10, Health::Starting);
    type Row = (&'static str, Arc<Project>, Vec<Container>, f64, Verdict);
    let table: Vec<Row> = vec![
        ("nothing there", chain(), vec![], 100.0, Verdict::Stopped),
        ("all healthy", chain(), vec![healthy("db"), healthy("backend"), healthy("frontend")], 100.0, Verdict::Ready),
        (
            "the first starts",
            chain(),
            vec![starting("db"), container("backend"), container("frontend")],
            100.0,
            Verdict::Starting,
        ),
        ("just created", chain(), vec![container("db"), container("backend")], 5.0, Verdict::Starting),
        (
            "created and left",
            chain(),
            vec![container("db"), container("backend"), container("frontend")],
            100.0,
            Verdict::Stopped,
        ),
        (
            "the first failed",
            chain(),
            vec![container("db").exited(1, 2.0), container("backend"), container("frontend")],
            100.0,
            Verdict::Failed,
        ),
        (
            "the last failed",
            chain(),
            vec![healthy("db"), healthy("backend"), container("frontend").exited(1, 2.0)],
            100.0,
            Verdict::Degraded,
        ),
        ("the last is missing", chain(), vec![healthy("db"), healthy("backend")], 100.0, Verdict::Degraded),
        (
            "all stopped",
            chain(),
            vec![
                healthy("db").exited(143, 2.0),
                healthy("backend").exited(137, 2.0),
                healthy("frontend").exited(143, 2.0),
            ],
            100.0,
            Verdict::Stopped,
        ),
        (
            "one stopped",
            chain(),
            vec![healthy("db"), healthy("backend"), healthy("frontend").exited(143, 50.0)],
            100.0,
            Verdict::Degraded,
        ),
        (
            "a gap between ready and the next start",
            chain(),
            vec![healthy("db"), healthy("backend").probed(&[probe(11.0, 90.0, 0)]), container("frontend")],
            91.0,
            Verdict::Starting,
        ),
        (
            "started again after a stop",
            chain(),
            vec![
                container("db").running(100.0).checked(10, Health::Starting),
                container("backend").exited(143, 50.0),
                container("frontend").exited(143, 50.0),
            ],
            105.0,
            Verdict::Starting,
        ),
        (
            "stopped after the start",
            chain(),
            vec![healthy("db"), container("backend").exited(143, 5.0), container("frontend")],
            8.0,
            Verdict::Degraded,
        ),
        (
            "restarting once",
            project([service("web", &[])]),
            vec![container("web").running(1.0).restarting(1)],
            100.0,
            Verdict::Starting,
        ),
        (
            "restarting again and again",
            project([service("web", &[])]),
            vec![container("web").running(1.0).restarting(2)],
            100.0,
            Verdict::Failed,
        ),
        (
            "job done",
            job_project(),
            vec![container("job").exited(0, 2.0), container("web").running(3.0)],
            100.0,
            Verdict::Ready,
        ),
        ("job runs", job_project(), vec![container("job").running(1.0), container("web")], 100.0, Verdict::Starting),
        ("job failed", job_project(), vec![container("job").exited(3, 2.0), container("web")], 100.0, Verdict::Failed),
        (
            "healthy awaited of what has no check",
            chain(),
            vec![container("db").running(1.0), container("backend"), container("frontend")],
            100.0,
            Verdict::Degraded,
        ),
    ];
    for (what, declared, containers, now, verdict) in table {
        assert_eq!(stack(Some(declared), &containers).overview(at(now)).verdict, verdict, "{what}");
    }
}

#[test]
fn without_an_engine_nothing_is_judged_but_all_is_kept() {
    let overview = Stack::new(PROJECT.into(), Some(chain())).overview(EngineView::default(), at(0.0));
    assert_eq!((overview.verdict, overview.services[0].state), (Verdict::Unknown, State::Unknown));
    let mut stack = stack(Some(chain()), &[container("db").running(1.0)]);
    stack.lost = true;
    let overview = stack.overview(at(6.0));
    assert_eq!((overview.verdict, overview.service("db").unwrap().state), (Verdict::Unknown, State::Running));
}

#[test]
fn the_root_is_the_deepest_culprit() {
    let roots = |containers: &[Container]| {
        let root = stack(Some(chain()), containers).overview(at(100.0)).root;
        root.map(|(root, chain)| {
            (root.to_string(), chain.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        })
    };
    let chain = Some(("db".to_string(), "frontend backend db".to_string()));
    assert_eq!(roots(&[container("db").exited(1, 2.0), container("backend"), container("frontend")]), chain);
    let up = |s: &str, h| container(s).running(1.0).checked(10, h);
    assert_eq!(
        roots(&[up("db", Health::Unhealthy), up("backend", Health::Unhealthy), up("frontend", Health::Healthy)]),
        Some(("db".into(), "backend db".into())),
        "also of services that are up"
    );
    assert_eq!(
        roots(&[up("db", Health::Healthy), up("backend", Health::Starting), container("frontend")]),
        Some(("backend".into(), "frontend backend".into()))
    );
    let paused = Container { phase: Phase::Paused, ..up("backend", Health::Unhealthy) };
    assert_eq!(
        roots(&[up("db", Health::Starting), paused, up("frontend", Health::Healthy)]),
        Some(("backend".into(), "backend".into())),
        "it doesn't wait for db, which only takes its time"
    );
    assert_eq!(roots(&[]), None);
}

#[test]
fn services_stand_in_dependency_order_and_others_apart() {
    let mut off = service("debug", &[]);
    off.enabled = false;
    let declared = project([off, service("web", &[("db", Condition::Started)]), service("db", &[])]);
    let stray = container("old").running(1.0);
    let oneoff = Container { oneoff: true, ..container("web").running(1.0).replica(9) };
    let overview = stack(Some(declared), &[stray.clone(), oneoff.clone(), container("debug")]).overview(at(50.0));
    let names: Vec<&str> = overview.services.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["db", "web", "debug"]);
    assert_eq!((overview.total, &overview.orphans, &overview.oneoffs), (2, &vec![stray.id], &vec![oneoff.id]));
    assert!(overview.services[1].containers.is_empty());
}

#[test]
fn without_files_the_labels_tell() {
    let web = Container { depends_on: vec![("db".into(), Condition::Healthy)], ..container("a-web") };
    let overview = stack(None, &[web, container("db").running(1.0).checked(10, Health::Starting)]).overview(at(5.0));
    let names: Vec<&str> = overview.services.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["db", "a-web"]);
    assert_eq!(overview.services[1].state, State::Waiting);
    assert_eq!(overview.services[1].blocked_by[0].service, ServiceName::from("db"));
}

#[test]
fn cycles_and_optional_dependencies_do_no_harm() {
    let cycle = project([
        service("a", &[("b", Condition::Healthy)]),
        service("b", &[("a", Condition::Healthy)]),
        service("c", &[("c", Condition::Started)]),
    ]);
    assert_eq!(stack(Some(cycle), &[container("a")]).overview(at(0.0)).services.len(), 3);
    let mut web = service("web", &[("cache", Condition::Healthy)]);
    web.depends_on[0].required = false;
    let overview = stack(Some(project([web, service("cache", &[])])), &[container("web")]).overview(at(100.0));
    assert!(overview.service("web").unwrap().blocked_by.is_empty());
}

#[test]
fn replicas_count() {
    let three = |service: Service| project([Service { replicas: 3, ..service }]);
    let web = |n| container("web").running(1.0).replica(n);
    let status =
        |declared, containers: &[Container]| stack(Some(declared), containers).overview(at(100.0)).services.remove(0);
    let all = status(three(service("web", &[])), &[web(1), web(2), web(3)]);
    assert_eq!((all.ready, all.ready_replicas, all.replicas), (true, 3, 3));
    let fewer = status(three(service("web", &[])), &[web(1), web(2)]);
    assert_eq!((fewer.ready, fewer.reason), (false, Some(Reason::Fewer { ready: 2, wanted: 3 })));
    let worst = status(three(service("web", &[])), &[web(1), web(2), web(3).exited(1, 5.0)]);
    assert_eq!((worst.state, worst.exit_code, worst.ready_replicas), (State::Exited, Some(1), 2));
    let more = status(project([service("web", &[])]), &[web(1), web(2)]);
    assert_eq!((more.ready, more.replicas), (true, 2));
    let none = status(project([Service { replicas: 0, ..service("web", &[]) }]), &[]);
    assert!(none.ready, "scaled to zero");
}

#[test]
fn a_recreated_container_and_its_successor_count_once() {
    let old = container("web").running(1.0);
    let twin = Container {
        id: "f".repeat(64).into(),
        name: "0123456789ab_p-web-1".into(),
        created: Some(at(50.0)),
        ..container("web")
    };
    let status = |old: Container| {
        stack(Some(project([service("web", &[])])), &[old, twin.clone()]).overview(at(51.0)).services.remove(0)
    };
    let before = status(old.clone());
    assert_eq!((before.state, before.replicas, before.containers.len()), (State::Running, 1, 2));
    assert_eq!(status(old.exited(143, 50.5)).state, State::Created);
}

#[test]
fn a_judgement_of_motion_says_when_it_is_over() {
    let up = |s: &str| container(s).running(1.0).checked(10, Health::Healthy);
    let partial = stack(Some(chain()), &[up("db"), up("backend")]);
    let (before, after) = (partial.overview(at(15.9)), partial.overview(at(16.0)));
    assert_eq!((before.verdict, before.stale_at), (Verdict::Starting, Some(at(16.0))));
    assert_eq!((after.verdict, after.stale_at), (Verdict::Degraded, None));
    let waiting = stack(Some(chain()), &[up("db"), container("backend").running(1.0).checked(9, Health::Starting)]);
    assert_eq!(waiting.overview(at(5.0)).stale_at, None, "as long as it takes");
    let ready = stack(None, &[up("db")]);
    assert_eq!(ready.overview(at(5.0)).stale_at, None);
}

#[test]
fn between_two_crashes_a_service_is_not_ready() {
    let web = |restarts| Container { restarts, restart: Restart::Always, ..container("web").running(90.0) };
    let look = |container: Container, now| {
        let overview = stack(Some(project([service("web", &[])])), &[container]).overview(at(now));
        let web = &overview.services[0];
        (web.state, web.ready, web.reason.as_ref().map(|r| r.words(at(now))), overview.verdict, overview.stale_at)
    };
    let (up, words) = (State::Running, Some("restarted 2 times".to_owned()));
    assert_eq!(look(web(2), 91.0), (up, false, words.clone(), Verdict::Failed, Some(at(100.0))));
    assert_eq!(look(web(2), 100.0), (up, true, None, Verdict::Ready, None), "it stays up");
    assert_eq!(look(web(1), 91.0).3, Verdict::Ready, "once is an accident");
    let checked = |health| web(2).checked(5, health);
    assert_eq!(
        look(checked(Health::Starting), 91.0),
        (State::Starting, false, words, Verdict::Failed, Some(at(100.0)))
    );
    assert_eq!(look(checked(Health::Healthy), 97.0).3, Verdict::Ready, "its check tells more");
}

#[test]
fn status_has_the_promised_shape() {
    let db = container("db").running(1.0).checked(10, Health::Healthy).probed(&[probe(11.0, 11.5, 0)]);
    let stack = stack(Some(chain()), &[db, container("backend"), container("stray").exited(1, 3.0)]);
    let now = at(14.0);
    let json = status_json(&stack, &stack.overview(now), now);
    let text = serde_json::to_string_pretty(&json).unwrap();
    insta::assert_snapshot!(text);
}
