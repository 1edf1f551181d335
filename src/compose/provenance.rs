//! Where the values of services come from: the line that sets each, what filled it in, and what it overrode.

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;

use super::{
    node::{Node, Value},
    problem::Place,
    sources::{Injected, Overridden, Sources, Use, short},
    trail::Trail,
};
use crate::base::{
    id::ServiceName,
    secrets::{is_secret, is_secret_flag},
};

/// Of no more values than this is it kept.
const MOST: usize = 20_000;

/// Where every value comes from that stands at a place of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance(BTreeMap<ServiceName, Vec<Setting>>);

/// A value of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its keys and indices below the service: `image`, `environment.DEBUG`, `ports.0`.
    pub path: String,
    /// Where the value in force stands: in a compose file, or in an env file that the service names.
    pub place: Place,
    /// The value in few words, if it has some; not masked.
    pub value: Option<String>,
    /// Whether it looks like a secret, and must be masked.
    pub secret: bool,
    /// The variables that its text uses, in order.
    pub uses: Vec<Use>,
    /// What it overrides, in the order of overriding.
    pub overrode: Vec<Overridden>,
}

impl Provenance {
    /// Takes together what was noted while the model was read.
    pub(in crate::compose) fn new(model: &Node, sources: &Sources) -> Self {
        let mut notes = Notes { by: HashMap::new(), uses: HashMap::new(), left: MOST };
        for old in &sources.overridden {
            notes.by.entry(&old.by).or_default().push(old);
        }
        for used in &sources.uses {
            notes.uses.entry(&used.place).or_default().push(used);
        }
        let mut given: HashMap<&str, Vec<&Injected>> = HashMap::new();
        for one in &sources.injected {
            given.entry(&one.service).or_default().push(one);
        }
        let mut services = BTreeMap::new();
        for (name, entry) in model.section("services") {
            let mut settings = Vec::new();
            notes.inside(&entry.node, &Trail::ROOT, &entry.key, &mut settings);
            inject(given.remove(name.as_str()).unwrap_or_default(), &entry.node, &mut settings);
            services.insert(ServiceName::from(name.as_str()), settings);
        }
        Self(services)
    }

    /// A service's values, a mapping before those that it holds.
    pub fn service(&self, name: &str) -> &[Setting] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where one value comes from: the longest path that is this one or leads to it.
    pub fn of(&self, service: &str, path: &str) -> Option<&Setting> {
        let leads = |setting: &&Setting| {
            path.strip_prefix(&setting.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.service(service).iter().filter(leads).max_by_key(|setting| setting.path.len())
    }
}

struct Notes<'s> {
    by: HashMap<&'s Place, Vec<&'s Overridden>>,
    uses: HashMap<&'s Place, Vec<&'s Use>>,
    left: usize,
}

impl Notes<'_> {
    /// What a value holds. `from` is where it stands itself: what stands there too wasn't written, but filled in.
    fn inside(&mut self, node: &Node, trail: &Trail<'_>, from: &Place, found: &mut Vec<Setting>) {
        match &node.value {
            Value::Map(map) => {
                for (key, entry) in map {
                    let place = if entry.node.is_null() { &entry.key } else { &entry.node.place };
                    self.setting(&entry.node, place, &trail.key(key), from, is_secret(key), found);
                }
            }
            Value::List(items) => {
                let mut secret = false;
                for (index, item) in items.iter().enumerate() {
                    self.setting(item, &item.place, &trail.index(index), from, secret, found);
                    secret = item.str().is_some_and(is_secret_flag);
                }
            }
            _ => {}
        }
    }

    fn setting(
        &mut self,
        node: &Node,
        place: &Place,
        trail: &Trail<'_>,
        from: &Place,
        secret: bool,
        found: &mut Vec<Setting>,
    ) {
        if place != from {
            let Some(left) = self.left.checked_sub(1) else { return };
            self.left = left;
            let value = short(node);
            let assigned =
                value.as_deref().and_then(|text| text.split_once('=')).is_some_and(|(name, _)| is_secret(name));
            let uses: Vec<Use> = self.uses.get(place).into_iter().flatten().map(|used| (*used).clone()).collect();
            let secret = (secret && node.map().is_none()) || assigned || uses.iter().any(|used| used.secret);
            let overrode = self.overrode(&node.place);
            found.push(Setting { path: trail.to_string(), place: place.clone(), value, secret, uses, overrode });
        }
        self.inside(node, trail, place, found);
    }

