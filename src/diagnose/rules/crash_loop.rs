//! `crash-loop`: the program ends again and again, and the engine starts it again and again.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::{Case, Subject, times},
        findings::Findings,
    },
    stack::{Phase, exit},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "crash-loop",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "the program keeps exiting and is restarted each time",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// From so many restarts on it isn't a mishap.
const LOOP: u32 = 2;

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let again = |c: &&&crate::stack::Container| match c.phase {
            Phase::Restarting => true,
            Phase::Exited => false,
            _ => c.restarts > 0,
        };
        let Some(c) = s.containers.iter().find(again) else { continue };
        let history = case.stack.history.get(&c.id);
        let code = s.last_code(c);
        if code == Some(0) {
            continue;
        }
        if c.restarts < LOOP {
            once(case, s, code, found);
            continue;
        }
        let meaning = code.map_or("", exit::meaning);
        let ending = code.map_or_else(|| "keeps exiting".to_owned(), |code| format!("keeps exiting with code {code}"));
        let rate = history.and_then(|h| {
            let (first, last) = (h.starts.first_key_value()?.0, h.starts.last_key_value()?.0);
            let lives = u32::try_from(h.starts.len()).ok()?.checked_sub(1)?;
            Some(format!(", about every {}", units::span(last.since(*first).checked_div(lives)?)))
        });
        let rate = rate.unwrap_or_default();
        let tells = if meaning.is_empty() { String::new() } else { format!(" ({meaning})") };
        found.push(
            s.error(RULE.id, format!("{} {ending}{}; restarted {}{rate}", s.name, s.last_words(), times(c.restarts)))
                .shown(s.last_lines(3))
                .shown(s.first_failure(3))
                .shown(s.end())
                .why(format!(
                    "The program {ending}{tells}, and the restart policy starts it again each time, after an interval \
                     that doubles. Its last lines before the exit probably say why."
                ))
                .fix("Read the last lines of the log, and fix what they report")
                .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

/// The first end of what may become a loop: it is told while it is fresh, and forgotten when it stays up.
fn once(case: &Case<'_>, s: &Subject<'_>, code: Option<i64>, found: &mut Findings) {
    let ended = code.map_or_else(|| "exited".to_owned(), |code| format!("exited with code {code}"));
    let tells = code.map(exit::meaning).filter(|meaning| !meaning.is_empty());
    let tells = tells.map_or_else(String::new, |meaning| format!(" ({meaning})"));
    found.push(
        s.error(RULE.id, format!("{} {ended}{}; being restarted", s.name, s.last_words()))
            .shown(s.last_lines(3))
            .shown(s.end())
            .why(format!(
                "The program {ended}{tells}, and the restart policy starts it again. Whether it stays up this time \
                 will show in a few seconds; its last lines before the exit probably say why it exited."
            ))
            .fix("Read the last lines of the log, and fix what they report")
            .command(case.compose().then("logs --tail 50").name(s.name)),
    );
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        logs::LogLine,
        stack::{
            EventKind, Fact,
            fixture::{at, container, id_of},
        },
    };

    const FILE: &str = "services: {worker: {image: base, restart: always}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("worker").exited(1, 90.0).restarting(8))
            .log("worker", &["starting", "FATAL: config key missing"])
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("worker").running(1.0))
    }

    #[test]
    fn the_summary_quotes_the_line_that_tells_of_the_error() {
        let told = Scenario::of(FILE).with(container("worker").exited(1, 90.0).restarting(8));
        let told = told.log("worker", &["FATAL: config key missing", "starting"]).diagnosis();
        assert!(told.findings[0].summary.contains("code 1: FATAL: config key missing;"), "{told:#?}");
    }

    #[test]
    fn the_first_failure_is_kept_whatever_follows() {
        let start = Scenario::of(FILE)
            .with(container("worker").exited(1, 90.0).restarting(8))
            .event("worker", 1.0, EventKind::Start)
            .event("worker", 2.0, EventKind::Die(1))
            .log("worker", &["lock file exists"; 30]);
        let first =
            LogLine { at: at(1.5), stderr: true, text: b"FATAL: config key missing".as_slice().into(), cut: false };
        let told = start.fact(Fact::Lines(id_of("worker"), vec![first])).diagnosis();
        let evidence: Vec<_> = told.findings[0].evidence.iter().map(|e| (&*e.text, &*e.source)).collect();
        assert!(
            evidence.contains(&("FATAL: config key missing", "log of p-worker-1, before its first exit")),
            "{evidence:?}"
        );
    }

    #[test]
    fn a_loop_that_is_over_is_forgotten() {
        let calm = crate::stack::Container { restarts: 8, ..container("worker").running(1.0) };
        assert!(Scenario::of(FILE).with(calm).found().is_empty());
    }

    #[test]
    fn the_first_end_is_told_until_it_stays_up() {
        let again = |since| {
            let worker = crate::stack::Container { restarts: 1, ..container("worker").running(since) };
            Scenario::of(FILE)
                .with(worker)
                .event("worker", 90.0, EventKind::Start)
                .event("worker", 108.0, EventKind::Die(7))
                .log("worker", &["FATAL: no leader"])
        };
        assert_eq!(again(115.0).found(), ["crash-loop@worker"]);
        let told = again(115.0).diagnosis().findings.remove(0);
        assert_eq!(told.summary, "worker exited with code 7: FATAL: no leader; being restarted");
        assert!(again(109.0).found().is_empty(), "up for eleven seconds");
        // In its pause, before the engine has counted a restart.
        let pausing = Scenario::of(FILE).with(container("worker").exited(1, 119.0).restarting(0));
        assert_eq!(pausing.found(), ["crash-loop@worker"]);
    }

    #[test]
    fn a_stack_trace_does_not_hide_the_error() {
        let lines = [
            "/app/w.js:1",
            "Error: getaddrinfo ENOTFOUND postgress",
            "    at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:107:26) {",
            "  errno: -3008,",
            "}",
            "Node.js v18.13.0",
        ];
        let told = Scenario::of(FILE).with(container("worker").exited(1, 90.0).restarting(8)).log("worker", &lines);
        let loops = told.diagnosis().findings.into_iter().find(|f| f.rule == super::RULE.id).unwrap();
        assert!(loops.summary.contains("code 1: Error: getaddrinfo ENOTFOUND postgress;"), "{loops:#?}");
        assert!(loops.evidence.iter().any(|e| e.text == "Error: getaddrinfo ENOTFOUND postgress"), "{loops:#?}");
    }
}
