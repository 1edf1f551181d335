//! Which files make up the project, where its folder is, what it is called, and which variables it sees.

use std::path::{Path, PathBuf};

use super::{
    env::Env,
    env_file::{Known, parse},
    interpolate::unset,
    newer::Release,
    node::{Node, Value},
    options::Options,
    paths::{Base, clean},
    problem::{Place, Problem},
    reader::{Reader, Source},
    replace::Run,
};

/// Names of the base file, the first one wins.
pub const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// Names of the override file; any of them goes with any base.
const OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// What is known before any compose file is read.
#[derive(Debug)]
pub struct Found {
    /// The files, in order of merging.
    pub sources: Vec<Source>,
    /// The project's folder.
    pub dir: PathBuf,
    /// The process's variables and those of the env files.
    pub env: Env,
    /// The profiles that are on.
    pub profiles: Vec<String>,
}

/// Looks for the project's files. `Err` says where was looked when there are none.
pub fn find(options: &Options, reader: &mut Reader<'_>) -> Result<Found, String> {
    let mut env = Env::from(options.env.clone());
    // The `docker` command says so to its plugin, and services may take it by its name.
    env.set("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND", "docker");
    let home = options.env.get("HOME").map(String::as_str);
    let base = Base { dir: &options.cwd, home };
    let given = options.project_directory.as_ref().map(|dir| clean(&options.cwd.join(dir)));
    let named = |texts: &[String]| -> Vec<Source> { texts.iter().map(|text| source(text, &base)).collect() };

    let mut sources = named(&options.files);
    let first_dir = given.clone().or_else(|| folder(&sources)).unwrap_or_else(|| options.cwd.clone());
    dotenv(options, &first_dir, &mut env, reader);
    if sources.is_empty()
        && let Some(list) = env.get("COMPOSE_FILE")
    {
        let separator = env.get("COMPOSE_PATH_SEPARATOR").filter(|s| !s.is_empty()).unwrap_or(":");
        sources = named(&list.split(separator).map(str::to_owned).collect::<Vec<_>>());
    }
    if sources.is_empty() {
        sources = default_files(given.as_deref().unwrap_or(&options.cwd), reader)?;
    }
    let dir = given.or_else(|| folder(&sources)).unwrap_or_else(|| options.cwd.clone());
    if dir != first_dir {
        dotenv(options, &dir, &mut env, reader);
        other_dotenv(options, [&first_dir, &dir], &env, reader);
    }
    let profiles = if options.profiles.is_empty() {
        let list = env.get("COMPOSE_PROFILES").unwrap_or_default();
        // Where nothing is named, the profile without a name is on.
        list.split(',').map(|name| name.trim().to_owned()).collect()
    } else {
        options.profiles.clone()
    };
    Ok(Found { sources, dir, env, profiles })
}

/// Of two folders' `.env` docker compose took the project's before 2.29.3, where today the first one wins.
fn other_dotenv(options: &Options, [first, dir]: [&Path; 2], env: &Env, reader: &mut Reader<'_>) {
    let (own, other) = (reader.label(&first.join(".env")), dir.join(".env"));
    let shell = Env::from(options.env.clone());
    let before = Known { outer: &shell, earlier: &Env::default() };
    let Ok(vars) = reader.quietly(|reader| reader.env_file(&other, before, parse)) else { return };
    let hides = |name: &str, value: &str| {
        let var = env.var(name).filter(|var| var.value != value)?;
        var.place.clone().filter(|place| place.file == own)
    };
    let hidden: Vec<_> = vars.iter().filter_map(|(name, var)| Some((name, hides(name, &var.value)?))).collect();
    if let Some((_, place)) = hidden.first() {
        let names: Vec<&str> = hidden.iter().map(|(name, _)| *name).take(3).collect();
        let older = format!("takes {} from {} instead of {}", names.join(", "), other.display(), own.display());
        reader.report.newer(Release(2, 29, 3), place, false, older);
    }
}

fn source(text: &str, base: &Base<'_>) -> Source {
    if text == "-" { Source::Stdin } else { Source::Path(clean(&base.join(text))) }
}

fn folder(sources: &[Source]) -> Option<PathBuf> {
    match sources.first()? {
        Source::Path(path) => path.parent().map(Path::to_owned),
        Source::Stdin => None,
    }
}

