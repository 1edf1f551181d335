//! What changed between two readings of a project, in a few words for a person.
//!
//! Places don't count: a comment at the top of a file moves every line and changes nothing.

use std::fmt;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::model::{Project, Service};
use crate::base::{id::ServiceName, units};

/// How many changes are told one by one.
const TOLD: usize = 4;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A service that wasn't there.
    Added(ServiceName),
    /// A service that is no more.
    Removed(ServiceName),
    /// A service whose profiles are on now (`true`) or off.
    Switched(ServiceName, bool),
    /// A service with other values of these keys.
    Service(ServiceName, Vec<String>),
    /// These networks, volumes, secrets or configs were added, removed or changed.
    Section(&'static str, Vec<String>),
}

/// What differs, services first, in the order of the new reading.
pub fn changes(old: &Project, new: &Project) -> Vec<Changed> {
    let mut found = Vec::new();
    for (name, service) in &new.services {
        match old.services.get(name) {
            None => found.push(Changed::Added(name.clone())),
            Some(before) => {
                if before.enabled != service.enabled {
                    found.push(Changed::Switched(name.clone(), service.enabled));
                }
                let keys = match (old.resolved.get(name), new.resolved.get(name)) {
                    (Some(Value::Object(a)), Some(Value::Object(b))) => resolved_keys(a, b),
                    _ => keys(before, service),
                };
                if !keys.is_empty() {
                    found.push(Changed::Service(name.clone(), keys));
                }
            }
        }
    }
    let gone = old.services.keys().filter(|name| !new.services.contains_key(*name));
    found.extend(gone.cloned().map(Changed::Removed));
    found.extend(section("networks", &old.networks, &new.networks, |a, b| {
        (&a.name, a.external, a.internal, &a.driver) == (&b.name, b.external, b.internal, &b.driver)
    }));
    found.extend(section("volumes", &old.volumes, &new.volumes, |a, b| {
        (&a.name, a.external, &a.driver) == (&b.name, b.external, &b.driver)
    }));
    found.extend(section("secrets", &old.secrets, &new.secrets, |a, b| a.origin == b.origin));
    found.extend(section("configs", &old.configs, &new.configs, |a, b| a.origin == b.origin));
    found
}

/// The keys whose values differ in docker compose's own form, which knows them all.
fn resolved_keys(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<String> {
    let gone = a.keys().filter(|key| !b.contains_key(*key));
    b.iter().filter(|(key, value)| a.get(*key) != Some(value)).map(|(key, _)| key).chain(gone).cloned().collect()
}

/// The keys of a service whose values differ, as compose names them.
fn keys(a: &Service, b: &Service) -> Vec<String> {
    let depends = |s: &Service| -> Vec<_> {
        s.depends_on.iter().map(|d| (d.service.clone(), d.condition, d.required, d.restart)).collect()
    };
    let mounts = |s: &Service| -> Vec<_> {
        s.mounts.iter().map(|m| (m.kind, m.source.clone(), m.target.clone(), m.read_only)).collect()
    };
    let differs = [
        ("image", a.image != b.image),
        ("build", a.build != b.build),
        ("command", a.command != b.command),
        ("entrypoint", a.entrypoint != b.entrypoint),
        ("environment", a.environment != b.environment),
        ("ports", a.ports != b.ports),
        ("volumes", mounts(a) != mounts(b)),
        ("networks", a.networks != b.networks),
        ("network_mode", a.network_mode != b.network_mode),
        ("labels", a.labels != b.labels),
        ("healthcheck", a.healthcheck != b.healthcheck),
        ("depends_on", depends(a) != depends(b)),
        ("restart", a.restart != b.restart),
        ("scale", a.replicas != b.replicas),
        ("profiles", a.profiles != b.profiles),
        ("container_name", a.container_name != b.container_name),
        ("secrets", a.secrets != b.secrets),
        ("configs", a.configs != b.configs),
        ("stop_grace_period", a.stop_grace_period != b.stop_grace_period),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key.to_owned()).collect()
}

fn section<T>(
    kind: &'static str,
    old: &IndexMap<String, T>,
    new: &IndexMap<String, T>,
    same: impl Fn(&T, &T) -> bool,
) -> Option<Changed> {
    let changed = new.iter().filter(|(key, value)| old.get(*key).is_none_or(|before| !same(before, value)));
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    let keys: Vec<String> = changed.map(|(key, _)| key).chain(gone).cloned().collect();
    (!keys.is_empty()).then_some(Changed::Section(kind, keys))
}

/// `cache added`, `backend.image changed`, `backend: image and environment changed`, `volumes.data changed`.
impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(name) => write!(f, "{name} added"),
            Self::Removed(name) => write!(f, "{name} removed"),
            Self::Switched(name, true) => write!(f, "{name} enabled"),
            Self::Switched(name, false) => write!(f, "{name} disabled"),
            Self::Service(name, keys) => changed(f, name, keys),
            Self::Section(kind, keys) => changed(f, kind, keys),
        }
    }
}

