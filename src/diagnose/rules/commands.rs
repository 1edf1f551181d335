//! What a container should run can't be run: `command-not-executable`, `command-not-found`, `start-failed`.
//!
//! The engine says so of the first program; of what a shell then runs, the shell does, and ends with 126 or 127.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
        said::Phrase,
    },
    stack::{Container, State, reason},
};

/// It is there, but may not be run.
pub const NOT_EXECUTABLE: Rule = Rule {
    id: "command-not-executable",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "the command exists, but isn't executable",
    look: not_executable,
    #[cfg(test)]
    fires: tests::forbidden,
    #[cfg(test)]
    spares: tests::well,
};

/// It isn't there.
pub const NOT_FOUND: Rule = Rule {
    id: "command-not-found",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "the command is not in the image",
    look: not_found,
    #[cfg(test)]
    fires: tests::absent,
    #[cfg(test)]
    spares: tests::well,
};

/// The engine could not start it, for a reason of which no other rule knows more.
pub const REFUSED: Rule = Rule {
    id: "start-failed",
    stage: Stage::Starting,
    rank: Rank::Symptom,
    about: "the engine could not start the container",
    look: refused,
    #[cfg(test)]
    fires: tests::nobody,
    #[cfg(test)]
    spares: tests::well,
};

/// A program that can't be run, and what shows it.
struct Stopped<'a> {
    container: &'a Container,
    program: String,
    shown: Vec<Evidence>,
    /// Whether a shell says it, rather than the engine.
    by_shell: bool,
}

/// The program that the engine couldn't run for one of these reasons, or else a shell, with this exit code.
fn stopped<'a>(s: &Subject<'a>, reasons: &[&str], code: i64, phrase: Phrase, name: &str) -> Option<Stopped<'a>> {
    let told = |c: &&&Container| c.error.contains("exec: ") && reasons.iter().any(|r| c.error.contains(r));
    if let Some(c) = s.containers.iter().find(told) {
        let program = c.error.split_once("exec: \"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("");
        let shown = vec![
            Evidence::state("State.Error", reason::cause(&c.error), &c.name),
            Evidence::state("State.ExitCode", c.exit_code.unwrap_or(code).to_string(), &c.name),
        ];
        return Some(Stopped { container: c, program: program.to_owned(), shown, by_shell: false });
    }
    // A shell ran and says itself what it couldn't run.
    let c = s.ended_with(code)?;
    let said = s.said(phrase)?;
    let program = said.get(name).unwrap_or("a program").to_owned();
    let shown = vec![said.evidence(), Evidence::state("State.ExitCode", code.to_string(), &c.name)];
    Some(Stopped { container: c, program, shown, by_shell: true })
}

fn not_executable(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let reasons = ["permission denied", "is a directory"];
        let Some(Stopped { container, program, shown, .. }) =
            stopped(s, &reasons, 126, Phrase::PermissionDenied, "path")
        else {
            continue;
        };
        let bound = container.mount_at(&program).filter(|m| m.volume.is_none());
        let (why, fix, command) = match bound {
            _ if container.error.contains("is a directory") => {
                ("it is a directory".to_owned(), "Name a program inside it".to_owned(), None)
            }
            Some(m) => {
                let source = super::permission_denied::host_side(m, &program);
                (
                    format!("its file comes from {source} on the host, where it has no execute bit"),
                    "Make the file executable on the host".to_owned(),
                    Some(ShellLine::new("chmod +x").name(source)),
                )
            }
            None => (
                "its file in the image has no execute bit for this user".to_owned(),
                format!("Add RUN chmod +x {program} to the Dockerfile (or COPY --chmod=755), and rebuild"),
                Some(case.compose_by_files().then("build").name(s.name)),
            ),
        };
        let finding = s
            .error(NOT_EXECUTABLE.id, format!("{}: '{program}' isn't executable", s.name))
            .shown(shown)
            .why(format!("The program exists, but {why}. It never ran (126)."))
            .fix(fix)
            .explains(&["permission-denied"]);
        found.push(finding.command(command.unwrap_or_default()));
    }
}

