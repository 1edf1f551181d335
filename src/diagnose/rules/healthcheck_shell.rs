//! What the shell makes of a health check: `healthcheck-shell-list`, `healthcheck-never-fails`.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::HealthCheck,
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
    },
};

/// The words after the first are no part of the command.
pub const LIST: Rule = Rule {
    id: "healthcheck-shell-list",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a health check gives CMD-SHELL several words, of which the shell runs the first alone",
    look: list,
    #[cfg(test)]
    fires: tests::list_fires,
    #[cfg(test)]
    spares: tests::list_spares,
};

/// It passes whatever happens.
pub const NEVER: Rule = Rule {
    id: "healthcheck-never-fails",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a health check is written so that it passes whatever its program finds",
    look: never,
    #[cfg(test)]
    fires: tests::never_fires,
    #[cfg(test)]
    spares: tests::never_spares,
};

impl HealthCheck {
    /// The test as it is written: a list as a list, the one line of a shell as that line.
    pub(in crate::diagnose) fn written(&self) -> String {
        match self.test.as_slice() {
            [kind, line] if kind == "CMD-SHELL" => format!("{kind} {line}"),
            words => format!("[{}]", words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// The check in force, else the one that the file has.
fn check<'a>(s: &Subject<'a>) -> Option<&'a HealthCheck> {
    let made = s.containers.iter().find_map(|c| c.check.as_ref());
    made.or_else(|| s.declared?.healthcheck.as_ref()).filter(|check| !check.disabled)
}

fn shown(s: &Subject<'_>, check: &HealthCheck) -> Evidence {
    let line = check.written();
    let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
    match (place, s.container()) {
        (None, Some(c)) => Evidence::state("Config.Healthcheck.Test", line, &c.name),
        (place, _) => Evidence::file(format!("healthcheck: test: {line}"), place),
    }
}

fn list(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(check) = check(s) else { continue };
        let [kind, first, rest @ ..] = check.test.as_slice() else { continue };
        let Some(second) = rest.first().filter(|_| kind == "CMD-SHELL") else { continue };
        let words = check.test.get(1..).unwrap_or_default();
        let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        let failing = s.failed_probe().is_some();
        let summary = format!("{}: its health check runs `{first}` alone, without `{second}` and what follows", s.name);
        let summary = if rest.len() == 1 {
            format!("{}: its health check runs `{first}` alone, without `{second}`", s.name)
        } else {
            summary
        };
        let finding = if failing { s.error(LIST.id, summary) } else { s.warning(LIST.id, summary) };
        found.push(
            finding
                .shown(s.probe())
                .shown([shown(s, check)])
                .why(
                    "CMD-SHELL takes one string. What follows it becomes $0, $1 and so on of the shell, and no part of \
                     the command.",
                )
                .fix(format!(
                    "Write [\"CMD\", {}] to run the words as they are, or [\"CMD-SHELL\", {:?}] for a shell",
                    quoted.join(", "),
                    words.join(" ")
                ))
                .explains(&["healthcheck-fails", "program-reports-unhealthy", "healthcheck-times-out"]),
        );
    }
}

fn never(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(check) = check(s) else { continue };
        let line = match check.test.as_slice() {
            [kind, line] if kind == "CMD-SHELL" => line.as_str(),
            [kind, shell, flag, line] if kind == "CMD" && shell.ends_with("sh") && flag.starts_with('-') => line,
            _ => continue,
        };
        let Some((part, why)) = hides(line) else { continue };
        found.push(
            s.warning(NEVER.id, format!("{}: its health check can't fail: `{part}` hides the failure", s.name))
                .shown([shown(s, check)])
                .why(format!(
                    "{why} So the service is healthy whatever the check finds, and who waits for it starts too early."
                ))
                .fix("Leave that part out, so that the exit code is the one of the program that looks"),
        );
    }
}

/// The part of a shell line that hides whether the rest failed, and how.
fn hides(line: &str) -> Option<(&str, &'static str)> {
    const ENDS: [&str; 7] = ["|| true", "|| :", "|| exit 0", "||true", "; true", "; exit 0", "|| echo ok"];
    const PASSES: [&str; 9] = ["cat", "tee", "head", "tail", "sort", "wc", "tr", "cut", "sed"];
    let line = line.trim().trim_end_matches(';').trim_end();
    if let Some(end) = ENDS.iter().find(|end| line.ends_with(**end)) {
        return Some((end, "The line ends in something that always succeeds."));
    }
    // Of a pipe only the last program counts; some succeed whatever they read.
    if line.contains("pipefail") || line.contains("||") || line.contains("&&") {
        return None;
    }
    let (_, last) = line.rsplit_once('|')?;
    let program = last.split_whitespace().next()?;
    let hidden = PASSES.contains(&program.rsplit('/').next().unwrap_or(program));
    hidden.then_some((
        last.trim(),
        "The exit code of a pipe is that of its last program, which succeeds whatever it reads.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    fn file(test: &str) -> Scenario {
        Scenario::of(&format!("services: {{mq: {{image: mq, healthcheck: {{test: {test}}}}}}}"))
    }

    pub fn list_fires() -> Scenario {
        file("[CMD-SHELL, rabbitmq-diagnostics, -q, ping]")
    }

    pub fn list_spares() -> Scenario {
        file("[CMD-SHELL, 'rabbitmq-diagnostics -q ping']")
    }

    pub fn never_fires() -> Scenario {
        file("'curl -fs localhost:8080/health || true'")
    }

    pub fn never_spares() -> Scenario {
        file("'curl -fs localhost:8080/health || exit 1'")
    }

    #[test]
    fn a_list_is_told_before_and_is_the_cause_after() {
        let told = list_fires().diagnosis().findings.remove(0);
        assert_eq!(
            told.summary,
            "mq: its health check runs `rabbitmq-diagnostics` alone, without `-q` and what follows"
        );
        assert!(told.fix.text.contains("[\"CMD\", \"rabbitmq-diagnostics\", \"-q\", \"ping\"]"), "{}", told.fix.text);
        let mut sick = container("mq").sick(64, "usage: rabbitmq-diagnostics");
        if let Some(check) = &mut sick.check {
            check.test = ["CMD-SHELL", "rabbitmq-diagnostics", "-q", "ping"].map(str::to_owned).into();
        }
        let after = list_fires().with(sick);
        assert_eq!(after.found(), ["healthcheck-shell-list@mq", "healthcheck-fails@mq < healthcheck-shell-list@mq"]);
    }

    #[test]
    fn what_hides_a_failure_is_told_from_what_looks_like_it() {
        for line in ["pg_isready | tee /tmp/x", "curl x; exit 0", "nc -z h 1 || :", "wget -qO- x | head -1"] {
            assert!(hides(line).is_some(), "{line}");
        }
        for line in [
            "curl -f x | grep -q ok",
            "curl x || exit 1",
            "set -o pipefail; a | head",
            "true",
            "a | jq -e .ok",
            "a && b | wc -l",
        ] {
            assert!(hides(line).is_none(), "{line}");
        }
    }
}
