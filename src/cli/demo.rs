//! `stackview demo`: the dashboard on the simulated engine, or that engine alone for other clients.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use color_eyre::eyre::{Result, WrapErr, eyre};

use super::{
    args::{Common, DemoArgs},
    engine::block_on,
    output::{WrongUse, left, print},
    settings::chosen,
};
use crate::{
    app::model::Settings,
    compose::{
        self,
        canon::{Line, config_hash, digested},
    },
    engine::{Connector, EngineTarget},
    host::{Called, EngineChoice},
    runtime::{self, Setup},
    sim::{
        self,
        http::{self, Options, Pace},
        scenario::Scenario,
    },
    view::ColorDepth,
};

/// The largest scenario that is read, in bytes.
const LARGEST: u64 = 16 << 20;

/// Runs it; the answer is the exit code.
pub fn run(args: &DemoArgs, common: &Common, env: &BTreeMap<String, String>, colors: ColorDepth) -> Result<u8> {
    refuse_project(common)?;
    let cwd = std::env::current_dir().wrap_err("the present folder can't be found (was it removed?)")?;
    let (scenario, compose) = staged(&args.scenario, cwd)?;
    let options = Options {
        pace: Pace::Speed(f64::from(args.speed.get())),
        seed: args.seed,
        release: args.api,
        mischief: args.mischief,
        ..Options::default()
    };
    match &args.serve {
        Some(socket) => serve(socket, scenario, options),
        None => dashboard(args, common, env, colors, scenario, compose, options),
    }
}

/// The demo brings its own project and engine: an option that names another would silently mean nothing.
fn refuse_project(common: &Common) -> Result<()> {
    let given = [
        ("--file", !common.files.is_empty()),
        ("--project-name", common.project_name.is_some()),
        ("--project-directory", common.project_directory.is_some()),
        ("--profile", !common.profiles.is_empty()),
        ("--env-file", !common.env_files.is_empty()),
        ("--host", common.host.is_some()),
        ("--context", common.context.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((option, _)) => {
            Err(WrongUse(format!("the demo brings its own project and engine: leave {option} out")).into())
        }
        None => Ok(()),
    }
}

/// The scenario with its name, ready to be played, and how its project is read. An engine that is served shows its
/// own project as unchanged, too.
fn staged(name: &str, cwd: PathBuf) -> Result<(Scenario, Option<compose::Options>)> {
    let mut scenario = scenario(name)?;
    let compose = stage(&mut scenario, cwd);
    Ok((scenario, compose))
}

/// A built-in scenario, else a file.
fn scenario(name: &str) -> Result<Scenario> {
    if let Some(built_in) = Scenario::built_in(name) {
        return Ok(built_in?);
    }
    let names: Vec<_> = Scenario::names().collect();
    let path = Path::new(name);
    if path.components().count() == 1 && path.extension().is_none() && !path.exists() {
        let near = compose::closest(name, names.iter().copied())
            .map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        return Err(WrongUse(format!(
            "there is no scenario '{name}'{near}: name a file, or one of {}",
            names.join(", ")
        ))
        .into());
    }
    let text = compose::read_text(path, LARGEST).wrap_err_with(|| format!("the scenario {name} could not be read"))?;
    Ok(Scenario::parse(name, &text)?)
}

/// The engine alone, until a signal ends us.
fn serve(socket: &Path, scenario: Scenario, options: Options) -> Result<u8> {
    let words = format!(
        "the simulated engine plays {} and is at unix://{}\nuse it with DOCKER_HOST or -H; Ctrl-c ends it",
        scenario.name,
        socket.display()
    );
    block_on(async {
        let engine = http::serve(socket, scenario, options)?;
        // Whoever started us waits for this line.
        print(&format!("{words}\n"))?;
        let code = runtime::ended().await?;
        engine.shutdown().await;
        Ok(code)
    })?
}

fn dashboard(
    args: &DemoArgs,
    common: &Common,
    env: &BTreeMap<String, String>,
    colors: ColorDepth,
    scenario: Scenario,
    compose: Option<compose::Options>,
    options: Options,
) -> Result<u8> {
    let compose = compose.ok_or_else(|| eyre!("the scenario {} has no project to show", scenario.name))?;
    let folder = Folder::new(env)?;
    // Until the dashboard is left.
    let engine = sim::play(&folder.0.join("engine.sock"), scenario, options)?;
    let target = EngineTarget { host: Some(engine.handle().host()), pace: Some(args.speed), ..EngineTarget::default() };
    let called = Called::new(EngineChoice::Usual, &compose);
    let settings = Settings { called, ..chosen(common, env)? };
    let connector = Connector::new(target, BTreeMap::new(), settings.read_only_forced, runtime::clock());
    Ok(left(runtime::run(Setup { compose, named: None, connector, settings, colors })?))
}

/// The line of docker compose that seems to have made the simulated containers.
const LINE: Line = Line::V26;

/// Gives the scenario's containers the digests that docker compose would, and answers how its first project's
/// file is read: as if it lay in the folder that the scenario names.
pub fn stage(scenario: &mut Scenario, cwd: PathBuf) -> Option<compose::Options> {
    let mut first = None;
    for project in &scenario.projects {
        let options = compose::Options {
            cwd: cwd.clone(),
            files: vec!["-".into()],
            stdin: Some(project.text.clone()),
            stdin_label: Some("compose.yaml".into()),
            project_name: Some(project.name.clone()),
            project_directory: Some(PathBuf::from(&project.folder)),
            ..compose::Options::default()
        };
        if let Some(read) = compose::load(&options).resolved().project {
            let digests = read.resolved.keys().filter_map(|service| {
                let form = digested(&read, service, LINE)?.clone();
                Some(((project.name.clone(), service.to_string()), config_hash(form, LINE)))
            });
            scenario.config_hashes.extend(digests);
        }
        first.get_or_insert(options);
    }
    first
}

/// A folder that only we may enter, removed at the end with all that is in it.
struct Folder(PathBuf);

impl Folder {
    fn new(env: &BTreeMap<String, String>) -> Result<Self> {
        let parent = env.get("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|d| d.is_dir());
        let parent = parent.unwrap_or_else(std::env::temp_dir);
        let path = parent.join(format!("stackview-demo-{}", std::process::id()));
        // One of ours that was killed may have left its folder to our number.
        let _none = fs::remove_dir_all(&path);
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .wrap_err_with(|| format!("the folder {} for the demo's socket could not be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_played_or_served_bears_docker_composes_own_digests() {
        let (scenario, compose) = staged("taskapp", "/".into()).unwrap();
        let read = compose::load(&compose.unwrap()).resolved().project.unwrap();
        assert!(!read.resolved.is_empty());
        for service in read.resolved.keys() {
            let played = scenario.config_hashes.get(&(read.name.to_string(), service.to_string()));
            let form = digested(&read, service, LINE).unwrap().clone();
            assert_eq!(played, Some(&config_hash(form, LINE)), "{service}");
        }
    }
}
