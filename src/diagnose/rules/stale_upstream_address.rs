//! `stale-upstream-address`: a proxy looked its upstream up once, and that has another address by now.

use super::rule::{Rank, Rule, Stage};
use crate::diagnose::{
    case::Case,
    finding::{Evidence, Kind},
    findings::Findings,
    said::Phrase,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "stale-upstream-address",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a proxy still uses the address that a service had before it was recreated",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(said) = s.said(Phrase::UpstreamUnreachable) else { continue };
        let Some(address) = said.get("host") else { continue };
        let Some(started) = s.container().and_then(|c| c.started).filter(|at| *at <= said.line.at) else { continue };
        // The name's owner was recreated after the proxy had looked it up; otherwise it is something else.
        let renewed = case.services.iter().find_map(|other| {
            let c = other.containers.iter().find(|c| c.created.is_some_and(|at| at > started))?;
            let now = c.networks.iter().find(|n| !n.address.is_empty() && n.address != address)?;
            (other.name != s.name && other.is_up()).then_some((other, c, now))
        });
        let Some((other, container, now)) = renewed else { continue };
        let holder = case.services.iter().find(|o| o.has_address(address));
        if holder.is_some_and(|holder| {
            holder.name == other.name || holder.containers.iter().all(|c| c.created < Some(started))
        }) {
            continue;
        }
        found.push(
            s.error(RULE.id, format!("{} still connects to {address}, which {} no longer has", s.name, other.name))
                .shown([said.evidence()])
                .shown([Evidence::new(
                    Kind::State,
                    format!("{} has had {} since it was recreated", other.name, now.address),
                    format!("NetworkSettings.Networks of {}", container.name),
                )])
                .why(format!(
                    "{} looks up its upstreams' names when it starts, and keeps the addresses. {} was recreated since, \
                     and is probably the one that is meant.",
                    s.name, other.name
                ))
                .fix(format!(
                    "Restart {} (nginx -s reload is enough for nginx); with `resolver 127.0.0.11` and a variable in \
                     proxy_pass it looks names up again by itself",
                    s.name
                ))
                .command(case.compose().then("restart").name(s.name))
                .explains(&["program-reports-unhealthy"]),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "services: {nginx: {image: nginx}, backend: {image: app}}";
    /// As nginx says it.
    const LINE: &str = "2026/11/21 03:02:11 [error] 7#7: *5 connect() failed (113: No route to host) while connecting to upstream, client: 127.0.0.1, server: , request: \"GET / HTTP/1.1\", upstream: \"http://172.19.0.2:8000/\", host: \"localhost\"";

    fn scenario(created: f64, address: &str) -> Scenario {
        let backend = container("backend").created_at(created).running(created).in_network("p_default", address);
        Scenario::of(FILE)
            .with(container("nginx").sick(22, "curl: (22) The requested URL returned error: 502"))
            .with(backend)
            .log("nginx", &[LINE])
    }

    pub fn fires() -> Scenario {
        scenario(50.0, "172.19.0.4")
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE)
            .with(container("nginx").well())
            .with(container("backend").created_at(50.0).running(50.0).in_network("p_default", "172.19.0.4"))
    }

    #[test]
    fn without_a_recreated_service_it_is_something_else() {
        let silent = |s: Scenario| !s.found().iter().any(|f| f.starts_with("stale-"));
        assert!(silent(scenario(0.5, "172.19.0.4")) && silent(scenario(50.0, "172.19.0.2")));
        assert!(!silent(fires()));
    }
}
