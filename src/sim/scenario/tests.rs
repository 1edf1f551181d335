//! What scenarios may say, and what is said about those that can't be read.

use std::time::Duration;

use super::*;

fn error(text: &str) -> String {
    Scenario::parse("my.yaml", text).map(|_| ()).unwrap_err().to_string()
}

const GOOD: &str = "\
project: p
compose: |
  services:
    a: {image: busybox}
    b: {image: busybox, depends_on: [a]}
services:
  a: {cpu: {busy: 2}}
script:
  - {at: 1s, up: all}
";

#[test]
fn a_good_one_is_read() {
    let scenario = Scenario::parse("some/where/my.yaml", GOOD).unwrap();
    assert_eq!(scenario.name, "my");
    let project = scenario.project().unwrap();
    assert_eq!((project.name.as_str(), project.folder.as_str()), ("p", "/srv/p"));
    assert_eq!(project.compose.services.get("a").unwrap().behaviour.cpu.busy, 2000);
    assert_eq!(scenario.script, [Step { at: Duration::from_secs(1), deed: Deed::Up, services: Vec::new() }]);
    assert_eq!(Scenario::names().next(), Some("taskapp"), "the default comes first");
    assert!(Scenario::built_in("nope").is_none());
}

#[test]
fn errors_say_where_and_what() {
    let with = |from: &str, to: &str| error(&GOOD.replacen(from, to, 1));
    let cases = [
        (with("script:", "scripts:"), "my.yaml:8:1: ", "scripts"),
        (with("cpu: {busy: 2}", "cpus: {busy: 2}"), "my.yaml:7:7: ", "cpus"),
        (with("busy: 2", "busy: much"), "my.yaml:7:", "`much` isn't a CPU share"),
        (with("at: 1s", "at: soon"), "my.yaml:9:", "`soon` isn't a duration"),
        (with("up: all", "up: c"), "my.yaml:9:5: ", "`c` isn't a service of this project"),
        (with("up: all", "down: all"), "my.yaml:9:", "down"),
        (with(", up: all", ""), "my.yaml:9:5: ", "a step must do exactly one thing"),
        (with("  a: {cpu", "  z: {cpu"), "my.yaml:7:6: ", "p has no service `z`; its services are a, b"),
        (with("image: busybox}", "imagine: busybox}"), "my.yaml:4:", "imagine"),
        (with("[a]", "[c]"), "my.yaml:3:", "b depends on `c`, which isn't declared"),
        (with("{image: busybox}", "{image: \"${TAG}\"}"), "my.yaml:4:", "the simulator doesn't interpolate"),
        (with("project: p", "project: P!"), "my.yaml:1:10: ", "`P!` isn't a project name"),
        (
            with("{image: busybox}", "{image: busybox, depends_on: [b]}"),
            "my.yaml:3:",
            "depend on each other in a cycle",
        ),
        (with("{image: busybox}", "{image: busybox, scale: 30000}"), "my.yaml:3:", "at most 20000"),
        (with("{image: busybox}", "{image: busybox, networks: [x]}"), "my.yaml:3:", "`x`, which isn't declared"),
        (with("{image: busybox}", "{image: busybox, volumes: [\"x:/y\"]}"), "my.yaml:3:", "`x`, which isn't declared"),
        (with("cpu: {busy: 2}", "logs: [{text: x}]"), "my.yaml:7:", "exactly one of `at`, `every` and `on`"),
        (with("cpu: {busy: 2}", "logs: [{at: 1s, text: \"{what}\"}]"), "my.yaml:7:", "`{what}` isn't a placeholder"),
        (with("  - {at", "  - {at: [}"), "my.yaml:9:", ""),
        (error(""), "my.yaml", ""),
    ];
    for (message, place, what) in cases {
        assert!(message.starts_with(place) && message.contains(what), "{message}\n  instead of {place}…{what}");
        assert!(!message.contains('\n'), "one line: {message}");
    }
}

#[test]
fn a_dependency_that_can_not_become_healthy_is_refused() {
    let text = GOOD.replace("depends_on: [a]", "depends_on: {a: {condition: service_healthy}}");
    assert!(error(&text).contains("b waits for a to be healthy, which has no health check"));
}

#[test]
fn too_much_is_refused() {
    let text = format!("{GOOD}# {}", "x".repeat(5 << 20));
    assert!(error(&text).contains("a scenario has at most"));
    let bomb = "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n";
    assert!(error(bomb).starts_with("my.yaml:1:"));
}
