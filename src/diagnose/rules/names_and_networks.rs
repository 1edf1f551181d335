//! What is outside the project and has to fit: `container-name-taken`, `subnet-overlap`, `external-network-missing`,
//! `external-volume-missing`.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::{id::ServiceName, shell::ShellLine},
    compose::Project,
    diagnose::{
        case::Case,
        finding::{Evidence, Finding, Kind},
        findings::Findings,
        subnet::Subnet,
    },
    host::{Answer, Question},
};

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
    NAME_TAKEN,
    "container-name-taken",
    "another container has the name that the file sets",
    name_taken,
    name_fires,
    name_spares
);
rule!(
    OVERLAP,
    "subnet-overlap",
    "a network's subnet is in use by another network or by the host",
    overlap,
    overlap_fires,
    overlap_spares
);
rule!(
    NO_NETWORK,
    "external-network-missing",
    "an external network doesn't exist",
    no_network,
    network_fires,
    network_spares
);
rule!(NO_VOLUME, "external-volume-missing", "an external volume doesn't exist", no_volume, volume_fires, volume_spares);

fn name_taken(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    let named = project.services.values().filter(|s| s.enabled).filter_map(|s| Some((s, s.container_name.as_deref()?)));
    for (service, name) in named {
        let Some(all) = case.neighbours() else { return };
        let own = |c: &crate::stack::Container| {
            c.project.as_ref() == Some(&project.name) && c.service.as_ref() == Some(&service.name)
        };
        let Some(other) = all.iter().find(|c| c.name == name && !own(c)) else { continue };
        let of = match (&other.project, &other.service) {
            (Some(p), Some(s)) => format!("the service {s} of the project {p}"),
            _ => "no compose project".into(),
        };
        let remove = match &other.project {
            Some(p) if *p != project.name => case.host.compose_of(p).then("down"),
            _ => case.docker().then("rm -f").name(name),
        };
        found.push(
            Finding::error(
                NAME_TAKEN.id,
                Some(&service.name),
                format!("{}: there is already a container called {name}", service.name),
            )
            .shown([
                Evidence::state("Name", format!("{name} belongs to {of}"), name),
                Evidence::file(format!("container_name: {name}"), service.place.as_ref()),
            ])
            .why(format!(
                "A container name is unique on the whole engine, and `container_name` sets it. {}'s container can't be \
                 created while another one has the name.",
                service.name
            ))
            .fix("Remove container_name from the file, or remove the other container")
            .command(remove),
        );
    }
}

fn overlap(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for network in project.networks.values().filter(|n| !n.external) {
        for text in &network.subnets {
            let Some(wanted) = Subnet::parse(text) else { continue };
            let Some(all) = case.all_networks() else { return };
            // One that is there has got its subnet; whether the file has changed since is another question.
            if all.iter().any(|n| n.name == network.name) {
                continue;
            }
            let pools = all.iter().flat_map(|n| n.subnets.iter().map(move |s| (n, s)));
            let mut clashes = pools.filter(|(_, s)| Subnet::parse(s).is_some_and(|s| s.overlaps(wanted)));
            let (by, evidence, fix) = if let Some((other, subnet)) = clashes.next() {
                let of = other.project.as_ref().map_or_else(String::new, |p| format!(" (of the project {p})"));
                let text = format!("{} has {subnet}{of}", other.name);
                let remove = other.project.as_ref().map_or_else(
                    || case.docker().then("network rm").name(&other.name),
                    |p| case.host.compose_of(p).then("down"),
                );
                (
                    format!("the network {}", other.name),
                    Evidence::new(Kind::State, text, "networks of the engine"),
                    remove,
                )
            } else {
                let Some(Answer::Routes(routes)) = case.ask(Question::Routes) else { continue };
                let Some(route) = routes.iter().find(|r| Subnet::parse(r).is_some_and(|r| r.overlaps(wanted))) else {
                    continue;
                };
                let text = format!("the host has a route to {route}");
                (
                    "a route of the host".into(),
                    Evidence::new(Kind::Host, text, "routes of the host"),
                    ShellLine::new("ip route"),
                )
            };
            let users =
                using(project, |s| s.networks.iter().any(|n| project.networks.get(&n.network) == Some(network)));
            found.push(
                Finding::error(OVERLAP.id, None, format!("the subnet {text} of {} is taken by {by}", network.name))
                    .shown([evidence, Evidence::file(format!("subnet: {text}"), network.place.as_ref())])
                    .why(format!(
                        "The engine gives an address to one network only, so it refuses to create {} (\"Pool overlaps \
                         with other one on this address space\"). {} can't start without it.",
                        network.name,
                        users.map_or_else(|| "What uses it".to_owned(), ToString::to_string)
                    ))
                    .fix(
                        "Choose another subnet, or remove the other network; without `ipam` the engine picks a free \
                          one",
                    )
                    .command(fix),
            );
        }
    }
}

/// The first service that is on and uses it.
fn using(project: &Project, uses: impl Fn(&crate::compose::Service) -> bool) -> Option<&ServiceName> {
    project.services.values().find(|s| s.enabled && uses(s)).map(|s| &s.name)
}

