//! Who imports whom inside a room, file by file, and where that runs in a circle.
//!
//! A name that a module only hands on (`pub use`) is followed to the file that has it: then whoever says
//! `super::Thing` isn't held to depend on all that its parent hands on.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    File,
    tokens::{Token, paths},
};

/// A module's path below the crate.
type Module = Vec<String>;

/// The production files, each with what it says of others.
struct Source {
    path: String,
    /// What it hands on: the name, and the path that it stands for.
    exports: BTreeMap<String, Vec<String>>,
    /// The modules that it hands on as a whole (`pub use x::*`).
    globs: Vec<Vec<String>>,
    /// The names of what stands in it.
    defines: BTreeSet<String>,
    /// What it names in its own code.
    named: Vec<Vec<String>>,
    /// The names of modules that it imports.
    aliases: BTreeMap<String, Vec<String>>,
}

/// By file, the files of the same room that it imports.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The imports inside the rooms.
pub fn graph(files: &[File]) -> Graph {
    let sources = sources(files);
    let mut graph = Graph::new();
    for (module, source) in &sources {
        let imported = graph.entry(source.path.clone()).or_default();
        for path in &source.named {
            let Some(other) = owner(&sources, &absolute(&sources, module, source, path), 0) else { continue };
            let same_room = other.first() == module.first() && !other.is_empty();
            if let Some(other) = sources.get(&other).filter(|other| same_room && other.path != source.path) {
                imported.insert(other.path.clone());
            }
        }
    }
    graph
}

/// The circles: sets of files each of which imports all others, by whatever way.
pub fn circles(graph: &Graph) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|file| (file, reach(graph, file))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (file, others) in &reached {
        let back = |other: &&&String| reached.get(**other).is_some_and(|theirs| theirs.contains(*file));
        let circle: BTreeSet<String> = others.iter().filter(back).map(|other| (**other).clone()).collect();
        if circle.len() > 1 && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

fn reach<'g>(graph: &'g Graph, from: &'g String) -> BTreeSet<&'g String> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        next.extend(graph.get(file).into_iter().flatten().filter(|other| seen.insert(*other)));
    }
    seen
}

