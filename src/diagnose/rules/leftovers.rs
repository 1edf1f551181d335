//! What is left over on the engine: `orphan-container`, `orphan-network`, `volume-not-in-model`,
//! `anonymous-volume-left`.

use std::{path::PathBuf, time::Duration};

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::{time::Stamp, units},
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding, Kind},
        findings::Findings,
    },
    stack::{
        Container, EventKind, Phase, Volume,
        storage::{StorageKey, StorageKind},
    },
};

/// By so much a volume's stamp, which is of whole seconds, and the event of its container's creation may differ.
const TOGETHER: Duration = Duration::from_secs(3);

macro_rules! rule {
    ($name:ident, $id:literal, $about:literal, $look:ident, $fires:ident, $spares:ident) => {
        #[doc = concat!("`", $id, "`: ", $about, ".")]
        pub const $name: Rule = Rule {
            id: $id,
            stage: Stage::Preflight,
            rank: Rank::Cause,
            about: $about,
            look: $look,
            #[cfg(test)]
            fires: tests::$fires,
            #[cfg(test)]
            spares: tests::$spares,
        };
    };
}

rule!(
    CONTAINER,
    "orphan-container",
    "a container of the project is left over: no file declares its service",
    container,
    container_fires,
    well
);
rule!(
    NETWORK,
    "orphan-network",
    "a network of the project is left over from an older version of the file",
    network,
    network_fires,
    well
);
rule!(
    VOLUME,
    "volume-not-in-model",
    "a volume of the project is left over from an older version of the file",
    volume,
    volume_fires,
    well
);
rule!(
    ANONYMOUS,
    "anonymous-volume-left",
    "an image keeps data in an anonymous volume, which each `down` leaves behind",
    anonymous,
    anonymous_fires,
    anonymous_spares
);

fn container(case: &Case<'_>, found: &mut Findings) {
    let orphans = case.overview.orphans.iter().filter_map(|id| case.stack.containers.get(id));
    for c in orphans.filter(|_| case.project.is_some()) {
        // What another stack of the same name created isn't left over. Of a single one whose image a service took over
        // since, both may be true.
        let strange = case.files_of_another(c);
        if strange.as_ref().is_some_and(|files| !(heir(case, c).is_some() && is_alone(case, c, files))) {
            continue;
        }
        let state = if c.phase == Phase::Running { "runs on" } else { "is left" };
        let service = c.service.as_ref().map_or("?", |s| s.as_str());
        let heir = heir(case, c);
        let renamed = heir.map_or_else(String::new, |s| {
            format!(" Probably {service} was renamed to {}: they have the same image.", s.name)
        });
        let summary = format!("{} {state}, but no file declares its service {service}", c.name);
        let status =
            if c.phase == Phase::Running { "running".to_owned() } else { format!("{:?}", c.phase).to_lowercase() };
        let finding = Finding::warning(CONTAINER.id, heir.map(|s| s.name), summary);
        if let (Some(files), Some(heir)) = (&strange, heir) {
            let file = files.first().map_or_else(String::new, |file| file.display().to_string());
            found.push(
                finding
                    .shown([
                        Evidence::state("State.Status", status, &c.name),
                        Evidence::state("Labels", format!("created from {file}"), &c.name),
                    ])
                    .why(format!(
                        "It has this project's label, and {} has its image since, so {service} was probably renamed. \
                         Or {file}, from which it was created, is another stack under the same name.",
                        heir.name
                    ))
                    .fix(format!(
                        "If {service} was renamed, remove the old container; if {file} is still used, give each its own \
                         `name:`"
                    )),
            );
            continue;
        }
        found.push(
            finding
                .shown([
                    Evidence::state("State.Status", status, &c.name),
                    Evidence::state("Labels", format!("com.docker.compose.service={service}"), &c.name),
                ])
                .why(format!(
                    "It has this project's label, so it was created from an older version of the file, and `up` leaves \
                     such containers alone.{renamed}"
                ))
                .fix("Remove all leftover containers, or declare its service again")
                .command(case.compose_by_files().then("up -d --remove-orphans")),
        );
    }
}

/// Whether no other service was created from these files.
fn is_alone(case: &Case<'_>, orphan: &Container, files: &[PathBuf]) -> bool {
    let others = case.stack.containers.values().filter(|c| c.service != orphan.service);
    !others.filter_map(|c| case.files_of_another(c)).any(|theirs| theirs == files)
}

