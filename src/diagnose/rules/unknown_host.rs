//! `unknown-host`: a program looks for a host by a name that nobody has.

use std::collections::BTreeSet;

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    compose::closest,
    diagnose::{
        case::{Case, Subject},
        finding::Finding,
        findings::Findings,
        said::Phrase,
        target::{hosts_in, is_loopback},
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unknown-host",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program looks for a host whose name isn't known on its networks",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::UnknownHost) else { continue };
        let told = ["no-shared-network", "url-needs-percent-encoding", "host-name-needs-extra-hosts"];
        if told.iter().any(|rule| found.has(rule, s.name)) {
            continue;
        }
        let named = said.get("host").map(|host| host.trim_end_matches(['.', ',', ':', '"', '\'']));
        let Some(host) = named.or_else(|| only_stranger(case, s)) else { continue };
        let targets = s.targets();
        let setting = targets.iter().find(|t| t.host == host);
        let in_host = s.container().is_some_and(|c| c.config.network_mode == "host");
        let finding = match case.called(host) {
            Some(other) if in_host => without_names(case, s, other, host),
            Some(other) => known(case, s, other, host),
            None => unknown(case, s, host, setting.map(|t| t.variable)),
        };
        let shown = finding.shown([said.evidence()]).shown(setting.map(|t| s.setting(t.variable, t.value)));
        found.push(shown.explains(&["program-reports-unhealthy"]));
    }
}

/// Where the line names no host: the only one in its settings and its command that it can't find.
fn only_stranger<'a>(case: &Case<'a>, s: &Subject<'a>) -> Option<&'a str> {
    let line = s.container().into_iter().flat_map(|c| &c.command).flat_map(|word| hosts_in(word));
    let found = |host: &str| {
        case.called(host).is_some_and(|other| other.is_up() && case.share_a_network(s, other) != Some(false))
    };
    let strange = |host: &&str| !is_loopback(host) && host.parse::<std::net::IpAddr>().is_err() && !found(host);
    let strangers: BTreeSet<&str> = s.targets().iter().map(|t| t.host).chain(line).filter(strange).collect();
    strangers.first().copied().filter(|_| strangers.len() == 1)
}

/// The name is right, but who shares the host's network isn't told the names of services.
fn without_names(case: &Case<'_>, s: &Subject<'_>, other: &Subject<'_>, host: &str) -> Finding {
    let port = other.status.ports.iter().find_map(|p| p.host_port);
    let fix = match port {
        Some(port) => format!("Use localhost:{port}, the port that {} publishes on the host", other.name),
        None => format!("Publish a port of {} and use it at localhost", other.name),
    };
    s.error(RULE.id, format!("{} can't find '{host}': in the host's network service names aren't known", s.name))
        .why(format!(
            "{} has `network_mode: host`, so it asks the host's name servers, and those don't know the services of a \
             project. Docker's own names are for its networks.",
            s.name
        ))
        .fix(format!("{fix}; or put {} on the project's network", s.name))
        .command(case.up([s.name]))
}

/// The name is right, but nobody bears it at the time.
fn known(case: &Case<'_>, s: &Subject<'_>, other: &Subject<'_>, host: &str) -> Finding {
    let waits = case.dependencies(s).any(|(on, _)| on.name == other.name);
    if other.is_up() {
        let finding = s.error(RULE.id, format!("{} looked for '{host}' before {} was running", s.name, other.name));
        let fix = if waits { "Restart it" } else { "Restart it, and make it wait: depends_on" };
        finding
            .why(format!(
                "A service's name is known only while one of its containers runs, and {} runs now. Programs that look \
                 a name up once, at their start, exit if it isn't known yet.",
                other.name
            ))
            .fix(format!("{fix} ({})", other.name))
            .command(case.compose().then("restart").name(s.name))
    } else {
        let state = other.status.state.word();
        s.error(RULE.id, format!("{} can't find '{host}': {} is {state}", s.name, other.name))
            .why(format!(
                "A service's name is known only while one of its containers runs, and {} is {state}. {} will probably \
                 continue once it runs.",
                other.name, s.name
            ))
            .fix(format!("Start {} first{}", other.name, if waits { "" } else { ", and depend on it" }))
            .command(case.up([other.name]))
            .due_to(other.name)
    }
}

