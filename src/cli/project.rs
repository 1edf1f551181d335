//! The project that a one-shot command is about.

use color_eyre::eyre::{Result, bail};

use super::output::report;
use crate::{
    base::id::ProjectName,
    compose::{self, Severity},
    runtime::secrets,
};

/// The project for a one-shot command: problems go to standard error; without a usable project it is an error.
/// Where there is no file, but a project was named, there is nothing declared (`None`).
pub fn load(options: &compose::Options) -> Result<Option<compose::Project>> {
    Ok(resolved(options)?.project)
}

/// The same, with all that is known beside the project.
pub fn resolved(options: &compose::Options) -> Result<compose::Loaded> {
    let loaded = compose::load(options).resolved();
    if let Some(looked) = &loaded.no_file {
        if project_name(options).is_some() {
            return Ok(loaded);
        }
        bail!("{looked}. Name one with -f, or a project of the engine with -p; `stackview ls` lists them");
    }
    if let Some(project) = &loaded.project {
        secrets::learn(&project.known);
    }
    // Whether an image brings a health check the engine knows, and what is seen of it shows.
    let (_asked, told): (Vec<_>, Vec<_>) = loaded.problems.iter().cloned().partition(compose::Problem::is_of_image);
    report(&told);
    let errors = loaded.problems.iter().filter(|p| p.severity == Severity::Error).count();
    if loaded.project.is_none() || errors > 0 {
        bail!("the compose files can't be used: {}", crate::base::units::count(errors.max(1), "error"));
    }
    Ok(loaded)
}

/// The project's name alone: `-p` needs no file.
pub fn project_name(options: &compose::Options) -> Option<ProjectName> {
    let named = options.project_name.clone().or_else(|| options.env.get("COMPOSE_PROJECT_NAME").cloned());
    named.filter(|n| !n.is_empty()).map(ProjectName::from)
}
