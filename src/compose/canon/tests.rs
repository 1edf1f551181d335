//! Whole projects printed, checked against what docker compose 2.40.3 prints for them.

use serde_json::{Value, json};

use super::{Choice, EnvFiles, Line, Style, config_hash, digested, yaml};
use crate::compose::{How, Loaded, Options, load};

fn read_how(text: &str, how: How) -> Loaded {
    let options = Options {
        cwd: "/work".into(),
        files: vec!["-".into()],
        stdin: Some(text.into()),
        project_name: Some("p".into()),
        env: [("SHELL_VAR".to_owned(), "s".to_owned()), ("HOME".to_owned(), "/home/u".to_owned())].into(),
        how,
        ..Options::default()
    };
    load(&options)
}

fn read(text: &str) -> Loaded {
    let loaded = read_how(text, How::default());
    assert_eq!(loaded.errors().map(ToString::to_string).collect::<Vec<_>>(), [""; 0], "{text}");
    loaded
}

fn print(text: &str) -> Value {
    let loaded = read(text);
    loaded.document.unwrap().project(&loaded.project.unwrap(), &Choice::default())
}

/// The service `a` with this body, without what every service has.
fn service(body: &str) -> Value {
    let mut printed =
        print(&format!("services: {{a: {{image: x, {body}}}}}\nvolumes: {{vol: }}\nsecrets: {{s: {{file: f}}}}"));
    let object = printed["services"]["a"].as_object_mut().unwrap();
    for (key, usual) in [
        ("command", Value::Null),
        ("entrypoint", Value::Null),
        ("image", json!("x")),
        ("networks", json!({"default": null})),
    ] {
        if object.get(key) == Some(&usual) {
            object.remove(key);
        }
    }
    printed["services"]["a"].take()
}

#[test]
fn services_print_as_docker_compose_prints_them() {
    let cases = [
        ("command: sh -c 'a b'", json!({"command": ["sh", "-c", "a b"]})),
        ("entrypoint: []", json!({"entrypoint": []})),
        (
            "cpus: '0.5', mem_limit: 1g, mem_swappiness: 60",
            json!({"cpus": 0.5, "mem_limit": "1073741824", "mem_swappiness": "60"}),
        ),
        ("environment: [A=1, SHELL_VAR, NONE]", json!({"environment": {"A": "1", "NONE": null, "SHELL_VAR": "s"}})),
        ("labels: {b: 1.10, a: null}", json!({"labels": {"a": "", "b": "1.1"}})),
        (
            "ports: ['8080:80/udp', 9-10]",
            json!({"ports": [
                {"mode": "ingress", "target": 80, "published": "8080", "protocol": "udp"},
                {"mode": "ingress", "target": 10, "protocol": "tcp"},
                {"mode": "ingress", "target": 9, "protocol": "tcp"}]}),
        ),
        (
            "volumes: ['./d:/d/:ro,z', 'vol:/v', '/anon']",
            json!({"volumes": [
                {"type": "bind", "source": "/work/d", "target": "/d", "read_only": true, "bind": {"selinux": "z", "create_host_path": true}},
                {"type": "volume", "source": "vol", "target": "/v", "volume": {}},
                {"type": "volume", "target": "/anon", "volume": {}}]}),
        ),
        (
            "secrets: [s, {source: s, target: t, mode: 0440}]",
            json!({"secrets": [{"source": "s", "target": "/run/secrets/s"}, {"source": "s", "target": "t", "mode": "0440"}]}),
        ),
        (
            "devices: [/dev/a, '/dev/b:/dev/c:r']",
            json!({"devices": [
            {"source": "/dev/a", "target": "/dev/a", "permissions": "rwm"},
            {"source": "/dev/b", "target": "/dev/c", "permissions": "r"}]}),
        ),
        (
            "healthcheck: {test: x, interval: 90s, retries: '3', disable: true}",
            json!({"healthcheck": {
            "test": ["CMD-SHELL", "x"], "interval": "1m30s", "retries": 3, "disable": true}}),
        ),
        ("deploy: {replicas: 2}", json!({"deploy": {"replicas": 2, "resources": {}, "placement": {}}})),
        (
            "build: {target: t, args: [SHELL_VAR, NONE]}",
            json!({"build": {
            "context": "/work", "dockerfile": "Dockerfile", "args": {"SHELL_VAR": "s"}, "target": "t"}}),
        ),
        (
            "ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}",
            json!({"ulimits": {"nofile": {"soft": 1, "hard": 2}, "nproc": 5}}),
        ),
        ("extra_hosts: {b: '[::1]', a: 1.2.3.4}", json!({"extra_hosts": ["a=1.2.3.4", "b=::1"]})),
        ("gpus: all", json!({"gpus": [{"count": -1}]})),
        (
            "blkio_config: {weight_device: [{path: /d, weight: 3}]}",
            json!({"blkio_config": {"weight_device": [{"Path": "/d", "Weight": 3}]}}),
        ),
        ("x-own: 1, privileged: false, init: false", json!({"init": false})),
    ];
    for (body, expected) in cases.into_iter().filter(|(_, expected)| !expected.is_null()) {
        assert_eq!(service(body), expected, "{body}");
    }
}

