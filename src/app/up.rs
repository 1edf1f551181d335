//! Bringing services up by `docker compose`: what it would recreate, as a plan, before it does.

use std::collections::BTreeSet;

use super::{Model, graph, targets};
use crate::{
    base::{
        id::ServiceName,
        text::clean,
        units::{count, list},
    },
    stack::Drift,
    work::{Change, Draft, Item, Means, Plan, Run, Step, Task, Up},
};

/// How many services a question names.
const SHOWN: usize = 3;

/// What a press of the key comes to.
#[derive(Debug)]
pub enum Course {
    /// Nothing is recreated: it can be done at once.
    Now(Draft),
    /// A plan has to be agreed to.
    Plan(Plan),
}

/// Brings what is selected or marked up, or (`all`) the whole project.
///
/// # Errors
/// Why it can't be done, and what to do.
pub fn course(model: &Model, all: bool) -> Result<Course, String> {
    let services = if all { Vec::new() } else { chosen(model)? };
    of(model, services)
}

/// The same for these services; none named is the whole project.
///
/// # Errors
/// Why it can't be done, and what to do.
pub fn of(model: &Model, services: Vec<ServiceName>) -> Result<Course, String> {
    let Some(project) = &model.stack().declared else {
        return Err("No compose file is known here that says what to bring up: start stackview in its folder".into());
    };
    if let Some(error) = model.file_errors().next() {
        return Err(format!("The compose files can't be used: {}", error.message));
    }
    let everything = services.is_empty();
    let named: BTreeSet<ServiceName> = if everything {
        project.services.values().filter(|s| s.enabled).map(|s| s.name.clone()).collect()
    } else {
        services.iter().cloned().collect()
    };
    let reached = with_dependencies(model, named);
    let equivalent = |words| model.host().compose_by_files().then(words).names(&services);
    let subject = if everything { "the project".to_owned() } else { listed(&services) };
    let (mut items, mut recreated, mut unsure) = (Vec::new(), Vec::new(), Vec::new());
    for name in &reached {
        match model.overview.drift.get(name) {
            Some(Drift::Drifted { .. }) => {
                items.extend(recreations(model, name));
                recreated.push(name.as_str());
            }
            Some(Drift::Unknown(why)) => unsure.push(format!("{name}: {why}")),
            // Who made it with another version of compose labelled it with another digest.
            Some(Drift::Same { exact: false }) => unsure.push(format!("{name}: created by another version of compose")),
            Some(Drift::Same { exact: true }) | None => {}
        }
    }
    if items.is_empty() && unsure.is_empty() && !everything {
        let up = Up { services: services.clone(), recreate: None };
        return Ok(Course::Now(Draft {
            title: format!("up {subject}"),
            equivalent: equivalent("up -d --no-recreate"),
            steps: [Step::Tasks(vec![Task::Run(Run::Up(up))])].into(),
        }));
    }
    let title = match items.len() {
        0 => format!("Bring {subject} up?"),
        _ => format!("Recreate {}?", list(&recreated, SHOWN)),
    };
    let mut kept = Vec::new();
    if !items.is_empty() {
        kept.push("volumes stay; what was written outside of them goes with the old containers".to_owned());
    } else if unsure.is_empty() {
        kept.push("nothing is recreated".to_owned());
    }
    let shown = unsure.iter().take(3).map(|why| format!("may be recreated too: {why}"));
    kept.extend(shown);
    if unsure.len() > 3 {
        kept.push(format!("and {} like it", unsure.len() - 3));
    }
    Ok(Course::Plan(Plan {
        title,
        by: Means::Compose(services.clone()),
        items,
        kept,
        equivalent: equivalent("up -d"),
        typed: None,
        pending: false,
    }))
}

/// The services that are selected or marked.
fn chosen(model: &Model) -> Result<Vec<ServiceName>, String> {
    let mut services = Vec::new();
    for pick in targets::picks(model) {
        let service = targets::service(model, &pick).and_then(|name| model.overview.service(&name));
        match service.filter(|status| status.declared) {
            Some(status) if !services.contains(&status.name) => services.push(status.name.clone()),
            Some(_) => {}
            None => {
                let name = targets::name(model, &pick);
                return Err(format!("{} is in no compose file, so nothing says how to bring it up", clean(&name)));
            }
        }
    }
    if services.is_empty() { Err("Nothing is selected".into()) } else { Ok(services) }
}

/// Compose brings what they depend on up as well, and recreates what drifted of it.
fn with_dependencies(model: &Model, named: BTreeSet<ServiceName>) -> BTreeSet<ServiceName> {
    let mut all = named;
    // The overview is in dependency order: backwards, one pass meets a dependent before its dependencies.
    for status in model.overview.services.iter().rev() {
        if all.contains(&status.name) {
            all.extend(graph::dependencies(model, &status.name).into_iter().map(|(name, _)| name));
        }
    }
    all
}

fn recreations(model: &Model, name: &ServiceName) -> Vec<Item> {
    let Some(drift @ Drift::Drifted { containers, .. }) = model.overview.drift.get(name) else { return Vec::new() };
    let keys = drift.keys();
    let named: Vec<&str> = keys.iter().copied().take(4).collect();
    let more = if keys.len() > named.len() { ", …" } else { "" };
    let containers = containers.iter().filter_map(|id| model.stack().containers.get(id));
    let item = containers.map(|c| Item {
        change: Change::Recreate { container: c.id.clone(), why: keys.iter().map(ToString::to_string).collect() },
        what: format!("container {}", c.name),
        size: None,
        note: format!("{}{more}", named.join(", ")),
    });
    item.collect()
}

fn listed(services: &[ServiceName]) -> String {
    if services.len() <= 3 {
        services.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(", ")
    } else {
        count(services.len(), "service")
    }
}
