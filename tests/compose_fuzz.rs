//! Throws mutated compose files at the reader: no bytes may make it panic, hang, or print what it can't read.
//!
//! A stable harness in place of cargo-fuzz, which needs a nightly compiler: seeds are cut, repeated, spliced and
//! sprinkled with the reader's own special words. The ordinary run is short; `STACKVIEW_FUZZ_SECONDS=600` makes
//! it long. A finding is printed as the bytes that show it, and the seed that repeats the run.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use stackview::compose::{
    How, Options,
    canon::{Choice, Style, yaml},
    load,
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

/// A small generator of random numbers (splitmix64): a run is repeated by its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}

fn mutate(rng: &mut Random, text: &mut Vec<u8>) {
    let at = |rng: &mut Random, text: &[u8]| rng.below(text.len() + 1);
    for _ in 0..1 + rng.below(5) {
        let (a, b) = (at(rng, text), at(rng, text));
        let (low, high) = (a.min(b), a.max(b).min(a.min(b) + 40));
        match rng.below(6) {
            0 => drop(text.splice(a..a, WORDS[rng.below(WORDS.len())].bytes())),
            1 => drop(text.drain(low..high)),
            2 => {
                let piece = text[low..high].to_vec();
                let times = 1 + rng.below(19);
                drop(text.splice(low..low, piece.repeat(times)));
            }
            3 => {
                let other = SEEDS[rng.below(SEEDS.len())].as_bytes();
                let from = at(rng, other);
                drop(text.splice(a..a, other[from..].iter().take(60).copied()));
            }
            4 if a < text.len() => text[a] = rng.next().to_le_bytes()[0],
            _ if low < high => text.swap(low, high - 1),
            _ => {}
        }
    }
}

/// Reads the text as a project in every way, and what was printed of it once more.
fn look(text: &str) -> Seen {
    let options = |text: &str, how: How| Options {
        cwd: "/nowhere".into(),
        files: vec!["-".into()],
        stdin: Some(text.into()),
        project_name: Some("p".into()),
        env: [("A".to_owned(), "a".to_owned())].into(),
        how,
        ..Options::default()
    };
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

#[test]
fn no_bytes_break_the_reader() {
    let seconds = std::env::var("STACKVIEW_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let long = seconds.map(|seconds: u64| Instant::now() + Duration::from_secs(seconds));
    let seed = match (std::env::var("STACKVIEW_FUZZ_SEED"), &long) {
        (Ok(seed), _) => seed.parse().unwrap(),
        (_, Some(_)) => {
            u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() & 0xffff_ffff).unwrap()
        }
        _ => 1,
    };
    let mut rng = Random(seed);
    let (mut done, mut same, mut refused, mut slowest) = (0_u64, 0_u64, 0_u64, Duration::ZERO);
    while long.map_or(done < 300, |end| Instant::now() < end) {
        let mut bytes = SEEDS[rng.below(SEEDS.len())].as_bytes().to_vec();
        mutate(&mut rng, &mut bytes);
        bytes.truncate(20_000);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let started = Instant::now();
        match std::panic::catch_unwind(|| look(&text)) {
            Ok(Seen::Wrong) => {}
            Ok(Seen::Same) => same += 1,
            Ok(Seen::Refused) => refused += 1,
            Err(panic) => {
                eprintln!("--- a finding, seed {seed}, after {done} inputs ---\n{text:?}");
                std::panic::resume_unwind(panic);
            }
        }
        slowest = slowest.max(started.elapsed());
        done += 1;
    }
    assert!(slowest < Duration::from_secs(10), "an input took {slowest:?}");
    assert!(refused <= 3 + done / 1000, "{done} inputs, {same} the same, {refused} refused");
    eprintln!("seed {seed}: {done} inputs, {same} projects read back, {refused} refused, the slowest {slowest:?}");
}
