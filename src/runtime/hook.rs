//! Runs the settings' command when something is worth attention, beside the loop and with a deadline.

use std::{process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

use crate::app::effect::Happening;

/// How long a hook may take.
const LONGEST: Duration = Duration::from_secs(30);

/// Runs the command with what happened in its environment, never by a shell. What it prints goes nowhere.
///
/// # Errors
/// When it can't be run, fails or takes too long, in words.
pub async fn run(command: &[String], project: &str, happening: &Happening) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let said = |what: String| format!("The hook `{program}` {what} (attention.command in the settings)");
    let mut child = Command::new(program)
        .args(arguments)
        .env("STACKVIEW_EVENT", happening.occasion.word())
        .env("STACKVIEW_PROJECT", project)
        .env("STACKVIEW_SERVICE", happening.service.as_deref().unwrap_or_default())
        .env("STACKVIEW_TEXT", &happening.words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| said(format!("can't be run: {e}")))?;
    match timeout(LONGEST, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(said(format!("failed: {status}"))),
        Ok(Err(error)) => Err(said(format!("can't be waited for: {error}"))),
        Err(_) => Err(said(format!("took longer than {} s and was ended", LONGEST.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::effect::Occasion;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|w| (*w).to_owned()).collect()
    }

    #[tokio::test]
    async fn it_gets_what_happened_and_its_failure_is_told() {
        let happening =
            Happening { occasion: Occasion::Died, service: Some("db".into()), words: "db exited 1; $(rm x)".into() };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("said");
        let script = format!(
            "printf '%s|' \"$STACKVIEW_EVENT\" \"$STACKVIEW_PROJECT\" \"$STACKVIEW_SERVICE\" \"$STACKVIEW_TEXT\" > {}",
            file.display()
        );
        run(&words(&["sh", "-c", &script]), "p", &happening).await.unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "died|p|db|db exited 1; $(rm x)|");
        let failed = run(&words(&["sh", "-c", "exit 3"]), "p", &happening).await.unwrap_err();
        assert!(failed.contains("`sh` failed") && failed.contains('3'), "{failed}");
        let missing = run(&words(&["/nowhere/hook"]), "p", &happening).await.unwrap_err();
        assert!(missing.contains("can't be run"), "{missing}");
    }
}
