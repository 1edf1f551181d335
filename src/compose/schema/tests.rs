//! What the schema accepts, and what it says about the rest.

use std::path::Path;

use super::*;
use crate::compose::yaml;

fn problems(text: &str) -> Vec<Problem> {
    let mut report = Report::default();
    let mut node = yaml::parse(&Path::new("c.yaml").into(), text.as_bytes(), &mut report).unwrap().remove(0);
    check(&mut node, true, &mut report);
    report.finish()
}

#[test]
fn mistakes_are_told_in_composes_words() {
    let cases = [
        ("foo: 1", "(root) Additional property foo is not allowed"),
        ("services: {a: {foo: 1}}", "services.a Additional property foo is not allowed"),
        ("services: {a: {image: 1}}", "services.a.image must be a string"),
        ("services: {a: {ports: x}}", "services.a.ports must be a list"),
        ("services: {a: {environment: x}}", "services.a.environment must be a mapping"),
        ("services: {a: {environment: {A: []}}}", "services.a.environment.A must be a string, number, boolean or null"),
        ("services: {a: {networks: }}", "services.a.networks must be a list"),
        ("services: {a: {build: }}", "services.a.build must be a string"),
        ("services: {a: {tty: 1}}", "services.a.tty must be a boolean or string"),
        ("services: {a: {healthcheck: }}", "services.a.healthcheck must be a mapping"),
        ("services: {a: }", "services.a must be a mapping"),
        ("services: []", "services must be a mapping"),
        ("services: {a/b: {}}", "services Additional property a/b is not allowed"),
        ("services: {a: {security_opt: [x, x]}}", "services.a.security_opt array items[0,1] must be unique"),
        ("services: {a: {volumes: [{target: /x}]}}", "services.a.volumes.0 type is required"),
        ("services: {a: {cgroup: x}}", "services.a.cgroup must be one of the following: \"host\", \"private\""),
        (
            "services: {a: {privileged: maybe}}",
            "error while interpolating services.a.privileged: failed to cast to expected type: invalid boolean: maybe",
        ),
        (
            "services: {a: {stop_grace_period: 1y}}",
            "error decoding 'services[a].stop_grace_period': time: unknown unit \"y\" in duration \"1y\"",
        ),
        ("services: {a: {mem_limit: lots}}", "error decoding 'services[a].mem_limit': invalid size: 'lots'"),
        (
            "services: {a: {healthcheck: {retries: -1}}}",
            "cannot parse 'services[a].healthcheck.retries', -1 overflows uint",
        ),
        ("volumes: {v: x}", "volumes.v must be a mapping or null"),
        ("services: {a: {labels: {b: 2020-01-02}}}", "services.a.labels.b invalid jsonType time.Time"),
        (
            "services: {a: {container_name: a}}",
            "services.a.container_name 'a' does not match pattern '[a-zA-Z0-9][a-zA-Z0-9_.-]+'",
        ),
        (
            "services: {a: {environment: ['A =1']}}",
            "error decoding 'services[a].environment[0]': environment variable A  is declared with a trailing space",
        ),
        (
            "services: {a: {secrets: [{source: s, mode: '0o440'}]}}",
            "error decoding 'services[a].secrets[0].mode': strconv.ParseInt: parsing \"0o440\": invalid syntax",
        ),
        ("services: {a: {cpus: .nan}}", "json: unsupported value: NaN"),
    ];
    for (text, message) in cases {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].message, message);
        assert!(found[0].place.is_some());
    }
}

#[test]
fn all_mistakes_are_told_with_what_was_meant() {
    let found =
        problems("services:\n  a:\n    imagee: x\n    port: []\n    depends_on: {b: {condition: service_health}}\n");
    let helps: Vec<_> = found.iter().map(|p| p.help.as_deref().unwrap()).collect();
    assert_eq!(helps, ["did you mean image?", "did you mean ports?", "did you mean service_healthy?"]);
    let place = found[1].place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (4, 5));
}

#[test]
fn what_is_right_passes() {
    for text in [
        "services: {a: {x-any: 1, privileged: 'true', scale: '2', mem_limit: 1g, networks: {n: }, volumes: [/x]}}",
        "networks: {n: }\nvolumes: {v: {external: true}}\nsecrets: {s: {file: x}}",
        "services: {a: {labels: {a: .nan}, x-d: 2020-01-02, pull_policy: every_1h30m, stop_grace_period: 1w2d, container_name: a-b}}",
        "services: {a: {environment: {'A ': 1}, volumes: [{type: image, source: i, target: /t}]}}",
        "services: {a: {depends_on: [b], deploy: , command: , environment: [A=1], ulimits: {nofile: 3}}}",
    ] {
        assert_eq!(problems(text), [], "{text}");
    }
}
