//! `no-shared-network`: a program looks for a service that it shares no network with.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::id::ServiceName,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "no-shared-network",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "two services that need each other share no network",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let said = if s.is_troubled() { s.said(Phrase::UnknownHost) } else { None };
        let named = said.as_ref().and_then(|said| said.get("host")).and_then(|host| apart(case, s, host));
        let targets = s.targets();
        let telling = targets.iter().filter(|t| named.is_some() || case.is_telling(s, t.variable));
        let setting = telling.into_iter().find_map(|t| Some((t, apart(case, s, t.host)?)));
        let (other, setting) = match (named, &setting) {
            (Some(other), Some((t, same))) if same.name == other.name => (other, Some(*t)),
            (Some(other), _) => (other, None),
            (None, Some((t, other))) => (*other, Some(*t)),
            (None, None) => continue,
        };
        let summary = format!("{} can't reach {}: they share no network", s.name, other.name);
        let finding = if named.is_some() { s.error(RULE.id, summary) } else { s.warning(RULE.id, summary) };
        let (own, theirs) = (s.network_names(case), other.network_names(case));
        let line = said.filter(|_| named.is_some()).map(|said| said.evidence());
        found.push(
            finding
                .shown(line)
                .shown(setting.map(|t| s.setting(t.variable, t.value)))
                .shown([networks(s.name, &own), networks(other.name, &theirs)])
                .why(format!(
                    "A service's name is known only on the networks that it is in. {} is in {}, {} in {}.",
                    s.name,
                    own.join(" and "),
                    other.name,
                    theirs.join(" and ")
                ))
                .fix(format!("Put both on one network, under `networks:` of {} or {}", s.name, other.name))
                .command(case.up([s.name, other.name]))
                .explains(&["program-reports-unhealthy"]),
        );
    }
}

fn networks(name: &ServiceName, networks: &[String]) -> Evidence {
    Evidence::new(Kind::State, format!("{name} is in {}", networks.join(", ")), format!("networks of {name}"))
}

/// The service that a host's name means, if it isn't in any network of this one.
fn apart<'c, 'a>(case: &'c Case<'a>, s: &Subject<'_>, host: &str) -> Option<&'c Subject<'a>> {
    let other = case.called(host).filter(|other| other.name != s.name)?;
    // A name that a person gave to an address in /etc/hosts needs no network.
    let given =
        s.containers.iter().flat_map(|c| &c.config.extra_hosts).any(|h| h.split([':', '=']).next() == Some(host));
    (!given && case.share_a_network(s, other) == Some(false)).then_some(other)
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    const FILE: &str = "
services:
  db: {image: 'postgres:15', networks: [b]}
  backend:
    image: python
    restart: always
    environment: {DATABASE_URL: 'postgresql://app:secret@db:5432/app'}
    networks: [a]
networks: {a: {}, b: {}}";
    const LINE: &str =
        "psycopg2.OperationalError: could not translate host name \"db\" to address: Name or service not known";

    pub fn fires() -> Scenario {
        let backend = container("backend").exited(3, 90.0).restarting(5).in_network("p_a", "10.0.1.2");
        Scenario::of(FILE)
            .with(container("db").well().in_network("p_b", "10.0.2.2"))
            .with(backend.var("DATABASE_URL=postgresql://app:secret@db:5432/app"))
            .log("backend", &[LINE])
    }

    pub fn spares() -> Scenario {
        Scenario::of(&FILE.replace("[a]", "[a, b]"))
            .with(container("db").well().in_network("p_b", "10.0.2.2"))
            .with(container("backend").running(12.0).in_network("p_a", "10.0.1.2").in_network("p_b", "10.0.2.3"))
    }

    #[test]
    fn it_is_said_in_place_of_the_unknown_name_and_before() {
        assert_eq!(fires().found(), ["no-shared-network@backend", "crash-loop@backend < no-shared-network@backend"]);
        assert_eq!(Scenario::of(FILE).found(), ["no-shared-network@backend"]);
    }
}
