//! `stackview config`: the resolved project in docker compose's own form. Needs no engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use color_eyre::eyre::{Result, WrapErr, bail};
use serde_json::{Value, json};

use super::{
    output::{print, print_as_asked, write},
    project::resolved,
    sources,
};
use crate::{
    compose::{
        self, How, Loaded, Project,
        canon::{self, Choice, EnvFiles, Line, Style},
        graph::Graph,
        variables,
    },
    runtime::save,
};

/// What `config` prints, under docker compose's names.
#[derive(Debug, Clone, Args)]
pub struct ConfigArgs {
    /// Only these services and what they depend on
    #[arg(value_name = "SERVICE")]
    services: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
    /// Save it to a file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print nothing but what is wrong
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    what: What,
    /// Leave ${VARIABLES} as written
    #[arg(long)]
    no_interpolate: bool,
    /// Leave relative paths as written
    #[arg(long)]
    no_path_resolution: bool,
    /// Leave out the default network, names and implied dependencies
    #[arg(long)]
    no_normalize: bool,
    /// Don't look at how the parts fit together
    #[arg(long)]
    no_consistency: bool,
}

/// One part instead of the whole project.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
struct What {
    /// Names of the services, dependencies first
    #[arg(long = "services")]
    service_names: bool,
    /// Names of the volumes
    #[arg(long)]
    volumes: bool,
    /// Names of the networks
    #[arg(long)]
    networks: bool,
    /// Names of the profiles
    #[arg(long = "profiles")]
    profile_names: bool,
    /// Names of the images
    #[arg(long)]
    images: bool,
    /// The config-hash of services, separated by commas; * is all
    #[arg(long, value_name = "SERVICES")]
    hash: Option<String>,
    /// The variables that the files use, with their defaults
    #[arg(long)]
    variables: bool,
    /// The variables that are known while the files are read
    #[arg(long)]
    environment: bool,
    /// Where values come from: every variable's, and the keys that later files overrode; secrets masked
    #[arg(long)]
    sources: bool,
}

impl What {
    /// Whether it can be told without the services' env files: docker compose doesn't miss them then.
    fn without_env_files(&self) -> bool {
        self.service_names || self.volumes || self.profile_names || self.images || self.variables || self.hash.is_some()
    }
}

/// How `config` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As a compose file
    Yaml,
    /// For programs
    Json,
}

/// Reads the files and prints what was asked for.
pub fn run(mut options: compose::Options, args: &ConfigArgs) -> Result<u8> {
    options.how = How {
        no_interpolate: args.no_interpolate || args.what.variables,
        no_path_resolution: args.no_path_resolution,
        no_normalize: args.no_normalize,
        no_consistency: args.no_consistency,
        no_env_files: args.what.without_env_files(),
        sources: args.what.sources,
    };
    let loaded = with_services(&mut options, &args.services)?;
    let out = text(&loaded, args)?;
    match &args.output {
        _ if args.quiet => Ok(0),
        Some(path) if !out.is_empty() => {
            let written = if args.what.sources { write(path, &out) } else { save::replace(path, out.as_bytes()) };
            written.wrap_err_with(|| format!("The project could not be written to {}", path.display()))?;
            Ok(0)
        }
        _ if args.what.sources => print(&out),
        _ => print_as_asked(out.as_bytes()),
    }
}

/// The project with the profiles on that the named services need.
fn with_services(options: &mut compose::Options, named: &[String]) -> Result<Loaded> {
    let loaded = resolved(options)?;
    let Some(project) = &loaded.project else { return Ok(loaded) };
    let mut wanted: Vec<String> = Vec::new();
    for name in named {
        match project.services.get(name.as_str()) {
            Some(service) if service.enabled => {}
            Some(service) => wanted.extend(service.profiles.iter().cloned()),
            None => {
                let known = project.services.keys().map(|known| known.as_str());
                match compose::closest(name, known) {
                    Some(meant) => bail!("no such service: {name}; did you mean {meant}?"),
                    None => bail!("no such service: {name}"),
                }
            }
        }
    }
    if wanted.is_empty() {
        return Ok(loaded);
    }
    options.profiles = project.profiles.iter().cloned().chain(wanted).collect();
    resolved(options)
}