#[test]
fn the_project_names_what_is_used_and_nothing_else() {
    let printed = print(
        "services: {a: {image: x, links: [b], volumes: ['vol:/v']}, b: {image: y, networks: [n], profiles: []}, off: {profiles: [p]}}\n\
         networks: {n: {external: true}, unused: }\nvolumes: {vol: , w: }\nx-top: {b: 1, a: <&>}",
    );
    let expected = json!({
        "name": "p",
        "networks": {"default": {"name": "p_default", "ipam": {}}, "n": {"name": "n", "ipam": {}, "external": true}},
        "services": {
            "a": {"command": null, "depends_on": {"b": {"condition": "service_started", "restart": true, "required": true}},
                  "entrypoint": null, "image": "x", "links": ["b"], "networks": {"default": null},
                  "volumes": [{"type": "volume", "source": "vol", "target": "/v", "volume": {}}]},
            "b": {"command": null, "entrypoint": null, "image": "y", "networks": {"n": null}}},
        "volumes": {"vol": {"name": "p_vol"}},
        "x-top": {"a": "<&>", "b": 1},
    });
    assert_eq!(printed, expected);
    assert_eq!(printed.to_string(), expected.to_string(), "keys are in docker compose's order");
}

#[test]
fn yaml_reads_back_to_the_same_project() {
    let text = "services: {a: {image: 'x', command: ['echo', \"a: b\\nc\"], environment: {A: 'yes', B: '08', C: '#'}, x-own: [1, {k: v}], \
                ports: ['127.0.0.1:80:80'], volumes: ['./d:/d', 'vol:/v'], healthcheck: {test: [CMD, x], timeout: 1m5s}}}\nvolumes: {vol: {labels: [q]}}";
    let loaded = read(text);
    let (document, project) = (loaded.document.unwrap(), loaded.project.unwrap());
    let written = yaml(&document.project(&project, &Choice { style: Style::Yaml, ..Choice::default() }));
    assert_eq!(print(&written), document.project(&project, &Choice::default()), "{written}");
}

#[test]
fn the_hash_is_docker_composes() {
    let loaded = read("name: p\nservices: {web: {image: 'busybox', command: 'sleep 1 $$X <&>', scale: 2, build: .}}");
    let (document, project) = (loaded.document.unwrap(), loaded.project.unwrap());
    let hash = document.config_hash(&project, "web", EnvFiles::Read, Line::V26).unwrap();
    assert_eq!(hash, "3cdb64e55cb2c8cd2972c2800c0aa8e579855cedaacdc6707ee459bf818e9f46");
    assert_eq!(document.config_hash(&project, "nobody", EnvFiles::Read, Line::V26), None);
}

/// What `config --hash` of 2.26.1 and of 2.40.3 say of the service below.
const HASH_26: &str = "25fceac454e69426352e85268454e95ec1211af613b7e9ab62bac20d4702c565";
const HASH_40: &str = "f4cea6b20471b81a03dcfe37df63610be2e2425e75e9d4b7c484a3be0dbaf85e";

