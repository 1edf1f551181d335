//! `GET /events`: an event as a line of JSON.

use serde_json::{Value, json};

use super::{Face, put};
use crate::sim::world::{Event, Kind};

/// How far back `since` reaches: the engine keeps this many events.
pub const REMEMBERED: u64 = 256;

/// The document.
pub fn event(face: &Face, event: &Event) -> Value {
    let at = event.at.shifted(face.skew);
    let mut document = json!({});
    // The fields of old clients, written until API 1.52.
    if event.kind == Kind::Container && !(face.since(52) && face.asked_since(52)) {
        put(&mut document, "status", &*event.action);
        put(&mut document, "id", &*event.id);
        if let Some(image) = &event.image {
            put(&mut document, "from", &**image);
        }
    } else if event.kind == Kind::Image && !(face.since(52) && face.asked_since(52)) {
        put(&mut document, "status", &*event.action);
        put(&mut document, "id", &*event.id);
    }
    put(&mut document, "Type", face.word(event.kind.word(), "constellation"));
    put(&mut document, "Action", face.word(&event.action, "rise"));
    put(&mut document, "Actor", json!({"ID": &*event.id, "Attributes": event.attributes()}));
    put(&mut document, "scope", "local");
    put(&mut document, "time", Value::from(at.as_nanos().div_euclid(1_000_000_000)));
    put(&mut document, "timeNano", at.as_nanos());
    document
}
