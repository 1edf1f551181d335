//! The `filters` of lists, events and clean-ups.

use regex::Regex;
use serde_json::Value;

use super::request::Query;
use crate::sim::{
    api::Face,
    world::{ApiError, Container, Event, Image, Kind, Network, Status, Volume, World},
};

/// Filters by their names, in the request's order.
#[derive(Debug, Default)]
pub(super) struct Filters(Vec<(String, Vec<String>)>);

impl Filters {
    /// Reads them as new clients write them (`{"label":["a"]}`) and as old ones did (`{"label":{"a":true}}`), and
    /// refuses what isn't known, in the engine's words.
    pub fn read(face: &Face, query: &Query, known: &[&str]) -> Result<Self, ApiError> {
        let text = query.text("filters");
        if text.is_empty() {
            return Ok(Self::default());
        }
        let broken = || match face.since(44) {
            true => ApiError::new(400, "invalid filter"),
            false => {
                let first = text.chars().next().unwrap_or_default();
                ApiError::new(500, format!("invalid character '{first}' looking for beginning of value"))
            }
        };
        let Ok(Value::Object(map)) = serde_json::from_str(text) else { return Err(broken()) };
        let mut filters = Vec::new();
        for (name, values) in map {
            let values: Vec<String> = match values {
                Value::Array(values) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                Value::Object(values) => values.into_iter().map(|(value, _)| value).collect(),
                _ => return Err(broken()),
            };
            if !known.contains(&name.as_str()) {
                return Err(invalid(face, &name));
            }
            filters.push((name, values));
        }
        Ok(Self(filters))
    }

    /// The values of a filter.
    fn of(&self, name: &str) -> &[String] {
        self.0.iter().find(|(n, _)| n == name).map_or(&[], |(_, values)| values)
    }

    /// Whether there is no such filter, or one of its values is as wanted.
    fn any(&self, name: &str, fits: impl Fn(&str) -> bool) -> bool {
        let values = self.of(name);
        values.is_empty() || values.iter().any(|value| fits(value))
    }

    /// Whether every value of `label` is there, and none of `label!`.
    fn labels<'a>(&self, has: impl Fn(&str) -> Option<&'a str>) -> bool {
        let fits = |wanted: &String| match wanted.split_once('=') {
            Some((key, value)) => has(key) == Some(value),
            None => has(wanted).is_some(),
        };
        self.of("label").iter().all(fits) && !self.of("label!").iter().any(fits)
    }

    /// These but for one.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self
    }

    /// A filter that says yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.of(name).first().map(|value| matches!(value.to_lowercase().as_str(), "1" | "true" | "t"))
    }
}

fn invalid(face: &Face, what: &str) -> ApiError {
    let word = if face.since(42) { "invalid" } else { "Invalid" };
    ApiError::new(400, format!("{word} filter '{what}'"))
}

/// A name's filter is a pattern that may match anywhere; what is no pattern is a piece of the name.
fn matches_name(name: &str, wanted: &str) -> bool {
    let slashed = format!("/{name}");
    match Regex::new(wanted) {
        Ok(pattern) => pattern.is_match(name) || pattern.is_match(&slashed),
        Err(_) => slashed.contains(wanted),
    }
}

fn pair<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str())
}

/// Which filters a list of containers knows.
pub(super) const CONTAINERS: [&str; 16] = [
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "label!",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];

