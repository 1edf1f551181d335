//! Why a service isn't ready, in words.

use std::sync::Arc;

use super::states::job_project;
use crate::{
    compose::{Project, Restart},
    stack::{fixture::*, *},
};

fn words(declared: Arc<Project>, containers: &[Container], of: &str, now: f64) -> String {
    let overview = stack(Some(declared), containers).overview(at(now));
    overview.service(of).unwrap().reason.as_ref().map_or_else(String::new, |r| r.words(at(now)))
}

#[test]
fn reasons_in_words() {
    let one = || project([service("web", &[])]);
    let web = || container("web").running(1.0);
    let db = |h| container("db").running(1.0).checked(10, h);
    type Row = (Arc<Project>, Vec<Container>, &'static str, f64, &'static str);
    let table: Vec<Row> = vec![
        (
            chain(),
            vec![db(Health::Starting), container("backend")],
            "backend",
            48.0,
            "waits for db to be healthy: 48 s so far",
        ),
        (
            chain(),
            vec![container("db").exited(1, 2.0), container("backend")],
            "backend",
            48.0,
            "waits for db to be healthy, but db has exited",
        ),
        (
            chain(),
            vec![container("db").running(1.0), container("backend")],
            "backend",
            48.0,
            "waits for db to be healthy, but db has no health check",
        ),
        (
            job_project(),
            vec![container("job").running(0.5), container("web")],
            "web",
            3.0,
            "waits for job to complete: 3 s so far",
        ),
        (
            job_project(),
            vec![Container { restart: Restart::Always, ..container("job").running(0.5) }, container("web")],
            "web",
            3.0,
            "waits for job to complete, but job is restarted whenever it ends",
        ),
        (one(), vec![web().checked(30, Health::Starting)], "web", 9.0, "its first probe runs in 22 s"),
        (one(), vec![web().checked(30, Health::Starting)], "web", 30.1, "its first probe is about to run"),
        (one(), vec![web().checked(30, Health::Starting)], "web", 32.0, "its first probe is running"),
        (
            one(),
            vec![Container {
                failing_streak: 0,
                ..web().checked(30, Health::Unhealthy).probed(&[probe(31.0, 31.1, 0)])
            }],
            "web",
            40.0,
            "was paused, so the engine calls it unhealthy until its next probe",
        ),
        (
            chain(),
            vec![container("db").exited(137, 5.0), container("backend").running(1.0)],
            "db",
            90.0,
            "stopped (exit code 137), and stays stopped until it is started",
        ),
        (chain(), vec![container("db").exited(137, 5.0)], "db", 90.0, ""),
        (
            chain(),
            vec![db(Health::Starting).running(9.0), container("backend").exited(137, 5.0)],
            "backend",
            10.0,
            "waits for db to be healthy",
        ),
        (
            one(),
            vec![Container {
                failing_streak: 2,
                ..web().checked(10, Health::Starting).probed(&[probe(11.0, 11.1, 1), probe(21.1, 21.2, 1)])
            }],
            "web",
            25.2,
            "probe failed (2 of 3): no answer; the next one runs in 6 s",
        ),
        (
            one(),
            vec![web().checked(10, Health::Starting).probed(&[probe(11.0, 11.1, 1)])],
            "web",
            15.0,
            "probe failed (doesn't count yet: start period): no answer; the next one runs in 6 s",
        ),
        (
            one(),
            vec![Container {
                failing_streak: 7,
                ..web()
                    .checked(10, Health::Unhealthy)
                    .probed(&[Probe { output: "bad\u{1b}[2J \n\u{202e}worse\n".into(), ..probe(81.0, 81.1, 1) }])
            }],
            "web",
            95.0,
            "probe failed (7 in a row, 3 allowed): bad worse; the next one is running",
        ),
        (one(), vec![container("web").exited(127, 5.0)], "web", 9.0, "exited with 127: the program was not found"),
        (
            one(),
            vec![Container { restart: Restart::OnFailure(Some(3)), restarts: 3, ..container("web").exited(2, 5.0) }],
            "web",
            9.0,
            "given up after 3 restarts, exited with 2: wrong usage of a command, or an error of its own",
        ),
        (
            one(),
            vec![Container { oom_killed: true, memory_limit: Some(64 << 20), ..container("web").exited(137, 5.0) }],
            "web",
            9.0,
            "out of memory: killed at its limit of 64 M",
        ),
        (
            one(),
            vec![Container { error: "port is already allocated\n".into(), ..container("web") }],
            "web",
            9.0,
            "could not start: port is already allocated",
        ),
        (
            one(),
            vec![container("web").running(9.0).restarting(5)],
            "web",
            10.0,
            "restarted 5 times, last exit 1 (a general error; its log tells more)",
        ),
        (one(), vec![container("web")], "web", 9.0, "not started yet"),
        (one(), vec![container("web")], "web", 90.0, ""),
        (
            project([service("web", &[]), service("other", &[])]),
            vec![container("web"), container("other").running(1.0)],
            "web",
            90.0,
            "created, but nothing has started it",
        ),
        (
            one(),
            vec![Container {
                failing_streak: 1,
                ..web()
                    .checked(30, Health::Starting)
                    .probed(&[Probe { output: "Health check exceeded timeout (10s)".into(), ..probe(31.0, 41.0, -1) }])
            }],
            "web",
            49.0,
            "probe timed out after 10 s (1 of 3); the next one runs in 22 s",
        ),
        (one(), vec![Container { phase: Phase::Paused, ..web() }], "web", 9.0, "paused until it is unpaused"),
        (one(), vec![web()], "web", 9.0, ""),
    ];
    for (declared, containers, of, now, expected) in table {
        assert_eq!(words(declared, &containers, of, now), expected);
    }
}

