//! The whole way from options to a project: find, read and merge, check, understand, validate.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    canon::{self, Document},
    discover::{self, Found},
    env::{Env, Var},
    files::Files,
    known::known,
    loaded::Loaded,
    model::Project,
    newer,
    node::Node,
    options::{How, Options},
    problem::{Place, Problem},
    provenance::Provenance,
    reader::{Reader, Scope, Source},
    sources::Sources,
    typed, validate,
};
use crate::base::secrets::Known;

/// Reads the project that the options describe from these files.
pub fn read(options: &Options, files: &dyn Files) -> Loaded {
    let mut reader = Reader::new(files, options.cwd.clone(), options.stdin.clone());
    reader.how = options.how;
    if let Some(label) = &options.stdin_label {
        reader.stdin_label.clone_from(label);
    }
    reader.report.sources = options.how.sources.then(|| Sources::new(&options.env));
    let mut found = match discover::find(options, &mut reader) {
        Ok(found) => found,
        Err(no_file) => {
            return Loaded { problems: reader.report.finish(), no_file: Some(no_file), ..Loaded::default() };
        }
    };
    let name = discover::project_name(options, &found, &mut reader);
    if found.env.get("COMPOSE_PROJECT_NAME") != Some(&name) {
        found.env.set("COMPOSE_PROJECT_NAME", &name);
    }
    let mut scope = Scope::new(found.dir.clone(), found.env.clone(), Vec::new());
    let Some(mut tree) = reader.tree(&found.sources, &mut scope, None) else {
        empty(&found, &mut reader);
        return Loaded { problems: reader.report.finish(), ..Loaded::default() };
    };
    let how = options.how;
    if tree.map().is_some_and(|map| map.keys().all(|key| key == "version")) {
        empty(&found, &mut reader);
    }
    newer::keys(&tree, &mut reader.report.newer);
    canon::defaults(&mut tree);
    if !how.no_path_resolution {
        scope.base().document(&mut tree);
    }
    let env = found.env.clone();
    // Without interpolation nothing can be said of what the texts will be.
    let before = how.no_interpolate.then(|| std::mem::take(&mut reader.report));
    if !how.no_consistency {
        validate::resources(&tree, &mut reader.report);
    }
    let document = Document::new(tree, &name, &env, how);
    let mut project = understand(document.model(), name, found, how, &mut reader);
    project.known = known(document.model(), &env);
    for (name, value) in project.services.values().flat_map(|service| &service.environment) {
        project.known.learn(name, value.as_deref().unwrap_or_default());
    }
    if let Some(before) = before {
        reader.report = before;
    }
    project.newer = std::mem::take(&mut reader.report.newer);
    if let Some(sources) = &reader.report.sources {
        project.provenance = Provenance::new(document.model(), sources);
        for used in sources.uses.iter().filter(|used| used.secret) {
            project.known.learn("SECRET", &used.value);
        }
    }
    Loaded {
        project: Some(project),
        document: Some(document),
        sources: reader.report.sources.take(),
        env: env.into(),
        problems: reader.report.finish(),
        ..Loaded::default()
    }
}

/// Reports that the files are empty, unless something worse was reported.
fn empty(found: &Found, reader: &mut Reader<'_>) {
    if !reader.report.has_errors() {
        let file = match found.sources.first() {
            Some(Source::Path(path)) => reader.label(path),
            _ => reader.stdin_label.as_path().into(),
        };
        let problem = Problem::error("empty compose file").at(Place { file, line: 1, column: 1 });
        reader.report.push(problem.help("declare `services:`"));
    }
}

/// The variables of the shell that hide another value of an env file; the project's name has its own rules.
fn hidden(env: &Env) -> Vec<(String, Place)> {
    let hides = |(name, var): (&str, &Var)| Some((name.to_owned(), var.hides.as_ref()?.place.clone()?));
    env.iter().filter(|(name, _)| !name.starts_with("COMPOSE_")).filter_map(hides).collect()
}

/// The main files that are on the disk.
fn main_files(found: &Found) -> Vec<std::path::PathBuf> {
    found.sources.iter().filter_map(|s| if let Source::Path(path) = s { Some(path.clone()) } else { None }).collect()
}

fn understand(model: &Node, name: String, found: Found, how: How, reader: &mut Reader<'_>) -> Project {
    let mut files = main_files(&found);
    files.extend(reader.others.iter().cloned());
    let mut project = Project {
        name: name.into(),
        dir: found.dir,
        files,
        services: IndexMap::new(),
        networks: IndexMap::new(),
        volumes: IndexMap::new(),
        secrets: IndexMap::new(),
        configs: IndexMap::new(),
        profiles: found.profiles,
        hidden: hidden(&found.env),
        resolved: BTreeMap::new(),
        resolved_26: BTreeMap::new(),
        newer: Vec::new(),
        provenance: Provenance::default(),
        known: Known::default(),
    };
    typed::project(model, &mut project, reader, &found.env);
    if !how.no_consistency {
        validate::check(model, &project, &mut reader.report);
    }
    project
}