fn module_of(path: &str) -> Module {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

fn sources(files: &[File]) -> BTreeMap<Module, Source> {
    let mut all = BTreeMap::new();
    let mut declared = BTreeSet::from([Module::new()]);
    for file in files.iter().filter(|file| !file.is_test()) {
        let (module, tokens) = (module_of(&file.path), file.tokens());
        for pair in tokens.windows(3).filter(|three| three[0].text == "mod" && three[2].text == ";") {
            declared.insert(module.iter().cloned().chain([pair[1].text.clone()]).collect());
        }
        all.insert(module, source(file, &tokens));
    }
    // What only tests declare is no production code.
    all.retain(|module, _| declared.contains(module));
    all
}

fn source(file: &File, tokens: &[Token]) -> Source {
    let text = |i: usize| tokens.get(i).map_or("", |token| token.text.as_str());
    let (mut exports, mut globs, mut aliases) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
    let (mut imports, mut body) = (Vec::new(), Vec::new());
    let mut i = 0;
    while i < tokens.len() {
        if text(i) != "use" {
            body.push(tokens[i].clone());
            i += 1;
            continue;
        }
        let hands_on = i > 0 && (text(i - 1) == "pub" || (text(i - 1) == ")" && ends_pub(tokens, i)));
        let end = (i..tokens.len()).find(|end| text(*end) == ";").unwrap_or(tokens.len());
        for (mut path, name) in tree(&tokens[i + 1..end]) {
            if hands_on && name == "*" {
                path.pop();
                globs.push(path);
            } else if hands_on {
                exports.insert(name, path);
            } else {
                aliases.insert(name, path.clone());
                imports.push(path);
            }
        }
        i = end + 1;
    }
    let words: BTreeSet<&str> = body.iter().map(|token| token.text.as_str()).collect();
    let mut named = imports;
    named.extend(exports.iter().filter(|(name, _)| words.contains(name.as_str())).map(|(_, path)| path.clone()));
    named.extend(paths(&body).into_iter().map(|(path, _)| path).filter(|path| path.len() > 1));
    let kinds = ["struct", "enum", "fn", "type", "const", "static", "trait", "union"];
    let defined = body.windows(2).filter(|pair| kinds.contains(&pair[0].text.as_str()));
    let defines = defined.map(|pair| pair[1].text.clone()).collect();
    Source { path: file.path.clone(), exports, globs, defines, named, aliases }
}

/// Whether the parenthesis before `at` closes that of a `pub(…)`.
fn ends_pub(tokens: &[Token], at: usize) -> bool {
    let open = tokens[..at].iter().rposition(|token| token.text == "(");
    open.is_some_and(|open| open > 0 && tokens[open - 1].text == "pub")
}

/// The paths of a `use` tree, each with the name that it gets here.
fn tree(tokens: &[Token]) -> Vec<(Vec<String>, String)> {
    let text = |i: usize| tokens.get(i).map_or("", |token| token.text.as_str());
    let mut prefixes: Vec<Vec<String>> = vec![Vec::new()];
    let (mut path, mut found, mut i): (Vec<String>, _, _) = (Vec::new(), Vec::new(), 0);
    let mut finish = |path: &mut Vec<String>, renamed: Option<&str>| {
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        if let Some(last) = path.last().cloned() {
            found.push((path.clone(), renamed.map_or(last, str::to_owned)));
        }
    };
    let mut renamed = None;
    while i < tokens.len() {
        match text(i) {
            "{" => prefixes.push(path.clone()),
            end @ ("," | "}") => {
                if path.len() > prefixes.last().map_or(0, Vec::len) {
                    finish(&mut path, renamed.take());
                }
                if end == "}" {
                    prefixes.pop();
                }
                path = prefixes.last().cloned().unwrap_or_default();
            }
            "as" => {
                renamed = Some(text(i + 1));
                i += 1;
            }
            "::" => {}
            word => path.push(word.to_owned()),
        }
        i += 1;
    }
    if !path.is_empty() {
        finish(&mut path, renamed);
    }
    found
}

/// A path from the crate's root.
fn absolute(sources: &BTreeMap<Module, Source>, module: &Module, source: &Source, path: &[String]) -> Vec<String> {
    let below = |base: &[String], rest: &[String]| base.iter().chain(rest).cloned().collect::<Vec<_>>();
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let child = below(module, std::slice::from_ref(first));
    match first.as_str() {
        "crate" => rest.to_vec(),
        "self" => below(module, rest),
        "super" => {
            let ups = path.iter().take_while(|segment| *segment == "super").count();
            let stays = module.get(..module.len().saturating_sub(ups)).unwrap_or_default();
            below(stays, path.get(ups..).unwrap_or_default())
        }
        _ if sources.contains_key(&child) => below(&child, rest),
        _ => match source.aliases.get(first).filter(|alias| alias.first() != Some(first)) {
            Some(alias) if !rest.is_empty() => below(&absolute(sources, module, source, alias), rest),
            // Another crate's, or a type's.
            _ => vec!["::".into()],
        },
    }
}

/// The module whose file has what a path names: handed-on names are followed. `None` for a module itself, which is
/// only a way to names, and for what is none of ours.
fn owner(sources: &BTreeMap<Module, Source>, path: &[String], depth: usize) -> Option<Module> {
    let mut module = Module::new();
    for (at, segment) in path.iter().enumerate() {
        let child: Module = module.iter().cloned().chain([segment.clone()]).collect();
        if sources.contains_key(&child) {
            module = child;
            continue;
        }
        let source = sources.get(&module)?;
        if let Some(target) = source.exports.get(segment).filter(|_| depth < 8) {
            let mut further = absolute(sources, &module, source, target);
            further.extend(path.get(at + 1..).unwrap_or_default().iter().cloned());
            return owner(sources, &further, depth + 1).or(Some(module));
        }
        if !source.defines.contains(segment) {
            let mut handed_on = source.globs.iter().filter(|_| depth < 8).filter_map(|glob| {
                let mut further = absolute(sources, &module, source, glob);
                further.push(segment.clone());
                let found = owner(sources, &further, depth + 1)?;
                sources.get(&found).filter(|other| other.defines.contains(segment)).map(|_| found)
            });
            if let Some(found) = handed_on.next() {
                return Some(found);
            }
        }
        return Some(module);
    }
    None
}
