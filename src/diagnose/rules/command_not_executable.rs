//! `command-not-executable`: the command is there, but may not be run.

use super::{Rank, Rule, Stage};
use crate::{
    diagnose::{Case, Evidence, Findings, Phrase},
    stack::reason,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "command-not-executable",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "the command is there, but may not be run",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let refused = s.containers.iter().find(|c| {
            c.error.contains("exec: ") && (c.error.contains("permission denied") || c.error.contains("is a directory"))
        });
        let (program, shown, folder) = if let Some(c) = refused {
            let program = c.error.split_once("exec: \"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("");
            let code = c.exit_code.unwrap_or(126).to_string();
            let shown = vec![
                Evidence::state("State.Error", reason::cause(&c.error), &c.name),
                Evidence::state("State.ExitCode", code, &c.name),
            ];
            (program.to_owned(), shown, c.error.contains("is a directory"))
        } else if let Some(c) = s.containers.iter().find(|c| c.exit_code == Some(126)) {
            let Some(said) = s.said(Phrase::PermissionDenied) else { continue };
            let program = said.get("path").unwrap_or("a program").to_owned();
            (program, vec![said.evidence(), Evidence::state("State.ExitCode", "126", &c.name)], false)
        } else {
            continue;
        };
        let bound = s.containers.iter().flat_map(|c| &c.mounts).find(|m| program.starts_with(&m.target));
        let (why, fix, command) = match bound {
            _ if folder => ("it is a folder".to_owned(), "Name the program inside it".to_owned(), None),
            Some(m) => (
                format!("its file comes from {} of the host, where it has no execute bit", m.source),
                "Give the file on the host its execute bit".to_owned(),
                Some(format!("chmod +x {}{}", m.source, program.strip_prefix(&m.target).unwrap_or_default())),
            ),
            None => (
                "its file in the image has no execute bit for this user".to_owned(),
                format!("Add RUN chmod +x {program} to the Dockerfile (COPY --chmod=755), and build again"),
                Some(case.compose(&format!("build {}", s.name))),
            ),
        };
        let mut finding = s
            .error(RULE.id, format!("{}: '{program}' may not be executed", s.name))
            .shown(shown)
            .why(format!("The program to run is there, but {why}. The engine gave up before anything of it ran (126)."))
            .fix(fix);
        if let Some(command) = command {
            finding = finding.command(command);
        }
        found.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: broken, entrypoint: [/start.sh]}}";

    pub fn fires() -> Scenario {
        // As 20.10 says it.
        let error = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start \
                     container process: exec: \"/start.sh\": permission denied: unknown";
        Scenario::of(FILE).with(container("web").failed(126, error))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }
}
