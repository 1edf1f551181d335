//! Who depends on whom, as actions need it: the order of starting, and all that stands on something.

use std::collections::{BTreeMap, BTreeSet};

use super::Model;
use crate::{base::id::ServiceName, compose::Condition};

/// What a service waits for: as declared, or as its containers' labels tell where no file is known.
pub fn dependencies(model: &Model, service: &str) -> Vec<(ServiceName, Condition)> {
    if let Some(declared) = model.stack().declared.as_ref().and_then(|p| p.services.get(service)) {
        return declared.depends_on.iter().map(|d| (d.service.clone(), d.condition)).collect();
    }
    let status = model.overview.service(service);
    let container = status.and_then(|s| s.containers.first()).and_then(|id| model.stack().containers.get(id));
    container.map(|c| c.depends_on.clone()).unwrap_or_default()
}

/// These services and all that depend on any of them, near or far.
pub fn with_dependents(model: &Model, chosen: BTreeSet<ServiceName>) -> BTreeSet<ServiceName> {
    let mut all = chosen;
    // The overview is in dependency order, so that one pass meets a dependency before its dependents.
    for status in &model.overview.services {
        if dependencies(model, &status.name).iter().any(|(d, _)| all.contains(d)) {
            all.insert(status.name.clone());
        }
    }
    all
}

/// Who is up, isn't chosen, and depends on one of these, near or far.
pub fn left_behind(model: &Model, chosen: &BTreeSet<ServiceName>) -> Vec<ServiceName> {
    let all = with_dependents(model, chosen.clone());
    let others = model.overview.services.iter().filter(|s| all.contains(&s.name) && !chosen.contains(&s.name));
    others.filter(|s| s.state.is_up()).map(|s| s.name.clone()).collect()
}

/// For each chosen service how many chosen ones stand, one on the other, below it: 0 starts first.
pub fn ranks(model: &Model, chosen: &BTreeSet<ServiceName>) -> BTreeMap<ServiceName, usize> {
    let mut below: BTreeMap<ServiceName, usize> = BTreeMap::new();
    for status in &model.overview.services {
        let of = |d: &ServiceName| below.get(d).map(|n| n + usize::from(chosen.contains(d)));
        let rank = dependencies(model, &status.name).iter().filter_map(|(d, _)| of(d)).max().unwrap_or(0);
        below.insert(status.name.clone(), rank);
    }
    below.retain(|name, _| chosen.contains(name));
    below
}
