//! Makes the plans: what exactly would go, with sizes, and what is kept.

use std::{collections::BTreeSet, time::Duration};

use super::{
    Model, targets,
    verbs::{Subject, suffering},
};
use crate::{
    base::{
        id::{ContainerId, ServiceName},
        shell::ShellLine,
        units::{age, count, list},
    },
    stack::{Container, Phase, State, Volume},
    work::{Change, Item, Means, Object, Plan},
};

/// Those that mostly end a program.
const ENDS: [&str; 4] = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL"];

/// A volume of this age at most may still be followed by another with the same stamp: two seconds, since our measure of
/// the engine's clock isn't exact.
const JUST_NOW: Duration = Duration::from_secs(2);

/// The signals that can be chosen, with what programs mostly make of them.
pub const SIGNALS: [(&str, &str); 8] = [
    ("SIGTERM", "terminate"),
    ("SIGINT", "terminate, as Ctrl-C does"),
    ("SIGHUP", "reload the configuration"),
    ("SIGUSR1", "up to the program"),
    ("SIGUSR2", "up to the program"),
    ("SIGQUIT", "quit, with a core dump"),
    ("SIGWINCH", "shut down gracefully (some servers)"),
    ("SIGKILL", "kill immediately"),
];

/// Removes the containers that are selected or marked; `None` where there are none.
pub fn remove(model: &Model) -> Option<Plan> {
    let containers = targets::all_containers(model);
    if containers.is_empty() {
        return None;
    }
    let (title, equivalent) = removal(model, &containers);
    Some(Plan {
        title,
        by: Means::Engine,
        items: containers.iter().map(|c| item(model, c)).collect(),
        kept: vec!["volumes, networks and images stay".into()],
        warnings: suffering(model, &containers).into_iter().collect(),
        equivalent,
        typed: None,
        pending: false,
    })
}

/// The question for a removal, and the command that does the same.
fn removal(model: &Model, containers: &[&Container]) -> (String, ShellLine) {
    let subject = Subject::of(model, containers);
    let equivalent = match &subject {
        Subject::Services(_) => subject.command(model, &["rm", "--stop", "--force"]),
        Subject::Containers(_) => subject.command(model, &["stop"]).and(subject.command(model, &["rm"])),
    };
    let subject = subject.words();
    let title = match containers.len() {
        1 => format!("Remove the container of {subject}?"),
        n => format!("Remove {} of {subject}?", count(n, "container")),
    };
    (title, equivalent)
}

/// Sends a signal to the containers that are selected or marked and run; `None` where none does.
pub fn signal(model: &Model, signal: &str) -> Option<Plan> {
    let containers: Vec<_> = targets::all_containers(model).into_iter().filter(|c| c.phase == Phase::Running).collect();
    if containers.is_empty() {
        return None;
    }
    let (title, equivalent) = signalling(model, signal, &containers);
    Some(Plan {
        title,
        by: Means::Engine,
        items: containers.iter().map(|c| signalled(model, c, signal)).collect(),
        kept: Vec::new(),
        // What ends a service takes it from who needs it; other signals are up to the program.
        warnings: ENDS.contains(&signal).then(|| suffering(model, &containers)).flatten().into_iter().collect(),
        equivalent,
        typed: None,
        pending: false,
    })
}

/// The question for a signal, and the command that does the same.
fn signalling(model: &Model, signal: &str, containers: &[&Container]) -> (String, ShellLine) {
    let subject = Subject::of(model, containers);
    (format!("Send {signal} to {}?", subject.words()), subject.command(model, &["kill", "-s", signal]))
}

