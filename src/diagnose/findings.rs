//! What the rules collect their findings in.

use super::finding::{Finding, Severity};
use crate::base::id::ServiceName;

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

    /// Adds what there is of these.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// All of them, in the order found.
    pub(super) fn all(self) -> Vec<Finding> {
        self.0
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
