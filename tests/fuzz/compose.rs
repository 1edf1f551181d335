//! Compose files as mutated bytes: seeds are cut, repeated, spliced and sprinkled with the reader's own special words.

use std::{cell::Cell, sync::Arc};

use ratatui::layout::Size;
use serde_json::Value;
use stackview::{
    app::{Msg, Store, model::Settings},
    base::time::Stamp,
    compose::{
        How, Options,
        canon::{Choice, Style, yaml},
        load,
    },
};

use crate::{
    frames,
    random::{Random, mutate},
    throw::throw,
};

const SEEDS: [&str; 8] = [
    "services:\n  web:\n    image: nginx:${TAG:-1}\n    ports: [\"80:80\", \"8080-8082:80-82/udp\"]\n    depends_on:\n      db: {condition: service_healthy}\n  db:\n    image: postgres\n    healthcheck: {test: x, interval: 5s}\n",
    "x-a: &a {environment: {A: 1}}\nservices:\n  a:\n    <<: *a\n    image: x\n    volumes: ['./d:/d:ro,z', 'vol:/v', {type: tmpfs, target: /t, tmpfs: {size: 1m}}]\nvolumes: {vol: {external: true}}\n",
    "name: p\nservices:\n  a:\n    build: {context: ., args: [A, B=2], additional_contexts: [x=./y], ssh: [default]}\n    deploy: {replicas: 2, resources: {limits: {cpus: '0.5', memory: 1g}}}\n    command: sh -c 'a | b'\n",
    "services:\n  base: {image: x, labels: [a=1], environment: [A]}\n  a: {extends: base, labels: {a: 2}, environment: {A: }, networks: {n: {aliases: [q]}}}\nnetworks: {n: {ipam: {config: [{subnet: 1.0.0.0/8}]}}}\n",
    "services: {a: {image: x, secrets: [s, {source: s, target: t, mode: 0440}], configs: [c]}}\nsecrets: {s: {file: ./s}}\nconfigs: {c: {content: \"$${A} ${B:+c${D?no}}\"}}\n",
    "services: {a: {image: x, tmpfs: /a, dns: 1.1.1.1, extra_hosts: {a: [::1]}, ulimits: {nofile: {soft: 1, hard: 2}}, develop: {watch: [{path: ., action: rebuild}]}}}\n---\nservices: {a: {ports: !reset [], labels: !override {x: y}}}\n",
    "services:\r\n  a:\r\n    image: !!str 5\r\n    labels: {d: 2020-01-02T10:00:00Z, o: 0755, f: 1e3, n: ~, b: !!binary aGk=}\r\n",
    "\u{feff}{\"services\": {\"a\": {\"image\": \"x\", \"healthcheck\": {\"test\": [\"NONE\"]}, \"devices\": [\"/dev/a:/dev/b:r\"], \"gpus\": \"all\", \"logging\": {\"driver\": \"d\"}}}}",
];
const WORDS: [&str; 36] = [
    "${",
    "}",
    "$$",
    ":-",
    ":?",
    "&a ",
    "*a",
    "<<: ",
    "!reset ",
    "!override ",
    "---\n",
    "- ",
    ": ",
    "\n",
    "\t",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "|\n",
    ">-\n",
    "# ",
    "services:",
    "extends: a",
    "include: [x.yaml]",
    "null",
    "1e400",
    ".inf",
    "0x",
    "99999999999999999999",
    "\u{0}",
    "\u{feff}",
    "é",
    "%YAML 1.1\n",
    "? ",
];

fn options(text: &str, how: How) -> Options {
    Options {
        cwd: "/nowhere".into(),
        files: vec!["-".into()],
        stdin: Some(text.into()),
        project_name: Some("p".into()),
        env: [("A".to_owned(), "a".to_owned())].into(),
        how,
        ..Options::default()
    }
}

/// Reads the text as a project in every way, and what was printed of it once more.
fn look(text: &str) -> Seen {
    let raw = load(&options(text, How { no_interpolate: true, sources: true, ..How::default() }));
    if let (Some(document), Some(project)) = (&raw.document, &raw.project) {
        document.project(project, &Choice::default());
        document.variables();
    }
    let loaded = load(&options(text, How { sources: true, ..How::default() }));
    loaded.problems.iter().for_each(|problem| drop(problem.to_string()));
    let (Some(document), Some(project)) = (&loaded.document, &loaded.project) else { return Seen::Wrong };
    let printed = document.project(project, &Choice::default());
    // Docker compose doubles the dollars of keys as well, though it never reads variables in them.
    if loaded.errors().next().is_some() || dollar_in_key(&printed) {
        return Seen::Wrong;
    }
    let written = yaml(&document.project(project, &Choice { style: Style::Yaml, ..Choice::default() }));
    let again = load(&options(&written.replace('$', "$$"), How::default()));
    // Docker compose takes a few things that it then prints in a form it refuses, as a device without a source.
    let (Some(document), Some(project), None) = (&again.document, &again.project, again.errors().next()) else {
        return Seen::Refused;
    };
    assert_eq!(document.project(project, &Choice::default())["services"], printed["services"], "{written}");
    Seen::Same
}

/// What came of an input.
enum Seen {
    /// It isn't a project.
    Wrong,
    /// It is one, and is the same one when what was printed is read.
    Same,
    /// It is one, but what was printed isn't.
    Refused,
}

fn dollar_in_key(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(key, value)| key.contains('$') || dollar_in_key(value)),
        Value::Array(items) => items.iter().any(dollar_in_key),
        _ => false,
    }
}

/// What the dashboard makes of the files.
fn dashboard(rng: &mut Random, text: &str) {
    let loaded = load(&options(text, How { sources: true, ..How::default() })).resolved();
    let now = Stamp::from_secs(1_790_000_000);
    let mut store = Store::new(Settings::default(), "p".into(), None, Size::new(80, 24), now);
    store.update(Msg::Loaded { project: loaded.project.map(Arc::new), problems: loaded.problems }, now);
    frames::draw(rng, &mut store, now);
}

#[test]
fn no_bytes_of_a_compose_file_break_the_program() {
    let make = |rng: &mut Random| {
        let mut bytes = rng.one(&SEEDS).as_bytes().to_vec();
        mutate(rng, &mut bytes, &WORDS.map(str::as_bytes), &SEEDS.map(str::as_bytes));
        bytes.truncate(20_000);
        (String::from_utf8_lossy(&bytes).into_owned(), rng.next())
    };
    let (done, same, refused) = (Cell::new(0_u64), Cell::new(0_u64), Cell::new(0_u64));
    let one_more = |count: &Cell<u64>| count.set(count.get() + 1);
    throw("compose", 200, make, |(text, luck)| {
        one_more(&done);
        match look(text) {
            Seen::Wrong => {}
            Seen::Same => one_more(&same),
            Seen::Refused => one_more(&refused),
        }
        dashboard(&mut Random(*luck), text);
    });
    let (done, same, refused) = (done.get(), same.get(), refused.get());
    assert!(refused <= 3 + done / 1000, "{done} inputs, {same} the same, {refused} refused");
    eprintln!("compose: {done} inputs, {same} projects read back, {refused} refused");
}
