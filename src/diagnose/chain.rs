//! Puts findings in order: each consequence under its cause, root causes first.
//!
//! Three things make a finding a consequence. It says that it follows from another service's trouble (`due_to`),
//! and there is such. Another finding on the same service says that it explains this one. Or it is only a symptom
//! (the program ends again and again), and an error on the same service tells why, or one on another service says
//! that it does (`breaks`).

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    case::Case,
    finding::{Cause, Finding, Severity},
    rules::{self, Rank},
};
use crate::base::id::ServiceName;

/// Links and sorts.
pub(super) fn order(case: &Case<'_>, mut found: Vec<Finding>) -> Vec<Finding> {
    let mut by_service: BTreeMap<Option<&ServiceName>, Vec<usize>> = BTreeMap::new();
    for (at, finding) in found.iter().enumerate() {
        by_service.entry(finding.service.as_ref()).or_default().push(at);
    }
    let mut above: Vec<Option<usize>> = vec![None; found.len()];
    for at in 0..found.len() {
        let Some(finding) = found.get(at) else { continue };
        if finding.severity == Severity::Hint {
            continue;
        }
        let own = by_service.get(&finding.service.as_ref()).map_or(&[][..], Vec::as_slice);
        let cause = explained(&found, finding, own).or_else(|| {
            let other = finding.due_to.as_ref()?;
            worst(&found, by_service.get(&Some(other))?)
        });
        let cause = cause.or_else(|| symptom(&found, finding, own)).or_else(|| broken(&found, finding));
        if let Some(cause) = cause.filter(|cause| !leads_to(&above, *cause, at))
            && let Some(slot) = above.get_mut(at)
        {
            *slot = Some(cause);
        }
    }
    let mut below = vec![0usize; found.len()];
    for at in 0..found.len() {
        let mut next = above.get(at).copied().flatten();
        while let Some(cause) = next {
            if let Some(count) = below.get_mut(cause) {
                *count += 1;
            }
            next = above.get(cause).copied().flatten();
        }
    }
    let place: BTreeMap<&ServiceName, usize> = case.services.iter().enumerate().map(|(at, s)| (s.name, at)).collect();
    let key = |at: usize| {
        let finding = found.get(at)?;
        let depth = finding.service.as_ref().and_then(|s| place.get(s).copied());
        let explained = above.get(at).copied().flatten().is_some();
        Some((explained, finding.severity, Reverse(below.get(at).copied()), rules::rank(finding.rule), depth))
    };
    let mut keyed: Vec<_> = (0..found.len()).map(|at| (key(at), at)).collect();
    keyed.sort();
    let causes: Vec<Option<Cause>> = above.iter().map(|cause| found.get((*cause)?).map(Finding::identity)).collect();
    for (finding, cause) in found.iter_mut().zip(causes) {
        finding.caused_by = cause;
    }
    let mut slots: Vec<Option<Finding>> = found.into_iter().map(Some).collect();
    keyed.into_iter().filter_map(|(_, at)| slots.get_mut(at)?.take()).collect()
}

/// A finding on the same service that says it explains this one.
fn explained(found: &[Finding], finding: &Finding, own: &[usize]) -> Option<usize> {
    let claims = |at: &&usize| {
        found.get(**at).is_some_and(|other| other.rule != finding.rule && other.explains.contains(&finding.rule))
    };
    own.iter().find(claims).copied()
}

/// What is most at the root of a service's trouble.
fn worst(found: &[Finding], own: &[usize]) -> Option<usize> {
    let real = own.iter().filter_map(|at| Some((*at, found.get(*at)?)));
    let real = real.filter(|(_, f)| f.severity < Severity::Hint);
    real.min_by_key(|(at, f)| (rules::rank(f.rule), f.severity, *at)).map(|(at, _)| at)
}

/// For a symptom: the error on the same service that tells why, one that isn't a symptom itself.
fn symptom(found: &[Finding], finding: &Finding, own: &[usize]) -> Option<usize> {
    let rank = rules::rank(finding.rule);
    if rank == Rank::Cause {
        return None;
    }
    let why = |at: &&usize| {
        found.get(**at).is_some_and(|other| other.severity == Severity::Error && rules::rank(other.rule) < rank)
    };
    own.iter().find(why).copied()
}

/// For a symptom: a finding on another service that says that this one's trouble comes from it.
fn broken(found: &[Finding], finding: &Finding) -> Option<usize> {
    let service = finding.service.as_ref().filter(|_| rules::rank(finding.rule) == Rank::Symptom)?;
    found.iter().position(|other| other.breaks.contains(service))
}

/// Whether the way up from a finding passes another: then that one can't stand under it.
fn leads_to(above: &[Option<usize>], from: usize, to: usize) -> bool {
    let mut next = Some(from);
    while let Some(at) = next {
        if at == to {
            return true;
        }
        next = above.get(at).copied().flatten();
    }
    false
}
