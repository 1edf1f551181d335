//! What the program answers its health check: `probe-not-authorised`, `probe-path-not-found`, `probe-speaks-tls`,
//! `probe-asks-wrong-localhost`.
//!
//! The probe gets through, so neither its program nor its port is to blame: what it asks for is.

use super::rule::{Rank, Rule, Stage};
use crate::{
    diagnose::{
        case::{Case, Subject},
        finding::Finding,
        findings::Findings,
        said::{Phrase, says},
        target::is_loopback,
    },
    stack::Probe,
};

macro_rules! rule {
    ($name:ident, $id:literal, $about:literal, $look:ident, $fires:ident) => {
        #[doc = concat!("`", $id, "`: ", $about, ".")]
        pub const $name: Rule = Rule {
            id: $id,
            stage: Stage::Running,
            rank: Rank::Cause,
            about: $about,
            look: $look,
            #[cfg(test)]
            fires: tests::$fires,
            #[cfg(test)]
            spares: tests::well,
        };
    };
}

rule!(
    NOT_AUTHORISED,
    "probe-not-authorised",
    "the health check is rejected: wrong or missing credentials",
    auth,
    auth_fires
);
rule!(
    NOT_FOUND,
    "probe-path-not-found",
    "the health check asks for a path that the program doesn't have",
    lost,
    lost_fires
);
rule!(TLS, "probe-speaks-tls", "the health check and the program don't agree on TLS", tls, tls_fires);
rule!(
    IPV6,
    "probe-asks-wrong-localhost",
    "the health check connects to ::1, where the program doesn't listen",
    ipv6,
    ipv6_fires
);

/// Services whose last probe failed, with it.
fn failing<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = (&'c Subject<'a>, &'a Probe)> {
    case.services.iter().filter_map(|s| Some((s, s.failed_probe()?.1)))
}

/// An error where it made the service unhealthy, else what is about to.
fn weigh(s: &Subject<'_>, rule: &'static str, summary: String) -> Finding {
    let lost = s.status.state.is_trouble();
    let finding = if lost { s.error(rule, summary) } else { s.warning(rule, summary) };
    finding.shown(s.probe()).shown(test(s)).explains(&[
        "program-reports-unhealthy",
        "healthcheck-wrong-port",
        "healthcheck-fails",
    ])
}

/// The check's own line.
fn test(s: &Subject<'_>) -> Option<crate::diagnose::finding::Evidence> {
    let check = s.containers.iter().find_map(|c| c.check.as_ref())?;
    let line = check.written();
    let place = s.declared.filter(|d| d.healthcheck.is_some()).and_then(|d| d.place.as_ref());
    Some(match place {
        Some(place) => crate::diagnose::finding::Evidence::file(format!("healthcheck: test: {line}"), Some(place)),
        None => crate::diagnose::finding::Evidence::state("Config.Healthcheck.Test", line, &s.container()?.name),
    })
}

fn auth(case: &Case<'_>, found: &mut Findings) {
    for (s, probe) in failing(case) {
        let http = ["error: 401", "error: 403", "401 Unauthorized", "403 Forbidden", "HTTP 401", "HTTP 403"];
        let http = http.iter().any(|code| probe.output.contains(code));
        if !http && says(&probe.output, Phrase::Refused).is_none() {
            continue;
        }
        found.push(
            weigh(s, NOT_AUTHORISED.id, format!("{}'s health check is rejected: it isn't authorised", s.name))
                .why(format!(
                    "The program answers its health check, but requires a valid user and password. {} probably works \
                     for clients that have them.",
                    s.name
                ))
                .fix("Make the check request something that needs no login, or give it valid credentials"),
        );
    }
}

fn lost(case: &Case<'_>, found: &mut Findings) {
    for (s, probe) in failing(case) {
        let told = ["error: 404", "404 Not Found", "HTTP 404", "status 404", "status: 404", "HTTP Error 404"];
        if !told.iter().any(|code| probe.output.contains(code)) {
            continue;
        }
        found.push(
            weigh(s, NOT_FOUND.id, format!("{}'s health check requests a path that doesn't exist (404)", s.name))
                .why(
                    "The program runs, listens on the port and answers; only the path that the check requests doesn't \
                     exist. Nothing else seems wrong with it.",
                )
                .fix("Correct the path in healthcheck.test, or serve that path"),
        );
    }
}

fn tls(case: &Case<'_>, found: &mut Findings) {
    for (s, probe) in failing(case) {
        let said = &probe.output;
        let has = |parts: &[&str]| parts.iter().any(|part| said.contains(part));
        let (what, why) = if has(&[
            "wrong version number",
            "SSL_ERROR_RX_RECORD_TOO_LONG",
            "packet length too long",
            "record overflow",
        ]) {
            ("speaks TLS to a program that doesn't", "The check uses https, and the answer isn't TLS.")
        } else if has(&[
            "sent an HTTP request to an HTTPS server",
            "plain HTTP request was sent to HTTPS port",
            "Empty reply from server",
        ]) && (said.contains("HTTPS") || s.serves(443))
        {
            ("speaks plain HTTP to a program that expects TLS", "The check uses http on a port that speaks TLS.")
        } else if has(&[
            "certificate",
            "SSL certificate problem",
            "self-signed",
            "self signed",
            "CERTIFICATE_VERIFY_FAILED",
        ]) {
            (
                "doesn't trust the program's certificate",
                "The program speaks TLS with a certificate that the check can't verify.",
            )
        } else {
            continue;
        };
        found.push(
            weigh(s, TLS.id, format!("{}'s health check {what}", s.name))
                .why(format!("{why} The program itself answers, so it is the check that needs fixing."))
                .fix("Use the scheme that the port speaks; for a certificate of your own, curl -k or its CA file"),
        );
    }
}

