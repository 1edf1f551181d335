//! `published-port-used-inside`, `connects-to-wrong-port`: the name is right, but nobody listens on that port inside.
//!
//! `8080:80` is two ports: people outside use 8080, other services use 80.

use std::{collections::BTreeSet, net::IpAddr};

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding, Kind},
        findings::Findings,
        said::Phrase,
    },
    host::{Answer, Question},
    stack::PortBinding,
};

/// The host's port in place of the container's.
pub const PUBLISHED: Rule = Rule {
    id: "published-port-used-inside",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a service is reached at the port that it publishes on the host, not at its own port",
    look: published,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// Any other port at which nobody listens.
pub const WRONG: Rule = Rule {
    id: "connects-to-wrong-port",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a service is reached at a port where nothing in it listens",
    look: wrong,
    #[cfg(test)]
    fires: tests::wrong_fires,
    #[cfg(test)]
    spares: tests::wrong_spares,
};

fn published(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.shares_a_network_stack()) {
        let said = if s.is_troubled() { s.said(Phrase::ConnectionRefused) } else { None };
        let named = said.as_ref().and_then(|said| confused(case, s, said.get("host")?, said.port()?));
        let targets = s.targets();
        let telling = targets.iter().filter(|t| named.is_some() || case.is_telling(s, t.variable));
        let setting = telling.into_iter().find_map(|t| Some((t, confused(case, s, t.host, t.port?)?)));
        // Not every program says whom it couldn't reach in words that are known; its line may name the port at least.
        let named = named.or_else(|| {
            let ((_, wanted), said) = (setting.as_ref()?, said.as_ref()?);
            said.line.text.contains(&wanted.1.to_string()).then_some(*wanted)
        });
        let Some((other, port, inside)) = named.or_else(|| setting.as_ref().map(|(_, c)| *c)) else { continue };
        let summary = format!("{} connects to {} at port {port}, which is its port on the host", s.name, other.name);
        let finding = if named.is_some() { s.error(PUBLISHED.id, summary) } else { s.warning(PUBLISHED.id, summary) };
        let line = said.filter(|_| named.is_some()).map(|said| said.evidence());
        let place = other.declared.and_then(|d| d.place.as_ref());
        found.push(
            finding
                .shown(line)
                .shown(setting.as_ref().map(|(t, _)| s.setting(t.variable, t.value)))
                .shown([Evidence::file(format!("{}: ports: {port}:{inside}", other.name), place)])
                .why(format!(
                    "`{port}:{inside}` publishes the container's port {inside} as {port} on the host only. Services \
                     reach each other on the network of the project, where {} listens on {inside}.",
                    other.name
                ))
                .fix(match setting.as_ref().map(|(t, _)| (t.variable, t.port_variable)) {
                    Some((_, Some(variable))) => format!("Set {variable} to {inside}, the port inside"),
                    Some((variable, None)) => format!("Use {}:{inside} in {variable}", other.name),
                    None => format!("Use {}:{inside}", other.name),
                })
                .command(case.up([s.name]))
                .explains(&["program-reports-unhealthy"]),
        );
    }
}

/// The service meant by a host, if the port is one that it publishes and not one that it has.
fn confused<'c, 'a>(case: &'c Case<'a>, s: &Subject<'_>, host: &str, port: u16) -> Option<(&'c Subject<'a>, u16, u16)> {
    let other = case.called(host).filter(|o| o.name != s.name && !o.shares_a_network_stack())?;
    let ports: Vec<(Option<u16>, u16)> = bindings(other);
    if ports.iter().any(|(_, inside)| *inside == port) || other.serves(port) {
        return None;
    }
    let (_, inside) = ports.iter().find(|(host, _)| *host == Some(port))?;
    Some((other, port, *inside))
}

fn bindings(s: &Subject<'_>) -> Vec<(Option<u16>, u16)> {
    let made = s.status.ports.iter().map(|p: &PortBinding| (p.host_port, p.container_port));
    let declared = s.declared.into_iter().flat_map(|d| &d.ports);
    made.chain(declared.map(|p| (p.published.as_ref().and_then(|port| port.parse().ok()), p.target))).collect()
}

fn wrong(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ConnectionRefused) else { continue };
        let (Some(host), Some(port)) = (said.get("host"), said.port()) else { continue };
        let Some(other) = case.called(host).filter(|o| o.name != s.name && o.is_up()) else { continue };
        if found.has(PUBLISHED.id, s.name) {
            continue;
        }
        let Some(heard) = case.listening(other) else { continue };
        let open: BTreeSet<u16> = heard.iter().filter(|(ip, _)| !ip.is_loopback()).map(|(_, port)| *port).collect();
        if open.is_empty() || heard.iter().any(|(_, held)| *held == port) {
            continue;
        }
        found.push(explain(case, s, other, port, &open).shown([said.evidence()]).shown([sockets(other, &heard)]));
    }
}

