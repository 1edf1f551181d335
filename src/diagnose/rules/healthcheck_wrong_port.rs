//! `healthcheck-wrong-port`: the health check asks another port than the program listens on.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
        said::{Phrase, says},
        yaml::list,
    },
    host::{Answer, Question},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "healthcheck-wrong-port",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the health check uses a different port than the program listens on",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some((c, probe)) = s.failed_probe().filter(|(_, p)| p.exit != -1) else { continue };
        let Some(refused) = says(&probe.output, Phrase::ConnectionRefused) else { continue };
        let test = c.check.as_ref().map(|check| check.test.join(" ")).unwrap_or_default();
        let named = refused.name("port").and_then(|m| m.as_str().parse().ok());
        let Some(asked) = named.or_else(|| port_of(&test)) else { continue };
        // What listens is known from the sockets, or else from what the program says of itself.
        let sockets = match case.ask(Question::Listening(c.id.clone())) {
            Some(Answer::Listening(all)) => Some(all),
            _ => None,
        };
        let said = s.said(Phrase::ListensOn).filter(|said| c.speaks_since().is_none_or(|since| said.line.at >= since));
        let (other, evidence) = match (sockets, said.as_ref().and_then(|said| Some((said, said.port()?)))) {
            (Some(all), _) if all.iter().any(|(_, port)| *port == asked) => continue,
            // Docker's own resolver listens on 127.0.0.11, on a port of its own.
            (Some(all), told) => {
                let mut real = all.iter().filter(|(ip, _)| ip.to_string() != "127.0.0.11");
                let Some((ip, port)) = real.next() else { continue };
                let socket =
                    Evidence::new(Kind::State, format!("listens on {ip}:{port}"), format!("sockets of {}", c.name));
                (*port, [told.map(|(said, _)| said.evidence()), Some(socket)])
            }
            (None, Some((said, port))) if port != asked => (port, [Some(said.evidence()), None]),
            _ => continue,
        };
        let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
        found.push(
            s.error(
                RULE.id,
                format!("{}: its health check connects to port {asked}, but it listens on {other}", s.name),
            )
            .shown(s.probe())
            .shown(evidence.into_iter().flatten())
            .shown([Evidence::file(format!("healthcheck: test: {test}"), place)])
            .why(format!(
                "Nothing listens on port {asked} inside the container, so every probe is refused. The program \
                     itself is up and listens on {other}."
            ))
            .fix(format!("Use port {other} in the health check, or make the program listen on {asked}"))
            .yaml(as_yaml(c.check.as_ref().map_or(&[], |check| &check.test), asked, other)),
        );
    }
}

/// The test with the other port, as a line of the file.
fn as_yaml(test: &[String], asked: u16, other: u16) -> String {
    format!("test: {}", list(test.iter().map(|word| word.replace(&asked.to_string(), &other.to_string()))))
}

/// The port of the address that a test asks: `http://localhost:8080/health`, `nc -z localhost 5432`.
fn port_of(test: &str) -> Option<u16> {
    let after = |host: &str| {
        let (_, rest) = test.split_once(host)?;
        let rest = rest.trim_start_matches([':', ' ']);
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    ["localhost", "127.0.0.1", "0.0.0.0"].iter().find_map(|host| after(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        stack::fixture::{container, id_of},
    };

    const FILE: &str =
        "services: {web: {image: standin, healthcheck: {test: [CMD, curl, -fsS, 'http://localhost:8080/health']}}}";
    const PROBE: &str = "curl: (7) Failed to connect to localhost port 8080 after 0 ms: Couldn't connect to server\n";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").sick(7, PROBE)).log("web", &["level=info msg=\"listening on :8000\""])
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").well()).log("web", &["level=info msg=\"listening on :8080\""])
    }

    #[test]
    fn sockets_tell_better_than_words() {
        let with = |port| {
            let all = [("0.0.0.0".parse().unwrap(), port)].into();
            let said = container("web").sick(7, PROBE);
            Scenario::of(FILE).with(said).answer(Question::Listening(id_of("web")), Answer::Listening(all)).found()
        };
        assert_eq!(with(9000).first().map(String::as_str), Some("healthcheck-wrong-port@web"));
        assert!(!with(8080).contains(&"healthcheck-wrong-port@web".to_owned()));
        assert_eq!(port_of("CMD nc -z 127.0.0.1 5432"), Some(5432));
        assert_eq!(port_of("CMD pg_isready"), None);
        let test = ["CMD".to_owned(), "curl".to_owned(), "http://localhost:80/".to_owned()];
        assert_eq!(as_yaml(&test, 80, 81), r#"test: ["CMD", "curl", "http://localhost:81/"]"#);
    }
}
