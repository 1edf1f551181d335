//! `main-process-ends`: a service that should stay has ended, and nothing tells more.

use super::{
    commands::is_for_a_shell,
    rule::{Rank, Rule, Stage},
};
use crate::{
    compose::Condition,
    diagnose::{
        case::{Case, Subject},
        finding::Evidence,
        findings::Findings,
    },
    stack::{State, exit},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "main-process-ends",
    stage: Stage::Running,
    rank: Rank::Symptom,
    about: "the main process exited, though the service should keep running",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| s.status.state == State::Done) {
        should_have_stayed(case, s, found);
    }
    for s in case.troubled().filter(|s| s.status.state == State::Exited) {
        let Some(code) = s.status.exit_code else { continue };
        // A job, one that gave up and one killed for memory are told of by rules of their own.
        let told = ["job-failed", "restart-limit-reached", "out-of-memory", "segmentation-fault"];
        if s.status.oneoff_job() || told.iter().any(|rule| found.has(rule, s.name)) {
            continue;
        }
        let how = if code == 0 { "exited by itself with code 0".into() } else { format!("exited with code {code}") };
        let meaning = exit::meaning(code);
        let why = match code {
            0 => "A container runs as long as its first process, and that one exited as if its work were done. Often \
                  it went into the background, or is a shell that had nothing to read."
                .to_owned(),
            _ if meaning.is_empty() => {
                "The code is the program's own; its last lines probably say why it exited. Its restart policy doesn't \
                 start it again."
                    .to_owned()
            }
            _ => format!(
                "Its exit code means: {meaning}. Its restart policy doesn't start it again, so it stays down until \
                 someone starts it."
            ),
        };
        let fix = if code == 0 {
            "Run the program in the foreground (nginx -g 'daemon off;', exec in the entrypoint, tty for a shell)"
        } else {
            "Read the last lines of the log and fix what they report; `restart: on-failure` helps if it is temporary"
        };
        found.push(
            s.error(RULE.id, format!("{} {how}{}", s.name, s.last_words()))
                .shown(s.last_lines(3))
                .shown(s.end())
                .why(why)
                .fix(fix)
                .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

/// A service that ended with 0 and looks like a job that is done; but it is a server, or a shell without anything to do.
fn should_have_stayed(case: &Case<'_>, s: &Subject<'_>, found: &mut Findings) {
    let Some(c) = s.container().filter(|c| c.inspected && c.exit_code == Some(0)) else { return };
    let history = case.stack.history.get(&c.id);
    // Its end is known not to have been asked for, and nothing waits for it to end.
    let waited = case.services.iter().any(|other| {
        case.dependencies(other).any(|(on, condition)| on.name == s.name && condition == Condition::Completed)
    });
    if waited || history.and_then(|h| h.was_asked(c)) != Some(false) {
        return;
    }
    let image = case.image(&c.image).flatten();
    let line = c.command.join(" ");
    let own = s.declared.is_none_or(|d| d.command.is_none() && d.entrypoint.is_none());
    let first = c.config.cmd.first().or(c.command.first()).map(|word| word.rsplit('/').next().unwrap_or(word));
    let shell = !c.tty && c.command.len() == 1 && first.is_some_and(|word| SHELLS.contains(&word));
    // The image's own program serves; another one that is run in it may well be a job.
    let server = image.filter(|image| {
        let theirs = image.cmd.first().map(|word| word.rsplit('/').next().unwrap_or(word));
        !image.exposed.is_empty() && (own || theirs.is_some_and(|t| first == Some(t) && !SHELLS.contains(&t)))
    });
    // `echo a | b` is one program with three arguments, unless a shell reads it.
    let words = c.config.cmd.iter().chain(&c.config.entrypoint);
    let piped = c.config.cmd.iter().any(|word| is_for_a_shell(word))
        && !words.into_iter().any(|word| SHELLS.contains(&word.rsplit('/').next().unwrap_or(word)));
    let (shown, why, fix) = if piped {
        (
            Evidence::state("Config.Cmd", &line, &c.name),
            "The command is written for a shell, but none runs it: its first program got the rest as arguments, \
             operators included, and exited. Nothing after it ran.",
            "Give the line to a shell: command: [sh, -c, \"…\"]",
        )
    } else if shell {
        (
            Evidence::state("Config.Cmd", &line, &c.name),
            "Its command is a shell or an interpreter without a script, and it has no terminal to read from: it \
             reaches the end of its input at once and exits. A container runs as long as its first process.",
            "Give it a command that keeps running, or `tty: true` and `stdin_open: true` for a shell to attach to",
        )
    } else if let Some(image) = server {
        (
            Evidence::state("Config.ExposedPorts", image.exposed.join(", "), &c.image),
            "The image is made for a server, and its program exited at once as if its work were done. Probably it went \
             into the background: a container runs as long as its first process.",
            "Run the program in the foreground (nginx -g 'daemon off;', exec in the entrypoint)",
        )
    } else {
        return;
    };
    found.push(
        s.error(RULE.id, format!("{} exited by itself with code 0{}", s.name, s.last_words()))
            .shown(s.end())
            .shown([shown])
            .shown(s.last_lines(2))
            .why(why)
            .fix(fix)
            .command(case.compose().then("logs --tail 50").name(s.name)),
    );
}

/// Programs that end at once where they are given nothing to do.
const SHELLS: [&str; 9] = ["sh", "bash", "ash", "dash", "zsh", "python3", "python", "node", "irb"];

impl crate::stack::ServiceStatus {
    /// Whether others wait for it to complete.
    pub(in crate::diagnose) fn oneoff_job(&self) -> bool {
        self.oneshot
    }
}

#[cfg(test)]
mod tests {
    use crate::{diagnose::scenario::Scenario, stack::fixture::container};

    use crate::stack::{Container, EventKind, ImageFacts};

    const FILE: &str = "services: {web: {image: base}}";

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(container("web").exited(3, 9.0)).log("web", &["cannot go on"])
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(container("web").running(1.0))
    }

    /// It ended with 0 and was seen doing so; its image runs this command and exposes these ports.
    fn done(file: &str, command: &[&str], image: &[&str], exposed: &[&str]) -> Scenario {
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let web = container("web").exited(0, 9.0);
        let config = crate::stack::CreateConfig { cmd: words(command), ..web.config.clone() };
        let facts = ImageFacts { cmd: words(image), exposed: words(exposed), ..ImageFacts::default() };
        Scenario::of(file)
            .with(Container { command: words(command), config, image: "base".into(), inspected: true, ..web })
            .event("web", 8.0, EventKind::Start)
            .event("web", 9.0, EventKind::Die(0))
            .image("base", Some(facts))
    }

    #[test]
    fn a_server_that_went_into_the_background_is_no_job() {
        let nginx = "services: {web: {image: base, command: [nginx]}}";
        let image = ["nginx", "-g", "daemon off;"];
        assert_eq!(done(nginx, &["nginx"], &image, &["80/tcp"]).found(), ["main-process-ends@web"]);
        assert_eq!(done(FILE, &["bash"], &["bash"], &[]).found(), ["main-process-ends@web"]);
        // A job in a server's image, a job in an image of its own, and one that was stopped.
        let migrate = "services: {web: {image: base, command: [migrate, up]}}";
        assert!(done(migrate, &["migrate", "up"], &image, &["80/tcp"]).found().is_empty());
        assert!(done(FILE, &["seed"], &["seed"], &[]).found().is_empty());
        let piped = ["echo", "hi", "|", "tee", "/x"];
        assert_eq!(done(FILE, &piped, &["sh"], &[]).found(), ["main-process-ends@web"]);
        assert!(done(FILE, &["sh", "-c", "echo hi", "|"], &["sh"], &[]).found().is_empty());
        let stopped = done(FILE, &["nginx"], &image, &["80/tcp"]).event("web", 8.9, EventKind::Kill("SIGTERM".into()));
        assert!(stopped.found().is_empty(), "{:?}", stopped.found());
    }
}
