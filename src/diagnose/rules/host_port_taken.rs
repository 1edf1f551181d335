//! Other clashes over a port of the host: `host-port-taken-by-process`, `orphan-holds-port`,
//! `replicas-share-host-port`.

use std::collections::BTreeSet;

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::{id::ContainerId, shell::ShellLine},
    compose::Port,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding, Kind},
        findings::Findings,
    },
    host::{Answer, PortOwner, Question},
    stack::{Container, Phase, reason},
};

/// A program outside Docker has it.
pub const PROCESS: Rule = Rule {
    id: "host-port-taken-by-process",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the host port is used by a program outside Docker",
    look: process,
    #[cfg(test)]
    fires: tests::process_fires,
    #[cfg(test)]
    spares: tests::process_spares,
};

/// A container that was left over has it.
pub const ORPHAN: Rule = Rule {
    id: "orphan-holds-port",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the host port is held by a leftover container of this project that no file declares",
    look: orphan,
    #[cfg(test)]
    fires: tests::orphan_fires,
    #[cfg(test)]
    spares: tests::orphan_spares,
};

/// Two containers of one service want it.
pub const REPLICAS: Rule = Rule {
    id: "replicas-share-host-port",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "several replicas publish the same host port",
    look: replicas,
    #[cfg(test)]
    fires: tests::replicas_fires,
    #[cfg(test)]
    spares: tests::replicas_spares,
};

/// A container that couldn't be started because a program had the port.
fn refused<'a>(s: &Subject<'a>) -> Option<&'a Container> {
    s.containers.iter().copied().find(|c| c.error.contains("address already in use"))
}

/// `listen tcp4 0.0.0.0:18702: bind: address already in use`
fn refused_port(error: &str) -> Option<u16> {
    let (before, _) =
        error.split_once(": bind: address already in use").or_else(|| error.split_once(": address already in use"))?;
    before.rsplit_once(':')?.1.parse().ok()
}

fn process(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.is_up()) {
        let refused = refused(s);
        let told = refused.and_then(|c| refused_port(&c.error));
        let wanted = s.status.ports.iter().filter(|p| p.protocol == "tcp").filter_map(|p| p.host_port);
        let mut ports: Vec<u16> = told.into_iter().chain(wanted).collect();
        ports.sort_unstable();
        ports.dedup();
        for port in ports {
            let held = owner(case, port);
            let others = ["host-port-taken-by-container", ORPHAN.id, "host-port-published-twice"];
            let unseen = told != Some(port) && held.is_none();
            if unseen || others.iter().any(|rule| found.tells(rule, s.name, &port.to_string())) {
                continue;
            }
            let by = held.map_or_else(|| "a program outside Docker".to_owned(), PortOwner::words);
            let said = refused.filter(|_| told == Some(port));
            let error = said.map(|c| Evidence::state("State.Error", reason::cause(&c.error), &c.name));
            let owner = held.map(|o| {
                let text = format!("{} listens on {}:{port}", o.words(), o.address);
                Evidence::new(Kind::Host, text, "the host's sockets")
            });
            let (more, fix) = added(s, port);
            found.push(
                s.error(PROCESS.id, format!("{}: host port {port} is used by {by}", s.name))
                    .shown(error)
                    .shown(owner)
                    .shown([s.publishes(port)])
                    .shown(more)
                    .why(format!(
                        "Only one program can listen on a host port, and no known container publishes {port}. {} can't \
                         start until the port is free.",
                        s.name
                    ))
                    .fix(fix.unwrap_or_else(|| "Stop that program, or publish another host port".into()))
                    .command(ShellLine::new("ss -ltnp").word(format!("sport = :{port}"))),
            );
        }
    }
}

