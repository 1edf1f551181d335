//! `script-interpreter-missing`: a script is there, but the program that its first line names isn't.

use super::{
    rule::{Rank, Rule, Stage},
    wrong_architecture::{Refused, format_error},
};
use crate::{
    base::shell::ShellLine,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
    },
    host::{Answer, Question},
    stack::reason,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "script-interpreter-missing",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "a script exists, but the interpreter in its first line doesn't",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        unnamed(case, s, found);
        let said =
            s.said(Phrase::ExecFailed).filter(|said| said.get("thing").is_some_and(|t| t.contains("no such file")));
        let refused = s.containers.iter().find(|c| {
            c.error.contains("exec") && c.error.contains("no such file or directory") && !c.error.contains("stat ")
        });
        let Some(c) = refused.copied().or_else(|| said.as_ref().and(s.patient())) else { continue };
        let quoted = c.error.split_once("exec: \"").and_then(|(_, rest)| rest.split('"').next());
        let first = || c.command.first().map(String::as_str);
        let Some(script) = quoted.or_else(|| said.as_ref()?.get("path")).or_else(first) else { continue };
        if !script.starts_with('/') {
            continue;
        }
        // Only what is there can miss its interpreter.
        let Some(Answer::Head(Some(head))) = case.ask(Question::Head(c.id.clone(), script.to_owned())) else {
            continue;
        };
        let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
        let Some(rest) = line.strip_prefix(b"#!") else { continue };
        let carriage = rest.ends_with(b"\r");
        let interpreter = String::from_utf8_lossy(rest.strip_suffix(b"\r").unwrap_or(rest)).trim().to_owned();
        let program = interpreter.split(' ').next().unwrap_or(&interpreter).to_owned();
        if !carriage && !matches!(case.path_in(c, &program), Some(None)) {
            continue;
        }
        let (summary, why, fix, command) = if carriage {
            (
                format!("{}: the script {script} has Windows line endings", s.name),
                format!(
                    "Its first line ends in a carriage return, so the kernel looks for a program named '{program}\\r', \
                     which doesn't exist. The engine's \"no such file\" means that program, not the script."
                ),
                "Save the script with Unix line endings; `*.sh text eol=lf` in .gitattributes keeps them".to_owned(),
                ShellLine::new("sed -i s/\\r$//").name(script.trim_start_matches('/')),
            )
        } else {
            (
                format!("{}: the script {script} needs {program}, which isn't in the image", s.name),
                format!(
                    "Its first line names {program} as its interpreter, and the image has no such program. The \
                     engine's \"no such file\" means the interpreter, not the script."
                ),
                format!("Install {program} in the image, or write the script for /bin/sh"),
                case.run_in(s.name, &ShellLine::new("ls -l").names([script, "/bin"])),
            )
        };
        let refusal = (!c.error.is_empty()).then(|| Evidence::state("State.Error", reason::cause(&c.error), &c.name));
        let shebang = format!("#!{interpreter}{}", if carriage { "\\r" } else { "" });
        found.push(
            s.error(RULE.id, summary)
                .shown(said.as_ref().map(|said| said.evidence()))
                .shown(refusal)
                .shown([Evidence::new(Kind::State, shebang, format!("{script} in {}", c.name))])
                .why(why)
                .fix(fix)
                .command(command),
        );
    }
}

/// The kernel takes it for no program at all, since its first line doesn't begin with `#!`.
fn unnamed(case: &Case<'_>, s: &Subject<'_>, found: &mut Findings) {
    let Some(Refused { container, program, evidence }) = format_error(s) else { return };
    let question = Question::Head(container.id.clone(), program.clone());
    let Some(Answer::Head(Some(head))) = case.ask(question) else { return };
    let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
    if line.starts_with(b"#!") || head.starts_with(b"\x7fELF") {
        return;
    }
    let (shown, what) = if head.is_empty() {
        ("the file is empty".to_owned(), format!("{}: {program} is empty, so there is nothing to run", s.name))
    } else {
        let what = format!("{}: the script {program} doesn't name its interpreter in its first line", s.name);
        (String::from_utf8_lossy(line).into_owned(), what)
    };
    found.push(
        s.error(RULE.id, what)
            .shown([evidence, Evidence::new(Kind::State, shown, format!("{program} in {}", container.name))])
            .why(
                "The kernel runs a script with the program that its first line names after `#!`, and this one has no \
                 such line (nothing may precede `#!`, not even a space). A shell would run it anyway; the engine \
                 doesn't.",
            )
            .fix(format!("Start {program} with #!/bin/sh, or run it with a shell: command: [sh, {program}]")),
    );
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, PathFacts, Question},
        stack::fixture::{container, id_of},
    };

    const FILE: &str = "services: {web: {image: own, entrypoint: [/start.sh]}}";

    fn scenario(head: &str) -> Scenario {
        // As runc 1.1 says it, into the log.
        Scenario::of(FILE)
            .with(container("web").exited(255, 90.0))
            .log("web", &["exec /start.sh: no such file or directory"])
            .answer(Question::Head(id_of("web"), "/start.sh".into()), Answer::Head(Some(head.into())))
    }

    pub fn fires() -> Scenario {
        scenario("#!/bin/bash\r\necho hi\r\n")
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE)
            .with(container("web").running(1.0))
            .answer(Question::Head(id_of("web"), "/start.sh".into()), Answer::Head(Some("#!/bin/sh\n".into())))
    }

    #[test]
    fn a_missing_interpreter_is_named() {
        let bash = |found| {
            let path = Question::Path(id_of("web"), "/bin/bash".into());
            scenario("#!/bin/bash\necho hi\n").answer(path, Answer::Path(found))
        };
        let found = bash(None).found();
        assert_eq!(found.first().map(String::as_str), Some("script-interpreter-missing@web"), "{found:?}");
        assert!(!bash(Some(PathFacts::default())).found().contains(&"script-interpreter-missing@web".to_owned()));
    }
}
