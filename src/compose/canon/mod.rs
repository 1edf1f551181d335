//! The resolved project in docker compose's own form: what `docker compose config` prints.
//!
//! `model` brings the checked document to its long forms, `print` and `tables` turn them into plain values,
//! `json` and `yaml` write those. The config-hash that docker compose labels its containers with is the digest
//! of a service so printed.

mod form;
mod json;
mod model;
mod parts;
mod print;
mod tables;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as Object, Value as Json};

use self::tables::{MODEL, NETWORK, RESOURCE_FILE, SERVICE, VOLUME};
pub use self::{
    json::{compact, hash, pretty},
    print::Style,
    yaml::write as yaml,
};
pub(in crate::compose) use self::{
    model::{defaults, growth, lengthen, taken},
    parts::MAX_PORTS,
};
use super::{
    env::Env,
    model::Project,
    node::{Node, Value},
    options::How,
    problem::Place,
    variables::{self, Variable},
};

/// A project's document, ready to be printed.
#[derive(Debug, Clone)]
pub struct Document {
    /// The model, all in its long form.
    model: Node,
    how: How,
}

/// Where a service's variables are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EnvFiles {
    /// The files' variables among the service's environment, as its containers get them.
    #[default]
    Read,
    /// The files by name, unread: what `config --hash` digests.
    Named,
}

/// What of a project is printed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choice<'a> {
    /// Only these services and what they depend on; empty is all.
    pub services: &'a [String],
    /// JSON or YAML, which differ in what they show.
    pub style: Style,
}

impl Document {
    /// Completes a checked document in its long forms.
    pub(in crate::compose) fn new(mut tree: Node, name: &str, env: &Env, how: How) -> Self {
        let steps = model::Steps { name, env, normalize: !how.no_normalize, replaced: !how.no_interpolate };
        model::complete(&mut tree, &steps);
        Self { model: tree, how }
    }

    /// The whole project. Without interpolation it is the model itself, since nothing else can be known.
    pub fn project(&self, project: &Project, choice: &Choice<'_>) -> Json {
        if self.how.no_interpolate {
            return self.raw(choice);
        }
        let style = choice.style;
        let chosen = chosen(project, choice.services);
        let mut services = Object::new();
        let mut names: Vec<&str> = chosen.iter().copied().collect();
        names.sort_by(|a, b| style.order(a, b));
        for name in names {
            if let Some(mut value) = self.service(project, name, style, EnvFiles::Read) {
                if !choice.services.is_empty() {
                    prune(&mut value, &chosen);
                }
                services.insert(name.to_owned(), value);
            }
        }
        let mut sections = vec![("services", Json::Object(services))];
        let used = self.used(&chosen);
        for (kind, fields) in [
            ("networks", NETWORK),
            ("volumes", VOLUME),
            ("secrets", RESOURCE_FILE),
            ("configs", RESOURCE_FILE),
            ("models", MODEL),
        ] {
            let mut names: Vec<(&String, &Node)> =
                self.model.section(kind).map(|(name, entry)| (name, &entry.node)).collect();
            names.retain(|(name, _)| used.contains(&(kind, name.as_str())));
            names.sort_by(|a, b| style.order(a.0, b.0));
            let object: Object<String, Json> = names
                .into_iter()
                .map(|(name, node)| (name.clone(), print::keys(fields, node.map(), style, false)))
                .collect();
            // Docker compose forgets them in JSON.
            let shown = kind != "models" || !style.is_json();
            if shown && !object.is_empty() {
                sections.push((kind, Json::Object(object)));
            }
        }
        let mut all = Object::from_iter([("name".to_owned(), Json::String(project.name.to_string()))]);
        all.extend(sections.into_iter().map(|(key, value)| (key.to_owned(), value)));
        print::extensions(self.model.map(), style, &mut all);
        if style.is_json() {
            all.sort_keys();
        }
        Json::Object(all)
    }

    /// One service as JSON or YAML shows it; `None` when there is no such service.
    pub fn service(&self, project: &Project, name: &str, style: Style, files: EnvFiles) -> Option<Json> {
        let node = self.model.at("services")?.at(name)?;
        let service = project.services.get(name)?;
        let mut value = print::keys(SERVICE, Some(node.map()?), style, false);
        if let Json::Object(object) = &mut value {
            if files == EnvFiles::Read {
                object.shift_remove("env_file");
            }
            object.shift_remove("label_file");
            let pairs = |all: Vec<(String, Option<String>)>, value: fn(Option<String>) -> Json| {
                print::entries(all, style, value)
            };
            if files == EnvFiles::Read {
                let older = service.environment_26.as_ref().filter(|_| style == Style::Json26);
                let environment = older.unwrap_or(&service.environment);
                let all = environment.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                replace(object, "environment", pairs(all, |text| text.map_or(Json::Null, Json::String)));
            }
            let all = service.labels.iter().map(|(k, v)| (k.clone(), Some(v.clone()))).collect();
            replace(object, "labels", pairs(all, |text| Json::String(text.unwrap_or_default())));
        }
        Some(value)
    }

    /// The digest that docker compose puts on the containers of a service (`com.docker.compose.config-hash`) when
    /// their variables are read, and that `config --hash` prints when files are named.
    pub fn config_hash(&self, project: &Project, name: &str, files: EnvFiles, line: Line) -> Option<String> {
        Some(config_hash(self.service(project, name, line.style(), files)?, line))
    }

    /// The model, all in its long form.
    pub(in crate::compose) fn model(&self) -> &Node {
        &self.model
    }