/// The service that took an orphan's place: one of the same image that was made after it, if it is the only one.
fn heir<'c, 'a>(case: &'c Case<'a>, orphan: &Container) -> Option<&'c Subject<'a>> {
    let mut same = case.services.iter().filter(|s| {
        s.containers
            .iter()
            .any(|c| (c.image == orphan.image || c.image_id == orphan.image_id) && c.created >= orphan.created)
    });
    same.next().filter(|_| same.next().is_none())
}

fn network(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    let declared = |name: &str| project.networks.values().any(|n| n.name == name);
    let left = case.stack.networks.values().filter(|n| n.project.as_ref() == Some(&project.name) && !declared(&n.name));
    let left: Vec<_> = left.filter(|n| !used(case, &n.name)).collect();
    if left.is_empty() {
        return;
    }
    let names: Vec<&str> = left.iter().map(|n| n.name.as_str()).collect();
    found.push(
        Finding::warning(
            NETWORK.id,
            None,
            format!("{} {} left over from an older version of the file", units::list(&names, NAMED), are(names.len())),
        )
        .shown(left.iter().map(|n| {
            Evidence::new(Kind::State, format!("{} has the project's label", n.name), "networks of the engine")
        }))
        .why(
            "No file declares such a network, no container of the project is on it, and `down` removes only what the \
             files declare. Each takes one of the engine's subnets.",
        )
        .fix("Remove it")
        .command(case.docker().then("network rm").names(&names)),
    );
}

fn are(n: usize) -> &'static str {
    if n == 1 { "is" } else { "are" }
}

fn used(case: &Case<'_>, network: &str) -> bool {
    case.stack.containers.values().any(|c| c.networks.iter().any(|n| n.network == network))
}

fn volume(case: &Case<'_>, found: &mut Findings) {
    if case.project.is_none() {
        return;
    }
    let left = case
        .stack
        .storage(case.host.view())
        .into_iter()
        .filter(|item| item.orphaned && item.kind == StorageKind::Named);
    let names: Vec<String> = left
        .filter_map(|item| match item.key {
            StorageKey::Volume(name) => Some(name.to_string()),
            _ => None,
        })
        .collect();
    if names.is_empty() {
        return;
    }
    found.push(
        Finding::warning(
            VOLUME.id,
            None,
            format!("{} {} left over: no file declares this volume", units::list(&names, NAMED), are(names.len())),
        )
        .shown(
            names
                .iter()
                .map(|n| Evidence::new(Kind::State, format!("{n} has the project's label"), "volumes of the engine")),
        )
        .why(
            "It was declared in an older version of the file, and no container mounts it. `down -v` removes only \
                 what the files declare, so it stays, with its data. If a volume was renamed, this is the one with the \
                 data.",
        )
        .fix("Look inside before removing it, or declare it again")
        .command(case.docker().then("volume rm").names(&names)),
    );
}

fn anonymous(case: &Case<'_>, found: &mut Findings) {
    // Where a volume is mounted beside the data, that is what is wrong.
    for s in case.services.iter().filter(|s| !found.has("data-mounted-below-volume", s.name)).collect::<Vec<_>>() {
        // A container shows what it has; before there is one the image tells what it will get.
        let held: Vec<String> = s
            .containers
            .iter()
            .flat_map(|c| &c.mounts)
            .filter(|m| m.volume.as_ref().and_then(|name| case.stack.volumes.get(name)).is_some_and(|v| v.anonymous))
            .map(|m| m.target.clone())
            .collect();
        let mut targets = held;
        if s.containers.is_empty() {
            let Some(declared) = s.declared else { continue };
            let Some(Some(image)) = declared.image.as_deref().and_then(|name| case.image(name)) else { continue };
            let covered = |path: &String| {
                declared.mounts.iter().any(|m| m.target.trim_end_matches('/') == path.trim_end_matches('/'))
            };
            targets = image.volumes.iter().filter(|path| !covered(path)).cloned().collect();
        }
        targets.sort();
        targets.dedup();
        let Some(first) = targets.first() else { continue };
        let list = units::list(&targets, NAMED);
        // Only with nothing up is a volume that nobody holds one that was left behind.
        // Where something keeps the service from being made it never had one.
        let left = if s.containers.is_empty() && !found.is_error(s.name) { stranded(case, s) } else { Vec::new() };
        let place = s.declared.and_then(|d| d.place.as_ref());
        let summary = match left.len() {
            0 => format!("{} keeps {list} in an anonymous volume, which `down` leaves behind", s.name),
            n => {
                let (left, are) = (units::count(n, "such volume"), are(n));
                format!("{} keeps {list} in an anonymous volume; {left} {are} left on the engine", s.name)
            }
        };
        let finding = if left.is_empty() { s.hint(ANONYMOUS.id, summary) } else { s.warning(ANONYMOUS.id, summary) };
        let likely = if left.is_empty() {
            ""
        } else {
            " The engine doesn't record whose volume it is: probably these are its own, since they were created with \
             its containers."
        };
        found.push(
            finding
                .shown(left.iter().take(5).map(|v| {
                    Evidence::new(Kind::State, v.name.as_str(), "volumes of the engine that no container holds")
                }))
                .shown([Evidence::file(format!("{}: no mount at {first}", s.name), place)])
                .why(format!(
                    "The image declares {list} as a VOLUME, and the file mounts nothing there, so each new container \
                     gets a new anonymous volume. After `down` the data is no longer used.{likely}"
                ))
                .fix(format!("Give it a name in the file, such as volumes: [data:{first}]; `down -v` removes it too"))
                .command(case.docker().then("volume ls --filter dangling=true")),
        );
    }
}

