//! The engine's events: which are asked for, how their stream is cut into objects, and what each means.

use super::{
    translate::{label, parse_health},
    wire,
};
use crate::{
    base::{
        id::{ContainerId, NetworkId, ServiceName, VolumeName},
        time::Stamp,
    },
    stack::{Event, EventKind, EventSubject},
};

/// What is asked for. Of a health probe only its end: it alone makes three events.
const WANTED: [&str; 24] = [
    "create",
    "start",
    "die",
    "died",
    "stop",
    "kill",
    "oom",
    "restart",
    "pause",
    "unpause",
    "rename",
    "destroy",
    "remove",
    "update",
    "health_status",
    "exec_die",
    "connect",
    "disconnect",
    "mount",
    "unmount",
    "prune",
    "init",
    "reload",
    "cleanup",
];
/// The largest object, in bytes; a larger one is skipped.
const OBJECT_CAP: usize = 1 << 20;

/// The path of the stream from a moment on (to `until`, if given).
pub(super) fn path(since: Stamp, until: Option<Stamp>) -> String {
    let filters = serde_json::json!({"type": ["container", "network", "volume"], "event": WANTED}).to_string();
    let moment = |at: Stamp| format!("{}.{:09}", at.as_nanos() / 1_000_000_000, at.as_nanos() % 1_000_000_000);
    let until = until.map(|at| format!("&until={}", moment(at))).unwrap_or_default();
    format!("/events?since={}{until}&filters={}", moment(since), encode(&filters))
}

/// Percent-encodes a query's value.
pub(super) fn encode(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Cuts a stream of JSON objects, with or without white space between them, whatever its chunks are. What
/// isn't an object is skipped up to the next line and counted.
#[derive(Debug, Default)]
pub(super) struct Objects {
    held: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    skipping: bool,
    /// Objects that were skipped.
    pub skipped: u64,
    /// Objects that were read.
    pub read: u64,
}

impl Objects {
    /// Takes a chunk; gives each object that is whole to `each`, which says whether it could read it.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(&[u8]) -> bool) {
        for &byte in chunk {
            if self.skipping {
                self.skipping = byte != b'\n';
                continue;
            }
            if self.depth == 0 {
                match byte {
                    b'{' => {}
                    b' ' | b'\t' | b'\r' | b'\n' => continue,
                    _ => {
                        self.skip();
                        continue;
                    }
                }
            }
            self.held.push(byte);
            if self.in_text {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_text = false,
                    // No text holds a raw line end: this object is broken, and the next line a new beginning.
                    b'\n' => {
                        self.skip();
                        self.skipping = false;
                        continue;
                    }
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_text = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                }
            }
            if self.depth == 0 {
                if each(&self.held) {
                    self.read = self.read.saturating_add(1);
                } else {
                    self.skipped = self.skipped.saturating_add(1);
                }
                self.held.clear();
            } else if self.held.len() > OBJECT_CAP {
                self.skip();
            }
        }
    }

    /// Whether it stands in the middle of something.
    pub fn is_cut(&self) -> bool {
        self.skipping || self.depth > 0
    }

    fn skip(&mut self) {
        *self = Self { skipping: true, skipped: self.skipped.saturating_add(1), read: self.read, ..Self::default() };
    }
}

/// An event with what is needed to know whose it is.
#[derive(Debug)]
pub(super) struct Seen {
    pub event: Event,
    /// The compose project of a container's labels.
    pub project: Option<String>,
}

