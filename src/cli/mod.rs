//! Arguments and the one-shot commands.
//!
//! Exit codes: 0 it worked; 1 it couldn't (no engine, a broken file); 2 the command line was wrong; 128 and the
//! signal's number when a signal ended it.

mod args;
mod colors;
mod graph;
mod ls;
mod status;

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
    let target = Target { host: cli.common.host.clone() };
    match cli.command {
        None => dashboard(&cli.common, target, env),
        Some(Command::Status { services, format }) => {
            status::run(&compose_options(&cli.common, env)?, &target, &services, format)
        }
        Some(Command::Graph { format }) => graph::run(&compose_options(&cli.common, env)?, format, cli.common.ascii),
        Some(Command::Ls { format }) => ls::run(&target, &env, format),
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

fn dashboard(common: &Common, target: Target, env: BTreeMap<String, String>) -> Result<u8> {
    let settings = Settings {
        read_only_forced: common.read_only,
        read_only: common.read_only,
        ascii: common.ascii || env.get("TERM").is_some_and(|t| t == "dumb"),
        mouse: !common.no_mouse,
        theme: common.theme.clone(),
    };
    let colors = colors::depth(&env);
    let compose = compose_options(common, env.clone())?;
    let named = project_name(&compose);
    let connector = Connector::new(target, env, settings.read_only_forced);
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
        project_name: common.project_name.clone(),
        profiles: common.profiles.clone(),
        env_files: common.env_files.clone(),
        project_directory: common.project_directory.clone(),
        env,
    })
}

/// The project for a one-shot command: problems go to standard error; without a usable project it is an error.
/// Where there is no file, but a project was named, there is nothing declared (`None`).
fn load(options: &compose::Options) -> Result<Option<compose::Project>> {
    let loaded = compose::load(options);
    if let Some(looked) = loaded.no_file {
        if project_name(options).is_some() {
            return Ok(None);
        }
        bail!("{looked}. Name one with -f, or a project of the engine with -p; `stackview ls` lists them");
    }
    report(&loaded.problems);
    let errors = loaded.problems.iter().filter(|p| p.severity == Severity::Error).count();
    match loaded.project {
        Some(project) if errors == 0 => Ok(Some(project)),
        _ => bail!("the compose files can't be used: {}", crate::base::units::count(errors.max(1), "error")),
    }
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
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future))
}
