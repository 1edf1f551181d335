//! `server-listens-on-loopback`, `program-listens-on-loopback`, `published-port-without-listener`: a program runs, but
//! listens where nobody outside its container can reach it, or not on the port that is published.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use super::{
    rule::{Rank, Rule, Stage},
    wrong_port::sockets,
};
use crate::diagnose::{
    case::{Case, Subject},
    finding::Evidence,
    findings::Findings,
    said::Phrase,
    target::is_loopback,
};

/// Another service is refused.
pub const SERVER: Rule = Rule {
    id: "server-listens-on-loopback",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a service listens on localhost only, so other services can't connect",
    look: server,
    #[cfg(test)]
    fires: tests::server_fires,
    #[cfg(test)]
    spares: tests::server_spares,
};

/// The host is refused.
pub const PROGRAM: Rule = Rule {
    id: "program-listens-on-loopback",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program behind a published port listens on localhost only, so the port doesn't answer",
    look: program,
    #[cfg(test)]
    fires: tests::program_fires,
    #[cfg(test)]
    spares: tests::program_spares,
};

/// Nobody listens.
pub const NOBODY: Rule = Rule {
    id: "published-port-without-listener",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a port is published, but nothing in the container listens on it",
    look: nobody,
    #[cfg(test)]
    fires: tests::nobody_fires,
    #[cfg(test)]
    spares: tests::program_spares,
};

/// A program that hasn't opened its port after so long won't open it soon.
const LATE: Duration = Duration::from_secs(60);
/// One that serves somewhere else, and on none of its published ports, is done with opening ports after so long.
const ELSEWHERE: Duration = Duration::from_secs(2);

fn server(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ConnectionRefused) else { continue };
        let (Some(host), Some(port)) = (said.get("host"), said.port()) else { continue };
        let Some(on) = case.called(host).filter(|on| on.name != s.name && on.is_up()) else { continue };
        if case.share_a_network(s, on) == Some(false) {
            continue;
        }
        let Some(shown) = only_at_home(case, on, port) else { continue };
        found.push(
            on.error(SERVER.id, format!("{} listens on localhost only, so {} can't connect", on.name, s.name))
                .shown([shown, said.evidence()])
                .why(format!(
                    "What listens on 127.0.0.1 in a container can be reached only from that container. {} has to \
                     listen on 0.0.0.0 (or ::) for other services to reach port {port}.",
                    on.name
                ))
                .fix(address(port))
                .breaks(s.name),
        );
    }
}

fn address(port: u16) -> String {
    format!(
        "Make the program listen on 0.0.0.0:{port}: --host 0.0.0.0, -b 0.0.0.0:{port}, HOST=0.0.0.0 or \
         listen_addresses = '*', whichever it supports"
    )
}

/// What shows that a port is open on the loopback address alone: its sockets, or else its own words.
fn only_at_home(case: &Case<'_>, s: &Subject<'_>, port: u16) -> Option<Evidence> {
    if let Some(heard) = case.listening(s) {
        let mut at: Vec<&IpAddr> = heard.iter().filter(|(_, held)| *held == port).map(|(ip, _)| ip).collect();
        at.retain(|ip| !ip.is_loopback());
        let open = heard.iter().any(|(_, held)| *held == port);
        return (open && at.is_empty()).then(|| sockets(s, &heard));
    }
    let said = s.said(Phrase::ListensOn)?;
    (said.port() == Some(port) && said.get("host").is_some_and(is_loopback)).then(|| said.evidence())
}

/// Services that publish a port and are up: the container's ports.
fn publishing<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = (&'c Subject<'a>, BTreeSet<(u16, u16)>)> {
    case.services.iter().filter(|s| s.is_up() && !s.shares_a_network_stack()).filter_map(|s| {
        let ports = s.containers.iter().flat_map(|c| &c.ports).filter(|p| p.protocol == "tcp");
        let ports: BTreeSet<(u16, u16)> = ports.filter_map(|p| Some((p.host_port?, p.container_port))).collect();
        (!ports.is_empty()).then_some((s, ports))
    })
}

fn program(case: &Case<'_>, found: &mut Findings) {
    for (s, ports) in publishing(case) {
        for (host, port) in ports {
            let Some(shown) = only_at_home(case, s, port) else { continue };
            let summary = format!("{} listens on localhost only, so host port {host} doesn't answer", s.name);
            found.push(
                s.error(PROGRAM.id, summary)
                    .shown([shown, published(s, host, port)])
                    .why(format!(
                        "Docker forwards connections to port {host} to port {port} on the container's own address. A \
                         program that listens on 127.0.0.1 never sees them."
                    ))
                    .fix(address(port)),
            );
        }
    }
}