#[test]
fn a_probe_is_quoted_where_it_tells_why_it_failed() {
    let curl = concat!(
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n",
        "                                 Dload  Upload   Total   Spent    Left  Speed\n",
        "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0",
        "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n",
        "curl: (7) Failed to connect to localhost port 8000 after 0 ms: Couldn't connect to server\n",
    );
    let python = "Traceback (most recent call last):\n  File \"<string>\", line 1\nConnectionError: refused\n";
    for (output, quoted) in [
        (curl, "curl: (7) Failed to connect to localhost port 8000 after 0 ms: Couldn't connect to server"),
        (python, "ConnectionError: refused"),
        ("no route\nto host\n", "no route to host"),
    ] {
        let probes = [Probe { output: output.into(), ..probe(11.0, 11.1, 1) }];
        let web = Container { failing_streak: 1, ..container("web").running(1.0).checked(10, Health::Starting) };
        let words = words(project([service("web", &[])]), &[web.probed(&probes)], "web", 15.0);
        assert!(words.starts_with(&format!("probe failed (1 of 3): {quoted}; ")), "{words}");
    }
}

#[test]
fn a_probe_that_timed_out_tells_after_how_long_and_what_it_printed() {
    for (output, told) in [
        ("Health check exceeded timeout (1m30s)", "probe timed out after 1m30s (1 of 3); the next"),
        (
            "Health check exceeded timeout (500ms): still loading",
            "probe timed out after 500 ms (1 of 3): still loading;",
        ),
        ("something else", "probe failed (1 of 3): something else;"),
    ] {
        let probes = [Probe { output: output.into(), ..probe(11.0, 12.0, -1) }];
        let web = Container { failing_streak: 1, ..container("web").running(1.0).checked(10, Health::Starting) };
        let words = words(project([service("web", &[])]), &[web.probed(&probes)], "web", 15.0);
        assert!(words.starts_with(told), "{words}");
    }
}

#[test]
fn a_failed_start_is_told_by_its_cause() {
    let shim = "failed to create shim task: OCI runtime create failed: runc create failed: ";
    let endpoint = "driver failed programming external connectivity on endpoint p-web-1 (ba2ae68): ";
    for (error, told) in [
        (
            format!("{shim}unable to start container process: exec: \"/start.sh\": permission denied: unknown"),
            "exec: \"/start.sh\": permission denied",
        ),
        (
            format!("{endpoint}Bind for 0.0.0.0:18701 failed: port is already allocated"),
            "Bind for 0.0.0.0:18701 failed: port is already allocated",
        ),
        (
            format!("{endpoint}Error starting userland proxy: listen tcp4 0.0.0.0:18702: bind: address already in use"),
            "listen tcp4 0.0.0.0:18702: bind: address already in use",
        ),
        ("network x not found".to_owned(), "network x not found"),
    ] {
        let web = Container { error, ..container("web") };
        assert_eq!(words(project([service("web", &[])]), &[web], "web", 9.0), format!("could not start: {told}"));
    }
}

#[test]
fn the_back_off_is_in_the_words() {
    let mut stack = stack(None, &[container("web").running(1.0)]);
    stack.apply(event("web", 10.0, EventKind::Die(1)));
    stack.apply(event("web", 13.2, EventKind::Start));
    let once = Container { finished: Some(at(14.0)), ..container("web").running(13.2).restarting(1) };
    stack.apply(Fact::Inspected(Box::new(once)));
    let words = stack.overview(at(14.0)).services[0].reason.as_ref().unwrap().words(at(14.0));
    assert!(words.ends_with("its log tells more)"), "no pause is known after one restart: {words}");
    let end = Container { finished: Some(at(14.0)), ..container("web").running(13.2).restarting(5) };
    stack.apply(Fact::Inspected(Box::new(end)));
    let words = stack.overview(at(14.0)).services[0].reason.as_ref().unwrap().words(at(14.0));
    assert!(words.ends_with("; the engine pauses 3.2 s between attempts"), "{words}");
}

/// The next life makes the engine forget how the last one ended; its events don't.
#[test]
fn a_loop_that_ends_for_its_memory_says_so_between_two_ends() {
    let mut stack = stack(None, &[container("web").running(1.0)]);
    for fact in [event("web", 5.0, EventKind::Oom), event("web", 5.1, EventKind::Die(137))] {
        stack.apply(fact);
    }
    let alive = Container { restarts: 3, memory_limit: Some(64 << 20), ..container("web").running(6.0) };
    stack.apply(Fact::Inspected(Box::new(alive)));
    let overview = stack.overview(at(7.0));
    let words = overview.service("web").unwrap().reason.as_ref().unwrap().words(at(7.0));
    assert!(words.contains("out of memory: killed at its limit of 64 M"), "{words}");
}
