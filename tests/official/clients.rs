//! The official clients, command by command: their output and exit code on a real engine and on the simulated one,
//! on the same stack.

use std::process::Output;

use regex::Regex;
use stackview::{
    base::time::Stamp,
    sim::api::{RELEASES, Version},
};

use super::{
    stack::{Stack, real_hosts},
    wire::Wire,
};

/// How two outputs are compared.
#[derive(Clone, Copy, PartialEq)]
enum Compare {
    /// All of it, ids, times, addresses and figures aside.
    All,
    /// Which lines there are, in any order: clients work side by side.
    Lines,
    /// What stands before the first colon or double blank of each line: the values are the host's.
    Labels,
    /// The exit code alone.
    Code,
}

use Compare::{All, Code, Labels, Lines};

/// The commands, in the order in which they run; `{db}` is a container's name, `{p}` the project's.
const COMMANDS: &[(&str, Compare)] = &[
    ("version", Labels),
    ("info", Code),
    // Compose makes containers side by side: their order is nobody's.
    ("ps -a --filter label=com.docker.compose.project={p}", Lines),
    ("ps --filter label=com.docker.compose.project={p} --filter status=exited", All),
    ("ps -a --filter name={p}-db --format {{.Names}}|{{.State}}|{{.Ports}}|{{.Networks}}|{{.Mounts}}|{{.Size}}", All),
    ("ps -a --filter label=com.docker.compose.project={p} --filter exited=3 --format {{.Names}}", All),
    ("inspect {db} --format {{json .Config}}", All),
    ("inspect {db} --format {{json .State.Status}}{{json .State.ExitCode}}{{json .State.Health.Status}}", All),
    ("inspect {web} --format {{json .HostConfig.RestartPolicy}}{{json .NetworkSettings.Ports}}{{json .Mounts}}", All),
    ("inspect {db} --format {{json .HostConfig.PortBindings}}{{json .HostConfig.Mounts}}{{.HostConfig.Memory}}", All),
    ("inspect {job} --format {{.State.Status}}{{.State.ExitCode}}{{.RestartCount}}{{.Path}}{{.Args}}", All),
    ("inspect nothing-of-this-name", All),
    ("logs {web}", All),
    ("logs --timestamps {web}", All),
    ("logs --tail 2 {web}", All),
    ("logs -f {job}", All),
    ("logs -f --timestamps {job}", All),
    ("logs {term}", All),
    ("logs --since 2h --until 1h {web}", All),
    ("logs nothing-of-this-name", All),
    ("top {web}", All),
    ("top {web} aux", All),
    ("top {job}", All),
    ("stats --no-stream --format {{.Name}}|{{.PIDs}} {web}", All),
    ("stats --no-stream --format {{.Name}}|{{.CPUPerc}}|{{.MemUsage}}|{{.NetIO}}|{{.BlockIO}} {job}", All),
    ("port {db}", All),
    ("diff {web}", All),
    ("volume ls --filter label=com.docker.compose.project={p}", All),
    ("volume inspect {p}_data", All),
    ("volume rm {p}_data", All),
    ("volume inspect nothing-of-this-name", All),
    ("network ls --filter label=com.docker.compose.project={p}", Lines),
    ("network inspect {p}_back", All),
    ("network rm {p}_back", All),
    ("network rm bridge", All),
    ("images stackview-test/worker --format {{.Repository}}:{{.Tag}}|{{.Size}}", All),
    ("image inspect nothing-of-this-name", All),
    ("system df --format {{.Type}}", All),
    ("rm {db}", All),
    ("start {db}", All),
    ("start nothing-of-this-name", All),
    ("unpause {db}", All),
    ("kill {job}", All),
    ("kill --signal NOSIGNAL {db}", All),
    ("pause {job}", All),
    ("rename {job} {db}", All),
    ("node ls", All),
    ("pause {web}", All),
    ("ps -a --filter name={web} --format {{.Names}}|{{.State}}", All),
    ("unpause {web}", All),
    ("restart {web}", All),
    ("inspect {web} --format {{.State.Status}}{{.State.ExitCode}}{{.RestartCount}}", All),
    ("stop {web}", All),
    ("stop {web}", All),
    ("inspect {web} --format {{.State.Status}}{{.State.ExitCode}}", All),
    ("start {web}", All),
    ("kill --signal TERM {term}", All),
    ("wait {term}", All),
    ("kill {web}", All),
    ("wait {web}", All),
    ("inspect {web} --format {{.State.Status}}{{.State.ExitCode}}", All),
    ("start {web}", All),
    ("stop {deaf}", All),
    ("inspect {deaf} --format {{.State.Status}}{{.State.ExitCode}}{{.State.OOMKilled}}", All),
    ("rename {deaf} {deaf}-old", All),
    ("ps -a --filter name={deaf} --format {{.Names}}|{{.State}}", All),
    ("rename {deaf}-old {deaf}", All),
    ("rm {deaf}", All),
    ("rm {deaf}", All),
    ("rm -f {term}", All),
    ("compose -p {p} ps --format {{.Service}}|{{.State}}|{{.ExitCode}}|{{.Health}}", Lines),
    ("compose -p {p} ps -a --format {{.Service}}|{{.State}}|{{.ExitCode}}", Lines),
    ("compose -p {p} logs --no-color web", Lines),
    ("compose -p {p} logs --no-color --no-log-prefix --tail 1 web", Lines),
    ("compose -p {p} stop", Lines),
    ("compose -p {p} start", Lines),
    ("compose -p {p} restart web", Lines),
    ("compose -p {p} kill web", Lines),
    ("compose -p {p} ps -a --format {{.Service}}|{{.State}}|{{.ExitCode}}", Lines),
    ("compose -p {p} top db", Code),
    ("compose -p nothing-of-this-name ps", All),
    ("rm -f {web} {job}", All),
    ("stop {db}", All),
    ("volume rm {p}_data", All),
    ("rm -v {db}", All),
    ("volume rm {p}_data", All),
    ("network rm {p}_back {p}_default", All),
];