fn explain(case: &Case<'_>, s: &Subject<'_>, other: &Subject<'_>, port: u16, open: &BTreeSet<u16>) -> Finding {
    let list: Vec<String> = open.iter().take(6).map(ToString::to_string).collect();
    let list = list.join(", ");
    s.error(WRONG.id, format!("{} connects to {} at port {port}, but it listens on {list}", s.name, other.name))
        .why(format!(
            "{} is running and its name resolves, but nothing in it listens on port {port}, so the connection is \
             refused. stackview checked its open ports just now.",
            other.name
        ))
        .fix(format!("Use port {list} of {}, or make it listen on {port}", other.name))
        .command(case.up([s.name]))
}

/// Sockets as evidence.
pub(super) fn sockets(s: &Subject<'_>, heard: &BTreeSet<(IpAddr, u16)>) -> Evidence {
    let list: Vec<String> =
        heard.iter().take(8).map(|(ip, port)| std::net::SocketAddr::new(*ip, *port).to_string()).collect();
    let text = if list.is_empty() { "listens nowhere".to_owned() } else { format!("listens on {}", list.join(", ")) };
    Evidence::new(Kind::State, text, format!("open TCP ports in {}", s.container().map_or("", |c| c.name.as_str())))
}

impl Case<'_> {
    /// The addresses and TCP ports on which a service's first container listens, Docker's own name server left out.
    pub(super) fn listening(&self, s: &Subject<'_>) -> Option<BTreeSet<(IpAddr, u16)>> {
        let container = s.containers.iter().find(|c| c.phase == crate::stack::Phase::Running)?;
        let Answer::Listening(all) = self.ask(Question::Listening(container.id.clone()))? else { return None };
        let own = |(ip, _): &&(IpAddr, u16)| ip.to_string() != "127.0.0.11";
        Some(all.iter().filter(own).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        stack::fixture::{container, id_of},
    };

    const FILE: &str = "
services:
  db: {image: db, ports: ['18543:5432']}
  backend: {image: python, restart: always, environment: {DB_HOST: db, DB_PORT: '18543'}}";
    const LINE: &str = "psycopg2.OperationalError: connection to server at \"db\" (192.168.32.2), port 18543 failed: Connection refused";

    fn db() -> crate::stack::Container {
        container("db").well().serving(Some(18543), 5432)
    }

    fn backend(port: u16) -> crate::stack::Container {
        container("backend").var("DB_HOST=db").var(&format!("DB_PORT={port}"))
    }

    pub fn fires() -> Scenario {
        let backend = backend(18543).exited(1, 90.0).restarting(5);
        Scenario::of(FILE).with(db()).with(backend).log("backend", &[LINE])
    }

    pub fn spares() -> Scenario {
        Scenario::of(&FILE.replace("'18543'}", "'5432'}")).with(db()).with(backend(5432).running(12.0))
    }

    fn listening(port: u16) -> Answer {
        Answer::Listening([("0.0.0.0".parse().unwrap(), port), ("127.0.0.11".parse().unwrap(), 33001)].into())
    }

    pub fn wrong_fires() -> Scenario {
        let backend = backend(5433).exited(1, 90.0).restarting(5);
        Scenario::of("services: {db: {image: db}, backend: {image: python, restart: always}}")
            .with(container("db").well())
            .with(backend)
            .log("backend", &[&LINE.replace("18543", "5433")])
            .answer(Question::Listening(id_of("db")), listening(5432))
    }

    pub fn wrong_spares() -> Scenario {
        Scenario::of("services: {db: {image: db}, backend: {image: python, restart: always}}")
            .with(container("db").well())
            .with(backend(5432).running(12.0))
            .answer(Question::Listening(id_of("db")), listening(5432))
    }

    #[test]
    fn it_is_known_before_up_and_explains_the_loop() {
        assert_eq!(Scenario::of(FILE).found(), ["published-port-used-inside@backend"]);
        let found = fires().found();
        assert_eq!(found[1], "crash-loop@backend < published-port-used-inside@backend");
        assert_eq!(wrong_fires().found()[0], "connects-to-wrong-port@backend");
        assert_eq!(fires().diagnosis().findings[0].fix.text, "Set DB_PORT to 5432, the port inside");
        let url = FILE.replace("DB_HOST: db, DB_PORT: '18543'", "DB_URL: 'redis://db:18543'");
        assert_eq!(Scenario::of(&url).diagnosis().findings[0].fix.text, "Use db:5432 in DB_URL");
        // Words of its own, which name the port all the same.
        let own = fires().log("backend", &["error connecting to db:18543: connection refused"]);
        assert_eq!(own.found()[..2], fires().found()[..2]);
        // The port it has: why it refuses isn't known here.
        let right = wrong_fires().answer(Question::Listening(id_of("db")), listening(5433));
        assert_eq!(right.found(), ["crash-loop@backend"]);
    }

    #[test]
    fn a_variable_that_all_get_from_one_env_file_shows_nothing_of_one() {
        let file = "services: {find: {image: meili, ports: ['1700:7700']}, app: {image: app}, queue: {image: queue}}";
        let pairs = [("FIND_HOST", "find"), ("FIND_PORT", "1700")];
        let shared = Scenario::of(file).injecting("app", &pairs).injecting("queue", &pairs);
        assert!(shared.found().is_empty(), "{:?}", shared.found());
        assert_eq!(Scenario::of(file).injecting("app", &pairs).found(), ["published-port-used-inside@app"]);
    }
}