fn published(s: &Subject<'_>, host: u16, port: u16) -> Evidence {
    let text = format!("{}: ports: {host}:{port}", s.name);
    match s.declared.and_then(|d| d.place.as_ref()) {
        Some(place) => Evidence::file(text, Some(place)),
        None => Evidence::state("NetworkSettings.Ports", text, s.container().map_or("", |c| c.name.as_str())),
    }
}

fn nobody(case: &Case<'_>, found: &mut Findings) {
    for (s, ports) in publishing(case) {
        let Some(started) = s.container().and_then(|c| c.started) else { continue };
        let up = case.now.since(started);
        // A program that is told of as failing hasn't opened its ports yet.
        if up < ELSEWHERE || s.is_troubled() {
            continue;
        }
        let Some(heard) = case.listening(s).filter(|heard| !heard.is_empty()) else { continue };
        let serves_elsewhere = heard.iter().any(|(ip, _)| !ip.is_loopback())
            && !heard.iter().any(|(_, held)| ports.iter().any(|(_, port)| port == held));
        // One that is still starting hasn't, either.
        if up < LATE && !serves_elsewhere {
            continue;
        }
        let Some((host, port)) = ports.iter().find(|(_, port)| !heard.iter().any(|(_, held)| held == port)) else {
            continue;
        };
        let open: Vec<String> =
            heard.iter().map(|(_, port)| port.to_string()).collect::<BTreeSet<_>>().into_iter().collect();
        found.push(
            s.warning(NOBODY.id, format!("{} publishes port {host}, but nothing in it listens on {port}", s.name))
                .shown([sockets(s, &heard), published(s, *host, *port)])
                .why(format!(
                    "Connections to host port {host} are forwarded to port {port} of the container, where nothing \
                     answers. Its program listens on {} instead.",
                    open.join(", ")
                ))
                .fix(format!(
                    "Publish the port that the program listens on: \"{host}:{}\"",
                    open.first().map_or("PORT", String::as_str)
                ))
                .command(case.up([s.name])),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, Question},
        stack::fixture::{container, id_of},
    };

    const FILE: &str = "
services:
  api: {image: app}
  web: {image: app, restart: always, environment: {API_URL: 'http://api:8000'}}";
    const LINE: &str = "Error: dial tcp 172.19.0.2:8000: connect: connection refused";

    fn listening(address: &str) -> Answer {
        Answer::Listening([(address.parse().unwrap(), 8000), ("127.0.0.11".parse().unwrap(), 40001)].into())
    }

    pub fn server_fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("api").running(1.0).in_network("p_default", "172.19.0.2"))
            .with(container("web").exited(1, 90.0).restarting(5).in_network("p_default", "172.19.0.3"))
            .log("web", &[LINE])
            .answer(Question::Listening(id_of("api")), listening("127.0.0.1"))
    }

    pub fn server_spares() -> Scenario {
        Scenario::of(FILE)
            .with(container("api").running(1.0).in_network("p_default", "172.19.0.2"))
            .with(container("web").running(2.0).in_network("p_default", "172.19.0.3"))
            .answer(Question::Listening(id_of("api")), listening("0.0.0.0"))
    }

    fn published(address: &str, port: u16) -> Scenario {
        Scenario::of("services: {api: {image: app, ports: ['18000:8000']}}")
            .with(container("api").running(1.0).serving(Some(18000), port))
            .answer(Question::Listening(id_of("api")), listening(address))
    }

    pub fn program_fires() -> Scenario {
        published("127.0.0.1", 8000)
    }

    pub fn program_spares() -> Scenario {
        published("0.0.0.0", 8000)
    }

    pub fn nobody_fires() -> Scenario {
        published("0.0.0.0", 80)
    }

    #[test]
    fn the_one_who_listens_is_told_of_and_nothing_is_said_unasked() {
        assert_eq!(
            server_fires().found(),
            ["server-listens-on-loopback@api", "crash-loop@web < server-listens-on-loopback@api"]
        );
        let unknown = Scenario::of(FILE)
            .with(container("api").running(1.0).serving(Some(18000), 80))
            .with(container("web").running(1.0));
        assert!(unknown.found().is_empty());
        assert_eq!(nobody_fires().found(), ["published-port-without-listener@api"]);
    }
}
