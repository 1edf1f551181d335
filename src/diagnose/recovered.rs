//! Errors that were found a moment ago and aren't any more: what comes and goes is told for some minutes.

use std::time::Duration;

use super::{
    diagnosis::Diagnosis,
    finding::{Finding, Fix, Severity},
    rules::{self, Stage},
};
use crate::{
    base::{id::Address, time::Stamp, units},
    stack::Overview,
};

/// How long it is told.
const TOLD: Duration = Duration::from_secs(300);
/// How many are held.
const MOST: usize = 20;

/// Errors that are over, each with the moment when it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recovered {
    /// The project that they are of.
    of: Option<Address>,
    over: Vec<(Finding, Stamp)>,
}

impl Recovered {
    /// Compares a fresh diagnosis with what was found before it, and adds what is over as hints. A service that went
    /// down hasn't recovered.
    pub fn follow(
        &mut self,
        of: Address,
        before: &[Finding],
        diagnosis: &mut Diagnosis,
        overview: &Overview,
        now: Stamp,
    ) {
        // What was wrong with another project isn't over with this one.
        if self.of.as_ref() != Some(&of) {
            *self = Self { of: Some(of), over: Vec::new() };
            return;
        }
        let found = |f: &Finding| diagnosis.findings.iter().any(|new| new.rule == f.rule && new.service == f.service);
        let is_up = |f: &Finding| {
            let status = f.service.as_ref().and_then(|name| overview.service(name));
            status.is_some_and(|s| s.state.is_up() && !s.state.is_trouble())
        };
        self.over.retain(|(f, at)| now.since(*at) < TOLD && !found(f) && is_up(f));
        // What would have kept it from starting says nothing about what runs.
        let of_running = |f: &Finding| rules::named(f.rule).is_none_or(|rule| rule.stage == Stage::Running);
        let over = |f: &&Finding| f.severity == Severity::Error && of_running(f) && !found(f) && is_up(f);
        for f in before.iter().filter(over) {
            if !self.over.iter().any(|(held, _)| held.rule == f.rule && held.service == f.service)
                && self.over.len() < MOST
            {
                self.over.push((f.clone(), now));
            }
        }
        diagnosis.findings.extend(self.over.iter().map(|(f, at)| {
            let ago = units::age(now.since(*at));
            let hint = Finding::hint(f.rule, f.service.as_ref(), format!("recovered {ago} ago: {}", f.summary))
                .shown(f.evidence.iter().cloned())
                .why(format!("It is over since {ago}. Until then: {}", f.explanation))
                .fix(format!("If it comes back: {}", f.fix.text));
            Finding { fix: Fix { text: hint.fix.text.clone(), ..f.fix.clone() }, ..hint }
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::id::{Address, HostId, ServiceName},
        stack::fixture::{at, container, project, service, stack},
    };

    #[test]
    fn an_error_that_is_over_is_told_for_some_minutes() {
        let up = stack(Some(project([service("web", &[])])), &[container("web").running(1.0)]);
        let down = stack(Some(project([service("web", &[])])), &[container("web").exited(1, 5.0)]);
        let web = ServiceName::from("web");
        let error = Finding::error("out-of-memory", Some(&web), "web was killed").why("x").fix("y");
        let mut recovered = Recovered::default();
        let of = Address { host: HostId::FIRST, project: "p".into() };
        let mut told = |before: &[Finding], now: Vec<Finding>, up: &crate::stack::fixture::Placed, secs: f64| {
            let mut diagnosis = Diagnosis { findings: now, ..Diagnosis::default() };
            recovered.follow(of.clone(), before, &mut diagnosis, &up.overview(at(secs)), at(secs));
            diagnosis.findings.into_iter().map(|f| f.summary).collect::<Vec<_>>()
        };
        let was = [error.clone()];
        assert_eq!(told(&was, vec![], &up, 5.0), [] as [String; 0], "of whatever was shown before");
        assert_eq!(told(&was, vec![], &down, 10.0), [] as [String; 0], "it went down");
        assert_eq!(told(&was, vec![], &up, 20.0), ["recovered 0 s ago: web was killed"]);
        assert_eq!(told(&[], vec![], &up, 32.0), ["recovered 12 s ago: web was killed"]);
        assert_eq!(told(&[], vec![error], &up, 40.0), ["web was killed"], "it is back");
        assert_eq!(told(&was, vec![], &up, 50.0).len(), 1);
        assert_eq!(told(&[], vec![], &up, 400.0), [] as [String; 0]);
    }
}
