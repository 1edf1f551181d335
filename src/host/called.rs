//! How docker is to be called from a shell, so that it means what stackview shows: the same engine, files, variables,
//! profiles and project.

use std::path::{Path, PathBuf};

use crate::{
    base::shell::ShellLine,
    compose::{Flag, Options},
    stack::Stack,
};

/// What stackview was called with that a command to paste has to carry. Where it was called with nothing, docker finds
/// the same in the same folder, and the commands stay short.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Called {
    /// How the engine was named.
    pub engine: EngineChoice,
    /// What docker compose is told.
    pub flags: Vec<Flag>,
    /// A compose file came on standard input, which is read up.
    pub stdin: bool,
    /// The folder that it was called in, which commands are pasted in.
    pub folder: PathBuf,
}

/// How the engine was named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EngineChoice {
    /// Not at all, or by docker's own variables and settings.
    #[default]
    Usual,
    /// By its address.
    Address(String),
    /// By its docker context.
    Context(String),
}

impl Called {
    /// With these options, toward an engine so named.
    pub fn new(engine: EngineChoice, options: &Options) -> Self {
        // A text with a label of its own stands for a file that docker compose finds by itself.
        let (flags, stdin) = match options.stdin_label {
            Some(_) => (Vec::new(), false),
            None => (options.flags(), options.files.iter().any(|file| file == "-")),
        };
        Self { engine, flags, stdin, folder: options.cwd.clone() }
    }

    /// The file that values of variables belong in: the last one that was named, which wins.
    pub fn env_file(&self) -> Option<&str> {
        self.flags.iter().rev().find(|flag| flag.0 == "--env-file").map(|flag| flag.1.as_str())
    }

    /// Whether a folder is the one that commands are pasted in.
    pub fn is_in(&self, folder: &Path) -> bool {
        self.folder.as_os_str().is_empty() || self.folder == folder
    }

    /// `docker`, for what is on the engine.
    pub fn docker(&self) -> ShellLine {
        let line = ShellLine::new("docker");
        match &self.engine {
            EngineChoice::Usual => line,
            EngineChoice::Address(address) => line.then("-H").word(address),
            EngineChoice::Context(name) => line.then("-c").word(name),
        }
    }

    /// `docker compose`, for what is done to the containers that are there: they are found by the project's name.
    pub fn compose(&self, stack: &Stack) -> ShellLine {
        if stack.declared.is_none() || self.stdin {
            return self.compose_of(&stack.project);
        }
        let line = self.docker().then("compose");
        self.flags.iter().fold(line, |line, (flag, value)| line.then(flag).word(value))
    }

    /// `docker compose`, for what reads the project's files, as `up` and `run` do.
    pub fn compose_by_files(&self, stack: &Stack) -> ShellLine {
        if stack.declared.is_none() {
            return ShellLine::refused("the project's files aren't known here; start stackview in its folder");
        }
        if self.stdin {
            return ShellLine::refused("the compose file came on standard input");
        }
        self.compose(stack)
    }

    /// `docker compose` for any project by its name.
    pub fn compose_of(&self, project: &str) -> ShellLine {
        self.docker().then("compose -p").word(project)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{compose, host::Host};

    fn host(engine: EngineChoice, options: &Options) -> Host {
        let read =
            Options { files: vec!["-".into()], stdin: Some("services: {db: {image: x}}".into()), ..options.clone() };
        let project = compose::load(&read).project.map(Arc::new);
        Host::new(Stack::new("p".into(), project)).called(Called::new(engine, options))
    }

    fn named() -> Options {
        Options {
            cwd: "/x".into(),
            files: vec!["compose.yaml".into(), "compose.prod.yaml".into()],
            project_name: Some("p".into()),
            profiles: vec!["*".into()],
            env_files: vec!["my prod.env".into()],
            project_directory: Some("..".into()),
            ..Options::default()
        }
    }

    #[test]
    fn what_stackview_was_given_is_given_on() {
        let host = host(EngineChoice::Context("prod".into()), &named());
        assert_eq!(
            host.compose_by_files().then("up -d").name("db").to_string(),
            "docker -c prod compose -f compose.yaml -f compose.prod.yaml --env-file 'my prod.env' --profile '*' -p p \
             --project-directory .. up -d db"
        );
        assert_eq!(host.called.env_file(), Some("my prod.env"));
        assert_eq!(host.compose_of("q; x").then("stop").to_string(), "docker -c prod compose -p 'q; x' stop");
    }

    #[test]
    fn where_nothing_was_given_it_is_short() {
        let host = host(EngineChoice::Usual, &Options { cwd: "/x".into(), ..Options::default() });
        assert_eq!(host.compose_by_files().then("up -d").to_string(), "docker compose up -d");
        assert_eq!(host.docker().then("top").name("c").to_string(), "docker top c");
    }

    #[test]
    fn without_files_to_name_nothing_is_offered_that_reads_them() {
        let stdin = Options { files: vec!["-".into()], ..named() };
        let of_stdin = host(EngineChoice::Usual, &stdin);
        assert_eq!(of_stdin.compose_by_files().then("up -d").offered(), None);
        assert_eq!(of_stdin.compose().then("logs").to_string(), "docker compose -p p logs");
        let mut picked = host(EngineChoice::Address("tcp://far:2375".into()), &named());
        picked.show(&"other".into(), None);
        assert_eq!(picked.compose_by_files().offered(), None);
        assert_eq!(picked.compose().then("stop").to_string(), "docker -H tcp://far:2375 compose -p other stop");
    }
}