/// Nobody is called so.
fn unknown(case: &Case<'_>, s: &Subject<'_>, host: &str, variable: Option<&str>) -> Finding {
    let place = variable.map_or_else(String::new, |name| format!(" in {name}"));
    let off = case.project.and_then(|p| p.services.get(host)).filter(|s| !s.enabled);
    if let Some(off) = off {
        return s
            .error(RULE.id, format!("{} can't find '{host}': that service's profile is inactive", s.name))
            .why(format!(
                "{host} belongs to the profile {}, which isn't active, so it has no container. Only the names of \
                 running services are known.",
                off.named_profiles().collect::<Vec<_>>().join(", ")
            ))
            .fix(format!("Activate the profile, or do without {host}{place}"))
            .command(
                case.compose_by_files()
                    .then("--profile")
                    .word(off.named_profiles().next().unwrap_or("NAME"))
                    .then("up -d"),
            );
    }
    let others = || case.services.iter().filter(|other| other.name != s.name).map(|other| other.name.as_str());
    let meant = closest(host, others());
    let finding = s.error(
        RULE.id,
        match meant {
            Some(meant) => {
                format!("{} looks for the host '{host}', which doesn't exist; probably {meant} is meant", s.name)
            }
            None => format!("{} looks for the host '{host}', which can't be resolved", s.name),
        },
    );
    if host.contains('.') && meant.is_none() {
        let own = s.network_names(case);
        let net = |name: &String| case.stack.networks.values().find(|n| n.name == *name);
        let shut = !own.is_empty() && own.iter().all(|name| net(name).is_some_and(|n| n.internal));
        return if shut {
            finding
                .why(format!("All networks of {} are internal, so it can't reach anything outside.", s.name))
                .fix("Also put it on a network that isn't internal")
        } else {
            finding
                .why(
                    "It isn't a service of this project, so the host's name servers are asked, and they didn't know it \
                     or didn't answer. A wrong name and a host without a network look the same.",
                )
                .fix(format!("Check that the name is right{place} and that the host can resolve it"))
                .command(ShellLine::new("getent hosts").name(host))
        };
    }
    let names: Vec<&str> = others().take(8).collect();
    finding
        .why(format!(
            "The names on the project's networks are those of its services{}. '{host}' isn't one of them, and the \
             host's name servers don't know it either.",
            if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
        ))
        .fix(match meant {
            Some(meant) => format!("Use {meant} as the host{place}"),
            None => format!("Correct the name{place}, or add the service that it means"),
        })
        .command(case.up([s.name]))
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "
services:
  db: {image: 'postgres:15'}
  backend: {image: python, restart: always, environment: {DATABASE_URL: 'postgresql://app:secret@dbb:5432/app'}}";
    const LINE: &str =
        "psycopg2.OperationalError: could not translate host name \"dbb\" to address: Name or service not known";
    /// As nginx says it.
    const NGINX: &str =
        "2026/11/21 02:38:50 [emerg] 1#1: host not found in upstream \"backend\" in /etc/nginx/conf.d/default.conf:1";

    pub fn fires() -> Scenario {
        let backend = container("backend").exited(3, 90.0).restarting(5);
        Scenario::of(FILE)
            .with(container("db").well())
            .with(backend.var("DATABASE_URL=postgresql://app:secret@dbb:5432/app"))
            .log("backend", &[LINE])
    }

    pub fn spares() -> Scenario {
        let backend = container("backend").running(12.0).var("DATABASE_URL=postgresql://app:secret@db:5432/app");
        Scenario::of(FILE).with(container("db").well()).with(backend)
    }

    #[test]
    fn what_was_meant_is_told_where_it_is_near() {
        let f = fires().diagnosis().findings.remove(0);
        assert!(f.fix.text.contains("Use db as the host in DATABASE_URL"), "{f:#?}");
        let file = "services: {nginx: {image: nginx, restart: always}}";
        let nginx = Scenario::of(file).with(container("nginx").exited(1, 90.0).restarting(4)).log("nginx", &[NGINX]);
        assert_eq!(nginx.found(), ["unknown-host@nginx", "crash-loop@nginx < unknown-host@nginx"]);
    }

    #[test]
    fn a_line_without_the_name_is_read_with_the_settings() {
        let told = |url: &str| {
            let poller = container("backend").exited(1, 90.0).restarting(5).var(&format!("API={url}"));
            let line = "urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>";
            Scenario::of(FILE).with(container("db").well()).with(poller).log("backend", &[line]).found()
        };
        assert_eq!(told("http://dbb:80/")[0], "unknown-host@backend");
        assert_eq!(told("http://db:80/"), ["crash-loop@backend"], "that name is known");
    }

    #[test]
    fn a_service_that_is_down_is_the_cause() {
        let file = "services: {nginx: {image: nginx, restart: always}, backend: {image: app}}";
        let down = Scenario::of(file)
            .with(container("nginx").exited(1, 90.0).restarting(4))
            .with(container("backend").exited(2, 20.0))
            .log("nginx", &[NGINX]);
        let found = down.found();
        assert_eq!(found.first().map(String::as_str), Some("main-process-ends@backend"), "{found:?}");
        assert!(found.contains(&"unknown-host@nginx < main-process-ends@backend".into()), "{found:?}");
    }
}