/// The port that a check asks at localhost; where it names none, the usual one.
fn port_asked(test: &[String]) -> Option<u16> {
    let line = test.join(" ");
    let (_, rest) = line.split_once("localhost")?;
    let digits = rest.strip_prefix(':').map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or(""));
    digits.map_or(Some(80), |digits| digits.parse().ok())
}

fn ipv6(case: &Case<'_>, found: &mut Findings) {
    for (s, probe) in failing(case) {
        let said = &probe.output;
        let six = said.contains("::1") && (said.contains("refused") || said.contains("ECONNREFUSED"));
        let check = s.containers.iter().find_map(|c| c.check.as_ref());
        let names = |part: &str| check.is_some_and(|c| c.test.iter().any(|word| word.contains(part)));
        // The output is silenced; wget tries the first address alone.
        let silent = said.trim().is_empty() && names("wget");
        // Where 127.0.0.1 was tried as well, the address isn't it.
        if !(six || silent) || said.contains("127.0.0.1") || !names("localhost") {
            continue;
        }
        let asked = check.and_then(|c| port_asked(&c.test));
        // It has to listen somewhere, and there on IPv4 only.
        let heard = case.listening(s);
        let shown = match &heard {
            Some(heard)
                if heard.iter().any(|(ip, port)| ip.is_ipv4() && (!silent || Some(*port) == asked))
                    && !heard.iter().any(|(ip, _)| ip.is_ipv6()) =>
            {
                Some(super::wrong_port::sockets(s, heard))
            }
            Some(_) => continue,
            None if silent => continue,
            None => {
                let v4 = |host: &str| host.starts_with("0.0.0.0") || is_loopback(host) && !host.contains(':');
                let said = s.said(Phrase::ListensOn).filter(|said| said.get("host").is_some_and(v4));
                let Some(said) = said else { continue };
                Some(said.evidence())
            }
        };
        found.push(
            weigh(
                s,
                IPV6.id,
                match silent {
                    true => {
                        format!("{}'s health check probably connects to ::1; the program listens on IPv4 only", s.name)
                    }
                    false => format!("{}'s health check connects to ::1, but the program listens on IPv4 only", s.name),
                },
            )
            .shown(shown)
            .why(
                "In the container localhost resolves to ::1 first, and the check's program tries nothing else. The \
                     server listens on IPv4 addresses only, so the connection is refused.",
            )
            .fix("Use 127.0.0.1 instead of localhost in healthcheck.test"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        compose::HealthCheck,
        diagnose::scenario::Scenario,
        host::{Answer, Question},
        stack::{
            Container,
            fixture::{container, id_of},
        },
    };

    const FILE: &str =
        "services: {web: {image: app, healthcheck: {test: [CMD, wget, 'http://localhost:8080/health']}}}";

    fn checked(container: Container) -> Container {
        let test = ["CMD", "wget", "http://localhost:8080/health"].map(String::from).to_vec();
        Container { check: Some(HealthCheck { test, ..HealthCheck::default() }), ..container }
    }

    fn sick(output: &str) -> Scenario {
        Scenario::of(FILE).with(checked(container("web").sick(22, output)))
    }

    pub fn well() -> Scenario {
        Scenario::of(FILE).with(checked(container("web").well()))
    }

    pub fn auth_fires() -> Scenario {
        sick("curl: (22) The requested URL returned error: 401")
    }

    pub fn lost_fires() -> Scenario {
        sick("wget: server returned error: HTTP/1.1 404 Not Found")
    }

    pub fn tls_fires() -> Scenario {
        sick("curl: (35) error:0A00010B:SSL routines::wrong version number")
    }

    pub fn ipv6_fires() -> Scenario {
        sick("Connecting to localhost:8080 ([::1]:8080)\nwget: can't connect to remote host: Connection refused")
            .answer(Question::Listening(id_of("web")), Answer::Listening([("0.0.0.0".parse().unwrap(), 8080)].into()))
    }

    #[test]
    fn each_is_told_from_the_others() {
        let first = |s: Scenario| s.found().into_iter().next().unwrap_or_default();
        assert_eq!(first(auth_fires()), "probe-not-authorised@web");
        assert_eq!(first(lost_fires()), "probe-path-not-found@web");
        assert_eq!(first(tls_fires()), "probe-speaks-tls@web");
        assert_eq!(first(ipv6_fires()), "probe-asks-wrong-localhost@web");
        assert_eq!(first(sick("NOAUTH Authentication required.")), "probe-not-authorised@web");
        // Both addresses were tried: nobody listens.
        let both = "connect to ::1 port 8080 failed: Connection refused; connect to 127.0.0.1 port 8080: refused";
        assert!(!sick(both).found().contains(&"probe-asks-wrong-localhost@web".into()));
    }
}
