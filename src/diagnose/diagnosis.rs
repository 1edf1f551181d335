//! A case shown to every rule, and what comes of it: findings in order, consequences under their causes.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    case::Case,
    chain,
    finding::{Cause, Evidence, Finding, Kind, Severity},
    findings::Findings,
    rules::RULES,
    said::says,
};
use crate::{base::units, host::Question};

/// What a diagnosis comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diagnosis {
    /// What is wrong: root causes first and the worst of them first, then their consequences.
    pub findings: Vec<Finding>,
    /// What the rules want to know, answered or not.
    pub questions: BTreeSet<Question>,
    /// The images that they want to know of, likewise.
    pub images: BTreeSet<String>,
}

/// Looks at a case with every rule.
pub fn diagnose(case: &Case<'_>) -> Diagnosis {
    let mut found = Findings::default();
    for rule in RULES {
        (rule.look)(case, &mut found);
    }
    let mut findings = found.all();
    for finding in &mut findings {
        tell_how_often(case, finding);
    }
    findings.retain(|finding| !is_ignored(case, finding));
    let findings = chain::order(case, findings);
    Diagnosis { findings, questions: case.questions(), images: case.asked_images() }
}

/// Of what runs on while it fails, how often and since when is part of what is wrong.
fn tell_how_often(case: &Case<'_>, finding: &mut Finding) {
    let Some(s) = finding.service.as_ref().and_then(|name| case.service(name)) else { return };
    let Some(keeps) = s.keeps_failing() else { return };
    let is = |e: &Evidence| e.kind == Kind::Log && says(&e.text, keeps.phrase).is_some();
    let Some(at) = finding.evidence.iter().position(is) else { return };
    let span = units::age(keeps.span());
    let text = format!("{} times in {span}, and it goes on; since {}", keeps.times, keeps.first);
    finding.evidence.insert(at + 1, Evidence::new(Kind::Log, text, format!("log of {}", keeps.line.container)));
    finding.summary = format!("{}; {} times in {span}", finding.summary, keeps.times);
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
        let above = |cause: &Cause| gone.iter().find(|f| f.is(cause));
        for finding in &mut self.findings {
            let mut steps = 0_usize;
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
        self.findings.iter().filter(|f| f.caused_by.as_ref().is_some_and(|cause| of.is(cause)))
    }

    /// The findings as a tree: each with its depth, consequences under their cause.
    pub fn tree(&self) -> Vec<(usize, &Finding)> {
        let mut rows = Vec::with_capacity(self.findings.len());
        let mut follows: BTreeMap<&Cause, Vec<&Finding>> = BTreeMap::new();
        for finding in &self.findings {
            if let Some(cause) = &finding.caused_by {
                follows.entry(cause).or_default().push(finding);
            }
        }
        // From the back, since what is pushed last is taken first.
        let mut open: Vec<(usize, &Finding)> = self.roots().map(|f| (0, f)).collect();
        open.reverse();
        while let Some((depth, finding)) = open.pop() {
            rows.push((depth, finding));
            let below = follows.get(&finding.identity());
            open.extend(below.into_iter().flatten().rev().map(|f| (depth + 1, *f)));
        }
        rows
    }

    /// The root that a finding follows from; itself where it is one.
    pub fn cause_of<'a>(&'a self, finding: &'a Finding) -> &'a Finding {
        let mut at = finding;
        while let Some(cause) = &at.caused_by {
            let above = self.findings.iter().find(|f| f.is(cause));
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
