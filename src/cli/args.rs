//! The command line's grammar.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser};

use crate::view::theme::BUILT_IN;

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
    /// The engine's socket, as unix:///path; else DOCKER_HOST, else the usual places
    #[arg(short = 'H', long, value_name = "URL", global = true)]
    pub host: Option<String>,
    /// Change nothing on the engine, whatever is pressed
    #[arg(long, global = true)]
    pub read_only: bool,
    /// The colours
    #[arg(long, value_name = "NAME", default_value = "dark", value_parser = themes(), global = true)]
    pub theme: String,
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

/// One-shot commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One look at the project, for scripts: exits 0 when it could look, 1 when it couldn't
    Status {
        /// Only these services
        #[arg(value_name = "SERVICE")]
        services: Vec<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = StatusFormat::Table)]
        format: StatusFormat,
    },
    /// The dependency graph as the files declare it
    Graph {
        /// How to print it
        #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
        format: GraphFormat,
    },
    /// The compose projects that the engine knows
    Ls {
        /// How to print it
        #[arg(long, value_enum, default_value_t = StatusFormat::Table)]
        format: StatusFormat,
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
