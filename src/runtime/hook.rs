//! Runs the settings' command when something is worth attention, beside the loop and with a deadline.

use std::{process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

use crate::{
    base::text::clean,
    work::{Error, Hook},
};

/// How long a hook may take.
const LONGEST: Duration = Duration::from_secs(30);

/// Runs the command with what happened in its environment, never by a shell. What it prints goes nowhere.
///
/// # Errors
/// When it can't be run, fails or takes too long.
pub async fn run(hook: &Hook) -> Result<(), Error> {
    let Some((program, arguments)) = hook.command.split_first() else { return Ok(()) };
    let said = |what: String| format!("The hook `{program}` {what} (attention.command in the settings)");
    let mut child = Command::new(program)
        .args(arguments)
        // A script may print them, or write them line by line.
        .envs(hook.environment.iter().map(|(name, value)| (name, clean(value).into_owned())))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| Error::Program(said(format!("can't be run: {e}"))))?;
    match timeout(LONGEST, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(Error::Program(said(format!("failed: {status}")))),
        Ok(Err(error)) => Err(Error::Program(said(format!("can't be waited for: {error}")))),
        Err(_) => Err(Error::TimedOut(said(format!("took longer than {} s and was ended", LONGEST.as_secs())))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn failure(command: &[&str], environment: Vec<(&'static str, String)>) -> Option<Error> {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        run(&Hook { command, environment }).await.err()
    }

    #[tokio::test]
    async fn it_gets_what_happened_and_its_failure_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("said");
        let script = format!("printf '%s|' \"$STACKVIEW_EVENT\" \"$STACKVIEW_TEXT\" > {}", file.display());
        let environment =
            vec![("STACKVIEW_EVENT", "died".to_owned()), ("STACKVIEW_TEXT", "db exited 1; $(rm x)".to_owned())];
        assert_eq!(failure(&["sh", "-c", &script], environment).await, None);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "died|db exited 1; $(rm x)|");
        let hostile =
            vec![("STACKVIEW_EVENT", "a\nb\u{1b}[2J".to_owned()), ("STACKVIEW_TEXT", "\u{202e}c\0d".to_owned())];
        assert_eq!(failure(&["sh", "-c", &script], hostile).await, None);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "a b|cd|", "one plain line each");
        let failed = failure(&["sh", "-c", "exit 3"], Vec::new()).await.unwrap().to_string();
        assert!(failed.contains("`sh` failed") && failed.contains('3'), "{failed}");
        let missing = failure(&["/nowhere/hook"], Vec::new()).await.unwrap().to_string();
        assert!(missing.contains("can't be run"), "{missing}");
    }
}
