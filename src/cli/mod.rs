//! Arguments and the one-shot commands.
//!
//! Exit codes: 0 it worked; 1 it couldn't (no engine, a broken file); 2 the command line was wrong; 124 the time
//! was up; 128 and the signal's number when a signal ended it.

mod args;
mod check;
mod colors;
mod config;
pub mod demo;
mod follow;
mod graph;
mod ls;
mod report;
mod settings;
mod sources;
mod status;
mod timeline;
mod wait;

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Read, Write},
};

use clap::{CommandFactory, Parser};
use color_eyre::eyre::{Result, WrapErr, bail};

use self::args::{Cli, Command, Common};
use crate::{
    app::model::Settings,
    base::id::ProjectName,
    compose::{self, Problem, Severity},
    engine::{Connector, Target},
    runtime::{self, Setup},
    view::ColorDepth,
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
            let asked = check::Asked { services: &services, format, ignore: &ignore, no_hints };
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
                (true, _) => settings::Asked::Check,
                (_, true) => settings::Asked::Init,
                _ => settings::Asked::Path,
            };
            settings::run(cli.common.settings_file.as_deref(), asked)
        }
        Some(Command::Completions { shell }) => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "stackview", &mut out);
            print(&out)
        }
        Some(Command::Man) => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut out)?;
            print(&out)
        }
    }
}

/// The engine that was asked for. Both ways to name one at once are refused in docker's own words.
fn target(common: &Common) -> Result<Target> {
    if common.host.is_some() && common.context.is_some() {
        return Err(WrongUse("conflicting options: cannot specify both --host and --context".into()).into());
    }
    Ok(Target { host: common.host.clone(), context: common.context.clone(), ..Target::default() })
}

/// What was asked for can't be meant: the command line is wrong, though its grammar isn't.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongUse(String);

/// Prints why it couldn't, with what led to it, in clap's style; the answer is the exit code.
pub fn print_error(error: &color_eyre::Report) -> u8 {
    let mut words: Vec<String> = Vec::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        // A cause that its effect's words end in already says nothing new.
        if !words.last().is_some_and(|last| last.ends_with(&cause)) {
            words.push(cause);
        }
    }
    let text = words.join(": ");
    let clean: Vec<_> = text.lines().map(|line| crate::base::text::clean(line).into_owned()).collect();
    let _closed = writeln!(io::stderr().lock(), "error: {}", clean.join("\n"));
    if error.is::<WrongUse>() { 2 } else { 1 }
}

/// What was chosen on the command line, else in the settings, by the terminal at hand.
fn chosen(common: &Common, env: &BTreeMap<String, String>) -> Result<Settings> {
    let config = settings::read(common.settings_file.as_deref())?;
    Ok(Settings {
        read_only_forced: common.read_only,
        read_only: common.read_only,
        ascii: common.ascii || config.ascii || env.get("TERM").is_some_and(|t| t == "dumb"),
        mouse: !common.no_mouse && config.mouse.unwrap_or(true),
        theme: common.theme.clone().or(config.theme).unwrap_or_else(|| "dark".into()),
        zone: runtime::zone(),
        attention: config.attention,
    })
}

fn dashboard(common: &Common, target: Target, env: BTreeMap<String, String>) -> Result<u8> {
    let settings = chosen(common, &env)?;
    let colors = colors::depth(&env);
    let compose = compose_options(common, env.clone())?;
    let named = project_name(&compose);
    let connector = Connector::new(target, env, settings.read_only_forced, runtime::clock());
    runtime::run(Setup { compose, named, connector, settings, colors })
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
        cwd: std::env::current_dir().wrap_err("The present folder can't be found (was it removed?)")?,
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

/// The project for a one-shot command: problems go to standard error; without a usable project it is an error.
/// Where there is no file, but a project was named, there is nothing declared (`None`).
fn load(options: &compose::Options) -> Result<Option<compose::Project>> {
    Ok(resolved(options)?.project)
}

/// The same, with all that is known beside the project.
fn resolved(options: &compose::Options) -> Result<compose::Loaded> {
    let loaded = compose::load(options).resolved();
    if let Some(looked) = &loaded.no_file {
        if project_name(options).is_some() {
            return Ok(loaded);
        }
        bail!("{looked}. Name one with -f, or a project of the engine with -p; `stackview ls` lists them");
    }
    report(&loaded.problems);
    let errors = loaded.problems.iter().filter(|p| p.severity == Severity::Error).count();
    if loaded.project.is_none() || errors > 0 {
        bail!("the compose files can't be used: {}", crate::base::units::count(errors.max(1), "error"));
    }
    Ok(loaded)
}

/// The project's name alone: `-p` needs no file.
fn project_name(options: &compose::Options) -> Option<ProjectName> {
    let named = options.project_name.clone().or_else(|| options.env.get("COMPOSE_PROJECT_NAME").cloned());
    named.filter(|n| !n.is_empty()).map(ProjectName::from)
}

fn report(problems: &[Problem]) {
    let mut err = io::stderr().lock();
    for problem in problems {
        let text: Vec<_> = problem.to_string().lines().map(|l| crate::base::text::clean(l).into_owned()).collect();
        let _closed = writeln!(err, "{}", text.join("\n"));
    }
}

/// Says something beside the answer, on standard error.
fn note(words: &str) {
    let _closed = writeln!(io::stderr().lock(), "{}", crate::base::text::clean(words));
}

/// Prints; a reader that has gone away (`| head`) is no error.
fn print(bytes: &[u8]) -> Result<u8> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(0),
    }
}

/// Whether people read standard output, with colours.
fn colored(env: &BTreeMap<String, String>) -> bool {
    io::stdout().is_terminal() && colors::depth(env) != ColorDepth::None
}

/// A current-thread runtime for the few calls of a one-shot command.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(future);
    // A look-up of a host's name can't be broken off, and isn't waited for.
    runtime.shutdown_background();
    Ok(answer)
}
