//! Arguments and the one-shot commands.
//!
//! Exit codes: 0 it worked; 1 it couldn't (no engine, a broken file); 2 the command line was wrong; 124 the time
//! was up; 128 and the signal's number when a signal ended it.

mod args;
mod check;
mod colors;
mod config;
pub mod demo;
mod engine;
mod follow;
mod graph;
mod look;
mod ls;
mod output;
mod project;
mod report;
mod settings;
mod sources;
mod status;
mod timeline;
mod wait;

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use clap::{CommandFactory, Parser};
use color_eyre::eyre::{Result, WrapErr, bail};

pub use output::print_error;

use self::{
    args::{Cli, Command, Common},
    output::{WrongUse, left, print_as_asked},
    project::project_name,
    settings::chosen,
};
use crate::{
    app::model::Settings,
    compose,
    engine::{Connector, EngineTarget},
    host::Called,
    runtime::{self, Setup},
};

/// Runs the program; the answer is its exit code.
pub fn main() -> Result<u8> {
    color_eyre::install()?;
    let cli = Cli::parse();
    let env: BTreeMap<String, String> =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))).collect();
    let target = target(&cli.common)?;
    match cli.command {
        None => dashboard(&cli.common, target, env),
        Some(Command::Status { services, format }) => {
            status::run(&compose_options(&cli.common, env)?, &target, &services, format)
        }
        Some(Command::Wait { services, timeout }) => {
            wait::run(&compose_options(&cli.common, env)?, target, &services, timeout)
        }
        Some(Command::Timeline { format }) => {
            let settings = chosen(&cli.common, &env)?;
            timeline::run(&compose_options(&cli.common, env)?, &target, settings, format)
        }
        Some(Command::Check { services, format, ignore, no_hints }) => {
            let asked = check::CheckOptions { services: &services, format, ignore: &ignore, no_hints };
            check::run(&compose_options(&cli.common, env)?, &target, &asked)
        }
        Some(Command::Graph { format }) => graph::run(&compose_options(&cli.common, env)?, format, cli.common.ascii),
        Some(Command::Config(args)) => config::run(compose_options(&cli.common, env)?, &args),
        Some(Command::Demo(args)) => demo::run(&args, &cli.common, &env, colors::depth(&env)),
        Some(Command::Ls { format }) => ls::run(&target, &env, format),
        Some(Command::Report { output }) => {
            let settings = chosen(&cli.common, &env)?;
            report::run(&compose_options(&cli.common, env)?, &target, settings, output.as_deref())
        }
        Some(Command::Settings { check, init, .. }) => {
            let asked = match (check, init) {
                (true, _) => settings::SettingsCommand::Check,
                (_, true) => settings::SettingsCommand::Init,
                _ => settings::SettingsCommand::Path,
            };
            settings::run(cli.common.settings_file.as_deref(), asked)
        }
        Some(Command::Completions { shell }) => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "stackview", &mut out);
            print_as_asked(&out)
        }
        Some(Command::Man) => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut out)?;
            print_as_asked(&out)
        }
    }
}

/// The engine that was asked for. Both ways to name one at once are refused in docker's own words.
fn target(common: &Common) -> Result<EngineTarget> {
    if common.host.is_some() && common.context.is_some() {
        return Err(WrongUse("conflicting options: cannot specify both --host and --context".into()).into());
    }
    Ok(EngineTarget { host: common.host.clone(), context: common.context.clone(), ..EngineTarget::default() })
}

fn dashboard(common: &Common, target: EngineTarget, env: BTreeMap<String, String>) -> Result<u8> {
    let settings = chosen(common, &env)?;
    let colors = colors::depth(&env);
    let compose = compose_options(common, env.clone())?;
    let named = project_name(&compose);
    let settings = Settings { called: Called::new(target.choice(), &compose), ..settings };
    let connector = Connector::new(target, env, settings.read_only_forced, runtime::clock());
    Ok(left(runtime::run(Setup { compose, named, connector, settings, colors })?))
}

/// The folder that we are in, by the path by which the shell got there: docker compose names it so, too (Go's
/// `os.Getwd`), and containers carry that path in their labels.
fn present_folder(shell: Option<&str>) -> Result<PathBuf> {
    let real = std::env::current_dir().wrap_err("The present folder can't be found (was it removed?)")?;
    let id = |path: &Path| fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    let by_shell = shell.map(PathBuf::from).filter(|path| path.is_absolute() && id(path) == id(&real));
    Ok(by_shell.unwrap_or(real))
}

/// What the reader of compose files is asked, from the command line and the environment.
fn compose_options(common: &Common, env: BTreeMap<String, String>) -> Result<compose::Options> {
    let stdin = if common.files.iter().any(|f| f == "-") {
        let mut text = String::new();
        let limit = 16 << 20;
        let read = io::stdin()
            .lock()
            .take(limit + 1)
            .read_to_string(&mut text)
            .wrap_err("The compose file on standard input could not be read")?;
        if u64::try_from(read).is_ok_and(|read| read > limit) {
            bail!("The compose file on standard input is larger than 16 MB");
        }
        Some(text)
    } else {
        None
    };
    Ok(compose::Options {
        cwd: present_folder(env.get("PWD").map(String::as_str))?,
        files: common.files.clone(),
        stdin,
        stdin_label: None,
        project_name: common.project_name.clone(),
        profiles: common.profiles.clone(),
        env_files: common.env_files.clone(),
        project_directory: common.project_directory.clone(),
        env,
        how: compose::How::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_folder_is_called_as_the_shell_calls_it() {
        let real = std::env::current_dir().unwrap();
        let links = tempfile::tempdir().unwrap();
        let link = links.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(present_folder(link.to_str()).unwrap(), link);
        for other in [None, Some("link"), links.path().to_str(), Some("/nowhere")] {
            assert_eq!(present_folder(other).unwrap(), real, "{other:?}");
        }
    }
}