    /// The variables that a service's own `environment:` sets, each with the place of its key and of its value.
    pub fn environment(&self, service: &str) -> Vec<(&str, [&Place; 2])> {
        match self.model.find(&["services", service, "environment"]).map(|node| &node.value) {
            Some(Value::Map(map)) => {
                map.iter().map(|(key, entry)| (key.as_str(), [&entry.key, &entry.node.place])).collect()
            }
            Some(Value::List(items)) => {
                items.iter().filter_map(|item| Some((item.str()?.split('=').next()?, [&item.place; 2]))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The variables in its texts. There are some only where they weren't replaced.
    pub fn variables(&self) -> BTreeMap<String, Variable> {
        variables::used(&self.model)
    }

    /// The model as it is, keys sorted.
    fn raw(&self, choice: &Choice<'_>) -> Json {
        let mut value = print::plain(&self.model, choice.style);
        if let Some(object) = value.as_object_mut() {
            object.shift_remove("version");
        }
        if let (false, Some(services)) =
            (choice.services.is_empty(), value.get_mut("services").and_then(Json::as_object_mut))
        {
            services.retain(|name, _| choice.services.contains(name));
        }
        value
    }

    /// What the chosen services use of the project's sections.
    fn used(&self, chosen: &BTreeSet<&str>) -> BTreeSet<(&'static str, &str)> {
        let mut used = BTreeSet::new();
        for (_, entry) in self.model.section("services").filter(|(name, _)| chosen.contains(name.as_str())) {
            let node = &entry.node;
            for kind in ["networks", "models"] {
                used.extend(
                    node.at(kind).and_then(Node::map).into_iter().flatten().map(|(name, _)| (kind, name.as_str())),
                );
            }
            let items = |path: &[&str]| node.find(path).and_then(Node::list).unwrap_or_default().iter();
            for (kind, path) in
                [("secrets", &["secrets"] as &[&str]), ("secrets", &["build", "secrets"]), ("configs", &["configs"])]
            {
                used.extend(items(path).filter_map(|item| Some((kind, item.at("source")?.str()?))));
            }
            let volumes = items(&["volumes"]).filter(|item| item.at("type").and_then(Node::str) == Some("volume"));
            used.extend(volumes.filter_map(|item| Some(("volumes", item.at("source")?.str()?))));
        }
        used
    }
}

/// The lines of docker compose whose digests are known. They differ in what they digest and in how they print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Line {
    /// 2.26, which also digests dependencies and profiles.
    V26,
    /// 2.40.
    #[default]
    V40,
}

impl Line {
    /// Every line.
    pub const ALL: [Self; 2] = [Self::V26, Self::V40];

    /// The line of a version such as `2.26.1-4` or `v2.40.3`, if it is one of these.
    pub fn of(version: &str) -> Option<Self> {
        let mut parts = version.trim_start_matches('v').split('.');
        match (parts.next()?, parts.next()?) {
            ("2", "26") => Some(Self::V26),
            ("2", "40") => Some(Self::V40),
            _ => None,
        }
    }

    /// How it prints what it digests.
    pub(in crate::compose) fn style(self) -> Style {
        match self {
            Self::V26 => Style::Json26,
            Self::V40 => Style::Json,
        }
    }
}

/// A service of a resolved project in the form that a line digests.
pub fn digested<'p>(project: &'p Project, service: &str, line: Line) -> Option<&'p Json> {
    let older = (line == Line::V26).then(|| project.resolved_26.get(service)).flatten();
    older.or_else(|| project.resolved.get(service))
}

/// The digest of one service as the JSON of this line shows it: without what compose doesn't recreate a container for.
pub fn config_hash(mut service: Json, line: Line) -> String {
    if let Some(object) = service.as_object_mut() {
        let left_out: &[&str] = match line {
            Line::V26 => &["build", "pull_policy", "scale"],
            Line::V40 => &["build", "pull_policy", "scale", "depends_on", "profiles"],
        };
        for key in left_out {
            object.shift_remove(*key);
        }
        if let Some(deploy) = object.get_mut("deploy").and_then(Json::as_object_mut) {
            deploy.shift_remove("replicas");
        }
    }
    hash(&service)
}

fn replace(object: &mut Object<String, Json>, key: &str, value: Option<Json>) {
    let place = SERVICE.iter().position(|(field, _)| *field == key);
    object.shift_remove(key);
    let (Some(value), Some(place)) = (value, place) else { return };
    // The key keeps its place among the fields.
    let before = |other: &str| SERVICE.iter().position(|(field, _)| *field == other).is_some_and(|at| at < place);
    let at = object.keys().take_while(|other| before(other)).count();
    object.shift_insert(at, key.to_owned(), value);
}

/// The enabled services, or those named and everything they depend on.
fn chosen<'p>(project: &'p Project, named: &'p [String]) -> BTreeSet<&'p str> {
    let enabled = |name: &str| project.services.get(name).is_some_and(|service| service.enabled);
    if named.is_empty() {
        return project.services.keys().map(|name| name.as_str()).filter(|name| enabled(name)).collect();
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = named.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        if enabled(name) && found.insert(name) {
            let service = project.services.get(name);
            open.extend(service.into_iter().flat_map(|s| &s.depends_on).map(|d| d.service.as_str()));
        }
    }
    found
}

/// Takes away dependencies on services that aren't printed.
fn prune(service: &mut Json, chosen: &BTreeSet<&str>) {
    let Some(object) = service.as_object_mut() else { return };
    let Some(Json::Object(depends_on)) = object.get_mut("depends_on") else { return };
    depends_on.retain(|name, _| chosen.contains(name.as_str()));
    if depends_on.is_empty() {
        object.shift_remove("depends_on");
    }
}

#[cfg(test)]
mod tests;
