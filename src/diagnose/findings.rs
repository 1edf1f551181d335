//! What the rules collect their findings in.

use super::finding::{Finding, Kind, Severity};
use crate::base::id::ServiceName;

/// What the rules collect their findings in.
#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding, unless it was told already. A rule may find several things about one service.
    pub fn push(&mut self, mut finding: Finding) {
        let of_kind = |held: &&Finding| held.rule == finding.rule && held.service == finding.service;
        if self.0.iter().filter(of_kind).any(|held| held.summary == finding.summary) {
            return;
        }
        finding.nth = self.0.iter().filter(of_kind).count();
        self.0.push(finding);
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
        self.0.iter().any(|held| held.is_about(service) && held.severity < Severity::Hint)
    }

    /// Whether a line of a service's log was quoted that satisfies this, of the service itself or of what breaks it.
    pub fn quotes(&self, service: &ServiceName, is: impl Fn(&str) -> bool) -> bool {
        let about = |held: &&Finding| held.service.as_ref() == Some(service) || held.breaks.contains(service);
        let quoted = |held: &Finding| held.evidence.iter().any(|e| e.kind == Kind::Log && is(&e.text));
        self.0.iter().filter(about).any(quoted)
    }

    /// Whether any error was found about a service.
    pub fn is_error(&self, service: &ServiceName) -> bool {
        self.0.iter().any(|held| held.service.as_ref() == Some(service) && held.severity == Severity::Error)
    }

    /// Whether a rule that looked before found something about a service whose summary has this word.
    pub fn tells(&self, rule: &str, service: &ServiceName, word: &str) -> bool {
        let names = |held: &Finding| held.summary.split([' ', ':', ',']).any(|said| said == word);
        self.0.iter().any(|held| held.rule == rule && held.service.as_ref() == Some(service) && names(held))
    }

    /// Whether a rule that looked before found an error about a service.
    pub fn is_error_of(&self, rule: &str, service: &ServiceName) -> bool {
        let is = |held: &&Finding| held.rule == rule && held.service.as_ref() == Some(service);
        self.0.iter().filter(is).any(|held| held.severity == Severity::Error)
    }

    /// Whether a rule that looked before found something about a service.
    pub fn has(&self, rule: &str, service: &ServiceName) -> bool {
        self.0.iter().any(|held| held.rule == rule && held.is_about(service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_findings_of_one_rule_on_one_service_are_two() {
        let mut found = Findings::default();
        let web = ServiceName::from("web");
        for summary in ["web: port 1 is taken", "web: port 2 is taken", "web: port 1 is taken"] {
            found.push(Finding::error("host-port-taken-by-process", Some(&web), summary));
        }
        let told: Vec<_> = found.all().into_iter().map(|f| (f.nth, f.summary)).collect();
        assert_eq!(told, [(0, "web: port 1 is taken".to_owned()), (1, "web: port 2 is taken".to_owned())]);
    }
}
