//! The whole way from options to a project: find, read and merge, check, understand, validate.

use indexmap::IndexMap;

use super::{
    Problem, Project,
    discover::{self, Found},
    files::Files,
    load::{Loaded, Options},
    reader::{Reader, Scope, Source},
    schema,
    typed::{self, Context},
    validate,
    yaml::Node,
};

/// Reads the project that the options describe from these files.
pub fn read(options: &Options, files: &dyn Files) -> Loaded {
    let mut reader = Reader::new(files, options.cwd.clone(), options.stdin.clone());
    let mut found = match discover::find(options, &mut reader) {
        Ok(found) => found,
        Err(no_file) => {
            return Loaded { problems: reader.report.finish(), no_file: Some(no_file), ..Loaded::default() };
        }
    };
    let name = discover::project_name(options, &found, &mut reader);
    found.env.set("COMPOSE_PROJECT_NAME", &name);
    let mut scope = Scope::new(found.dir.clone(), found.env.clone(), within(&found));
    let Some(mut tree) = reader.tree(&found.sources, &mut scope, None) else {
        return Loaded { problems: reader.report.finish(), ..Loaded::default() };
    };
    schema::check(&mut tree, &mut reader.report);
    scope.base().document(&mut tree);
    let project = understand(&tree, name, found, &mut reader);
    Loaded { project: Some(project), problems: reader.report.finish(), ..Loaded::default() }
}

/// The main files count as included, so that a file that includes one of them is a cycle.
fn within(found: &Found) -> Vec<std::path::PathBuf> {
    found.sources.iter().filter_map(|s| if let Source::Path(path) = s { Some(path.clone()) } else { None }).collect()
}

fn understand(tree: &Node, name: String, found: Found, reader: &mut Reader<'_>) -> Project {
    let mut files = within(&found);
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
    };
    let mut context = Context { reader, env: &found.env };
    typed::project(tree, &mut project, &mut context);
    validate::check(tree, &project, &mut reader.report);
    project
}

impl Loaded {
    /// The problems that make docker compose refuse.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity == super::Severity::Error)
    }
}
