//! What the command line and the environment say about the project.

use std::{collections::BTreeMap, path::PathBuf};

/// What the command line and the environment say about the project.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The current folder, absolute.
    pub cwd: PathBuf,
    /// Compose files in order (`-f`); `-` is the standard input. Empty: look for them.
    pub files: Vec<String>,
    /// What came on the standard input, for `-f -`.
    pub stdin: Option<String>,
    /// The name that messages give it; `(stdin)` unless it stands for a file.
    pub stdin_label: Option<PathBuf>,
    /// The project's name (`-p`).
    pub project_name: Option<String>,
    /// Profiles to switch on (`--profile`); `*` is all.
    pub profiles: Vec<String>,
    /// Files to use in place of `.env` (`--env-file`).
    pub env_files: Vec<PathBuf>,
    /// The folder that relative paths start from (`--project-directory`).
    pub project_directory: Option<PathBuf>,
    /// The process's environment, `COMPOSE_*` among it.
    pub env: BTreeMap<String, String>,
    /// Steps to leave out.
    pub how: How,
}

/// An option of docker compose, and its value.
pub type Flag = (&'static str, String);

impl Options {
    /// What docker compose has to be told to read the same project in the same folder.
    pub fn flags(&self) -> Vec<Flag> {
        let path = |path: &PathBuf| path.display().to_string();
        let files = self.files.iter().map(|file| ("-f", file.clone()));
        let env_files = self.env_files.iter().map(|file| ("--env-file", path(file)));
        let profiles = self.profiles.iter().map(|profile| ("--profile", profile.clone()));
        let name = self.project_name.iter().map(|name| ("-p", name.clone()));
        let folder = self.project_directory.iter().map(|folder| ("--project-directory", path(folder)));
        files.chain(env_files).chain(profiles).chain(name).chain(folder).collect()
    }
}

/// Steps that `config` can leave out on the way from files to a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Leave `${…}` as written.
    pub no_interpolate: bool,
    /// Leave relative paths as written.
    pub no_path_resolution: bool,
    /// Leave out the default network, names and implied dependencies.
    pub no_normalize: bool,
    /// Don't look at how the parts of the project fit.
    pub no_consistency: bool,
    /// Leave the services' env files unread.
    pub no_env_files: bool,
    /// Note where values come from.
    pub sources: bool,
}