/// Containers that pass, newest first; the switch says whether those that don't run count without a filter by state.
pub(super) fn containers<'a>(
    face: &Face,
    world: &'a World,
    filters: &Filters,
    all: bool,
) -> Result<Vec<&'a Container>, ApiError> {
    let states = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];
    if let Some(unknown) = filters.of("status").iter().find(|s| !states.contains(&s.as_str())) {
        return Err(invalid(face, &format!("status={unknown}")));
    }
    if let Some(unknown) =
        filters.of("health").iter().find(|s| !["starting", "healthy", "unhealthy", "none"].contains(&s.as_str()))
    {
        return Err(invalid(face, &format!("health={unknown}")));
    }
    let mark = |name: &str| filters.of(name).first().map(|c| world.container(c).map(|c| c.created)).transpose();
    let (before, since) = (mark("before")?, mark("since")?);
    let all = all || !filters.of("status").is_empty() || !filters.of("exited").is_empty();
    let all = all || before.is_some() || since.is_some();
    let fits = |c: &&Container| {
        let ancestor = |image: &str| {
            c.spec.image == image
                || c.spec.image.strip_suffix(":latest") == Some(image)
                || c.spec.image_id == image
                || c.spec.image_id.trim_start_matches("sha256:").starts_with(image)
        };
        let network = |n: &str| c.endpoints.iter().any(|e| e.network == n || e.network_id.starts_with(n));
        let volume = |v: &str| {
            c.mounts.iter().any(|m| {
                m.target == v || matches!(&m.source, crate::sim::world::MountSource::Volume(name) if name == v)
            })
        };
        let port = |wanted: &str, number: u16, protocol: &str| match wanted.split_once('/') {
            Some((n, p)) => n == number.to_string() && p == protocol,
            None => wanted == number.to_string(),
        };
        (all || c.running())
            && filters.labels(|key| c.label(key))
            && filters.any("name", |name| matches_name(&c.name, name))
            && filters.any("id", |id| c.id.starts_with(id))
            && filters.any("status", |status| c.status.word() == status)
            && filters.any("health", |health| c.health.as_ref().map_or("none", |h| h.status.word()) == health)
            && filters.any("exited", |code| c.status == Status::Exited && c.exit_code.to_string() == code)
            && filters.any("ancestor", ancestor)
            && filters.any("network", network)
            && filters.any("volume", volume)
            && filters.any("expose", |p| c.spec.ports.iter().any(|own| port(p, own.inside, &own.protocol)))
            && filters.any("publish", |p| {
                let outside = |own: &crate::sim::world::Port| own.outside.as_ref().map(|(_, port)| *port);
                c.spec.ports.iter().any(|own| outside(own).is_some_and(|number| port(p, number, &own.protocol)))
            })
            && filters.any("is-task", |task| !matches!(task, "1" | "true"))
            && before.is_none_or(|before| c.created < before)
            && since.is_none_or(|since| c.created > since)
    };
    Ok(world.containers().filter(fits).collect())
}

/// Which filters a list of networks knows.
pub(super) const NETWORKS: [&str; 8] = ["dangling", "driver", "id", "label", "label!", "name", "scope", "type"];

pub(super) fn network(world: &World, filters: &Filters, network: &Network) -> bool {
    let used = || world.containers().any(|c| c.endpoints.iter().any(|e| e.network_id == network.id));
    let kind = |kind: &str| match kind {
        "custom" => !network.predefined,
        _ => network.predefined,
    };
    filters.labels(|key| pair(&network.labels, key))
        && filters.any("name", |name| matches_name(&network.name, name))
        && filters.any("id", |id| network.id.starts_with(id))
        && filters.any("driver", |driver| network.driver == driver)
        && filters.any("scope", |scope| scope == "local")
        && filters.any("type", kind)
        && filters.flag("dangling").is_none_or(|dangling| !network.predefined && dangling != used())
}

/// Which filters a list of volumes knows.
pub(super) const VOLUMES: [&str; 5] = ["dangling", "driver", "label", "label!", "name"];

pub(super) fn volume(world: &World, filters: &Filters, volume: &Volume) -> bool {
    filters.labels(|key| pair(&volume.labels, key))
        && filters.any("name", |name| volume.name.contains(name))
        && filters.any("driver", |driver| volume.driver == driver)
        && filters.flag("dangling").is_none_or(|dangling| dangling == world.volume_users(&volume.name).is_empty())
}

/// Which filters a list of images knows.
pub(super) const IMAGES: [&str; 7] = ["before", "dangling", "label", "label!", "reference", "since", "until"];

pub(super) fn image(filters: &Filters, image: &Image) -> bool {
    let reference = |wanted: &str| {
        let fits = |tag: &String| {
            let name = tag.rsplit_once(':').map_or(tag.as_str(), |(name, _)| name);
            tag == wanted || name == wanted || glob(tag, wanted) || glob(name, wanted)
        };
        image.tags.iter().any(fits)
    };
    // No image of the simulated engine has labels.
    filters.of("label").is_empty()
        && filters.any("reference", reference)
        && filters.flag("dangling").is_none_or(|dangling| dangling == image.tags.is_empty())
}