/// A plan without these of its items: its question, command and warnings are about the others.
pub fn without(model: &Model, plan: &Plan, left_out: &BTreeSet<usize>) -> Plan {
    let mut plan = plan.clone().without(left_out);
    let signal = plan.items.iter().find_map(|item| match &item.change {
        Change::Signal { signal, .. } => Some(signal.clone()),
        _ => None,
    });
    let ids = plan.items.iter().filter_map(|item| match &item.change {
        Change::Signal { container: id, .. } | Change::Remove(Object::Container { id, .. }) => Some(id),
        _ => None,
    });
    let containers: Vec<&Container> = ids.filter_map(|id| model.stack().containers.get(id)).collect();
    // A plan without a command is about more than one command can do.
    if left_out.is_empty() || containers.is_empty() || plan.equivalent == ShellLine::default() {
        return plan;
    }
    let has_warned = !plan.warnings.is_empty();
    (plan.title, plan.equivalent) = match signal {
        Some(signal) => signalling(model, &signal, &containers),
        None => removal(model, &containers),
    };
    plan.warnings = suffering(model, &containers).filter(|_| has_warned).into_iter().collect();
    plan
}

/// Removes a volume, by typing its name. Refused, with the reason, while a container holds it.
pub fn volume(model: &Model, volume: &Volume) -> Result<Plan, String> {
    let holds = |c: &&Container| c.mounts.iter().any(|m| m.volume.as_ref() == Some(&volume.name));
    let holders: Vec<_> = model.stack().containers.values().filter(holds).map(|c| c.name.as_str()).collect();
    if !holders.is_empty() {
        return Err(format!("{} is held by {}: remove that first", volume.name, holders.join(", ")));
    }
    let usage = model.host().usage.as_ref().and_then(|u| u.volumes.get(&volume.name));
    let foreign = volume.project.as_ref() != Some(&model.stack().project);
    let used = model.stack().storage(model.host().view()).into_iter().find(|i| i.name == *volume.name);
    let users: BTreeSet<String> = used.into_iter().flat_map(|i| i.used_by).map(|u| u.who).collect();
    let users: Vec<String> = users.into_iter().collect();
    let starts = if users.len() == 1 { "starts" } else { "start" };
    let emptied = (!users.is_empty()).then(|| format!("{} {starts} with an empty one next time", list(&users, 3)));
    let note =
        volume.created.map_or_else(String::new, |at| format!("created {} ago", age(model.engine_now().since(at))));
    Ok(Plan {
        title: format!("Remove the volume {} and all that is in it?", volume.name),
        by: Means::Engine,
        items: vec![Item {
            change: Change::Remove(Object::Volume(Box::new(volume.clone()))),
            what: format!("volume {}", volume.name),
            size: usage.and_then(|u| u.size),
            note,
        }],
        kept: Vec::new(),
        warnings: [
            emptied,
            foreign.then(|| "not created by this project: others may use it".into()),
            doubt(model, volume),
        ]
        .into_iter()
        .flatten()
        .collect(),
        equivalent: model.host().docker().then("volume rm").name(&volume.name),
        typed: Some(volume.name.to_string()),
        pending: false,
    })
}

/// Where one of this name that is created again couldn't be told from the one that is there. The engine stamps a
/// volume by the second, and has no id for it.
fn doubt(model: &Model, volume: &Volume) -> Option<String> {
    let why = match volume.created {
        None => "the engine gives no creation time for it",
        Some(at) if model.engine_now().since(at) < JUST_NOW => "it was created this very second",
        Some(_) => return None,
    };
    Some(format!("can't tell whether it is created again under this name meanwhile: {why}"))
}

/// Removes what the project left over: stopped containers and unused networks that no file declares, stopped one-offs
/// and dangling images. Never a volume. While `pending`, disk usage is still being counted and can add images and sizes.
pub fn prune(model: &Model, pending: bool) -> Plan {
    let containers: Vec<_> = model.stack().containers.values().filter(|c| is_left_over(model, c)).collect();
    let mut items: Vec<_> = containers.iter().map(|c| item(model, c)).collect();
    items.extend(unused_networks(model));
    if !pending {
        let going: Vec<&ContainerId> = containers.iter().map(|c| &c.id).collect();
        items.extend(dangling_images(model, &going));
    }
    Plan {
        title: format!("Remove what {} left over?", model.stack().project),
        by: Means::Engine,
        items,
        kept: vec![
            "volumes stay, whatever is in them; remove one on the Storage screen".into(),
            "what the compose files declare stays, stopped or not".into(),
            "running, paused and created containers stay".into(),
        ],
        warnings: Vec::new(),
        equivalent: ShellLine::default(),
        typed: None,
        pending,
    }
}