fn text(loaded: &Loaded, args: &ConfigArgs) -> Result<String> {
    let (Some(project), Some(document)) = (&loaded.project, &loaded.document) else {
        bail!("`config` shows what the files declare, and there is no compose file here");
    };
    let what = &args.what;
    let style = if args.format == Format::Json { Style::Json } else { Style::Yaml };
    let choice = Choice { services: &args.services, style };
    let enabled = || project.services.values().filter(|service| service.enabled);
    if what.service_names {
        return Ok(lines(ordered(project)));
    }
    if what.images {
        let images = enabled().map(|s| s.image.clone().unwrap_or_else(|| format!("{}-{}", project.name, s.name)));
        return Ok(lines(images));
    }
    if what.profile_names {
        let all: BTreeSet<&String> = project.services.values().flat_map(|service| &service.profiles).collect();
        return Ok(lines(all));
    }
    if what.volumes || what.networks {
        let shown = document.project(project, &choice);
        let section = shown.get(if what.volumes { "volumes" } else { "networks" });
        return Ok(lines(section.and_then(Value::as_object).into_iter().flat_map(|map| map.keys())));
    }
    if let Some(names) = &what.hash {
        return hashes(project, document, names);
    }
    if what.variables {
        return Ok(variables_table(document, args.format));
    }
    if what.environment {
        return Ok(lines(loaded.env.iter().map(|(name, value)| format!("{name}={value}"))));
    }
    if what.sources {
        let value = sources::json(loaded);
        return Ok(if style == Style::Json { canon::pretty(&value) + "\n" } else { canon::yaml(&value) });
    }
    let value = document.project(project, &choice);
    let text = if style == Style::Json { canon::pretty(&value) } else { canon::yaml(&value) };
    // So that what is printed reads back to the same project.
    Ok(if args.no_interpolate { text } else { text.replace('$', "$$") })
}

fn lines<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| format!("{}\n", item.as_ref())).collect()
}

fn ordered(project: &Project) -> Vec<String> {
    let mut names: Vec<_> = project.services.values().filter(|service| service.enabled).collect();
    names.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    let arrows = names.iter().map(|s| (s.name.clone(), s.depends_on.iter().map(|d| d.service.clone()).collect()));
    Graph::new(arrows).order().iter().map(ToString::to_string).collect()
}

fn hashes(project: &Project, document: &canon::Document, names: &str) -> Result<String> {
    let mut names: Vec<&str> = match names {
        "*" => project.services.values().filter(|s| s.enabled).map(|s| s.name.as_str()).collect(),
        some => some.split(',').collect(),
    };
    names.sort_unstable();
    let mut out = String::new();
    for name in names {
        let Some(hash) = document.config_hash(project, name, EnvFiles::Named, Line::default()) else {
            bail!("no such service: {name}");
        };
        out += &format!("{name} {hash}\n");
    }
    Ok(out)
}

fn variables_table(document: &canon::Document, format: Format) -> String {
    let found: BTreeMap<String, variables::Variable> = document.variables();
    if format == Format::Json {
        let all: Vec<Value> = found
            .iter()
            .map(|(name, v)| {
                json!({"name": name, "required": v.required, "default": v.default, "alternate": v.alternate})
            })
            .collect();
        return canon::pretty(&Value::Array(all)) + "\n";
    }
    let mut rows = vec![["NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"].map(str::to_owned)];
    rows.extend(found.into_iter().map(|(name, v)| [name, v.required.to_string(), v.default, v.alternate]));
    table(&rows)
}

/// Columns at least twenty wide with three blanks between them, as docker compose's tables.
fn table(rows: &[[String; 4]]) -> String {
    let widths: Vec<usize> = (0..3)
        .map(|n| {
            rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count() + 3).max().unwrap_or(0).max(20)
        })
        .collect();
    let line = |row: &[String; 4]| {
        let cells = row.iter().zip(widths.iter().map(Some).chain([None]));
        let text: String =
            cells.map(|(cell, width)| width.map_or_else(|| cell.clone(), |width| format!("{cell:width$}"))).collect();
        text.trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}
