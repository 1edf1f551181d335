//! `command-not-found`: the container's command isn't in its image.

use super::{Rank, Rule, Stage};
use crate::{
    diagnose::{Case, Evidence, Findings, Phrase},
    stack::reason,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "command-not-found",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "the command is not in the image",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let refused = s.containers.iter().find(|c| {
            let missing =
                c.error.contains("executable file not found") || c.error.contains("no such file or directory");
            missing && c.error.contains("exec: ")
        });
        let (program, evidence) = if let Some(c) = refused {
            let program = c.error.split_once("exec: \"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("");
            let code = c.exit_code.unwrap_or(127).to_string();
            (
                program.to_owned(),
                vec![
                    Evidence::state("State.Error", reason::cause(&c.error), &c.name),
                    Evidence::state("State.ExitCode", code, &c.name),
                ],
            )
        } else if let Some(c) = s.containers.iter().find(|c| c.exit_code == Some(127)) {
            // A shell ran and says itself what it didn't find.
            let Some(said) = s.said(Phrase::ProgramMissing) else { continue };
            let program = said.get("program").unwrap_or("a program").to_owned();
            (program, vec![said.evidence(), Evidence::state("State.ExitCode", "127", &c.name)])
        } else {
            continue;
        };
        // What the kernel can't find may be a script's interpreter; another rule tells that apart.
        if found.has("script-interpreter-missing", s.name) || found.has("file-missing-in-container", s.name) {
            continue;
        }
        let image = s.container().map_or("its image", |c| c.image.as_str());
        let given = s.declared.filter(|d| d.command.is_some() || d.entrypoint.is_some());
        let place = given.and_then(|d| d.place.as_ref());
        let file = given.map(|d| {
            let words = d.entrypoint.iter().chain(&d.command).flatten().cloned().collect::<Vec<_>>().join(" ");
            Evidence::file(format!("command: {words}"), place)
        });
        let way = if program.contains('/') { "there is no such file in it" } else { "no folder of its PATH holds it" };
        found.push(
            s.error(RULE.id, format!("{}: the command '{program}' is not in the image", s.name))
                .shown(evidence)
                .shown(file)
                .why(format!(
                    "The engine tried to run '{program}' in {image}, and {way}. Nothing of the program was started, \
                     so there is no log, and the engine does not try again."
                ))
                .fix(format!("Correct the command, install {program} in the image, or take an image that has it"))
                .command(case.compose(&format!("run --rm --entrypoint sh {} -c 'command -v {program}; ls /'", s.name))),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: base, command: [nodejs, server.js]}}";

    pub fn fires() -> Scenario {
        // As 20.10 says it.
        let error = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start \
                     container process: exec: \"nodejs\": executable file not found in $PATH: unknown";
        Scenario::of(FILE).with(container("web").failed(127, error))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }

    #[test]
    fn a_shell_that_names_it_tells_as_well() {
        let found =
            Scenario::of(FILE).with(container("web").exited(127, 2.0)).log("web", &["sh: 1: nodejs: not found"]);
        assert_eq!(found.found(), ["command-not-found@web", "main-process-ends@web < command-not-found@web"]);
    }
}
