//! What is wrong, why, and what to do: pure rules over the compose files and the stack.
//!
//! [`diagnose`] shows a [`Case`] to every rule of [`RULES`] and puts what they found in order: consequences under
//! their causes (`chain`), root causes first. A rule is one file in `rules/` and one row; it says only what its
//! evidence shows, and quotes it.
//!
//! - `case`: all that a rule may look at; each service with its declaration, containers and the end of its log.
//! - `said`: what programs say in their logs and probes when something is wrong, as one table of phrases.
//! - A rule that needs to know more asks ([`Case::ask`]); the questions of a diagnosis become streams that the
//!   screen wants, and until an answer is there the rule keeps silent about what it doesn't know.

mod case;
mod chain;
mod finding;
mod json;
mod links;
#[cfg(test)]
pub(crate) mod props;
pub mod rules;
mod said;
#[cfg(test)]
pub(crate) mod scenario;
mod subnet;

use std::collections::BTreeSet;

pub use case::{Case, Line, Subject, troubled};
pub use finding::{Cause, Evidence, Finding, Fix, Kind, Severity};
pub use json::json;
pub use rules::{RULES, Rank, Rule, Stage};
pub use said::{Phrase, Said, says};

use crate::{base::id::ServiceName, stack::Question};

/// What a diagnosis comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// What is wrong: root causes first and the worst of them first, then their consequences.
    pub findings: Vec<Finding>,
    /// What the rules want to know, answered or not.
    pub questions: BTreeSet<Question>,
}

/// What the rules collect their findings in.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding. A rule speaks once of a service.
    pub fn push(&mut self, finding: Finding) {
        if !self.0.iter().any(|held| held.rule == finding.rule && held.service == finding.service) {
            self.0.push(finding);
        }
    }

    /// Whether any error or warning was found about a service.
    pub fn about(&self, service: &ServiceName) -> bool {
        self.0.iter().any(|held| held.service.as_ref() == Some(service) && held.severity < Severity::Hint)
    }

    /// Whether any error was found about a service.
    pub fn is_error(&self, service: &ServiceName) -> bool {
        self.0.iter().any(|held| held.service.as_ref() == Some(service) && held.severity == Severity::Error)
    }

    /// Whether a rule that looked before found something about a service.
    pub fn has(&self, rule: &str, service: &ServiceName) -> bool {
        self.0.iter().any(|held| held.rule == rule && held.service.as_ref() == Some(service))
    }
}

/// Looks at a case with every rule.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let mut found = Findings::default();
    for rule in RULES {
        (rule.look)(case, &mut found);
    }
    let mut findings = found.0;
    findings.retain(|finding| !is_ignored(case, finding));
    Diagnosis { findings: chain::order(case, findings), questions: case.questions() }
}

/// The label of a service that names rules to leave out for it, separated by commas.
pub const IGNORE: &str = "stackview.ignore";

fn is_ignored(case: &Case<'_>, finding: &Finding) -> bool {
    let service = finding.service.as_ref().and_then(|name| case.project?.services.get(name));
    let label = service.and_then(|s| s.labels.get(IGNORE));
    label.is_some_and(|rules| rules.split(',').any(|rule| rule.trim() == finding.rule))
}

impl Diagnosis {
    /// Leaves only some findings. What follows from one that goes becomes a root of its own only if nothing is left
    /// above it.
    pub fn keep(&mut self, keep: impl Fn(&Finding) -> bool) {
        let gone: Vec<Finding> = self.findings.iter().filter(|f| !keep(f)).cloned().collect();
        self.findings.retain(&keep);
        let above = |cause: &Cause| gone.iter().find(|f| f.rule == cause.rule && f.service == cause.service);
        for finding in &mut self.findings {
            let mut steps = 0;
            while let Some(lost) = finding.caused_by.as_ref().and_then(above).filter(|_| steps < 64) {
                finding.caused_by = lost.caused_by.clone();
                steps += 1;
            }
        }
    }

    /// Findings that no other explains.
    pub fn roots(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.caused_by.is_none())
    }

    /// Findings that follow directly from this one.
    pub fn consequences<'a>(&'a self, of: &'a Finding) -> impl Iterator<Item = &'a Finding> {
        self.findings
            .iter()
            .filter(|f| f.caused_by.as_ref().is_some_and(|c| c.rule == of.rule && c.service == of.service))
    }

    /// The findings as a tree: each with its depth, consequences under their cause.
    pub fn tree(&self) -> Vec<(usize, &Finding)> {
        let mut rows = Vec::with_capacity(self.findings.len());
        // From the back, since what is pushed last is taken first.
        let mut open: Vec<(usize, &Finding)> = self.roots().map(|f| (0, f)).collect();
        open.reverse();
        while let Some((depth, finding)) = open.pop() {
            rows.push((depth, finding));
            let below: Vec<&Finding> = self.consequences(finding).collect();
            open.extend(below.into_iter().rev().map(|f| (depth + 1, f)));
        }
        rows
    }

    /// The root that a finding follows from; itself where it is one.
    pub fn cause_of<'a>(&'a self, finding: &'a Finding) -> &'a Finding {
        let mut at = finding;
        while let Some(cause) = &at.caused_by {
            let above = self.findings.iter().find(|f| f.rule == cause.rule && f.service == cause.service);
            match above {
                Some(above) => at = above,
                None => break,
            }
        }
        at
    }

    /// The worst root cause, if it is more than a hint: what the verdict line names.
    pub fn root(&self) -> Option<&Finding> {
        self.roots().find(|f| f.severity < Severity::Hint)
    }
}
