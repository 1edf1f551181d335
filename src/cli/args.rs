//! The command line's grammar.

use std::{num::NonZeroU32, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};

use super::config::ConfigArgs;
use crate::{
    sim::{
        api::{Release, Version},
        http::Mischief,
    },
    view::theme::BUILT_IN,
};

/// A terminal dashboard that knows your Docker Compose project.
///
/// Without a command it shows the dashboard of the project in this folder.
#[derive(Debug, Parser)]
#[command(name = "stackview", version, max_term_width = 100, infer_subcommands = false)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options that every command has; the names are docker compose's own.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// A compose file; may be given several times, `-` is standard input
    #[arg(short, long = "file", value_name = "FILE", global = true)]
    pub files: Vec<String>,
    /// The project's name
    #[arg(short, long, value_name = "NAME", global = true)]
    pub project_name: Option<String>,
    /// Switch a profile on; may be given several times
    #[arg(long = "profile", value_name = "NAME", global = true)]
    pub profiles: Vec<String>,
    /// A file of variables instead of .env; may be given several times
    #[arg(long = "env-file", value_name = "FILE", global = true)]
    pub env_files: Vec<PathBuf>,
    /// The folder that relative paths start from
    #[arg(long, value_name = "DIR", global = true)]
    pub project_directory: Option<PathBuf>,
    /// The engine: unix:///path, tcp://host:port or ssh://user@host; else DOCKER_HOST, else the docker context
    #[arg(short = 'H', long, value_name = "URL", global = true)]
    pub host: Option<String>,
    /// The docker context; else DOCKER_CONTEXT, else docker's current one
    #[arg(short, long, value_name = "NAME", global = true)]
    pub context: Option<String>,
    /// Change nothing on the engine, whatever is pressed
    #[arg(long, global = true)]
    pub read_only: bool,
    /// The colours
    #[arg(long, value_name = "NAME", value_parser = themes(), global = true)]
    pub theme: Option<String>,
    /// The settings file, instead of the user's own
    #[arg(long = "settings", value_name = "FILE", global = true)]
    pub settings_file: Option<PathBuf>,
    /// Only ASCII characters
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Leave the mouse to the terminal
    #[arg(long, global = true)]
    pub no_mouse: bool,
}

/// The built-in themes, so that clap can say what was probably meant.
fn themes() -> PossibleValuesParser {
    PossibleValuesParser::new(BUILT_IN.iter().map(|(name, _)| *name))
}

/// A time as people write it; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let read = || Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok();
    seconds.or_else(read).ok_or_else(|| "write it as 90s, 2m or 1h 30m".into())
}

/// One-shot commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the project's state, for scripts: exits 0 when it could look, 1 when it couldn't
    Status {
        /// Only these services
        #[arg(value_name = "SERVICE")]
        services: Vec<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = StatusFormat::Table)]
        format: StatusFormat,
    },
    /// Wait until services are ready: exits 0 then, 1 when they can't become so, 124 when the time is up
    Wait {
        /// Only these services; else all of the project
        #[arg(value_name = "SERVICE")]
        services: Vec<String>,
        /// How long at most: 90s, 2m, 1h 30m
        #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
        timeout: Duration,
    },
    /// The last start, service by service: bars, what decided how long it took, what would shorten it
    Timeline {
        /// How to print it
        #[arg(long, value_enum, default_value_t = TimelineFormat::Table)]
        format: TimelineFormat,
    },
    /// What is wrong, and why: before `up`, without an engine, or while it runs
    ///
    /// Exits 0 when there is nothing above a hint, 1 when there is, 2 when it couldn't check.
    Check {
        /// Only these services, and what is about none
        #[arg(value_name = "SERVICE")]
        services: Vec<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
        format: CheckFormat,
        /// Leave a rule out; may be given several times
        #[arg(long, value_name = "RULE")]
        ignore: Vec<String>,
        /// Only errors and warnings
        #[arg(long)]
        no_hints: bool,
    },
    /// The dependency graph as the files declare it
    Graph {
        /// How to print it
        #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
        format: GraphFormat,
    },
    /// The resolved project as docker compose prints it, YAML or JSON; exits 1 when the files are wrong
    Config(ConfigArgs),
    /// The compose projects that the engine knows
    Ls {
        /// How to print it
        #[arg(long, value_enum, default_value_t = StatusFormat::Table)]
        format: StatusFormat,
    },
    /// The dashboard on the simulated engine that is part of this program: no Docker needed
    Demo(Box<DemoArgs>),
    /// One Markdown file about the project as it is, for an issue or a colleague; secrets masked
    Report {
        /// The file; else it is printed
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// stackview's own settings: prints where they are
    Settings {
        /// Where they are (as without any option)
        #[arg(long, conflicts_with_all = ["check", "init"])]
        path: bool,
        /// Whether they can be read; what isn't known is named with its place
        #[arg(long, conflicts_with = "init")]
        check: bool,
        /// Write a new file with every setting in it, as a comment
        #[arg(long)]
        init: bool,
    },
    /// A completion script for a shell
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// The manual page, in roff
    Man,
}

/// How `status` and `ls` print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// For people
    Table,
    /// For programs; the keys are documented in the README
    Json,
}

/// How `timeline` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TimelineFormat {
    /// For people
    Table,
    /// For programs; the keys are documented in the README
    Json,
    /// A picture
    Svg,
}

/// How `check` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// For programs; the keys are documented in the README
    Json,
    /// Annotations of a GitHub workflow
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// How `graph` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// Boxes and arrows
    Text,
    /// A Mermaid flowchart
    Mermaid,
    /// Graphviz
    Dot,
    /// Nodes and edges
    Json,
}

/// What is played, and how.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// taskapp, failing, platform, crash or big; or a scenario file
    #[arg(value_name = "SCENARIO", default_value = "taskapp")]
    pub scenario: String,
    /// How many times faster than real time
    #[arg(long, value_name = "TIMES", default_value = "10", value_parser = speed)]
    pub speed: NonZeroU32,
    /// Only run the engine, at this unix socket, for other clients
    #[arg(long, value_name = "SOCKET")]
    pub serve: Option<PathBuf>,
    /// What ids and chance depend on
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// The API that the engine speaks: 1.41, 1.44, 1.45 or 1.52
    #[arg(long, value_name = "VERSION", default_value = "1.41", value_parser = release)]
    pub api: Release,
    /// How the engine misbehaves: delay=200ms, stall, cut, 500, garbage, refuse, vanish=10s, strange, skew=+3h
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    pub mischief: Mischief,
}

fn speed(text: &str) -> Result<NonZeroU32, String> {
    let speed = text.parse().ok().filter(|n: &NonZeroU32| n.get() <= 1000);
    speed.ok_or_else(|| "write a whole number from 1 to 1000".into())
}

fn release(text: &str) -> Result<Release, String> {
    text.parse::<Version>().and_then(Release::of)
}