/// A pattern with stars, which don't reach over a slash.
fn glob(text: &str, pattern: &str) -> bool {
    let escaped = regex::escape(pattern).replace(r"\*", "[^/]*").replace(r"\?", "[^/]");
    pattern.contains(['*', '?']) && Regex::new(&format!("^{escaped}$")).is_ok_and(|p| p.is_match(text))
}

/// Which filters the events know.
pub(super) const EVENTS: [&str; 15] = [
    "config",
    "container",
    "daemon",
    "event",
    "image",
    "label",
    "network",
    "node",
    "plugin",
    "scope",
    "secret",
    "service",
    "type",
    "volume",
    "action",
];

pub(super) fn event(filters: &Filters, event: &Event) -> bool {
    let actor = |kind: Kind, wanted: &str| {
        event.kind == kind && (event.id.starts_with(wanted) || event.attribute("name") == Some(wanted))
    };
    // A word without a colon stands for all that begin with it: `health_status`, `exec_start`.
    let action = |wanted: &str| {
        *event.action == *wanted || event.action.split_once(": ").is_some_and(|(word, _)| word == wanted)
    };
    let image = |wanted: &str| {
        let named = |image: &str| image == wanted || image.rsplit_once(':').is_some_and(|(name, _)| name == wanted);
        event.image.as_deref().is_some_and(named) || actor(Kind::Image, wanted)
    };
    let network = |wanted: &str| actor(Kind::Network, wanted);
    filters.any("type", |kind| event.kind.word() == kind)
        && filters.any("event", action)
        && filters.any("container", |c| actor(Kind::Container, c) || event.attribute("container") == Some(c))
        && filters.any("image", image)
        && filters.any("network", network)
        && filters.any("volume", |v| actor(Kind::Volume, v))
        && filters.any("scope", |scope| scope == "local")
        && filters.labels(|key| event.attribute(key))
        && ["config", "daemon", "node", "plugin", "secret", "service"].iter().all(|f| filters.of(f).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::api::{Release, Version};

    fn face(minor: u16) -> Face {
        let release = Release::of(Version(1, minor)).unwrap();
        Face { release, asked: release.version, skew: 0, strange: false }
    }

    fn read(minor: u16, filters: &str) -> Result<Filters, ApiError> {
        Filters::read(&face(minor), &Query::new(&format!("filters={filters}")), &["label", "name"])
    }

    #[test]
    fn both_spellings_are_read() {
        for text in [r#"{"label":["a=b","c"]}"#, r#"{"label":{"a=b":true,"c":true}}"#] {
            assert_eq!(read(41, text).unwrap().of("label"), ["a=b", "c"]);
        }
        let filters = read(41, r#"{"label":["a=b","c"]}"#).unwrap();
        let labels = [("a".to_owned(), "b".to_owned()), ("c".to_owned(), String::new())];
        assert!(filters.labels(|key| pair(&labels, key)));
        assert!(!filters.labels(|key| pair(&labels[..1], key)));
    }

    #[test]
    fn what_is_wrong_is_said_as_each_engine_says_it() {
        let said = |minor, filters| {
            let error = read(minor, filters).unwrap_err();
            (error.status, error.message)
        };
        assert_eq!(said(41, "xx"), (500, "invalid character 'x' looking for beginning of value".into()));
        assert_eq!(said(45, "xx"), (400, "invalid filter".into()));
        assert_eq!(said(41, r#"{"bad":["x"]}"#), (400, "Invalid filter 'bad'".into()));
        assert_eq!(said(45, r#"{"bad":["x"]}"#), (400, "invalid filter 'bad'".into()));
    }

    #[test]
    fn names_are_patterns() {
        assert!(matches_name("app-db-1", "db"));
        assert!(matches_name("app-db-1", "^/app"));
        assert!(!matches_name("app-db-1", "^db"));
        assert!(matches_name("app[-db", "app["));
    }
}