#[test]
fn each_line_of_docker_compose_has_its_own_hash() {
    let loaded = read(
        "services:\n  web:\n    image: busybox\n    command: sleep 1 $$X <&>\n    scale: 2\n    depends_on: [db]\n    \
         profiles: ['']\n    networks: {n: {priority: 3, aliases: [w], driver_opts: {a: b}}}\n    \
         secrets: [{source: s, mode: 0440}]\n  db: {image: x}\nnetworks: {n: }\nsecrets: {s: {environment: S}}",
    );
    let (document, project) = (loaded.document.clone().unwrap(), loaded.project.clone().unwrap());
    let hash = |line| document.config_hash(&project, "web", EnvFiles::Read, line).unwrap();
    assert_eq!(Line::ALL.map(hash), [HASH_26, HASH_40]);
    // What is kept for the containers' labels comes to the same.
    let resolved = loaded.resolved().project.unwrap();
    let kept = |line| config_hash(digested(&resolved, "web", line).unwrap().clone(), line);
    assert_eq!(Line::ALL.map(kept), [HASH_26, HASH_40]);
    assert_eq!(resolved.resolved_26.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["web"], "only what differs");
    for (version, line) in [("2.26.1-4", Some(Line::V26)), ("v2.40.3", Some(Line::V40)), ("2.4.0", None), ("", None)] {
        assert_eq!(Line::of(version), line, "{version}");
    }
}

#[test]
fn permission_bits_are_octal() {
    let mode = |text: &str| {
        let text = format!(
            "services: {{a: {{image: x, secrets: [{{source: s, mode: {text}}}]}}}}\nsecrets: {{s: {{file: /s}}}}"
        );
        print(&text)["services"]["a"]["secrets"][0]["mode"].clone()
    };
    for (text, printed) in [("0440", "0440"), ("'0440'", "0440"), ("'440'", "0440"), ("440", "0670"), ("0o400", "0400")]
    {
        assert_eq!(mode(text), printed, "{text}");
    }
}

#[test]
fn a_provider_needs_no_network_and_models_are_yamls() {
    let text = "services: {a: {provider: {type: t, options: {b: [x, 2], a: 1.0, c: true}}}, b: {image: x, models: [m]}}\n\
                models: {m: {model: q}, unused: {model: z}}";
    let printed = print(text);
    let a = &printed["services"]["a"];
    assert_eq!(
        (a.get("networks"), &a["provider"]["options"]),
        (None, &json!({"a": ["1"], "b": ["x", "2"], "c": ["true"]}))
    );
    assert_eq!(printed.get("models"), None, "docker compose leaves them out of JSON");
    let loaded = read(text);
    let choice = Choice { style: Style::Yaml, ..Choice::default() };
    let written = yaml(&loaded.document.unwrap().project(&loaded.project.unwrap(), &choice));
    assert!(written.contains("models:\n  m:\n    model: q\n") && !written.contains("unused"), "{written}");
}

#[test]
fn variables_taken_by_name_are_part_of_the_hash() {
    let hash = |environment: &str| {
        let loaded = read(&format!("name: p\nservices: {{web: {{image: x, environment: {environment}}}}}"));
        loaded.document.unwrap().config_hash(&loaded.project.unwrap(), "web", EnvFiles::Named, Line::V26).unwrap()
    };
    let said = hash("{COMPOSE_PROJECT_NAME: p, N: }");
    assert_eq!([hash("[COMPOSE_PROJECT_NAME, N]"), hash("{COMPOSE_PROJECT_NAME: , N: }")], [said.clone(), said]);
}

#[test]
fn without_interpolation_texts_stay_as_written() {
    let how = How { no_interpolate: true, ..How::default() };
    let loaded = read_how(
        "version: '3'\nservices: {a: {image: 'x:${TAG:-1}', privileged: '${P}', ports: ['${PORT}:80', '81:81'], mem_limit: '${M}'}}",
        how,
    );
    assert_eq!(loaded.errors().count(), 0);
    let (document, project) = (loaded.document.unwrap(), loaded.project.unwrap());
    let printed = document.project(&project, &Choice::default());
    assert_eq!(printed["services"]["a"]["image"], "x:${TAG:-1}");
    assert_eq!(printed["services"]["a"]["ports"], json!(["${PORT}:80", "81:81"]), "all of them as written, or none");
    assert!(printed.get("version").is_none());
    let names: Vec<String> = document.variables().into_keys().collect();
    assert_eq!(names, ["M", "P", "PORT", "TAG"]);
}