    /// What the value at a place took the place of, and what that had taken it of.
    fn overrode(&self, place: &Place) -> Vec<Overridden> {
        let (mut all, mut open, mut seen) = (Vec::new(), vec![place], HashSet::new());
        while let Some(place) = open.pop().filter(|place| seen.insert(*place)) {
            for old in self.by.get(place).into_iter().flatten() {
                all.push((*old).clone());
                open.push(&old.place);
            }
        }
        all.reverse();
        all
    }
}

/// Puts what files give to a service among its values, below those of the compose file itself.
fn inject(given: Vec<&Injected>, service: &Node, settings: &mut Vec<Setting>) {
    let mut by_name: IndexMap<(&str, &str), Vec<&Injected>> = IndexMap::new();
    for one in given {
        by_name.entry((one.key, &one.name)).or_default().push(one);
    }
    if by_name.is_empty() {
        return;
    }
    let known: HashMap<String, usize> = settings.iter().enumerate().map(|(n, s)| (s.path.clone(), n)).collect();
    let own: HashMap<(&str, &str), String> =
        ["environment", "labels"].into_iter().flat_map(|k| names(service, k)).collect();
    for ((key, name), mut chain) in by_name {
        let full = format!("services.{}.{key}.{name}", chain.first().map_or("", |one| &one.service));
        let own = own.get(&(key, name)).and_then(|path| known.get(path)).and_then(|n| settings.get_mut(*n));
        let last = if own.is_none() { chain.pop() } else { None };
        let by = own.as_ref().map(|own| &own.place).or(last.map(|last| &last.place));
        let later = chain.iter().skip(1).map(|one| &one.place).chain(by);
        let overrode = chain.iter().zip(later).map(|(one, by)| Overridden {
            path: full.clone(),
            place: one.place.clone(),
            value: Some(one.value.clone()),
            by: by.clone(),
        });
        let overrode: Vec<Overridden> = overrode.collect();
        match (own, last) {
            (Some(own), _) => drop(own.overrode.splice(0..0, overrode)),
            (None, Some(last)) => settings.push(Setting {
                path: format!("{key}.{name}"),
                place: last.place.clone(),
                value: Some(last.value.clone()),
                secret: is_secret(name),
                uses: Vec::new(),
                overrode,
            }),
            (None, None) => {}
        }
    }
}