fn not_found(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        // What the kernel can't find may be a script's interpreter; other rules tell that apart.
        if found.has("script-interpreter-missing", s.name) || found.has("file-missing-in-container", s.name) {
            continue;
        }
        let reasons = ["executable file not found", "no such file or directory"];
        let Some(Stopped { container, program, shown, by_shell }) =
            stopped(s, &reasons, 127, Phrase::ProgramMissing, "program")
        else {
            continue;
        };
        let given = s.declared.filter(|d| d.command.is_some() || d.entrypoint.is_some());
        let words: Vec<&str> = given
            .into_iter()
            .flat_map(|d| d.entrypoint.iter().chain(&d.command).flatten())
            .map(String::as_str)
            .collect();
        let file = given.map(|d| Evidence::file(format!("command: {}", words.join(" ")), d.place.as_ref()));
        let image = &container.image;
        let (why, fix) = if by_shell {
            (
                format!("A shell ran in {image} and looked for '{program}', which isn't in any directory of its PATH."),
                format!("Correct the command, install {program} in the image, or use an image that has it"),
            )
        } else if program.contains(' ') {
            (
                "The whole line was given as one word, so the engine looked for a program of that name, spaces and \
                 all. Each argument has to be a word of its own."
                    .to_owned(),
                "Split it into words, or write it as a plain string".to_owned(),
            )
        } else if words.iter().any(|w| is_for_a_shell(w)) || program == "cd" || program == "export" {
            (
                format!(
                    "The command is written for a shell, but none runs it: compose passes its words to the engine as \
                     they are, and {image} has no program '{program}'."
                ),
                "Give the line to a shell: command: [sh, -c, \"…\"]".to_owned(),
            )
        } else {
            let way = if program.contains('/') {
                "there is no such file"
            } else {
                "it isn't in any directory of its \
                                                                                   PATH"
            };
            (
                format!(
                    "The engine tried to run '{program}' in {image}, but {way}. The program never started, so there is \
                     no log, and the engine doesn't try again."
                ),
                format!("Correct the command, install {program} in the image, or use an image that has it"),
            )
        };
        found.push(
            s.error(NOT_FOUND.id, format!("{}: the command '{program}' is not in the image", s.name))
                .shown(shown)
                .shown(file)
                .why(why)
                .fix(fix)
                .command(case.run_in(s.name, &ShellLine::new("command -v").name(&program).and(ShellLine::new("ls /")))),
        );
    }
}

/// Words that mean something to a shell alone.
pub(super) fn is_for_a_shell(word: &str) -> bool {
    ["||", "&&", "|", ";", ">", ">>", "<", ">/dev/null", "2>&1", "2>/dev/null", "&"].contains(&word)
}

fn refused(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.state == State::Failed) {
        // Whoever knows why has told it.
        if found.is_error(s.name) {
            continue;
        }
        let Some(c) = s.containers.iter().find(|c| !c.error.is_empty()) else { continue };
        let cause = reason::cause(&c.error);
        let fix = if cause.contains("unable to find user") || cause.contains("no matching entries in passwd") {
            "Set `user:` to a name in the image's /etc/passwd, or to a number"
        } else {
            "Fix what the engine reports; until then every start fails with the same words"
        };
        found.push(
            s.error(REFUSED.id, format!("{} could not be started: {cause}", s.name))
                .shown([Evidence::state("State.Error", cause, &c.name)])
                .shown(c.exit_code.map(|code| Evidence::state("State.ExitCode", code.to_string(), &c.name)))
                .why(
                    "The engine created the container and failed to start its first process, so the program never ran \
                     and there is no log. Whatever the restart policy, the engine doesn't try again.",
                )
                .fix(fix),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: base, command: [nodejs, server.js]}}";
    // As 20.10 says them.
    const RUNC: &str = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ";

    fn failed(code: i64, error: &str) -> Scenario {
        Scenario::of(FILE).with(container("web").failed(code, &format!("{RUNC}{error}: unknown")))
    }

    pub fn forbidden() -> Scenario {
        failed(126, "exec: \"/start.sh\": permission denied")
    }

    pub fn absent() -> Scenario {
        failed(127, "exec: \"nodejs\": executable file not found in $PATH")
    }

    pub fn nobody() -> Scenario {
        Scenario::of(FILE)
            .with(container("web").failed(128, "unable to find user deploy: no matching entries in passwd file"))
    }

    pub fn well() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }

    #[test]
    fn a_shell_that_names_it_tells_as_well() {
        let ended = |code: i64, line: &str| {
            Scenario::of(FILE).with(container("web").exited(code, 2.0)).log("web", &[line]).found()
        };
        assert_eq!(
            ended(127, "sh: 1: nodejs: not found"),
            ["command-not-found@web", "main-process-ends@web < command-not-found@web"]
        );
        assert_eq!(
            ended(126, "sh: 1: /s/run.sh: Permission denied"),
            [
                "command-not-executable@web",
                "permission-denied@web < command-not-executable@web",
                "main-process-ends@web < command-not-executable@web"
            ]
        );
        // Up again between two ends, whose code only its history still knows.
        let again = container("web").running(118.0);
        let looping = Scenario::of(&FILE.replace("base,", "base, restart: always,"))
            .with(crate::stack::Container { restarts: 3, ..again })
            .event("web", 117.0, crate::stack::EventKind::Die(127))
            .log("web", &["bash: line 1: migrate: command not found"]);
        assert_eq!(looping.found()[0], "command-not-found@web");
    }

    #[test]
    fn what_no_other_rule_explains_is_told_in_the_engines_words() {
        assert_eq!(nobody().found(), ["start-failed@web"]);
        let told = nobody().diagnosis().findings.remove(0);
        assert_eq!(
            told.summary,
            "web could not be started: unable to find user deploy: no matching entries in passwd file"
        );
        assert_eq!(absent().found(), ["command-not-found@web"]);
    }
}