/// The base file of the nearest folder that has one, and its override.
fn default_files(start: &Path, reader: &mut Reader<'_>) -> Result<Vec<Source>, String> {
    for dir in start.ancestors() {
        let mut found = NAMES.iter().map(|name| dir.join(name)).filter(|path| reader.files.is_file(path));
        let Some(base) = found.next() else { continue };
        let rest: Vec<PathBuf> = found.collect();
        if !rest.is_empty() {
            let all: Vec<String> = std::iter::once(&base).chain(&rest).map(|path| path.display().to_string()).collect();
            reader.report.push(
                Problem::warning(format!("Found multiple config files with supported names: {}", all.join(", ")))
                    .help(format!("Using {}", base.display())),
            );
        }
        let over = OVERRIDES.iter().map(|name| dir.join(name)).find(|path| reader.files.is_file(path));
        return Ok(std::iter::once(base).chain(over).map(Source::Path).collect());
    }
    Err(format!("no {} in {} or any parent directory", NAMES.join(", "), start.display()))
}

/// Reads the env files that are named, or else the folder's `.env`. What is set already stays.
fn dotenv(options: &Options, dir: &Path, env: &mut Env, reader: &mut Reader<'_>) {
    let mut named: Vec<PathBuf> = options.env_files.clone();
    if named.is_empty() {
        let list = env.get("COMPOSE_ENV_FILES").unwrap_or_default();
        named = list.split(',').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
    }
    if named.is_empty() {
        let disabled = env
            .get("COMPOSE_DISABLE_ENV_FILE")
            .is_some_and(|v| matches!(v, "1" | "true" | "TRUE" | "t" | "T" | "True"));
        if !disabled {
            // A folder of that name, or nothing, is fine.
            let path = dir.join(".env");
            if let Ok(vars) = reader.env_file(&path, Known { outer: env, earlier: &Env::default() }, parse) {
                settable(&vars, &path, reader);
                env.fill(vars);
            }
        }
        return;
    }
    let mut all = Env::default();
    for name in named {
        let path = clean(&options.cwd.join(name));
        match reader.env_file(&path, Known { outer: env, earlier: &all }, parse) {
            Ok(vars) => {
                settable(&vars, &path, reader);
                all.overwrite(vars);
            }
            Err(error) => {
                reader.report.push(Problem::error(format!("couldn't find env file: {}: {error}", path.display())))
            }
        }
    }
    env.fill(all);
}

/// Docker compose puts these variables into its own environment, which takes no empty names.
fn settable(vars: &Env, path: &Path, reader: &mut Reader<'_>) {
    if let Some(value) = vars.get("") {
        let message = format!("failed to read {}: setenv: invalid argument", path.display());
        let help = format!("{value:?} has no name: write NAME={value}, or end the line after a bare name");
        reader.report.push(Problem::error(message).help(help));
    }
}

/// The project's name: said, from the environment, from the files, or the folder's.
pub fn project_name(options: &Options, found: &Found, reader: &mut Reader<'_>) -> String {
    let said = options.project_name.as_deref().filter(|name| !name.is_empty());
    let said = said.or_else(|| found.env.get("COMPOSE_PROJECT_NAME").filter(|name| !name.is_empty()));
    if let Some(name) = said {
        let good = normalise(name) == name;
        if !good {
            reader.report.push(
                Problem::error(format!("invalid project name \"{name}\""))
                    .help("it must consist of lowercase letters, digits, - and _ and start with a letter or digit"),
            );
        }
        return if good { name.to_owned() } else { normalise(name) };
    }
    let in_files = named_in_files(found, reader);
    let folder = found.dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = normalise(in_files.as_deref().unwrap_or(&folder));
    if name.is_empty() {
        reader.report.push(Problem::error("project name must not be empty").help("set one with -p NAME"));
    }
    name
}

/// The last `name:` of the files, variables replaced. What is wrong with it is said when it is read again.
fn named_in_files(found: &Found, reader: &mut Reader<'_>) -> Option<String> {
    let mut last: Option<(String, Place)> = None;
    for source in &found.sources {
        for document in reader.documents(source, None).iter().flat_map(|all| all.iter()) {
            if let Some(Node { value: Value::Str(name), place, .. }) = document.at("name") {
                last = Some((name.clone(), place.clone()));
            }
        }
    }
    let (name, place) = last.filter(|(name, _)| !name.is_empty())?;
    let mut run = Run { env: &found.env, unset: Vec::new(), added: &mut 10_000 };
    let replaced = run.replace(&name, 0);
    for variable in run.unset {
        reader.report.push(unset(&variable).at(place.clone()));
    }
    replaced.ok()
}

/// Lower case; only letters, digits, `_` and `-`; none of the latter two in front.
fn normalise(name: &str) -> String {
    let lower = name.to_lowercase();
    let kept: String = lower.chars().filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-')).collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised() {
        for (name, normal) in [
            ("My_Proj.Dir x", "my_projdirx"),
            ("FromFile", "fromfile"),
            ("éàproj", "proj"),
            ("-_x", "x"),
            ("...!!", ""),
        ] {
            assert_eq!(normalise(name), normal);
        }
    }
}
