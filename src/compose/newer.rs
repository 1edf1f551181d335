//! What an older docker compose makes something else of than is read here, and the release that changed it.
//!
//! The releases are those of docker compose whose go.mod first has the compose-go that changed. Keys that came before
//! compose-go 2.4.8 aren't listed: distributions build older releases of docker compose with that.

use std::fmt;

use super::{
    node::{Node, Value},
    problem::Place,
    trail::Trail,
};

/// More of them than this help nobody.
const MOST: usize = 50;

/// A release of docker compose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u32, pub u32, pub u32);

impl Release {
    /// The release that a version names: `2.26.1-4`, `v2.40.3`.
    pub fn parse(version: &str) -> Option<Self> {
        let digits = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
        let mut parts = version.trim().trim_start_matches('v').split('.');
        Some(Self(digits(parts.next()?)?, digits(parts.next()?)?, digits(parts.next()?)?))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Something that an older docker compose makes something else of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newer {
    /// The first release that reads it as it is read here.
    pub since: Release,
    /// Where it stands.
    pub place: Place,
    /// Whether an older one refuses the files for it.
    pub refuses: bool,
    /// What an older one does, as words that follow its name: `doesn't know provider`, `takes WHO from /p/.env`.
    pub older: String,
}

/// Keys, and the first release that knows them.
const KEYS: [(&str, Release); 15] = [
    ("models", Release(2, 38, 0)),
    ("services.*.models", Release(2, 38, 0)),
    ("services.*.models.*.model_var", Release(2, 38, 1)),
    ("services.*.provider", Release(2, 35, 0)),
    ("services.*.use_api_socket", Release(2, 37, 2)),
    ("services.*.pull_refresh_after", Release(2, 34, 0)),
    ("services.*.pre_start", Release(5, 3, 0)),
    ("services.*.build.provenance", Release(2, 39, 0)),
    ("services.*.build.sbom", Release(2, 39, 0)),
    ("services.*.build.no_cache_filter", Release(5, 0, 0)),
    ("services.*.develop.watch.*.include", Release(2, 34, 0)),
    ("services.*.develop.watch.*.initial_sync", Release(2, 39, 4)),
    ("services.*.networks.*.interface_name", Release(2, 36, 0)),
    ("services.*.volumes.*.image", Release(2, 35, 0)),
    ("services.*.volumes.*.volume.labels", Release(2, 35, 0)),
];

/// Notes one, if there are few enough and it isn't noted yet.
pub fn note(all: &mut Vec<Newer>, newer: Newer) {
    if all.len() < MOST && !all.contains(&newer) {
        all.push(newer);
    }
}

/// Notes the first use of each key in a document that older ones don't know.
pub fn keys(tree: &Node, all: &mut Vec<Newer>) {
    let mut open = KEYS.to_vec();
    for section in ["models", "services"] {
        if let Some(entry) = tree.map().and_then(|map| map.get(section)) {
            look(&entry.node, &entry.key, &Trail::ROOT.key(section), &mut open, all);
        }
    }
}

fn look(node: &Node, key: &Place, trail: &Trail<'_>, open: &mut Vec<(&str, Release)>, all: &mut Vec<Newer>) {
    if let Some(at) = open.iter().position(|(path, _)| trail.matches(path)) {
        let (path, since) = open.swap_remove(at);
        let name = path.rsplit('.').next().unwrap_or(path);
        let older = format!("doesn't know `{name}`");
        note(all, Newer { since, place: key.clone(), refuses: true, older });
    }
    match &node.value {
        Value::Map(map) if trail.depth() < 6 => {
            for (name, entry) in map {
                look(&entry.node, &entry.key, &trail.key(name), open, all);
            }
        }
        Value::List(items) if trail.depth() < 6 => {
            for (index, item) in items.iter().enumerate() {
                look(item, &item.place, &trail.index(index), open, all);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read_and_compared() {
        for (version, release) in [
            ("2.26.1-4", Some(Release(2, 26, 1))),
            ("v2.40.3\n", Some(Release(2, 40, 3))),
            ("5.0.0+ds1", Some(Release(5, 0, 0))),
            ("2.9", None),
            ("dev", None),
        ] {
            assert_eq!(Release::parse(version), release, "{version}");
        }
        assert!(Release(2, 9, 0) < Release(2, 26, 1) && Release(2, 40, 3) < Release(5, 0, 0));
    }
}