/// Anonymous volumes that no container of the engine holds, and that were made when a container of the service was.
/// Others may be anybody's.
fn stranded<'a>(case: &Case<'a>, s: &Subject<'_>) -> Vec<&'a Volume> {
    let (Some(volumes), Some(all)) = (case.all_volumes(), case.neighbours()) else { return Vec::new() };
    let held = |v: &Volume| {
        all.iter()
            .chain(case.stack.containers.values())
            .flat_map(|c| &c.mounts)
            .any(|m| m.volume.as_ref() == Some(&v.name))
    };
    let events = case.stack.events.iter().filter(|e| e.kind == EventKind::Create && e.service.as_ref() == Some(s.name));
    let made: Vec<Stamp> = events.map(|e| e.at).collect();
    let together = |v: &Volume| {
        v.created.is_some_and(|at| made.iter().any(|made| at.since(*made) <= TOGETHER && made.since(at) <= TOGETHER))
    };
    volumes.iter().filter(|v| v.anonymous && !held(v) && together(v)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::{props, scenario::Scenario},
        host::{Answer, Question},
        stack::{ImageFacts, fixture},
    };

    const FILE: &str = "services: {web: {image: app}}";
    const REDIS: &str = "services: {redis: {image: redis}}";

    fn web() -> Container {
        Container { image: "app".into(), ..fixture::container("web").created_at(5.0).running(5.0) }
    }

    pub fn well() -> Scenario {
        Scenario::of(FILE).with(web())
    }

    pub fn container_fires() -> Scenario {
        well().with(Container { image: "app".into(), ..fixture::container("app").running(1.0) })
    }

    pub fn network_fires() -> Scenario {
        well().networks(vec![props::network("p_old", Some("p"), "10.1.0.0/16")])
    }

    pub fn volume_fires() -> Scenario {
        well().volumes(vec![props::volume("p_old", 0.0)])
    }

    fn redis(image: &[&str]) -> Scenario {
        let facts = ImageFacts { volumes: image.iter().map(|v| (*v).to_owned()).collect(), ..ImageFacts::default() };
        Scenario::of(REDIS).image("redis", Some(facts))
    }

    pub fn anonymous_fires() -> Scenario {
        dangling().event("redis", 1.2, EventKind::Create)
    }

    fn dangling() -> Scenario {
        let name = "d3f355dec0281fe86c8faa7530ad292412c9c2c429dccbbe2c3caff323a733f9";
        redis(&["/data"])
            .answer(Question::Neighbours, Answer::Neighbours(vec![]))
            .answer(Question::Volumes, Answer::Volumes(vec![Volume { anonymous: true, ..props::volume(name, 0.0) }]))
    }

    pub fn anonymous_spares() -> Scenario {
        redis(&[])
    }

    #[test]
    fn what_is_sure_is_a_warning_and_what_may_come_a_hint() {
        assert_eq!(container_fires().found(), ["orphan-container@web"]);
        let severity = |s: Scenario| s.diagnosis().findings.remove(0).severity;
        assert_eq!(severity(anonymous_fires()), crate::diagnose::Severity::Warning);
        assert_eq!(severity(redis(&["/data"])), crate::diagnose::Severity::Hint);
        assert_eq!(severity(dangling()), crate::diagnose::Severity::Hint, "it may be anybody's");
        let later = dangling().event("redis", 9.0, EventKind::Create);
        assert_eq!(severity(later), crate::diagnose::Severity::Hint);
        assert_eq!(severity(network_fires()), crate::diagnose::Severity::Warning);
    }
}
