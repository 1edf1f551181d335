//! `restart-limit-reached`: the engine has restarted it as often as it may, and gave up.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::Restart,
    diagnose::{case::Case, finding::Evidence, findings::Findings},
    stack::{Phase, exit},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "restart-limit-reached",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "the engine restarted it as often as allowed, and gave up",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        for c in s.containers.iter().filter(|c| c.phase == Phase::Exited) {
            let Restart::OnFailure(Some(most)) = c.restart else { continue };
            let Some(code) = c.exit_code.filter(|code| *code != 0 && c.restarts >= most && most > 0) else { continue };
            let meaning = exit::meaning(code);
            let tells = if meaning.is_empty() { String::new() } else { format!(" ({meaning})") };
            found.push(
                s.error(
                    RULE.id,
                    format!(
                        "{} exited with code {code} each time; the engine gave up after {most} \
                                          restarts",
                        s.name
                    ),
                )
                .shown(s.last_lines(3))
                .shown([
                    Evidence::state("State.Status", format!("exited with code {code}"), &c.name),
                    Evidence::state("RestartCount", c.restarts.to_string(), &c.name),
                    Evidence::file(format!("restart: on-failure:{most}"), s.declared.and_then(|d| d.place.as_ref())),
                ])
                .why(format!(
                    "The program keeps exiting with code {code}{tells}, and restart: on-failure:{most} allows no \
                         more attempts. It stays down until someone starts it."
                ))
                .fix("Read its last lines, fix what they report, and bring it up")
                .command(case.compose().then("logs --tail 50").name(s.name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Container, fixture::container},
    };

    const FILE: &str = "services: {worker: {image: base, restart: 'on-failure:3'}}";

    fn worker(restarts: u32) -> Container {
        Container { restart: Restart::OnFailure(Some(3)), restarts, ..container("worker").exited(2, 90.0) }
    }

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(worker(3))
    }

    pub fn spares() -> Scenario {
        let well = Container { restart: Restart::OnFailure(Some(3)), restarts: 1, ..container("worker").running(1.0) };
        Scenario::of(FILE).with(well)
    }

    #[test]
    fn it_is_told_once() {
        assert_eq!(fires().found(), ["restart-limit-reached@worker"]);
    }
}
