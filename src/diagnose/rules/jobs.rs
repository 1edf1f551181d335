//! Services that are meant to end: `job-failed`, `job-still-running`, `job-restarts`, `job-hides-error`.

use std::time::Duration;

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::units,
    compose::{Condition, Restart},
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
        said::Phrase,
        yaml::scalar,
    },
    stack::{Container, Phase, State, exit},
};

macro_rules! rule {
    ($name:ident, $id:literal, $about:literal, $look:ident, $fires:ident, $spares:ident) => {
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
            spares: tests::$spares,
        };
    };
}

rule!(FAILED, "job-failed", "a job that others wait for failed", failed, failed_fires, job_well);
rule!(
    RUNNING,
    "job-still-running",
    "others wait for a service to finish, and it looks like one that keeps running",
    running,
    running_fires,
    job_well
);
rule!(
    RESTARTS,
    "job-restarts",
    "a program exits with code 0 and is restarted each time",
    restarts,
    restarts_fires,
    restarts_spares
);
rule!(HIDES, "job-hides-error", "a job exited with code 0, but its log reports an error", hides, hides_fires, job_well);

/// After so long a job that others wait for may well be none.
const LONG: Duration = Duration::from_secs(120);

/// After so long one of which nothing else is known wants to be looked at.
const ENDLESS: Duration = Duration::from_secs(600);

/// The services that wait for this one to complete.
fn waiting<'c>(case: &'c Case<'_>, s: &Subject<'_>) -> Vec<&'c str> {
    let completes = |other: &&Subject<'_>| {
        case.dependencies(other).any(|(on, condition)| on.name == s.name && condition == Condition::Completed)
    };
    case.services.iter().filter(completes).map(|other| other.name.as_str()).collect()
}

fn failed(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.oneshot && s.status.state == State::Exited) {
        let Some(code) = s.status.exit_code.filter(|code| *code != 0) else { continue };
        let waiting = waiting(case, s);
        let (meaning, names) = (exit::meaning(code), units::list(&waiting, NAMED));
        let need = if waiting.len() == 1 { "needs" } else { "need" };
        let tells = if meaning.is_empty() { String::new() } else { format!(" ({meaning})") };
        found.push(
            s.error(FAILED.id, format!("{} exited with code {code}, so {names} can't start", s.name))
                .shown(s.last_lines(3))
                .shown(s.end())
                .why(format!(
                    "{names} {need} `service_completed_successfully`, and {} exited with code {code}{tells}. Its last \
                     lines probably say why.",
                    s.name
                ))
                .fix(format!("Fix what the log reports; `up` then runs {} again and continues", s.name))
                .command(case.compose().then("logs").name(s.name))
                .explains(&["main-process-ends"]),
        );
    }
}

fn running(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.oneshot && s.is_up() && s.status.state != State::Restarting) {
        let waiting = waiting(case, s);
        let (Some(c), false) = (s.container().filter(|c| c.phase == Phase::Running), waiting.is_empty()) else {
            continue;
        };
        let Some(started) = c.started else { continue };
        let age = case.now.since(started);
        // What serves stays; what merely takes long may still end.
        let serves = c.health.is_some() || c.ports.iter().any(|p| p.host_port.is_some());
        let said = s.said(Phrase::ListensOn);
        let endless = !serves && said.is_none() && age >= ENDLESS;
        if !serves && said.is_none() && !endless || age < LONG && said.is_none() {
            continue;
        }
        let names = units::list(&waiting, NAMED);
        let wait = if waiting.len() == 1 { "waits" } else { "wait" };
        let condition = if c.health.is_some() { "service_healthy" } else { "service_started" };
        let serving = if endless { "" } else { " and serves" };
        let summary = format!(
            "{names} {wait} for {} to finish, but it has been running for {}{serving}",
            s.name,
            units::age(age)
        );
        if endless {
            found.push(
                s.warning(RUNNING.id, summary)
                    .shown(s.last_lines(2))
                    .shown([Evidence::state("State.Status", "running", &c.name)])
                    .why(format!(
                        "`service_completed_successfully` is met when {} exits with code 0. Either its work takes that \
                         long, or it hangs, or it isn't a job at all.",
                        s.name
                    ))
                    .fix("Look at its last lines; if it hangs, find out what it waits for")
                    .command(case.compose().then("logs --tail 50").name(s.name)),
            );
            continue;
        }
        found.push(
            s.warning(RUNNING.id, summary)
                .shown(said.map(|said| said.evidence()))
                .shown([Evidence::state("State.Status", "running", &c.name)])
                .shown(
                    c.health.map(|h| Evidence::state("State.Health.Status", format!("{h:?}").to_lowercase(), &c.name)),
                )
                .why(format!(
                    "`service_completed_successfully` is met when {} exits with code 0, which a server never does. \
                     Probably another condition was meant.",
                    s.name
                ))
                .fix(format!("depends_on {} with condition: {condition}", s.name))
                .yaml(format!("depends_on: {{{}: {{condition: {condition}}}}}", scalar(s.name))),
        );
    }
}

