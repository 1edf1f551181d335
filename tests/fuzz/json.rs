//! JSON mutated where it is a value: of another kind, as large as its type, deep, many, or gone.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Stands for a number that JSON can spell and no type can hold.
const RAW: &str = "@1e999@";

const NUMBERS: [&str; 18] = [
    "0",
    "-1",
    "1",
    "2",
    "127",
    "255",
    "256",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "-2147483649",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "1e308",
    "0.5",
    "-0.0",
];
const WORDS: [&str; 30] = [
    "",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00.000000001Z",
    "2262-04-11T23:47:16.854775807Z",
    "9999-12-31T23:59:59.999999999Z",
    "-009999-01-01T00:00:00Z",
    "2026-11-30T12:00:00.5+14:00",
    "2026-11-30T12:00:00Z",
    "running",
    "restarting",
    "exited",
    "created",
    "unhealthy",
    "starting",
    "Exited (-9223372036854775808) 2 days ago",
    "Up 3 hours (unhealthy)",
    "db:service_healthy:true,api:service_completed_successfully:false",
    "api:service_started:false,api:service_started:false,:,::,",
    "host-gateway",
    "container:",
    "service:db",
    "on-failure",
    "\u{1b}[2J\u{1b}]0;x\u{7}",
    "\u{202e}\u{0}\u{fffd}漢字",
    "/",
    "65535/tcp",
    "0-99999/udp",
    "172.17.0.0/99",
    "::/0",
    "sha256:",
];

/// Changes one to four values of a document.
pub fn mutate(rng: &mut Random, document: &mut Value) {
    for _ in 0..1 + rng.below(4) {
        let mut at = rng.below(count(document));
        let other = document.clone();
        let mut from = rng.below(count(&other));
        if let (Some(value), Some(other)) = (nth(document, &mut at), seen(&other, &mut from)) {
            change(rng, value, other);
        }
    }
}

/// As bytes, mostly as they should be.
pub fn bytes(rng: &mut Random, document: &Value) -> Vec<u8> {
    let mut bytes = document.to_string().replace(&format!("\"{RAW}\""), "1e999").into_bytes();
    match rng.below(40) {
        0 => bytes.truncate(rng.below(bytes.len() + 1)),
        1 => bytes.extend_from_slice(b"]}garbage"),
        2 => bytes = b"<html>502</html>".to_vec(),
        3 => bytes.clear(),
        4 if !bytes.is_empty() => {
            let at = rng.below(bytes.len());
            bytes[at] = rng.next().to_le_bytes()[0];
        }
        _ => {}
    }
    bytes
}

fn change(rng: &mut Random, value: &mut Value, other: &Value) {
    // Half of the time the kind stays, so that what is read is strange, and not unreadable.
    let same = rng.below(2) == 0;
    *value = match value {
        Value::Number(_) if same => number(rng),
        Value::String(text) if same => match rng.below(6) {
            0 => json!(text.repeat(1 + rng.below(400))),
            1 => json!(format!("{text}{}", rng.one(&WORDS))),
            _ => json!(rng.one(&WORDS)),
        },
        Value::Array(list) if same => {
            let times = if list.len() > 40 { 1 } else { rng.below(30) };
            Value::Array(list.iter().cycle().take(list.len() * times).cloned().collect())
        }
        Value::Object(map) if same => {
            let renamed = |key: &String, rng: &mut Random| match rng.below(8) {
                0 => rng.one(&WORDS).to_owned(),
                1 => format!("{key}2"),
                _ => key.clone(),
            };
            Value::Object(map.iter().map(|(key, value)| (renamed(key, rng), value.clone())).collect::<Map<_, _>>())
        }
        Value::Bool(is) if same => json!(!*is),
        _ => match rng.below(9) {
            0 => Value::Null,
            1 => json!(rng.below(2) == 0),
            2 => number(rng),
            3 => json!(rng.one(&WORDS)),
            4 => json!([]),
            5 => json!({}),
            6 => json!(RAW),
            7 => (0..rng.below(200)).fold(Value::Null, |inner, _| json!([inner])),
            _ => other.clone(),
        },
    };
}

fn number(rng: &mut Random) -> Value {
    serde_json::from_str(rng.one(&NUMBERS)).unwrap()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum::<usize>(),
        Value::Object(map) => map.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// The value of a number, counted from the top.
fn nth<'a>(value: &'a mut Value, at: &mut usize) -> Option<&'a mut Value> {
    if *at == 0 {
        return Some(value);
    }
    *at -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|item| nth(item, at)),
        Value::Object(map) => map.values_mut().find_map(|item| nth(item, at)),
        _ => None,
    }
}

fn seen<'a>(value: &'a Value, at: &mut usize) -> Option<&'a Value> {
    if *at == 0 {
        return Some(value);
    }
    *at -= 1;
    match value {
        Value::Array(list) => list.iter().find_map(|item| seen(item, at)),
        Value::Object(map) => map.values().find_map(|item| seen(item, at)),
        _ => None,
    }
}
