//! `pids-limit`: it may not have as many processes as it wants.

use super::rule::{Rank, Rule, Stage};
use crate::diagnose::{case::Case, finding::Evidence, findings::Findings, said::Phrase};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pids-limit",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "it needs more processes than its limit allows",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(c) = s.containers.iter().find(|c| c.config.pids_limit.is_some()) else { continue };
        let (Some(limit), Some(said)) = (c.config.pids_limit, s.said(Phrase::NoProcesses)) else { continue };
        // What it said before its present start is past.
        if c.started.is_some_and(|start| said.line.at < start) && s.status.ready {
            continue;
        }
        let used = case.stack.samples.get(&c.id).and_then(|ring| ring.last()).map(|sample| sample.pids);
        let used = used.map(|n| Evidence::state("stats", format!("{n} of {limit} processes"), &c.name));
        found.push(
            s.error(RULE.id, format!("{} reached its limit of {limit} processes", s.name))
                .shown([said.evidence(), Evidence::state("HostConfig.PidsLimit", limit.to_string(), &c.name)])
                .shown(used)
                .why(format!(
                    "pids_limit counts threads as well, and at {limit} the kernel refuses new ones. The program \
                     probably fails or hangs at whatever it needed them for."
                ))
                .fix("Raise pids_limit, or give the program fewer workers and threads")
                .command(case.docker().then("top").name(&c.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Container, CreateConfig, fixture::container},
    };

    const FILE: &str = "services: {web: {image: python, pids_limit: 4}}";

    fn web(limit: Option<u64>) -> Container {
        Container {
            config: CreateConfig { pids_limit: limit, ..CreateConfig::default() },
            ..container("web").exited(1, 90.0)
        }
    }

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(web(Some(4))).log("web", &["RuntimeError: can't start new thread"])
    }

    pub fn spares() -> Scenario {
        let well = Container {
            config: CreateConfig { pids_limit: Some(4), ..CreateConfig::default() },
            ..container("web").running(1.0)
        };
        Scenario::of(FILE).with(well).log("web", &["started"])
    }
}