/// Another port of the host for the same port of the container, said in another file: who wrote it probably meant it
/// instead of the one that is taken, but lists of files are added together.
fn added(s: &Subject<'_>, port: u16) -> (Option<Evidence>, Option<String>) {
    let ports = || s.declared.into_iter().flat_map(|d| &d.ports);
    let file = |p: &Port| p.place.as_ref().map(|place| place.file.clone());
    let Some(own) = ports().find(|p| p.published.as_deref() == Some(port.to_string().as_str())) else {
        return (None, None);
    };
    let other = ports().find(|p| p.target == own.target && p.published != own.published && file(p) != file(own));
    let Some(other) = other.and_then(|p| Some((p.published.as_deref()?, p.place.as_ref()?, p.target))) else {
        return (None, None);
    };
    let (published, place, target) = other;
    let shown = Evidence::file(format!("ports: {published}:{target}, published besides it"), Some(place));
    let fix = format!(
        "If {published} is meant instead of {port}, write `ports: !override` in {}: lists of several files are added \
         together",
        place.file.file_name().map_or_else(|| place.file.display().to_string(), |name| name.display().to_string())
    );
    (Some(shown), Some(fix))
}

/// The program that has a port, Docker's own proxies left out: they stand for containers.
fn owner<'a>(case: &Case<'a>, port: u16) -> Option<&'a PortOwner> {
    let Answer::HostPort(Some(owner)) = case.ask(Question::HostPort(port))? else { return None };
    let proxy = owner.program.as_deref().is_some_and(|program| program.contains("docker-proxy"));
    let up = |c: &&Container| matches!(c.phase, Phase::Running | Phase::Paused | Phase::Restarting);
    let published = case
        .neighbours()
        .is_none_or(|all| all.iter().filter(up).flat_map(|c| &c.ports).any(|p| p.host_port == Some(port)));
    (!proxy && !published).then_some(owner)
}

impl PortOwner {
    /// The program, as far as it is known.
    fn words(&self) -> String {
        match (&self.program, self.pid) {
            (Some(program), Some(pid)) => format!("{program} (process {pid})"),
            (Some(program), None) => program.clone(),
            (None, Some(pid)) => format!("the process {pid}"),
            (None, None) => "a program outside Docker".into(),
        }
    }
}

fn orphan(case: &Case<'_>, found: &mut Findings) {
    let orphans: Vec<&Container> = case
        .overview
        .orphans
        .iter()
        .filter_map(|id: &ContainerId| case.stack.containers.get(id))
        .filter(|c| case.files_of_another(c).is_none())
        .collect();
    for s in case.services.iter().filter(|s| !s.is_up()) {
        let wanted: Vec<u16> = s.status.ports.iter().filter_map(|p| p.host_port).collect();
        let held = orphans.iter().filter(|c| matches!(c.phase, Phase::Running | Phase::Paused)).flat_map(|c| {
            let ports: BTreeSet<u16> = c.ports.iter().filter_map(|p| p.host_port).collect();
            ports.into_iter().filter(|port| wanted.contains(port)).map(move |port| (*c, port))
        });
        for (holder, port) in held {
            let error = s.containers.iter().find(|c| c.error.contains("port is already allocated"));
            found.push(
                s.error(
                    ORPHAN.id,
                    format!("{}: port {port} is held by the leftover container {}", s.name, holder.name),
                )
                .shown(error.map(|c| Evidence::state("State.Error", reason::cause(&c.error), &c.name)))
                .shown([Evidence::state(
                    "NetworkSettings.Ports",
                    format!("{} publishes {port}", holder.name),
                    &holder.name,
                )])
                .why(format!(
                    "{} has this project's label, but no compose file declares its service, so `up` leaves it running. \
                     It holds the port that {} needs.",
                    holder.name, s.name
                ))
                .fix("Remove the leftover container, then start again")
                .command(case.compose_by_files().then("up -d --remove-orphans"))
                .explains(&["host-port-taken-by-container", "orphan-container"]),
            );
        }
    }
}

