//! `host-port-taken-by-container`: another container has published the port already.

use std::collections::BTreeMap;

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::{Container, Phase, PortBinding, reason},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "host-port-taken-by-container",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the host port is already published by a container",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.status.state.is_up()) {
        let wanted: Vec<&PortBinding> = s.status.ports.iter().filter(|p| p.host_port.is_some()).collect();
        if wanted.is_empty() {
            continue;
        }
        let refused = s.containers.iter().find(|c| c.error.contains("port is already allocated"));
        let told = refused.and_then(|c| refused_port(&c.error));
        let mut held: BTreeMap<u16, Option<&Container>> = told.into_iter().map(|port| (port, None)).collect();
        // What the engine lists as its neighbours may be older than what is known of its own containers.
        let own = |c: &Container| c.project.as_ref() == Some(&case.stack.project) && c.service.as_ref() == Some(s.name);
        let others = case.neighbours().into_iter().flat_map(|all| holders(all, s, &wanted));
        held.extend(others.filter(|(_, c)| !own(c)).map(|(p, c)| (p, Some(c))));
        for (port, holder) in held {
            // Its own project's container that no file declares is an orphan, and told of as such; a port that the
            // service asks for twice it takes from itself.
            let own = holder.is_some_and(|c| c.project.as_ref() == Some(&case.stack.project));
            let stranger = holder
                .and_then(|c| case.stack.containers.get(&c.id))
                .is_some_and(|c| case.files_of_another(c).is_some());
            let orphan = !stranger && holder.is_some_and(|c| case.overview.orphans.contains(&c.id));
            if own && orphan || found.tells("host-port-published-twice", s.name, &port.to_string()) {
                continue;
            }
            let by = holder.map_or_else(|| "another container".to_owned(), |c| format!("the container {}", c.name));
            let said = refused.filter(|_| told == Some(port));
            let said = said.map(|c| Evidence::state("State.Error", reason::cause(&c.error), &c.name));
            let owner = holder.map(|c| {
                let of = c.project.as_ref().map_or_else(|| "no compose project".into(), |p| format!("the project {p}"));
                let text = format!("{} publishes {port} ({of})", c.name);
                Evidence::new(Kind::State, text, format!("ports of {}", c.name))
            });
            let stop = match holder.map(|c| (c, c.project.as_ref())) {
                Some((_, Some(project))) if !own => case.host.compose_of(project).then("stop"),
                Some((c, _)) => case.docker().then("stop").name(&c.name),
                None => case.docker().then("ps --filter").word(format!("publish={port}")),
            };
            found.push(
                s.error(RULE.id, format!("{}: host port {port} is taken by {by}", s.name))
                    .shown(said)
                    .shown(owner)
                    .shown([s.publishes(port)])
                    .why(format!(
                        "Only one container can publish port {port} on an address of the host. {} can't start until it \
                         is free.",
                        s.name
                    ))
                    .fix("Stop the other one, or publish another host port")
                    .command(stop),
            );
        }
    }
}

/// Who else holds these ports.
fn holders<'a>(
    all: &'a [Container],
    s: &crate::diagnose::case::Subject<'_>,
    wanted: &[&PortBinding],
) -> BTreeMap<u16, &'a Container> {
    let running = all.iter().filter(|c| matches!(c.phase, Phase::Running | Phase::Paused | Phase::Restarting));
    let others = running.filter(|c| !s.containers.iter().any(|own| own.id == c.id));
    let held = others.flat_map(|c| c.ports.iter().map(move |p| (p, c)));
    let clashing = held.filter_map(|(p, c)| {
        let clash = |w: &&&PortBinding| {
            w.host_port == p.host_port && w.protocol == p.protocol && addresses_clash(&w.host_ip, &p.host_ip)
        };
        Some((wanted.iter().find(clash)?.host_port?, c))
    });
    clashing.collect()
}

/// Whether two addresses of the host overlap; every address is said in several ways.
fn addresses_clash(a: &str, b: &str) -> bool {
    let all = |ip: &str| matches!(ip, "" | "0.0.0.0" | "::" | "[::]");
    a == b || all(a) || all(b)
}

/// `Bind for 0.0.0.0:18701 failed: port is already allocated`
fn refused_port(error: &str) -> Option<u16> {
    let (_, rest) = error.split_once("Bind for ")?;
    rest.split_once(" failed")?.0.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, Question},
        stack::fixture::container,
    };

    const FILE: &str = "services: {web: {image: standin, ports: ['18701:8080']}}";
    /// As 20.10 says it.
    const ERROR: &str = "driver failed programming external connectivity on endpoint p-web-1 (617f36412d64): Bind for 0.0.0.0:18701 failed: port is already allocated";

    fn other(port: u16) -> Container {
        let published = PortBinding {
            host_ip: "0.0.0.0".into(),
            host_port: Some(port),
            container_port: 80,
            protocol: "tcp".into(),
        };
        Container { project: Some("other".into()), ports: vec![published], ..container("shop").running(1.0) }
    }

    pub fn fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("web").failed(128, ERROR))
            .answer(Question::Neighbours, Answer::Neighbours(vec![other(18701)]))
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).answer(Question::Neighbours, Answer::Neighbours(vec![other(18702)]))
    }

    #[test]
    fn it_is_known_before_up_and_without_knowing_the_holder() {
        let before = Scenario::of(FILE).answer(Question::Neighbours, Answer::Neighbours(vec![other(18701)]));
        assert_eq!(before.found(), ["host-port-taken-by-container@web"]);
        let blind = Scenario::of(FILE).with(container("web").failed(128, ERROR));
        assert_eq!(blind.found(), ["host-port-taken-by-container@web"]);
    }
}
