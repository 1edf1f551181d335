//! `stackview check`: what is wrong with the project, before `up`, without an engine, or while it runs.

mod formats;
mod text;

use color_eyre::eyre::Result;

use super::{
    args::CheckFormat,
    look::{Depth, Seen, examine, look},
    output::{WrongUse, colored, note, print, print_error, print_json},
    project::project_name,
};
use crate::{
    base::id::ServiceName,
    compose::{self, Loaded},
    diagnose::{Diagnosis, Finding, RULES, Severity, json},
    engine::EngineTarget,
    host::Host,
    runtime::secrets,
};

/// What was asked on the command line.
#[derive(Debug)]
pub struct CheckOptions<'a> {
    /// Only these services, and what is about none.
    pub services: &'a [String],
    /// How to print.
    pub format: CheckFormat,
    /// Rules to leave out.
    pub ignore: &'a [String],
    /// No hints.
    pub no_hints: bool,
}

/// Checks and prints. The exit code: 0 nothing above a hint, 1 problems, 2 couldn't check.
pub fn run(options: &compose::Options, target: &EngineTarget, asked: &CheckOptions<'_>) -> Result<u8> {
    if let Some(unknown) = asked.ignore.iter().find(|id| crate::diagnose::rules::named(id).is_none()) {
        let near = RULES
            .iter()
            .map(|r| r.id)
            .max_by(|a, b| strsim::jaro_winkler(a, unknown).total_cmp(&strsim::jaro_winkler(b, unknown)));
        let tip = near.map_or_else(String::new, |id| format!("\n\n  tip: a similar rule exists: '{id}'"));
        return Err(WrongUse(format!("there is no rule '{}'{tip}", crate::base::text::clean(unknown))).into());
    }
    match looked(options, target) {
        Ok(look) => tell(options, look, asked),
        Err(error) => {
            print_error(&error);
            Ok(2)
        }
    }
}

/// What there is to look at, and what couldn't be.
pub(super) struct Look {
    pub loaded: Loaded,
    pub host: Host,
    pub unseen: Option<String>,
    pub diagnosis: Diagnosis,
}

/// Looks at all there is to look at.
pub(super) fn looked(options: &compose::Options, target: &EngineTarget) -> Result<Look> {
    let loaded = compose::load(options).resolved();
    if let Some(project) = &loaded.project {
        secrets::learn(&project.known);
    }
    let named = project_name(options);
    if let (Some(looked), None) = (&loaded.no_file, &named) {
        color_eyre::eyre::bail!("{looked}. Name one with -f, or a project of the engine with -p");
    }
    let Seen { host, missed } = look(options, target, loaded.project.clone(), Depth::Wrong(&loaded.problems))?;
    let diagnosis = examine(&host, &loaded.problems);
    let unseen = missed.map(|why| why.to_string());
    if loaded.project.is_none() && loaded.problems.is_empty() && host.stack().containers.is_empty() {
        let name = &host.stack().project;
        color_eyre::eyre::bail!(match unseen {
            Some(why) => format!("there is no compose file, and the engine can't be asked for '{name}': {why}"),
            None => format!("the engine knows no project '{name}'; `stackview ls` lists those it knows"),
        });
    }
    Ok(Look { loaded, host, unseen, diagnosis })
}

fn tell(options: &compose::Options, look: Look, asked: &CheckOptions<'_>) -> Result<u8> {
    let mut diagnosis = look.diagnosis;
    let known = |name: &str| {
        look.loaded.project.as_ref().is_some_and(|p| p.services.contains_key(name))
            || look.host.stack().containers.values().any(|c| c.service.as_deref() == Some(name))
    };
    if let Some(unknown) = asked.services.iter().find(|name| look.loaded.project.is_some() && !known(name)) {
        let words = format!("no service '{}' in this project", crate::base::text::clean(unknown));
        return Err(WrongUse(words).into());
    }
    let wanted = |f: &Finding| {
        let about = |s: &ServiceName| asked.services.iter().any(|w| w == s.as_str());
        let of_all = f.service.is_none() && f.among.is_empty();
        asked.services.is_empty() || of_all || f.service.iter().chain(&f.among).any(about)
    };
    diagnosis.keep(|f| {
        wanted(f) && !(asked.no_hints && f.severity == Severity::Hint) && !asked.ignore.iter().any(|id| id == f.rule)
    });
    if let Some(why) = &look.unseen {
        let words = format!(
            "note: only the compose files were checked, not what runs, nor images, ports, networks and volumes of the \
             engine: {why}"
        );
        note(&words);
    }
    let problems = diagnosis.findings.iter().any(|f| f.severity < Severity::Hint);
    match asked.format {
        CheckFormat::Text => {
            let name = look.host.stack().project.clone();
            print(&text::text(&diagnosis, &name, look.unseen.is_none(), colored(&options.env)))?;
        }
        CheckFormat::Json => {
            print_json(json(&diagnosis))?;
        }
        CheckFormat::Github => {
            print(&formats::github(&diagnosis, &options.cwd))?;
        }
        CheckFormat::Sarif => {
            print_json(formats::sarif(&diagnosis, &options.cwd))?;
        }
    }
    Ok(u8::from(problems))
}
