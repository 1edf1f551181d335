//! `healthcheck-program-missing`: the health check runs a program that the image doesn't have.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    diagnose::{
        case::Case,
        finding::Evidence,
        findings::Findings,
        said::{Phrase, says},
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "healthcheck-program-missing",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the health check's program isn't in the image",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some((c, probe)) = s.failed_probe() else { continue };
        // The output decides: a line that ends in `|| exit 1` hides the shell's 127.
        let Some(said) = says(&probe.output, Phrase::ProgramMissing) else { continue };
        let program = said.name("program").map_or("its program", |m| m.as_str());
        let test = c.check.as_ref().map(|check| check.test.join(" ")).unwrap_or_default();
        let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
        let other = if program == "curl" { "wget, or the program's own client" } else { "a program that is there" };
        found.push(
            s.error(RULE.id, format!("{}: its health check needs {program}, which isn't in the image", s.name))
                .shown(s.probe())
                .shown([Evidence::file(format!("healthcheck: test: {test}"), place)])
                .why(format!(
                    "Every probe fails before it checks anything, because {} has no {program}. The service itself may \
                     be fine: nothing has checked it.",
                    c.image
                ))
                .fix(format!("Install {program} in the image, or use {other} in the check"))
                .command(
                    case.compose()
                        .then("exec")
                        .name(s.name)
                        .then("sh")
                        .script(&ShellLine::new("command -v curl wget nc python3 node")),
                ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: python, healthcheck: {test: [CMD, curl, -f, 'http://localhost/']}}}";

    pub fn fires() -> Scenario {
        // As 20.10 says it for the exec form.
        let output = "OCI runtime exec failed: exec failed: unable to start container process: exec: \"curl\": \
                      executable file not found in $PATH: unknown";
        Scenario::of(FILE).with(container("web").sick(-1, output))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").well())
    }

    #[test]
    fn the_shell_form_hides_its_code() {
        let found = Scenario::of(FILE).with(container("web").sick(1, "/bin/sh: 1: curl: not found\n")).found();
        assert_eq!(
            found,
            ["healthcheck-program-missing@web", "healthcheck-fails@web < healthcheck-program-missing@web"]
        );
    }
}