/// The names that a service gives values to itself under a key, each with its path.
fn names<'n>(service: &'n Node, key: &'static str) -> Vec<((&'n str, &'n str), String)> {
    match service.at(key).map(|node| &node.value) {
        Some(Value::Map(map)) => map.keys().map(|name| ((key, name.as_str()), format!("{key}.{name}"))).collect(),
        Some(Value::List(items)) => {
            let named =
                |(n, item): (usize, &'n Node)| Some(((key, item.str()?.split('=').next()?), format!("{key}.{n}")));
            items.iter().enumerate().filter_map(named).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::compose::{How, Options, load};

    /// `path place = value (variables), path < place = value …` of a service's settings.
    fn told(files: &[(&str, &str)], shell: &[(&str, &str)]) -> Vec<String> {
        let temp = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(temp.path().join(name), text).unwrap();
        }
        let env = shell.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let how = How { sources: true, ..How::default() };
        let loaded = load(&Options { cwd: temp.path().into(), env, how, ..Options::default() });
        assert_eq!(loaded.errors().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
        let project = loaded.project.unwrap();
        let value = |value: &Option<String>| value.as_ref().map(|v| format!(" = {v}")).unwrap_or_default();
        let one = |setting: &super::Setting| {
            let mut line = format!("{} {}{}", setting.path, setting.place, value(&setting.value));
            for used in &setting.uses {
                line += &format!(" ${} {}", used.name, used.given.name());
            }
            for old in &setting.overrode {
                let path = old.path.strip_prefix("services.web.").unwrap();
                line += &format!(" < {path} {}{}", old.place, value(&old.value));
            }
            line.replace(&*temp.path().to_string_lossy(), "/dir")
        };
        project.provenance.service("web").iter().map(one).collect()
    }

    #[test]
    fn every_value_tells_its_line_and_what_it_overrode() {
        let base = "services:\n  web:\n    image: app:${TAG:-1}\n    command: [run, fast]\n    \
                    volumes: ['./src:/app', 'data:/data']\n    environment: {A: '1', B: b, C: }\n    \
                    labels: {x: y}\n    build: .\nvolumes: {data: }\n";
        let over = "services:\n  web:\n    image: app:2\n    command: [slow]\n    volumes: ['./other:/app']\n    \
                    environment: ['A=2']\n    labels: !reset {}\n    ports: ['80:80']\n";
        let last = "services: {web: {image: 'app:${TAG}'}}";
        let files = [("compose.yaml", base), ("b.yaml", over), ("c.yaml", last), (".env", "\nTAG=3\n")];
        let expected = [
            "image c.yaml:1:25 = app:3 $TAG .env < image compose.yaml:3:12 = app:3 < image b.yaml:3:12 = app:2",
            "command b.yaml:4:14 = slow < command compose.yaml:4:14 = run, fast",
            "command.0 b.yaml:4:15 = slow",
            "volumes compose.yaml:5:14 = /dir/other:/app, data:/data",
            "volumes.0 b.yaml:5:15 = /dir/other:/app < volumes.0 compose.yaml:5:15 = ./src:/app",
            "volumes.1 compose.yaml:5:29 = data:/data",
            "environment compose.yaml:6:18",
            "environment.A b.yaml:6:19 = 2 < environment.A compose.yaml:6:22 = 1",
            "environment.B compose.yaml:6:30 = b",
            "environment.C compose.yaml:6:33 = c $C shell",
            "build compose.yaml:8:12",
            "ports b.yaml:8:12 = 80:80",
            "ports.0 b.yaml:8:13 = 80:80",
        ];
        let shell = [("COMPOSE_FILE", "compose.yaml:b.yaml:c.yaml"), ("C", "c")];
        assert_eq!(told(&files, &shell), expected);
    }

    #[test]
    fn variables_of_env_files_tell_their_line() {
        let compose = "services:\n  web:\n    image: x\n    env_file: [a.env, b.env]\n    environment: [OWN=1]\n";
        let files =
            [("compose.yaml", compose), ("a.env", "A=1\nBOTH=a\nOWN=a\n"), ("b.env", "# b\nBOTH=b\nOWN=b\nQ='x\ny'\n")];
        let expected = [
            "environment.0 compose.yaml:5:19 = OWN=1 < environment.OWN a.env:3:1 = a < environment.OWN b.env:3:1 = b",
            "environment.A a.env:1:1 = 1",
            "environment.BOTH b.env:2:1 = b < environment.BOTH a.env:2:1 = a",
            "environment.Q b.env:4:1 = x\ny",
        ];
        let found = told(&files, &[]);
        assert_eq!(
            found.iter().filter(|line| line.starts_with("environment.")).collect::<Vec<_>>(),
            expected.iter().collect::<Vec<_>>()
        );
    }

    #[test]
    fn the_nearest_value_answers_for_what_it_holds() {
        let temp = tempfile::tempdir().unwrap();
        let text = "services:\n  web:\n    image: x\n    labels: {a.b: c, password: p}\n    ports: ['1:2']\n";
        fs::write(temp.path().join("compose.yaml"), text).unwrap();
        let how = How { sources: true, ..How::default() };
        let project = load(&Options { cwd: temp.path().into(), how, ..Options::default() }).project.unwrap();
        let path = |path: &str| project.provenance.of("web", path).map(|setting| setting.path.as_str());
        let found = ["image", "labels.a.b", "labels.a", "ports.0.target", "ports.7", "imag", ""].map(path);
        assert_eq!(
            found,
            [Some("image"), Some("labels.a.b"), Some("labels"), Some("ports.0"), Some("ports"), None, None]
        );
        assert!(project.provenance.of("web", "labels.password").unwrap().secret);
        assert!(project.provenance.service("nobody").is_empty());
    }
}