fn changed(f: &mut fmt::Formatter<'_>, what: &str, keys: &[String]) -> fmt::Result {
    match keys {
        [key] => write!(f, "{what}.{key} changed"),
        keys => write!(f, "{what}: {} changed", units::list(keys, usize::MAX)),
    }
}

/// The changes in one line; of many, the first few and how many more there are. Unsanitised.
pub fn words(changes: &[Changed]) -> String {
    let told: Vec<String> = changes.iter().take(TOLD).map(ToString::to_string).collect();
    let more = changes.len().saturating_sub(TOLD);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", told.join(" · "))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::Path, sync::Arc};

    use proptest::prelude::*;

    use super::*;
    use crate::compose::{
        Options,
        files::{Files, ReadError},
        project,
    };

    /// A folder with one compose file.
    struct One<'a>(&'a str);

    impl Files for One<'_> {
        fn read(&self, path: &Path) -> Result<Arc<[u8]>, ReadError> {
            if self.is_file(path) { Ok(self.0.as_bytes().into()) } else { Err(ReadError::Missing) }
        }

        fn is_file(&self, path: &Path) -> bool {
            path == Path::new("/p/compose.yaml")
        }
    }

    fn read(services: &str) -> Project {
        let options = Options { cwd: "/p".into(), env: BTreeMap::new(), ..Options::default() };
        let loaded = project::read(&options, &One(services));
        loaded.project.unwrap_or_else(|| panic!("{services}: {:?}", loaded.problems))
    }

    fn told(old: &str, new: &str) -> String {
        words(&changes(&read(old), &read(new)))
    }

    #[test]
    fn in_its_own_form_every_key_is_compared() {
        let form = |services: &str| {
            let options = Options { cwd: "/p".into(), env: BTreeMap::new(), ..Options::default() };
            project::read(&options, &One(services)).resolved().project.unwrap()
        };
        let old = form("services: {web: {image: a, user: me, environment: {A: 1}}}");
        assert!(!old.resolved.is_empty() && changes(&old, &old).is_empty());
        let new = form("services: {web: {image: a, mem_limit: 1g, environment: {A: 2}}}");
        assert_eq!(words(&changes(&old, &new)), "web: environment, mem_limit and user changed");
    }

    const OLD: &str = "services:\n  db: {image: a}\n  web: {image: a, environment: {A: 1}, depends_on: [db]}\n";

    #[test]
    fn each_change_is_named() {
        let web = |rest: &str| format!("services:\n  db: {{image: a}}\n  web: {{image: a, {rest}}}\n");
        let same = "environment: {A: 1}, depends_on: [db]";
        for (new, words) in [
            (OLD.to_owned(), ""),
            (format!("# a comment\n\n{OLD}"), ""),
            (format!("{OLD}  cache: {{image: c}}\n"), "cache added"),
            ("services: {web: {image: b}}".to_owned(), "web: image, environment and depends_on changed · db removed"),
            (web("environment: {A: 2}, depends_on: [db]"), "web.environment changed"),
            (web(&format!("{same}, ports: ['80:80']")), "web.ports changed"),
            (web(&format!("{same}, labels: {{x: y}}, command: [a]")), "web: command and labels changed"),
            (web(&format!("{same}, healthcheck: {{test: [CMD, x]}}")), "web.healthcheck changed"),
            (web(&format!("{same}, volumes: ['/a:/b']")), "web.volumes changed"),
            (web(&format!("{same}, profiles: [x]")), "web disabled · web.profiles changed"),
            (format!("{OLD}volumes: {{data: {{}}}}\n"), "volumes.data changed"),
        ] {
            assert_eq!(told(OLD, &new), words, "{new}");
        }
    }

    #[test]
    fn of_many_the_first_are_told() {
        let new: String = (0..9).map(|n| format!("  s{n}: {{image: x}}\n")).collect();
        let words = told(OLD, &format!("{OLD}{new}"));
        assert_eq!(words, "s0 added · s1 added · s2 added · s3 added and 5 more");
    }

    proptest! {
        /// What was read twice is the same, and what is added one way is removed the other.
        #[test]
        fn the_way_back_undoes(old in prop::collection::btree_map("[a-d]", 0..3_u8, 1..4), new in prop::collection::btree_map("[a-d]", 0..3_u8, 1..4)) {
            let file = |all: &BTreeMap<String, u8>| {
                let services: String = all.iter().map(|(name, image)| format!("  {name}: {{image: i{image}}}\n")).collect();
                read(&format!("services:\n{services}"))
            };
            let (a, b) = (file(&old), file(&new));
            prop_assert!(changes(&a, &a).is_empty());
            let (there, back) = (changes(&a, &b), changes(&b, &a));
            prop_assert_eq!(there.is_empty(), old == new);
            for change in &there {
                let mirrored = match change {
                    Changed::Added(name) => Changed::Removed(name.clone()),
                    Changed::Removed(name) => Changed::Added(name.clone()),
                    same => same.clone(),
                };
                prop_assert!(back.contains(&mirrored), "{:?} without {:?}", change, mirrored);
            }
        }
    }
}
