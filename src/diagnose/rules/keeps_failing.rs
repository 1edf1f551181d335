//! What a program reports, where no other rule knows more than its words mean: `keeps-failing`, `reported-failure`.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::text,
    diagnose::{
        case::{Case, Subject, undated},
        findings::Findings,
        keeps::Keeps,
        said::{Phrase, says},
    },
    host::Question,
    stack::Phase,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "keeps-failing",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "a program runs, but reports the same failure again and again",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// It ended over it.
pub const ENDED: Rule = Rule {
    id: "reported-failure",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program ends over something that its last words tell, such as a server with too many clients",
    look: ended,
    #[cfg(test)]
    fires: tests::ended_fires,
    #[cfg(test)]
    spares: tests::ended_spares,
};

/// What tells enough by itself of why a program ended.
const TELLING: [Phrase; 5] =
    [Phrase::TooManyClients, Phrase::PoolEmpty, Phrase::WritesRefused, Phrase::Certificate, Phrase::TimedOut];

fn ended(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled().filter(|s| s.keeps_failing().is_none()) {
        let said = TELLING.iter().find_map(|phrase| Some((*phrase, s.said(*phrase)?)));
        let Some((phrase, said)) = said.filter(|_| !found.is_error(s.name)) else { continue };
        // What is unhealthy and runs on hasn't given up.
        let Some(end) = s.end() else { continue };
        let line = crate::base::secrets::masked_text(undated(&said.line.text), true);
        let (means, fix) = meaning(phrase);
        found.push(
            s.error(ENDED.id, format!("{} gave up: {}", s.name, text::fit(&line, 90)))
                .shown([said.evidence()])
                .shown([end])
                .why(format!("{means} The program reports it and doesn't go on without."))
                .fix(fix)
                .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        for c in s.containers.iter().filter(|c| c.phase == Phase::Running && case.stack.logs.of(&c.id).is_none()) {
            let _heard = case.ask(Question::LogEnd(c.id.clone()));
        }
        let Some(keeps) = s.keeps_failing() else { continue };
        if found.quotes(s.name, |line| says(line, keeps.phrase).is_some()) || is_others_fault(s, keeps) {
            continue;
        }
        let line = crate::base::secrets::masked_text(undated(&keeps.line.text), true);
        let (means, fix) = meaning(keeps.phrase);
        found.push(
            s.warning(RULE.id, format!("{} runs, but keeps failing: {}", s.name, text::fit(&line, 90)))
                .shown([keeps.line.evidence()])
                .why(format!("{means} It doesn't end over it, so its state looks well."))
                .fix(fix)
                .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

/// Whether it is a server that tells how it turns others away, which is its work.
fn is_others_fault(s: &Subject<'_>, keeps: &Keeps) -> bool {
    let words = ["(publickey", "permission denied for ", "permission denied to ", "authentication failed for user"];
    let turned_away = words.iter().any(|part| keeps.line.text.contains(part));
    match keeps.phrase {
        Phrase::Refused => turned_away || s.targets().is_empty(),
        Phrase::PermissionDenied => turned_away,
        _ => false,
    }
}

/// What the words mean, and what to do about it.
fn meaning(phrase: Phrase) -> (&'static str, &'static str) {
    match phrase {
        Phrase::NoSpace => {
            ("It can't write, since the disk, volume or tmpfs is full.", "Free some space where it writes")
        }
        Phrase::WritesRefused => (
            "The store that it uses takes no writes at present: its disk or memory is full, or it is a read-only replica.",
            "Look at the store: its own log tells why it takes no writes",
        ),
        Phrase::TooManyClients => (
            "The server has as many connections as it allows, so new ones are refused.",
            "Raise the server's limit, or let its clients use smaller pools of connections",
        ),
        Phrase::PoolEmpty => (
            "All connections of its pool are in use, so work waits for one until its time is up: something holds them \
             long, or never gives them back.",
            "Look for slow queries and for connections that aren't given back; then raise the pool's size",
        ),
        Phrase::Certificate => (
            "The other side's certificate isn't trusted, or one side speaks TLS and the other doesn't.",
            "Use the scheme that the other side speaks, and give the program the certificate's CA",
        ),
        Phrase::ConnectionRefused => (
            "Nobody listens at the address that it connects to.",
            "Check that the other side runs and listens on that port, and that host and port are right",
        ),
        Phrase::TimedOut => (
            "Nobody answers at the address that it connects to: a wrong address, a firewall, or a host that is down.",
            "Check the address, and that both are on one network",
        ),
        Phrase::UpstreamUnreachable => (
            "A proxy doesn't get through to the address that it looked up before.",
            "Check that the server behind it runs; restart the proxy if the server has another address now",
        ),
        Phrase::NotInDatabase => (
            "Something is asked for that the database doesn't have.",
            "Create it, or correct the name in the settings of whoever asks",
        ),
        _ => ("The same failure keeps coming.", "Read the log, and fix what it reports"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Health, fixture::container},
    };

    const FILE: &str = "services: {mailer: {image: mailer}, web: {image: web}}";
    const LINE: &str = "smtp: x509: certificate signed by unknown authority";

    fn case() -> Scenario {
        Scenario::of(FILE).with(container("mailer").running(1.0)).with(container("web").running(1.0))
    }

    pub fn fires() -> Scenario {
        case().keeps_saying("mailer", LINE, 6, 10.0)
    }

    pub fn spares() -> Scenario {
        case().log("mailer", &[LINE, "connected to relay", "ready"])
    }

    pub fn ended_fires() -> Scenario {
        let line = "psycopg2.OperationalError: FATAL:  sorry, too many clients already";
        Scenario::of(FILE).with(container("mailer").exited(1, 90.0)).log("mailer", &[line])
    }

    pub fn ended_spares() -> Scenario {
        let line = "FATAL:  sorry, too many clients already";
        case().log("mailer", &[line, "connected", "ready"])
    }

    #[test]
    fn the_end_is_explained_by_what_the_words_mean() {
        assert_eq!(
            ended_fires().found(),
            ["reported-failure@mailer", "main-process-ends@mailer < reported-failure@mailer"]
        );
        let known = ["FATAL:  sorry, too many clients already", "OSError: [Errno 28] No space left on device: '/d/x'"];
        let known = Scenario::of(FILE).with(container("mailer").exited(1, 90.0)).log("mailer", &known);
        assert_eq!(known.found()[0], "no-space-left@mailer");
        assert!(!known.found().iter().any(|f| f.starts_with("reported-failure")));
    }

    #[test]
    fn what_runs_on_has_not_given_up() {
        let line = "[2026-11-30 22:45:22,198] [ERROR] TimeoutError: QueuePool limit of size 20 overflow 0 reached, \
                    connection timed out";
        let ill = container("mailer").running(1.0).checked(10, Health::Unhealthy);
        let case = Scenario::of(FILE).with(ill).log("mailer", &[line]);
        assert!(!case.found().iter().any(|found| found.starts_with("reported-failure")), "{:?}", case.found());
        let over = Scenario::of(FILE).with(container("mailer").exited(1, 90.0)).log("mailer", &[line]);
        let told = over.diagnosis().findings.remove(0);
        assert!(told.summary.starts_with("mailer gave up: [ERROR] TimeoutError: QueuePool"), "{}", told.summary);
        assert!(told.explanation.starts_with("All connections of its pool"), "{}", told.explanation);
    }

    #[test]
    fn it_is_a_warning_with_its_rate_and_leaves_causes_to_those_who_know_them() {
        let told = fires().diagnosis().findings.remove(0);
        assert_eq!(told.severity, crate::diagnose::Severity::Warning);
        assert!(told.summary.ends_with("unknown authority; 6 times in 50 s"), "{}", told.summary);
        assert!(told.evidence[1].text.starts_with("6 times in 50 s, and it goes on; since 20"), "{:?}", told.evidence);
        let name = "Error: getaddrinfo ENOTFOUND wbe";
        let known = case().keeps_saying("mailer", name, 6, 10.0);
        assert_eq!(known.found(), ["unknown-host@mailer"]);
        assert_eq!(known.diagnosis().findings[0].severity, crate::diagnose::Severity::Warning);
        // A database that turns clients away does what it is for.
        let away = case().keeps_saying("web", "FATAL:  password authentication failed for user \"x\"", 6, 10.0);
        assert!(away.found().is_empty(), "{:?}", away.found());
    }

    #[test]
    fn the_log_of_what_runs_is_asked_for() {
        let asked = case().diagnosis().questions;
        assert!(asked.contains(&crate::host::Question::LogEnd(crate::stack::fixture::id_of("web"))), "{asked:?}");
    }
}