/// Whose containers they are about.
const SERVICES: [&str; 5] = ["db", "web", "job", "term", "deaf"];

/// What differs from engine to engine, taken out.
fn plain(stack: &Stack, text: &str) -> String {
    let replacements = [
        (r"\b[0-9a-f]{64}\b", "<id>"),
        (r"\b[0-9a-f]{12}\b", "<id>"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| ?[+-]\d\d:?\d\d( [A-Z]+)?)?", "<time>"),
        (r"(About an? (minute|hour)|Less than a second|\b\d+ (second|minute|hour|day|week)s?)( ago)?", "<span>"),
        (r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(/\d+)?\b", "<address>"),
        (r"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b", "<mac>"),
        (r"/tmp/\.tmp\w+", "<folder>"),
        (r"\b\d+(\.\d+)?s\b", "<seconds>"),
        (r"\b\d{1,2}:\d\d(:\d\d)?\b", "<clock>"),
        (r"[ \t]+", " "),
    ];
    let mut text = text.replace(&stack.host, "<host>").replace(&stack.root, "<root>");
    for (pattern, with) in replacements {
        text = Regex::new(pattern).unwrap().replace_all(&text, with).into_owned();
    }
    text
}

fn outcome(stack: &Stack, command: &str, compare: Compare) -> String {
    let mut line = command.replace("{p}", &stack.project);
    for service in SERVICES {
        line = line.replace(&format!("{{{service}}}"), &stack.name(service));
    }
    // A format has blanks of its own.
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in line.split(' ') {
        match words.last_mut() {
            Some(last) if open => *last = format!("{last} {word}"),
            _ => words.push(word.to_owned()),
        }
        let last = words.last().unwrap();
        open = last.matches("{{").count() > last.matches("}}").count();
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Output { status, stdout, stderr } = stack.docker_when_free(&words);
    let clean = |bytes: &[u8]| plain(stack, &String::from_utf8_lossy(bytes));
    let (mut out, mut err) = (clean(&stdout), clean(&stderr));
    if words.first() == Some(&"top") {
        // Process ids, parents' and figures.
        out = Regex::new(r"\b\d+(\.\d+)?\b").unwrap().replace_all(&out, "N").into_owned();
    }
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().map(str::trim).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.join("\n")
    };
    let labels = |text: &str| {
        let label = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
        text.lines().map(label).filter(|l| !l.trim().is_empty()).collect::<Vec<_>>().join("\n")
    };
    match compare {
        All => {}
        Lines => (out, err) = (sorted(&out), sorted(&err)),
        Labels => (out, err) = (labels(&out), labels(&err)),
        Code => (out, err) = (String::new(), String::new()),
    }
    format!("exit {:?}\n{out}{err}", status.code())
}

/// Runs a test on each real engine and a simulated one of the same API version, side by side.
fn on_both(project: &str, port: u16, test: fn(&Stack, &Stack)) {
    let run = |host: &str, port: u16| {
        let version: Version = Wire::of(host).get("/version")["ApiVersion"].as_str().unwrap().parse().unwrap();
        let newest = RELEASES.iter().rev().map(|r| r.version).find(|v| *v <= version).unwrap_or(RELEASES[0].version);
        test(&Stack::real(host, project, port), &Stack::simulated(newest, project, port));
    };
    let hosts = real_hosts();
    std::thread::scope(|scope| {
        // Engines of one machine share its ports.
        let runs: Vec<_> =
            (port..).step_by(10).zip(&hosts).map(|(p, host)| (host, scope.spawn(move || run(host, p)))).collect();
        let failed: Vec<_> = runs.into_iter().filter_map(|(host, run)| run.join().is_err().then_some(host)).collect();
        assert!(failed.is_empty(), "failed on {failed:?}");
    });
}

#[test]
fn official_clients_see_the_same() {
    on_both("svtest-official", 18_474, same_outcomes);
}

fn same_outcomes(real: &Stack, simulated: &Stack) {
    let mut failures = Vec::new();
    for (command, compare) in COMMANDS {
        let (a, b) = std::thread::scope(|scope| {
            let a = scope.spawn(|| outcome(real, command, *compare));
            let b = outcome(simulated, command, *compare);
            (a.join().unwrap(), b)
        });
        if a != b {
            failures.push(format!("docker {command}\n--- real engine: {a}\n--- simulated engine: {b}\n"));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), COMMANDS.len(), failures.join("\n"));
}

/// What a command makes happen, in order.
fn happens(stack: &Stack, commands: &[&str]) -> Vec<String> {
    let now = || {
        let text = stack.wire().get("/info")["SystemTime"].as_str().unwrap().to_owned();
        let at = Stamp::parse(&text).unwrap().as_nanos();
        format!("{}.{:09}", at / 1_000_000_000, at % 1_000_000_000)
    };
    let since = now();
    for command in commands {
        let _done = outcome(stack, command, All);
    }
    // A newer engine tells of an end when it has answered already, but before it lets the container be inspected.
    for service in SERVICES {
        let _gone = stack.wire().ask("GET", &format!("/containers/{}/json", stack.name(service)));
    }
    let path = format!("/events?since={since}&until={}", now());
    let (_, told) = stack.wire().ask("GET", &path).unwrap();
    let events = serde_json::Deserializer::from_slice(&told).into_iter::<serde_json::Value>().map(Result::unwrap);
    let name = |event: &serde_json::Value| {
        let attributes = &event["Actor"]["Attributes"];
        let own = attributes["name"].as_str().or(event["Actor"]["ID"].as_str()).unwrap_or_default().to_owned();
        let more = ["signal", "exitCode"].iter().filter_map(|k| Some(format!(" {k}={}", attributes[k].as_str()?)));
        own + &more.collect::<String>()
    };
    let ours = events.filter(|e| {
        let action = e["Action"].as_str().unwrap();
        // Probes come when they come.
        e.to_string().contains(&stack.project) && !action.starts_with("exec_") && !action.starts_with("health_status")
    });
    let mut told: Vec<String> = ours
        .map(|e| format!("{} {} {}", e["Type"].as_str().unwrap(), e["Action"].as_str().unwrap(), name(&e)))
        .collect();
    // The engine goes through a container's networks in no order, and through its volumes: Go's maps have none.
    for run in told.chunk_by_mut(|a, b| !a.starts_with("container") && a.split(' ').nth(1) == b.split(' ').nth(1)) {
        run.sort_unstable();
    }
    // From Docker 25 on two of its threads tell of a stop and of the end that it waited for: whichever comes first.
    for pair in (1..told.len()).map(|second| second - 1..second + 1) {
        let pair = &mut told[pair];
        if pair[0].starts_with("container die") && pair[1].starts_with("container stop") {
            pair.swap(0, 1);
        }
    }
    told
}

#[test]
fn events_come_in_the_real_order() {
    on_both("svtest-order", 18_475, same_events);
}

fn same_events(real: &Stack, simulated: &Stack) {
    let deeds: [&[&str]; 9] = [
        &["stop {web}"],
        &["start {web}"],
        &["restart {web}"],
        &["kill {web}"],
        &["pause {db}", "unpause {db}"],
        &["stop {db}"],
        &["start {db}"],
        &["stop {deaf}"],
        &["rename {job} {job}-x", "rm {job}-x"],
    ];
    let mut failures = Vec::new();
    for deed in deeds {
        let (a, b) = (happens(real, deed), happens(simulated, deed));
        assert!(!a.is_empty(), "nothing happened on the real engine: {deed:?}");
        if a != b {
            failures.push(format!("{deed:?}\n--- real engine:\n{}\n--- simulated:\n{}", a.join("\n"), b.join("\n")));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
