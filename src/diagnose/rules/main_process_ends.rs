//! `main-process-ends`: a service that should stay has ended, and nothing tells more.

use super::{Rank, Rule, Stage};
use crate::{
    diagnose::{Case, Findings},
    stack::{State, exit},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "main-process-ends",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "the main process has ended, though the service should stay",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled().filter(|s| s.status.state == State::Exited) {
        let Some(code) = s.status.exit_code else { continue };
        // A job, one that gave up and one killed for memory are told of by rules of their own.
        let told = ["job-failed", "restart-limit-reached", "out-of-memory", "segmentation-fault"];
        if s.status.oneoff_job() || told.iter().any(|rule| found.has(rule, s.name)) {
            continue;
        }
        let how = if code == 0 { "ended by itself, with code 0".into() } else { format!("exited with {code}") };
        let meaning = exit::meaning(code);
        let why = match code {
            0 => "A container lives as long as its first process, and that one ended as if its work were done. Often \
                  it went into the background, or is a shell that had nothing to read."
                .to_owned(),
            _ if meaning.is_empty() => {
                "The code is the program's own; its last lines are likely to tell why it ended. Its restart policy \
                 does not start it again."
                    .to_owned()
            }
            _ => format!(
                "Its exit code says: {meaning}. Its restart policy does not start it again, so it stays away until \
                 somebody starts it."
            ),
        };
        let fix = if code == 0 {
            "Run the program in the foreground (nginx -g 'daemon off;', exec in the entrypoint, tty for a shell)"
        } else {
            "Read the last lines of the log and mend what they name; `restart: on-failure` helps where it passes"
        };
        found.push(
            s.error(RULE.id, format!("{} {how}{}", s.name, s.last_words()))
                .shown(s.last_lines(3))
                .shown(s.end())
                .why(why)
                .fix(fix)
                .command(case.compose(&format!("logs --tail 50 {}", s.name))),
        );
    }
}

impl crate::stack::ServiceStatus {
    /// Whether others wait for it to complete.
    pub(in crate::diagnose) fn oneoff_job(&self) -> bool {
        self.oneshot
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: base}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").exited(3, 9.0)).log("web", &["cannot go on"])
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }
}