fn no_network(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for (key, network) in project.networks.iter().filter(|(_, n)| n.external) {
        let Some(user) = using(project, |s| s.networks.iter().any(|n| n.network == *key)) else { continue };
        let Some(all) = case.all_networks() else { return };
        // A network may be named by its id as well.
        if all.iter().any(|n| n.name == network.name || n.id.as_str().starts_with(network.name.as_str())) {
            continue;
        }
        found.push(
            Finding::error(
                NO_NETWORK.id,
                Some(user),
                format!("{user}: the external network {} doesn't exist", network.name),
            )
            .shown([
                Evidence::file(format!("networks: {key}: external, name: {}", network.name), network.place.as_ref()),
                Evidence::new(Kind::State, format!("no network called {}", network.name), "networks of the engine"),
            ])
            .why(format!(
                "`external` means that the network exists already, so compose doesn't create it. {user} can't start \
                 without it."
            ))
            .fix("Create it, or start the project that does")
            .command(case.docker().then("network create").name(&network.name)),
        );
    }
}

fn no_volume(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for (key, volume) in project.volumes.iter().filter(|(_, v)| v.external) {
        let Some(user) = using(project, |s| s.mounts.iter().any(|m| m.source.as_deref() == Some(key))) else {
            continue;
        };
        let Some(all) = case.all_volumes() else { return };
        if all.iter().any(|v| v.name.as_str() == volume.name) {
            continue;
        }
        found.push(
            Finding::error(
                NO_VOLUME.id,
                Some(user),
                format!("{user}: the external volume {} doesn't exist", volume.name),
            )
            .shown([
                Evidence::file(format!("volumes: {key}: external, name: {}", volume.name), volume.place.as_ref()),
                Evidence::new(Kind::State, format!("no volume called {}", volume.name), "volumes of the engine"),
            ])
            .why(format!(
                "`external` means that the volume exists already, so compose doesn't create it. {user} can't start \
                 without it."
            ))
            .fix("Create it, or restore it from a backup")
            .command(case.docker().then("volume create").name(&volume.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::{
            props::{network, volume},
            scenario::Scenario,
        },
        stack::{Container, fixture::container},
    };

    const NAMED: &str = "services: {web: {image: app, container_name: one}}";
    const SUBNET: &str =
        "services: {web: {image: app, networks: [n]}}\nnetworks: {n: {ipam: {config: [{subnet: 172.29.250.0/24}]}}}";
    const EXTERNAL: &str = "
services: {web: {image: app, networks: [s], volumes: ['data:/d']}}
networks: {s: {external: true, name: shared_net}}
volumes: {data: {external: true}}";

    fn named(project: &str) -> Scenario {
        let other = Container { name: "one".into(), project: Some(project.into()), ..container("web") };
        Scenario::of(NAMED).answer(Question::Neighbours, Answer::Neighbours(vec![other]))
    }

    pub fn name_fires() -> Scenario {
        named("other")
    }

    pub fn name_spares() -> Scenario {
        named("p")
    }

    fn subnet(name: &str, taken: &str) -> Scenario {
        Scenario::of(SUBNET)
            .answer(Question::Networks, Answer::Networks(vec![network(name, name.split('_').next(), taken)]))
            .answer(Question::Routes, Answer::Routes(vec!["10.0.0.0/8".into()]))
    }

    pub fn overlap_fires() -> Scenario {
        subnet("q_n", "172.29.250.0/24")
    }

    pub fn overlap_spares() -> Scenario {
        subnet("q_n", "172.29.251.0/24")
    }

    fn outside(there: &str) -> Scenario {
        Scenario::of(EXTERNAL)
            .answer(Question::Networks, Answer::Networks(vec![network(there, None, "10.1.0.0/16")]))
            .answer(
                Question::Volumes,
                Answer::Volumes(vec![volume(if there == "shared_net" { "data" } else { "x" }, 0.0)]),
            )
    }

    pub fn network_fires() -> Scenario {
        outside("bridge")
    }

    pub fn network_spares() -> Scenario {
        outside("shared_net")
    }

    pub fn volume_fires() -> Scenario {
        outside("bridge")
    }

    pub fn volume_spares() -> Scenario {
        outside("shared_net")
    }

    #[test]
    fn nothing_is_said_before_it_is_known() {
        assert!(Scenario::of(EXTERNAL).found().is_empty() && Scenario::of(SUBNET).found().is_empty());
        assert_eq!(outside("bridge").found(), ["external-network-missing@web", "external-volume-missing@web"]);
        // Its own network, from an earlier `up`.
        assert!(subnet("p_n", "172.29.250.0/24").found().is_empty());
        let route = Scenario::of(SUBNET)
            .answer(Question::Networks, Answer::Networks(vec![]))
            .answer(Question::Routes, Answer::Routes(vec!["0.0.0.0/0".into(), "172.29.0.0/16".into()]));
        assert_eq!(route.found(), ["subnet-overlap@-"]);
    }
}
