//! Bringing services up by `docker compose`: what it would recreate, as a plan, before it does.

use std::collections::BTreeSet;

use super::{Model, graph, targets};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        shell::ShellLine,
        text::clean,
        units::{count, list},
    },
    compose::{MountKind, Project},
    stack::{Container, Drift, ServiceStatus, State},
    work::{Change, Creation, Draft, Item, Means, Plan, Step, Up},
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
fn of(model: &Model, services: Vec<ServiceName>) -> Result<Course, String> {
    let plan = plan(model, services)?;
    let Means::Compose(services) = &plan.by else { return Ok(Course::Plan(plan)) };
    let takes_away = |item: &Item| matches!(item.change, Change::Recreate { .. } | Change::Reduce { .. });
    if services.is_empty() || plan.items.iter().any(takes_away) || !plan.warnings.is_empty() {
        return Ok(Course::Plan(plan));
    }
    let up = Up { services: services.clone(), recreate: None };
    Ok(Course::Now(Draft {
        title: format!("up {}", listed(services)),
        equivalent: command(model, services, "up -d --no-recreate"),
        warnings: Vec::new(),
        steps: Step::bring_up(up).into(),
    }))
}

/// What bringing these services up comes to now; none named is the whole project.
///
/// # Errors
/// Why it can't be done, and what to do.
pub fn plan(model: &Model, services: Vec<ServiceName>) -> Result<Plan, String> {
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
    let subject = if everything { "the project".to_owned() } else { listed(&services) };
    let mut items = stores(model, project, &reached);
    let (mut recreated, mut unsure) = (Vec::new(), Vec::new());
    for status in model.overview.services.iter().filter(|s| reached.contains(&s.name)) {
        let name = &status.name;
        let drift = model.overview.drift.get(name);
        match drift {
            Some(Drift::Drifted { .. }) => recreated.push(name.as_str()),
            Some(Drift::Unknown(why)) => unsure.push(format!("{name}: {why}")),
            // Who made it with another version of compose labelled it with another digest.
            Some(Drift::Same { exact: false }) => unsure.push(format!("{name}: created by another version of compose")),
            Some(Drift::Same { exact: true }) | None => {}
        }
        items.extend(containers(model, status, drift, project.services.get(name).map(|s| s.replicas)));
    }
    let title = match recreated.len() {
        0 => format!("Bring {subject} up?"),
        _ => format!("Recreate {}?", list(&recreated, SHOWN)),
    };
    let mut kept = Vec::new();
    if !recreated.is_empty() {
        kept.push("volumes stay; what was written outside of them goes with the old containers".to_owned());
    } else if unsure.is_empty() {
        kept.push("nothing is recreated".to_owned());
    }
    let mut warnings: Vec<String> =
        unsure.iter().take(SHOWN).map(|why| format!("may be recreated too: {why}")).collect();
    if unsure.len() > SHOWN {
        warnings.push(format!("and {} like it", unsure.len() - SHOWN));
    }
    let equivalent = command(model, &services, "up -d");
    Ok(Plan { title, by: Means::Compose(services), items, kept, warnings, equivalent, typed: None, pending: false })
}

/// The command that does the same.
fn command(model: &Model, services: &[ServiceName], words: &'static str) -> ShellLine {
    model.host().compose_by_files().then(words).names(services)
}

/// The networks and volumes that these services use and that aren't there yet.
fn stores(model: &Model, project: &Project, reached: &BTreeSet<ServiceName>) -> Vec<Item> {
    let stack = model.stack();
    let services = || project.services.values().filter(|s| reached.contains(&s.name));
    let used: BTreeSet<&str> = services().flat_map(|s| &s.networks).map(|n| n.network.as_str()).collect();
    let networks = project.networks.iter().filter(|(key, n)| !n.external && used.contains(key.as_str()));
    let networks = networks.filter(|(_, n)| !stack.networks.values().any(|there| there.name == n.name));
    let mounted: BTreeSet<&str> = services()
        .flat_map(|s| &s.mounts)
        .filter(|m| m.kind == MountKind::Volume)
        .filter_map(|m| m.source.as_deref())
        .collect();
    let volumes = project.volumes.iter().filter(|(key, v)| !v.external && mounted.contains(key.as_str()));
    let volumes = volumes.filter(|(_, v)| !stack.volumes.contains_key(v.name.as_str()));
    let created = |creation: Creation, what: String| item(Change::Create(creation), what, "");
    let networks = networks.map(|(_, n)| created(Creation::Network(n.name.clone()), format!("network {}", n.name)));
    let volumes = volumes.map(|(_, v)| created(Creation::Volume(v.name.clone()), format!("volume {}", v.name)));
    networks.chain(volumes).collect()
}

/// What becomes of a service's containers, of which its file asks for so many.
fn containers(model: &Model, status: &ServiceStatus, drift: Option<&Drift>, asked: Option<u32>) -> Vec<Item> {
    let name = &status.name;
    let there: Vec<&Container> = status.containers.iter().filter_map(|id| model.stack().containers.get(id)).collect();
    let asked = asked.and_then(|n| usize::try_from(n).ok()).unwrap_or(there.len());
    let recreated: &[ContainerId] = if let Some(Drift::Drifted { containers, .. }) = drift { containers } else { &[] };
    let mut items = Vec::new();
    if let Some(drift) = drift.filter(|_| !recreated.is_empty()) {
        items.extend(recreations(model, drift));
    }
    let rest = there.iter().filter(|c| !recreated.contains(&c.id));
    items.extend(rest.filter(|c| !targets::is_up(c)).map(|c| {
        let state = model.stack().container_state(c, Some(status));
        let note = if state == State::Done { "done: it runs again" } else { state.word() };
        item(Change::Start(c.id.clone()), format!("container {}", c.name), note)
    }));
    if let Some(missing) = asked.checked_sub(there.len()).filter(|missing| *missing > 0) {
        let what = if missing == 1 { name.to_string() } else { format!("{} of {name}", count(missing, "container")) };
        items.push(item(Change::Create(Creation::Containers(name.clone(), missing)), what, ""));
    }
    if let Some(surplus) = there.len().checked_sub(asked).filter(|surplus| *surplus > 0) {
        let what = format!("{surplus} of {} of {name}", count(there.len(), "container"));
        items.push(item(
            Change::Reduce { service: name.clone(), surplus },
            what,
            &format!("the file asks for {asked}"),
        ));
    }
    items
}

fn item(change: Change, what: String, note: &str) -> Item {
    Item { change, what, size: None, note: note.to_owned() }
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

fn recreations(model: &Model, drift: &Drift) -> Vec<Item> {
    let Drift::Drifted { containers, .. } = drift else { return Vec::new() };
    let keys = drift.keys();
    let named: Vec<&str> = keys.iter().copied().take(4).collect();
    let more = if keys.len() > named.len() { ", …" } else { "" };
    let note = format!("{}{more}", named.join(", "));
    let containers = containers.iter().filter_map(|id| model.stack().containers.get(id));
    let recreated = containers.map(|c| {
        let why = keys.iter().map(ToString::to_string).collect();
        item(Change::Recreate { container: c.id.clone(), why }, format!("container {}", c.name), &note)
    });
    recreated.collect()
}

fn listed(services: &[ServiceName]) -> String {
    if services.len() <= 3 {
        services.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(", ")
    } else {
        count(services.len(), "service")
    }
}
