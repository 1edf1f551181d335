//! `healthcheck-needs-a-shell`: the health check is written for a shell, and none runs it.

use super::{
    commands::is_for_a_shell,
    rule::{Rank, Rule, Stage},
};
use crate::diagnose::{
    case::{Case, Subject},
    finding::Evidence,
    findings::Findings,
    said::{Phrase, says},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "healthcheck-needs-a-shell",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the health check is written for a shell, but none runs it",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let declared = s.declared.and_then(|d| d.healthcheck.as_ref());
        let Some(check) = declared.or_else(|| s.container()?.active_check()).filter(|c| !c.disabled) else { continue };
        let probe = s.probe();
        let place = s.declared.filter(|_| declared.is_some()).and_then(|d| d.place.as_ref());
        let test = check.test.join(" ");
        let (what, why, fix) = match check.test.split_first() {
            Some((form, words)) if form == "CMD" => {
                let syntax = words.iter().find(|w| is_for_a_shell(w));
                // A program may take a dollar for what it is; where the check passes it does.
                let passes = s.containers.iter().any(|c| c.probes.last().is_some_and(|p| p.exit == 0));
                let variable = words.iter().find(|w| names_a_variable(s, w)).filter(|_| !passes);
                let whole = words.len() == 1 && words.first().is_some_and(|w| w.trim().contains(' '));
                if let Some(word) = syntax {
                    let what =
                        format!("{}: its health check passes '{word}' to the program instead of a shell", s.name);
                    let why = format!(
                        "CMD runs the program itself with each word as an argument, so '{word}' has no special \
                         meaning. Only CMD-SHELL passes the line to a shell."
                    );
                    (what, why, "Write it as `test: [CMD-SHELL, \"…\"]`, or remove the shell syntax".to_owned())
                } else if let Some(word) = variable {
                    let what =
                        format!("{}: its health check passes '{word}' unchanged, since no shell expands it", s.name);
                    let why = "CMD runs the program itself, and only a shell expands variables. The program gets the \
                         variable's name, dollar sign included."
                        .to_owned();
                    (what, why, "Write it as `test: [CMD-SHELL, \"…\"]`".to_owned())
                } else if whole {
                    let what =
                        format!("{}: its health check is one word with spaces, and no program has that name", s.name);
                    let why = "CMD takes the first word as the program's name, spaces and all, and there is no such \
                               program. Each argument has to be a word of its own."
                        .to_owned();
                    (what, why, "Split the words, or write it as `test: [CMD-SHELL, \"…\"]`".to_owned())
                } else {
                    continue;
                }
            }
            Some((form, _)) if form == "CMD-SHELL" => {
                // An image without a shell can't run the line at all.
                let shell = s.failed_probe().and_then(|(_, probe)| {
                    let said = says(&probe.output, Phrase::ProgramMissing)?;
                    Some(said.name("program")?.as_str().to_owned())
                });
                let Some(shell) = shell.filter(|p| p.ends_with("/sh") || p == "sh") else { continue };
                let what = format!("{}: its health check needs a shell, and the image has no {shell}", s.name);
                let why =
                    "CMD-SHELL passes the line to /bin/sh, which images built from scratch or \"distroless\" don't \
                     have. Every probe fails before it checks anything."
                        .to_owned();
                (
                    what,
                    why,
                    "Use the exec form [CMD, program, …] with a program in the image, or its own health command"
                        .to_owned(),
                )
            }
            _ => continue,
        };
        let failing = probe.is_some() && !s.status.ready;
        let finding = if failing { s.error(RULE.id, what) } else { s.warning(RULE.id, what) };
        found.push(
            finding
                .shown(probe)
                .shown([Evidence::file(format!("healthcheck: test: {test}"), place)])
                .why(why)
                .fix(fix)
                .explains(&[
                    "healthcheck-program-missing",
                    "healthcheck-fails",
                    "probe-not-authorised",
                    "probe-path-not-found",
                    "program-reports-unhealthy",
                ]),
        );
    }
}

/// Whether a word has a variable in it that the container has, as `-p$MYSQL_PASSWORD`.
fn names_a_variable(s: &Subject<'_>, word: &str) -> bool {
    let mut parts = word.split('$').skip(1);
    parts.any(|rest| {
        let rest = rest.trim_start_matches('{');
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        !name.is_empty() && s.variable(name).is_some()
    })
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    fn file(test: &str) -> Scenario {
        Scenario::of(&format!("services: {{web: {{image: standin, healthcheck: {{test: {test}}}}}}}"))
    }

    pub fn fires() -> Scenario {
        file("[CMD, curl, -f, 'http://localhost/', '||', exit, '1']")
    }

    pub fn spares() -> Scenario {
        file("[CMD-SHELL, 'curl -f http://localhost/ || exit 1']")
    }

    #[test]
    fn other_wrong_forms() {
        assert_eq!(file("[CMD, 'curl -f http://localhost/']").found(), ["healthcheck-needs-a-shell@web"]);
        let scratch = "OCI runtime exec failed: exec failed: unable to start container process: exec: \"/bin/sh\": stat /bin/sh: no such file or directory: unknown";
        let found = file("[CMD-SHELL, 'curl -f http://localhost/']").with(container("web").sick(-1, scratch)).found();
        assert_eq!(found.first().map(String::as_str), Some("healthcheck-needs-a-shell@web"), "{found:?}");
        assert!(found.iter().skip(1).all(|f| f.contains('<')), "{found:?}");
        assert!(file("[CMD, curl, -f, 'http://localhost/?a=1;b=2']").found().is_empty());
        let variable =
            |c: crate::stack::Container| file("[CMD, redis-cli, -a, $$PW, ping]").with(c.var("PW=x")).found();
        let refused = variable(container("web").sick(1, "WRONGPASS invalid username-password pair"));
        assert_eq!(refused.first().map(String::as_str), Some("healthcheck-needs-a-shell@web"), "{refused:?}");
        assert!(refused.iter().skip(1).all(|f| f.contains('<')), "{refused:?}");
        assert!(variable(container("web").well()).is_empty());
    }
}