fn restarts(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let Some(c) = s.containers.iter().find(|c| c.restarts >= 2 && ends_well(case, c)) else { continue };
        // Where it has been up for long by now the restarts were of other times.
        let settled =
            c.phase == Phase::Running && c.started.is_some_and(|at| case.now.since(at) > Duration::from_secs(60));
        if settled || !matches!(c.restart, Restart::Always | Restart::UnlessStopped) {
            continue;
        }
        let policy = if c.restart == Restart::Always { "always" } else { "unless-stopped" };
        let place = s.declared.and_then(|d| d.place.as_ref());
        let waiting = waiting(case, s);
        let also = if waiting.is_empty() {
            String::new()
        } else {
            format!(", and {} can't start", units::list(&waiting, NAMED))
        };
        found.push(
            s.error(
                RESTARTS.id,
                format!("{} exits with code 0 and keeps being restarted: {} times so far{also}", s.name, c.restarts),
            )
            .shown([
                Evidence::state("RestartCount", c.restarts.to_string(), &c.name),
                Evidence::state("State.ExitCode", "0", &c.name),
                Evidence::file(format!("restart: {policy}"), place),
            ])
            .shown(s.last_lines(2))
            .why(format!(
                "It finishes successfully, as a job does, and `restart: {policy}` starts it again whatever its exit \
                 code. If it should keep running instead, its program went into the background or had nothing to do."
            ))
            .fix("For a job: restart: \"no\" or on-failure. For a server: run it in the foreground")
            .command(case.compose().then("stop").name(s.name))
            .explains(&["crash-loop", "main-process-ends"]),
        );
    }
}

/// Whether its last runs exited with code 0.
fn ends_well(case: &Case<'_>, c: &Container) -> bool {
    let ends = case.stack.history.get(&c.id).map(|h| &h.ends).filter(|ends| !ends.is_empty());
    match ends {
        Some(ends) => ends.values().rev().take(3).all(|code| *code == 0),
        None => c.exit_code == Some(0),
    }
}

fn hides(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.state == State::Done) {
        let Some(said) = s.said(Phrase::LooksFailed) else { continue };
        let Some(c) = s.container() else { continue };
        let line = c.command.join(" ");
        // Only where the command itself sees to it that the code is 0 the log has more to say than the code.
        let tail = line.trim_end().trim_end_matches([';', '"', '\'', ' ', '\n']);
        let forced = tail.ends_with("exit 0") || tail.ends_with("|| true") || tail.ends_with("|| :");
        if !forced && !only_the_last_counts(&c.command) {
            continue;
        }
        found.push(
            s.warning(HIDES.id, format!("{} exited with code 0, but its log reports an error", s.name))
                .shown([said.evidence()])
                .shown(s.last_lines(2))
                .shown([Evidence::state("Config.Cmd", &line, &c.name)])
                .why(
                    "Its exit code is that of its last command, even if an earlier one failed, so services that wait \
                     for it start. What the line reports was probably not done.",
                )
                .fix("Start the script with `set -e`, and don't end it with `exit 0` or `|| true`")
                .command(case.compose().then("logs").name(s.name)),
        );
    }
}

