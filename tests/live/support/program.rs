//! The program, and others, in an environment of the tests' own: what the user has set and remembered neither
//! reaches a test nor is touched by one.

use std::{env, ffi::OsStr, path::Path, process::Command};

/// Variables of the user's that would have a say, by their beginning. `DOCKER_CONFIG` has one on purpose: docker's
/// compose plugin may be installed there.
const OTHERS: [&str; 8] = ["COMPOSE_", "STACKVIEW_", "DOCKER_", "NO_COLOR", "CLICOLOR", "SSH_", "LANG", "LC_"];
const KEPT: &str = "DOCKER_CONFIG";

/// A program in a folder, whose configuration, state and cache lie in `home`.
pub fn command(program: impl AsRef<OsStr>, dir: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir);
    for (name, _) in env::vars_os() {
        if OTHERS.iter().any(|other| name.to_string_lossy().starts_with(other)) && name != KEPT {
            command.env_remove(name);
        }
    }
    for (name, folder) in [
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_STATE_HOME", ".state"),
        ("XDG_DATA_HOME", ".data"),
        ("XDG_CACHE_HOME", ".cache"),
    ] {
        command.env(name, home.join(folder));
    }
    command
}

/// stackview so, with arguments.
pub fn stackview(arguments: &[&str], dir: &Path, home: &Path) -> Command {
    let mut command = command(env!("CARGO_BIN_EXE_stackview"), dir, home);
    command.args(arguments);
    command
}

/// The same on an engine.
pub fn on(mut command: Command, host: &str) -> Command {
    command.env("DOCKER_HOST", host);
    command
}
