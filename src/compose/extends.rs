//! `extends`: a service on top of another of the same file or of another file.
//!
//! It is resolved within each file, before files are merged: an override file can't change what a service of
//! the base file inherited, as with docker compose.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{
    canon, merge,
    node::{Map, Node, Tag},
    paths::{self, Base},
    problem::{Place, Problem},
    reader::{Reader, Scope, Source},
    trail::Trail,
};

/// How many services may extend one another in a row.
const MAX_CHAIN: usize = 200;

/// The services of one file while they are being extended.
struct Room<'a> {
    services: &'a Map,
    file: PathBuf,
    /// Services already extended.
    done: HashMap<String, Node>,
}

/// The services on the way from the first one, each with its file.
type Chain = Vec<(PathBuf, String)>;

impl Reader<'_> {
    /// Replaces every service of a document by what it and the service it extends make together.
    pub fn extend(&mut self, document: &mut Node, file: &Path, scope: &mut Scope) {
        let Some(entry) = document.map_mut().and_then(|map| map.get_mut("services")) else { return };
        let place = entry.node.place.clone();
        let gone = entry.node.tag == Tag::Reset;
        let Some(services) = entry.node.map_mut() else {
            if !gone {
                self.report.error(&place, "services must be a mapping");
            }
            return;
        };
        let names: Vec<String> = services
            .iter()
            .filter(|(_, entry)| entry.node.at("extends").is_some())
            .map(|(name, _)| name.clone())
            .collect();
        if names.is_empty() {
            return;
        }
        let original = services.clone();
        let mut room = Room { services: &original, file: file.to_owned(), done: HashMap::new() };
        let dir = scope.dir.clone();
        for name in names {
            let extended = self.extended(&name, &mut room, &dir, scope, &mut Vec::new());
            if let (Some(node), Some(slot)) = (extended, services.get_mut(&name)) {
                slot.node = node;
            }
        }
    }

    fn extended(
        &mut self,
        name: &str,
        room: &mut Room<'_>,
        dir: &Path,
        scope: &mut Scope,
        chain: &mut Chain,
    ) -> Option<Node> {
        if let Some(node) = room.done.get(name) {
            return Some(node.clone());
        }
        let mut node = room.services.get(name)?.node.clone();
        let Some(extends) = node.map_mut().and_then(|map| map.shift_remove("extends")) else { return Some(node) };
        let place = extends.node.place.clone();
        let own = (room.file.clone(), name.to_owned());
        if chain.contains(&own) {
            self.circular(chain, &own, &place);
            return Some(node);
        }
        if chain.len() >= MAX_CHAIN {
            self.report.error(&place, format!("more than {MAX_CHAIN} services extend one another"));
            return Some(node);
        }
        chain.push(own);
        let base = self.base_of(name, &extends.node, room, dir, scope, chain);
        chain.pop();
        if let Some(mut base) = base
            && self.may_copy(base.weight(), &place)
        {
            let services = Trail::ROOT.key("services");
            let declared = node.place.clone();
            merge::merge(&mut base, node, &services.key(name), &mut self.report);
            base.place = declared;
            node = base;
        }
        room.done.insert(name.to_owned(), node.clone());
        Some(node)
    }

    /// The service that `extends` names, itself extended, its paths absolute if it is of another file.
    fn base_of(
        &mut self,
        name: &str,
        extends: &Node,
        room: &mut Room<'_>,
        dir: &Path,
        scope: &mut Scope,
        chain: &mut Chain,
    ) -> Option<Node> {
        let wanted = extends.str().or_else(|| extends.at("service").and_then(Node::str)).unwrap_or_default();
        let place = &extends.place;
        let Some(named) = extends.at("file").and_then(Node::str) else {
            if !room.services.contains_key(wanted) {
                self.not_found(name, wanted, None, room.services, place);
                return None;
            }
            return self.extended(wanted, room, dir, scope, chain);
        };
        let path = Base { dir, home: scope.env.get("HOME") }.join(named);
        let path = paths::clean(&path);
        let file = self.extended_file(&path, scope, extends.at("file").map_or(place, |file| &file.place))?;
        let nothing = Map::new();
        let services = file.at("services").and_then(Node::map).unwrap_or(&nothing);
        if !services.contains_key(wanted) {
            self.not_found(name, wanted, Some(named), services, place);
            return None;
        }
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let mut other = Room { services, file: path, done: HashMap::new() };
        let mut base = self.extended(wanted, &mut other, &folder, scope, chain)?;
        let start = self.start(&folder, dir);
        Base { dir: &start, home: scope.env.get("HOME") }.service(&mut base);
        Some(base)
    }

    /// The documents of an extended file, replaced and merged, once for each scope.
    fn extended_file(&mut self, path: &Path, scope: &mut Scope, asked: &Place) -> Option<Rc<Node>> {
        if let Some(known) = scope.extended.get(path) {
            return known.clone();
        }
        if !self.may_load(Some(asked)) {
            return None;
        }
        self.others.insert(path.to_owned());
        let mut merged: Option<Node> = None;
        for document in self.documents(&Source::Path(path.to_owned()), Some(asked)).iter().flat_map(|all| all.iter()) {
            let mut document = document.clone();
            self.interpolate(&mut document, &scope.env);
            match &mut merged {
                Some(merged) => merge::merge(merged, document, &Trail::ROOT, &mut self.report),
                None => merged = Some(document),
            }
        }
        if let Some(merged) = &mut merged {
            canon::lengthen(merged, !self.how.no_interpolate, self.report.sources.as_mut());
        }
        let merged = merged.map(Rc::new);
        scope.extended.insert(path.to_owned(), merged.clone());
        merged
    }

    fn not_found(&mut self, name: &str, wanted: &str, file: Option<&str>, services: &Map, place: &Place) {
        let within = file.map(|file| format!(" in {file}")).unwrap_or_default();
        let message = format!("cannot extend service \"{name}\": service \"{wanted}\" not found{within}");
        let problem = Problem::error(message).at(place.clone());
        self.report.push(match self.report.meant(wanted, services.keys().map(String::as_str)) {
            Some(meant) => problem.help(meant),
            None => problem,
        });
    }

    fn circular(&mut self, chain: &Chain, last: &(PathBuf, String), place: &Place) {
        let mut text = String::from("Circular reference:");
        for (n, (file, name)) in chain.iter().chain([last]).enumerate() {
            let verb = if n == 0 { "" } else { "extends " };
            text += &format!(" {verb}{name} in {}", self.label(file).display());
        }
        self.report.error(place, text);
    }
}