/// What an object means; `None` if it isn't an event.
pub(super) fn read(object: &[u8]) -> Option<Seen> {
    let e: wire::Event = serde_json::from_slice(object).ok()?;
    let at = match (e.nanos, e.secs) {
        (0, secs) if secs > 0 => Stamp::from_secs(secs),
        (nanos, _) if nanos > 0 => Stamp::from_nanos(nanos),
        _ => return None,
    };
    let mut attributes = e.actor.attributes;
    let mut take = |key: &str| attributes.remove(key).filter(|v| !v.is_empty());
    let with = take("container").map(ContainerId::from);
    let name = take("name");
    // Podman knows volumes and networks by their names alone.
    let id = if e.actor.id.is_empty() { name.clone().unwrap_or_default() } else { e.actor.id };
    let subject = match &*e.kind {
        "container" => EventSubject::Container(id.as_str().into()),
        "network" => EventSubject::Network(NetworkId::from(id.as_str()), with),
        "volume" => EventSubject::Volume(VolumeName::from(id.as_str()), with),
        "image" => EventSubject::Image(id.clone()),
        _ => EventSubject::Other(e.kind),
    };
    let code = |text: Option<String>| text.and_then(|c| c.parse().ok()).unwrap_or(0);
    let (verb, rest) = match e.action.split_once(':') {
        Some((verb, rest)) => (verb, rest.trim()),
        None => (&*e.action, ""),
    };
    let kind = match verb {
        "create" => EventKind::Create,
        "start" => EventKind::Start,
        "die" | "died" => EventKind::Die(code(take("exitCode").or_else(|| take("containerExitCode")))),
        "stop" => EventKind::Stop,
        "kill" => EventKind::Kill(take("signal").unwrap_or_default()),
        "oom" => EventKind::Oom,
        "restart" => EventKind::Restart,
        "pause" => EventKind::Pause,
        "unpause" => EventKind::Unpause,
        "rename" => EventKind::Rename(take("oldName").unwrap_or_default().trim_start_matches('/').to_owned()),
        "destroy" | "remove" => EventKind::Destroy,
        "exec_die" => EventKind::ExecDie(code(take("exitCode"))),
        "connect" => EventKind::Connect,
        "disconnect" => EventKind::Disconnect,
        "mount" => EventKind::Mount,
        "unmount" => EventKind::Unmount,
        // Podman puts the health into an attribute.
        "health_status" => match parse_health(rest).or_else(|| parse_health(&take("health_status")?)) {
            Some(health) => EventKind::Health(health),
            None => EventKind::Other(e.action.clone()),
        },
        _ => EventKind::Other(e.action.clone()),
    };
    let project = take(label::PROJECT);
    let service = take(label::SERVICE).map(ServiceName::from);
    let name = name.unwrap_or(id);
    Some(Seen { event: Event { at, kind, subject, service, name }, project })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::Health;

    fn cut(chunks: &[&[u8]]) -> (Vec<String>, u64) {
        let mut objects = Objects::default();
        let mut out = Vec::new();
        for chunk in chunks {
            objects.push(chunk, |o| {
                let readable = serde_json::from_slice::<serde_json::Value>(o).is_ok();
                out.extend(readable.then(|| String::from_utf8_lossy(o).into_owned()));
                readable
            });
        }
        (out, objects.skipped)
    }

    #[test]
    fn an_event_that_cannot_be_read_is_missing_alone() {
        let event =
            |nanos: &str| format!(r#"{{"Type":"container","Action":"start","Actor":{{"ID":"a"}},"timeNano":{nanos}}}"#);
        let mut objects = Objects::default();
        let mut seen = 0;
        for nanos in ["1", "1e999", "2"] {
            objects.push(event(nanos).as_bytes(), |object| {
                read(object).is_some_and(|_| {
                    seen += 1;
                    true
                })
            });
        }
        assert_eq!((seen, objects.read, objects.skipped), (2, 2, 1));
    }

    #[test]
    fn objects_are_found_whatever_stands_between_them() {
        assert_eq!(cut(&[br#"{"a":"}{"}"#, b"{\"b\":1}\n", b"\n {\"c\"", b":[{}]}"]).0.len(), 3);
        assert_eq!(cut(&[br#"{"a":"\""#, br#"}"}"#]), (vec![r#"{"a":"\"}"}"#.into()], 0));
    }

    #[test]
    fn garbage_is_skipped_and_counted() {
        assert_eq!(cut(&[b"<html>\n{\"a\":1}"]), (vec![r#"{"a":1}"#.into()], 1));
        assert_eq!(cut(&[b"{\"a\":\"broken\n{\"b\":1}"]), (vec![r#"{"b":1}"#.into()], 1));
        assert_eq!(cut(&[b"{nonsense}\n{\"b\":1}"]), (vec![r#"{"b":1}"#.into()], 1));
        let mut huge = b"{\"a\":\"".to_vec();
        huge.resize(OBJECT_CAP * 2, b'x');
        huge.extend(b"\"}\n{\"b\":1}");
        assert_eq!(cut(&[&huge]), (vec![r#"{"b":1}"#.into()], 1));
    }

    fn seen(json: &str) -> Seen {
        read(json.as_bytes()).unwrap()
    }

    #[test]
    fn events_in_our_words() {
        let die = seen(
            r#"{"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"name":"p-web-1","exitCode":"137",
            "com.docker.compose.project":"p","com.docker.compose.service":"web"}},"time":5,"timeNano":5000000007}"#,
        );
        assert_eq!(die.event.kind, EventKind::Die(137));
        assert_eq!(die.event.at, Stamp::from_nanos(5_000_000_007));
        assert_eq!((die.project.as_deref(), die.event.service.as_deref()), (Some("p"), Some("web")));
        let kind = |action: &str, attributes: &str| {
            let json = format!(
                r#"{{"Type":"container","Action":"{action}","Actor":{{"ID":"c","Attributes":{attributes}}},"time":5}}"#
            );
            seen(&json).event.kind
        };
        assert_eq!(kind("health_status: healthy", "{}"), EventKind::Health(Health::Healthy));
        assert_eq!(kind("health_status", r#"{"health_status":"unhealthy"}"#), EventKind::Health(Health::Unhealthy));
        assert_eq!(kind("rename", r#"{"oldName":"/a"}"#), EventKind::Rename("a".into()));
        assert_eq!(kind("kill", r#"{"signal":"15"}"#), EventKind::Kill("15".into()));
        assert_eq!(kind("juggle: 3", "null"), EventKind::Other("juggle: 3".into()));
        let net = seen(
            r#"{"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"container":"c","name":"p_x"}},"time":5}"#,
        );
        assert_eq!(net.event.subject, EventSubject::Network("n".into(), Some("c".into())));
        // As Podman 4.3 writes them.
        let die = seen(
            r#"{"status":"die","id":"c1","from":"localhost/x","Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":
            {"containerExitCode":"3","exitCode":"3","name":"p-job-1","podId":"","com.docker.compose.project":"p"}},"scope":"local",
            "time":1795248173,"timeNano":1795248173642727575}"#,
        );
        assert_eq!((die.event.kind, die.project.as_deref()), (EventKind::Die(3), Some("p")));
        let died = kind("died", r#"{"containerExitCode":"137"}"#);
        assert_eq!(died, EventKind::Die(137));
        let volume = seen(
            r#"{"status":"create","Type":"volume","Action":"create","Actor":{"ID":"","Attributes":{"containerExitCode":"0",
            "name":"p_data"}},"scope":"local","time":1795248172,"timeNano":1795248172932625326}"#,
        );
        assert_eq!(volume.event.subject, EventSubject::Volume("p_data".into(), None));
        assert!(read(b"{}").is_none() && read(br#"{"time":"soon"}"#).is_none());
    }

    #[test]
    fn the_path_asks_from_a_moment_on() {
        let path = path(Stamp::from_nanos(5_000_000_007), None);
        assert!(path.starts_with("/events?since=5.000000007&filters=%7B%22type%22"), "{path}");
    }
}