/// Whether a shell runs several commands, and takes the last one's code for that of all: without `set -e`, and with
/// more between them than `&&`.
fn only_the_last_counts(command: &[String]) -> bool {
    let Some(at) = command.iter().position(|word| word.starts_with('-') && word.ends_with('c')) else { return false };
    let shell = command.get(..at).is_some_and(|before| before.iter().any(|word| word.ends_with("sh")));
    let strict = command.get(at).is_some_and(|flags| flags.contains('e'));
    let Some(script) = command.get(at + 1).filter(|_| shell && !strict) else { return false };
    let parts = script.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty() && !part.starts_with('#'));
    parts.count() > 1 && !script.contains("set -e") && !script.contains("set -o errexit")
}

#[cfg(test)]
mod tests {
    use crate::{
        compose::Restart,
        diagnose::scenario::Scenario,
        stack::{Container, fixture::container},
    };

    const FILE: &str = "
services:
  migrate: {image: base}
  app: {image: app, depends_on: {migrate: {condition: service_completed_successfully}}}";
    const LOOP: &str = "services: {setup: {image: base, restart: unless-stopped}}";

    pub fn job_well() -> Scenario {
        Scenario::of(FILE).with(container("migrate").exited(0, 9.0)).with(container("app").running(10.0))
    }

    pub fn failed_fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("migrate").exited(3, 9.0))
            .with(container("app"))
            .log("migrate", &["applying 001", "ERROR: relation users does not exist"])
    }

    pub fn running_fires() -> Scenario {
        Scenario::of(FILE)
            .with(container("migrate").running(1.0))
            .with(container("app"))
            .log("migrate", &["ts=1 level=info msg=\"listening on :8000\""])
    }

    fn looping(restarts: u32, since: f64) -> Scenario {
        let setup = container("setup").exited(0, 9.0).running(since);
        Scenario::of(LOOP).with(Container { restarts, exit_code: Some(0), restart: Restart::UnlessStopped, ..setup })
    }

    pub fn restarts_fires() -> Scenario {
        looping(5, 119.0)
    }

    pub fn restarts_spares() -> Scenario {
        looping(5, 2.0)
    }

    pub fn hides_fires() -> Scenario {
        let command = ["/bin/sh", "-c", " sleep 5; mc mb x/y; exit 0; "].map(String::from).to_vec();
        Scenario::of(FILE)
            .with(Container { command, ..container("migrate").exited(0, 9.0) })
            .with(container("app").running(10.0))
            .log("migrate", &["mc: <ERROR> Unable to make bucket `x/y`. Access Denied."])
    }

    #[test]
    fn a_job_that_says_nothing_is_told_of_when_it_takes_too_long() {
        let since = |secs| Scenario::of(FILE).with(container("migrate").running(secs)).with(container("app"));
        let told = |case: Scenario| case.found().contains(&"job-still-running@migrate".to_owned());
        assert!(told(since(-700.0)) && !told(since(1.0)));
    }

    #[test]
    fn the_one_who_waits_stands_under_the_job() {
        assert_eq!(failed_fires().found(), ["job-failed@migrate", "dependency-failed@app < job-failed@migrate"]);
        assert_eq!(restarts_fires().found(), ["job-restarts@setup"]);
        assert_eq!(running_fires().found()[0], "job-still-running@migrate");
        assert_eq!(hides_fires().found(), ["job-hides-error@migrate"]);
        let parts = |flags: &str, script: &str| super::only_the_last_counts(&["sh", flags, script].map(String::from));
        assert!(parts("-c", "migrate; echo done") && parts("-c", "migrate\necho done\n"));
        assert!(!parts("-c", "migrate && echo done;") && !parts("-ec", "migrate; echo done"));
        assert!(!parts("-c", "set -e\nmigrate\necho done"));
    }
}
