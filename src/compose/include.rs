//! `include`: other compose projects, each read with its own folder and variables, made part of this one.

use std::path::{Path, PathBuf};

use super::{
    canon,
    env::Env,
    env_file::{Known, parse},
    files::ReadError,
    merge,
    newer::Release,
    node::{Map, Node, Value},
    paths::Base,
    problem::Problem,
    reader::{Reader, Scope, Source},
    trail::Trail,
};

/// How many files may include one another in a row.
const MAX_CHAIN: usize = 100;

const SECTIONS: [&str; 6] = ["services", "networks", "volumes", "secrets", "configs", "models"];

impl Reader<'_> {
    /// Takes the `include` of a file's document away and puts what it names into the document.
    pub fn include(&mut self, document: &mut Node, file: &Path, scope: &Scope) {
        let Some(include) = document.map_mut().and_then(|map| map.shift_remove("include")) else { return };
        if include.node.is_null() {
            return;
        }
        let Value::List(entries) = &include.node.value else {
            self.report.error(&include.node.place, "`include` must be a list");
            return;
        };
        for entry in entries {
            if let Some(included) = self.included(entry, file, scope) {
                self.import(document, included);
            }
        }
    }

    /// One entry's project.
    fn included(&mut self, entry: &Node, file: &Path, scope: &Scope) -> Option<Node> {
        if let Some(map) = entry.map() {
            for (key, value) in map {
                if !matches!(key.as_str(), "path" | "project_directory" | "env_file") && !key.starts_with("x-") {
                    // Docker compose passes over it, but nobody writes it for nothing.
                    self.report.warning(&value.key, format!("include: {key} has no effect here"));
                }
            }
        }
        let named = entry.at("path").unwrap_or(entry).texts();
        let paths: Vec<PathBuf> = named.iter().map(|(text, _)| scope.base().join(text)).collect();
        let Some(first) = paths.first() else {
            if entry.map().is_some() {
                self.report.warning(&entry.place, "include: an entry without a path includes nothing");
            } else {
                self.report.error(&entry.place, "include: expected a path, or a mapping with one");
            }
            return None;
        };
        if let Some((remote, place)) = named.iter().find(|(text, _)| text.contains("://") || text.starts_with("git@")) {
            let problem = Problem::error(format!("remote resources aren't supported: {remote}")).at((*place).clone());
            self.report.push(problem.help("download the file and include it by its path"));
            return None;
        }
        let mut within = scope.within.clone();
        within.push(file.to_owned());
        if within.contains(first) {
            let mut text = String::from("include cycle detected:");
            for (n, path) in within.iter().chain([first]).enumerate() {
                text += &format!(" {}{}", if n == 0 { "" } else { "include " }, self.label(path).display());
            }
            self.report.error(&entry.place, text);
            return None;
        }
        if within.len() >= MAX_CHAIN {
            self.report.error(&entry.place, format!("more than {MAX_CHAIN} files include one another"));
            return None;
        }
        let folder = match entry.at("project_directory").and_then(Node::str) {
            Some(folder) => scope.base().join(folder),
            None => first.parent().unwrap_or(Path::new("/")).to_owned(),
        };
        let mut inner = Scope::new(folder, scope.env.clone(), within);
        self.include_env(entry, scope, &mut inner);
        self.others.extend(paths.iter().cloned());
        let sources: Vec<Source> = paths.into_iter().map(Source::Path).collect();
        let mut tree = self.tree(&sources, &mut inner, Some(&entry.place))?;
        if !self.how.no_interpolate {
            canon::taken(&mut tree, &inner.env);
        }
        canon::defaults(&mut tree);
        let start = self.start(&inner.dir, &scope.dir);
        Base { dir: &start, ..inner.base() }.document(&mut tree);
        Some(tree)
    }

    /// The include's env files, or its folder's `.env`, fill what the parent leaves unset.
    fn include_env(&mut self, entry: &Node, outer: &Scope, inner: &mut Scope) {
        let Some(node) = entry.at("env_file") else {
            let before = Known { outer: &inner.env, earlier: &Env::default() };
            if let Ok(vars) = self.env_file(&inner.dir.join(".env"), before, parse) {
                inner.env.fill(vars);
            }
            return;
        };
        let mut filled = Env::default();
        for (text, place) in node.texts().into_iter().filter(|(text, _)| *text != "/dev/null") {
            let path = outer.base().join(text);
            match self.env_file(&path, Known { outer: &inner.env, earlier: &filled }, parse) {
                Ok(vars) => filled.overwrite(vars),
                Err(ReadError::Missing) => {
                    self.report.error(place, format!("stat {}: {}", path.display(), ReadError::Missing));
                }
                Err(error) => self.unreadable(&path, &error, Some(place)),
            }
        }
        inner.env.fill(filled);
    }

    /// Puts the included services, networks, … into the document. What the document says of one of them comes on top,
    /// which docker compose refuses before 5.0.
    fn import(&mut self, document: &mut Node, mut included: Node) {
        let (Some(map), Some(from)) = (document.map_mut(), included.map_mut()) else { return };
        for section in SECTIONS {
            let Some(theirs) = from.shift_remove(section) else { continue };
            let slot = map.entry(section.to_owned()).or_insert_with(|| super::node::Entry {
                key: theirs.key.clone(),
                node: Node::new(Value::Map(Map::new()), theirs.node.place.clone()),
            });
            let Value::Map(theirs) = theirs.node.value else { continue };
            let Some(ours) = slot.node.map_mut() else { continue };
            for (name, item) in theirs {
                match ours.get_mut(&name) {
                    None => {
                        ours.insert(name, item);
                    }
                    Some(own) if *own == item => {}
                    Some(own) => {
                        let older = format!("doesn't merge {section}.{name} with the one that is included");
                        self.report.newer(Release(5, 0, 0), &own.key, true, older);
                        let own = std::mem::replace(&mut own.node, item.node);
                        if let Some(merged) = ours.get_mut(&name) {
                            let section = Trail::ROOT.key(section);
                            merge::merge(&mut merged.node, own, &section.key(&name), &mut self.report);
                        }
                    }
                }
            }
        }
    }
}
