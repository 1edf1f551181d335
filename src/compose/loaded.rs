//! A project as far as it could be read, with all that is wrong.

use std::{collections::BTreeMap, path::PathBuf};

use crate::base::id::ServiceName;

use super::{
    canon::{Document, EnvFiles, Style, compact},
    model::Project,
    problem::{Problem, Severity},
    sources::Sources,
};

/// A project as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The project; `None` when nothing of its files could be read.
    pub project: Option<Project>,
    /// Its document, to print it in docker compose's own form.
    pub document: Option<Document>,
    /// Where values come from, if that was asked for.
    pub sources: Option<Sources>,
    /// The variables that were known while the files were read.
    pub env: BTreeMap<String, String>,
    /// Everything that is wrong, errors first.
    pub problems: Vec<Problem>,
    /// Every file read or looked for: a change of one of them can change the project.
    pub watched: Vec<PathBuf>,
    /// Set when there is no compose file at all: where was looked.
    pub no_file: Option<String>,
}

impl Loaded {
    /// The same with each service that is on in docker compose's own form, where the files hold no error.
    #[must_use]
    pub fn resolved(mut self) -> Self {
        if self.errors().next().is_none()
            && let (Some(project), Some(document)) = (&mut self.project, &self.document)
        {
            let on = project.services.values().filter(|service| service.enabled).map(|service| &service.name);
            let form = |style| {
                let one =
                    |name: &ServiceName| Some((name.clone(), document.service(project, name, style, EnvFiles::Read)?));
                on.clone().filter_map(one).collect::<BTreeMap<_, _>>()
            };
            let (resolved, mut older) = (form(Style::Json), form(Style::Json26));
            // The order of keys counts in a digest.
            older.retain(|name, form| resolved.get(name).is_none_or(|now| compact(now) != compact(form)));
            (project.resolved, project.resolved_26) = (resolved, older);
        }
        self
    }

    /// The problems that make docker compose refuse.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|p| p.severity == Severity::Error)
    }
}