/// Ended, or created and never to be started, and nothing that the files declare: a stopped service is no leftover, nor
/// is a job that is done, which the next `up` would run again. Where no file is known, as compose itself takes it, every
/// service counts as declared.
fn is_left_over(model: &Model, container: &Container) -> bool {
    let status = container.service.as_ref().and_then(|s| model.overview.service(s));
    if !container.oneoff && status.is_some_and(|s| s.containers.contains(&container.id)) {
        return false;
    }
    match container.phase {
        Phase::Exited | Phase::Dead => true,
        Phase::Created => state(model, container.service.as_ref()) != Some(State::Waiting),
        Phase::Running | Phase::Paused | Phase::Restarting | Phase::Removing | Phase::Unknown => false,
    }
}

fn state(model: &Model, service: Option<&ServiceName>) -> Option<State> {
    service.and_then(|s| model.overview.service(s)).map(|s| s.state)
}

fn item(model: &Model, container: &Container) -> Item {
    let note = if targets::is_up(container) {
        "runs"
    } else if !container.error.is_empty() {
        "could not be started"
    } else if container.oneoff {
        "one-off"
    } else if model.overview.orphans.contains(&container.id) {
        "not in the compose files"
    } else {
        match (container.phase, state(model, container.service.as_ref())) {
            (Phase::Created, _) => "never started",
            (_, Some(State::Done)) => "done",
            _ => "ended",
        }
    };
    Item {
        // A stopped container is only removed if it still is stopped by then.
        change: Change::Remove(Object::Container { id: container.id.clone(), force: targets::is_up(container) }),
        what: format!("container {}", container.name),
        size: model.host().usage.as_ref().and_then(|u| u.containers.get(&container.id)).copied(),
        note: note.into(),
    }
}

fn signalled(model: &Model, container: &Container, signal: &str) -> Item {
    let change = Change::Signal { container: container.id.clone(), signal: signal.to_owned() };
    Item { change, ..item(model, container) }
}

fn unused_networks(model: &Model) -> impl Iterator<Item = Item> {
    let held = |name: &str| model.stack().containers.values().any(|c| c.networks.iter().any(|n| n.network == name));
    let ours = model.stack().networks.values().filter(|n| n.project.as_ref() == Some(&model.stack().project));
    let declared = |name: &str| {
        model.stack().declared.as_ref().is_some_and(|project| project.networks.values().any(|n| n.name == name))
    };
    ours.filter(move |n| !held(&n.name) && !declared(&n.name)).map(|n| Item {
        change: Change::Remove(Object::Network(n.id.clone())),
        what: format!("network {}", n.name),
        size: None,
        note: "nothing is in it".into(),
    })
}

/// Images of the project without a name that only containers in this plan use, if any.
fn dangling_images(model: &Model, going: &[&ContainerId]) -> impl Iterator<Item = Item> {
    let images = model.host().usage.iter().flat_map(|u| &u.images);
    images
        .filter(|i| i.project.as_ref() == Some(&model.stack().project) && i.tags.is_empty() && i.digests.is_empty())
        .filter(|image| {
            let users: Vec<_> = model.stack().containers.values().filter(|c| c.image_id == image.id).collect();
            let elsewhere = image.containers.is_some_and(|n| usize::try_from(n).unwrap_or(usize::MAX) > users.len());
            !elsewhere && users.iter().all(|c| going.contains(&&c.id))
        })
        .map(|image| Item {
            change: Change::Remove(Object::Image { id: image.id.clone(), names: BTreeSet::new() }),
            what: format!("image {}", image.id.trim_start_matches("sha256:").get(..12).unwrap_or(&image.id)),
            size: Some(image.size.saturating_sub(image.shared.unwrap_or(0))),
            note: "untagged".into(),
        })
}