fn replicas(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for service in project.services.values().filter(|s| s.enabled && s.replicas > 1) {
        let fixed = service.ports.iter().find(|p| {
            let many = p.published.as_ref().map(|text| width(text));
            many.is_some_and(|many| many < u64::from(service.replicas))
        });
        let Some(port) = fixed else { continue };
        let published = port.published.as_deref().unwrap_or_default();
        let place = service.place.as_ref();
        found.push(
            Finding::error(
                REPLICAS.id,
                Some(&service.name),
                format!("{}: {} replicas can't all publish host port {published}", service.name, service.replicas),
            )
            .shown([
                Evidence::file(format!("ports: {published}:{}", port.target), place),
                Evidence::file(format!("replicas: {}", service.replicas), place),
            ])
            .why(
                "Only one container can publish a port on an address of the host. The first replica gets it, and the \
                 others can't start.",
            )
            .fix(format!(
                "Publish a range ({published}-…:{}) or no fixed port (\"{}\"), or put a proxy in front of them",
                port.target, port.target
            ))
            .explains(&["host-port-taken-by-container"]),
        );
    }
}

/// How many ports `8080` or `8080-8089` are.
fn width(published: &str) -> u64 {
    let (first, last) = published.split_once('-').unwrap_or((published, published));
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(0), _) | (Err(_), _) => u64::MAX,
        (Ok(first), Ok(last)) => last.saturating_sub(first).saturating_add(1),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {web: {image: app, ports: ['18702:8080']}}";
    /// As 20.10 says it.
    const ERROR: &str = "driver failed programming external connectivity on endpoint p-web-1 (fa82f476): Error starting userland proxy: listen tcp4 0.0.0.0:18702: bind: address already in use";

    fn python() -> Answer {
        Answer::HostPort(Some(PortOwner {
            address: "127.0.0.1".into(),
            pid: Some(3380),
            program: Some("python3".into()),
        }))
    }

    pub fn process_fires() -> Scenario {
        Scenario::of(FILE).with(container("web").failed(128, ERROR)).answer(Question::HostPort(18702), python()).answer(
            Question::Neighbours,
            // The engine lists the container that couldn't be started with the port that it wants.
            Answer::Neighbours(vec![container("web").failed(128, ERROR).serving(Some(18702), 8080)]),
        )
    }

    pub fn process_spares() -> Scenario {
        Scenario::of(FILE)
            .answer(Question::HostPort(18702), Answer::HostPort(None))
            .answer(Question::Neighbours, Answer::Neighbours(vec![]))
    }

    pub fn orphan_fires() -> Scenario {
        Scenario::of(FILE).with(container("app").running(1.0).serving(Some(18702), 8080))
    }

    pub fn orphan_spares() -> Scenario {
        Scenario::of(FILE).with(container("app").running(1.0).serving(Some(18703), 8080))
    }

    pub fn replicas_fires() -> Scenario {
        Scenario::of("services: {web: {image: app, ports: ['80:80'], deploy: {replicas: 2}}}")
    }

    pub fn replicas_spares() -> Scenario {
        Scenario::of("services: {web: {image: app, ports: ['8080-8081:80', '90'], deploy: {replicas: 2}}}")
    }

    #[test]
    fn who_has_the_port_is_told_as_far_as_it_is_known() {
        assert!(process_fires().diagnosis().findings[0].summary.contains("python3 (process 3380)"));
        let blind = Scenario::of(FILE).with(container("web").failed(128, ERROR));
        assert_eq!(blind.found(), ["host-port-taken-by-process@web"]);
        // Before `up` as well, but not where a container stands behind it.
        let before = Scenario::of(FILE).answer(Question::HostPort(18702), python());
        assert!(before.found().is_empty());
        assert_eq!(
            before.answer(Question::Neighbours, Answer::Neighbours(vec![])).found(),
            ["host-port-taken-by-process@web"]
        );
        assert_eq!(width("8080-8089"), 10);
    }
}
