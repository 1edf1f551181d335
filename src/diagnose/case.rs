//! All that a rule may look at.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    finding::{Evidence, Finding, Kind},
    keeps::{self, Keeps},
    said::{Heard, Phrase, Said, SaidLine, says},
    target::{Target, targets},
};
use crate::{
    base::{id::ServiceName, shell::ShellLine, time::Stamp, units},
    compose::{Place, Problem, Project, Service},
    host::{Answer, Host, Offer, PathFacts, Question},
    logs::HeldLine,
    stack::{Container, ImageFacts, Network, Overview, ServiceStatus, Stack, State, Volume},
};

/// How many lines of a log's end are read.
pub(super) const TAIL: usize = 200;

/// A project, as far as it is known.
#[derive(Debug)]
pub struct Case<'a> {
    /// What the files declare, if they could be read.
    pub project: Option<&'a Project>,
    /// What is wrong with the files, by the reader of them.
    pub problems: &'a [Problem],
    /// What the engine said of itself.
    pub host: &'a Host,
    /// What it said of the project. Where nobody could be asked, nothing is listed in it.
    pub stack: &'a Stack,
    /// What follows from that.
    pub overview: &'a Overview,
    /// Now, on the engine's clock.
    pub now: Stamp,
    /// Services that are enabled or have containers, a dependency before its dependents.
    pub services: Vec<Subject<'a>>,
    asked: RefCell<BTreeSet<Question>>,
    images: RefCell<BTreeSet<String>>,
    /// Who is meant by a name or address, by place among the services; made when it is first asked for.
    pub(super) names: OnceCell<BTreeMap<String, usize>>,
}

/// A service under examination.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Its name.
    pub name: &'a ServiceName,
    /// What the files say of it.
    pub declared: Option<&'a Service>,
    /// What is true of it.
    pub status: &'a ServiceStatus,
    /// Its containers, by number.
    pub containers: Vec<&'a Container>,
    stack: &'a Stack,
    now: Stamp,
    host: &'a Host,
    heard: OnceCell<Heard>,
    keeps: OnceCell<Option<Keeps>>,
    targets: Vec<Target<'a>>,
}

/// How long a container that the engine restarted once is looked at: by then it has proved that it stays up.
const FRESH: Duration = Duration::from_secs(10);

/// Services that aren't as they should be: their logs are to be read. `now` is on the engine's clock.
pub fn troubled<'a>(stack: &'a Stack, overview: &'a Overview, now: Stamp) -> impl Iterator<Item = &'a ServiceStatus> {
    let containers = |s: &'a ServiceStatus| s.containers.iter().filter_map(|id| stack.containers.get(id));
    overview.services.iter().filter(move |s| is_troubled(s, containers(s), now))
}

fn is_troubled<'a>(
    status: &ServiceStatus,
    mut containers: impl Iterator<Item = &'a Container> + Clone,
    now: Stamp,
) -> bool {
    let state = status.state;
    // It has just ended once: between two ends a container looks as if it were well.
    let fresh = |c: &Container| c.restarts > 0 && c.started.is_some_and(|at| now.since(at) < FRESH);
    let wavers = || status.restarts > 0 || containers.clone().any(|c| c.failing_streak > 0);
    // What starts without a hitch so far is none.
    state.is_trouble()
        || matches!(state, State::Starting | State::Running) && (!status.ready && wavers() || containers.any(fresh))
}

impl<'a> Case<'a> {
    /// A case as it stands: the project in front of a host.
    pub fn new(problems: &'a [Problem], host: &'a Host, overview: &'a Overview, now: Stamp) -> Self {
        let stack = host.stack();
        let project = stack.declared.as_deref();
        let services = overview.services.iter().filter(|s| s.enabled || !s.containers.is_empty());
        let services = services.map(|status| Subject {
            name: &status.name,
            declared: project.and_then(|p| p.services.get(&status.name)),
            status,
            containers: status.containers.iter().filter_map(|id| stack.containers.get(id)).collect(),
            stack,
            now,
            host,
            heard: OnceCell::new(),
            keeps: OnceCell::new(),
            targets: Vec::new(),
        });
        Self {
            services: services.map(Subject::settled).collect(),
            project,
            problems,
            host,
            stack,
            overview,
            now,
            asked: RefCell::default(),
            images: RefCell::default(),
            names: OnceCell::new(),
        }
    }

    /// Asks what only looking shows. `None` until it is answered; see the shorter ways below.
    pub fn ask(&self, question: Question) -> Option<&'a Answer> {
        let answer = self.host.answers.get(&question);
        self.asked.borrow_mut().insert(question);
        answer.filter(|a| !matches!(a, Answer::Unknown(_)))
    }

    /// What was asked.
    pub(super) fn questions(&self) -> BTreeSet<Question> {
        self.asked.borrow().clone()
    }

    /// The images that were asked for.
    pub(super) fn asked_images(&self) -> BTreeSet<String> {
        self.images.borrow().clone()
    }

    /// An image of the engine: `None` while that isn't known, `Some(None)` where it isn't there.
    pub fn image(&self, name: &str) -> Option<Option<&'a ImageFacts>> {
        self.images.borrow_mut().insert(name.to_owned());
        self.host.images.of(name)?.ok()
    }

    /// What is at a path inside a container, likewise.
    pub fn path_in(&self, container: &Container, path: &str) -> Option<Option<&'a PathFacts>> {
        match self.ask(Question::Path(container.id.clone(), path.to_owned()))? {
            Answer::Path(found) => Some(found.as_ref()),
            _ => None,
        }
    }

    /// What is at a path of the host, likewise.
    pub fn host_path(&self, path: &str) -> Option<Option<&'a PathFacts>> {
        match self.ask(Question::HostPath(path.to_owned()))? {
            Answer::HostPath(found) => Some(found.as_ref()),
            _ => None,
        }
    }

    /// What an image's registry says, asked by the engine.
    pub fn offer(&self, name: &str) -> Option<&'a Offer> {
        if let Answer::Offer(offer) = self.ask(Question::Offer(name.to_owned()))? { Some(offer) } else { None }
    }

    /// All containers of the engine, of every project.
    pub fn neighbours(&self) -> Option<&'a [Container]> {
        if let Answer::Neighbours(all) = self.ask(Question::Neighbours)? { Some(all) } else { None }
    }

    /// All networks of the engine.
    pub fn all_networks(&self) -> Option<&'a [Network]> {
        if let Answer::Networks(all) = self.ask(Question::Networks)? { Some(all) } else { None }
    }

    /// All volumes of the engine.
    pub fn all_volumes(&self) -> Option<&'a [Volume]> {
        if let Answer::Volumes(all) = self.ask(Question::Volumes)? { Some(all) } else { None }
    }

    /// A service of the case.
    pub fn service(&self, name: &str) -> Option<&Subject<'a>> {
        self.services.iter().find(|s| &**s.name == name)
    }

    /// Services that aren't as they should be, whose logs are worth reading.
    pub fn troubled(&self) -> impl Iterator<Item = &Subject<'a>> {
        self.services.iter().filter(|s| s.is_troubled())
    }

    /// Services that this one waits for, with what it waits for.
    pub fn dependencies<'s>(
        &'s self,
        subject: &'s Subject<'a>,
    ) -> impl Iterator<Item = (&'s Subject<'a>, crate::compose::Condition)> {
        let declared = subject.declared.into_iter().flat_map(|s| &s.depends_on).map(|d| (&d.service, d.condition));
        let known = subject.declared.is_none();
        let labelled = subject.containers.first().filter(|_| known).into_iter().flat_map(|c| &c.depends_on);
        let labelled = labelled.map(|(service, condition)| (service, *condition));
        declared.chain(labelled).filter_map(|(name, condition)| Some((self.service(name)?, condition)))
    }

    /// The enabled service in whose section of the files a place is.
    pub fn service_at(&self, place: &Place) -> Option<&'a ServiceName> {
        let project = self.project?;
        let before = |p: &&Place| p.file == place.file && (p.line, p.column) <= (place.line, place.column);
        let service = project.services.values().filter_map(|s| Some((s.place.as_ref().filter(before)?, &s.name)));
        let (start, name) = service.max_by_key(|(p, _)| p.line)?;
        let others = project.networks.values().filter_map(|n| n.place.as_ref());
        let others = others.chain(project.volumes.values().filter_map(|v| v.place.as_ref()));
        let resources = project.secrets.values().chain(project.configs.values()).filter_map(|r| r.place.as_ref());
        let between = others.chain(resources).filter(before).any(|p| p.line > start.line);
        // A key that stands further left than the service's own is no part of it.
        let inside = place.line == start.line || place.column > start.column;
        (inside && !between).then_some(name)
    }

    /// `docker`, for what is on this engine.
    pub fn docker(&self) -> ShellLine {
        self.host.docker()
    }

    /// `docker compose`, for what is done to the containers that are there.
    pub fn compose(&self) -> ShellLine {
        self.host.compose()
    }

    /// `docker compose`, for what reads the project's files.
    pub fn compose_by_files(&self) -> ShellLine {
        self.host.compose_by_files()
    }

    /// Brings services up as their files say.
    pub fn up(&self, services: impl IntoIterator<Item = impl AsRef<str>>) -> ShellLine {
        self.compose_by_files().then("up -d").names(services)
    }

    /// Runs commands in a new container of a service, whose own program stays out of it.
    pub fn run_in(&self, service: &str, script: &ShellLine) -> ShellLine {
        self.compose_by_files().then("run --rm --entrypoint sh").name(service).script(script)
    }

    /// Gives variables values for compose to read; which ones, only the reader knows.
    pub fn set_variables(&self, names: &[&str]) -> ShellLine {
        // Compose reads the `.env` of the project's folder, whichever folder that is.
        let usual = || match self.project {
            Some(project) if !self.host.called.is_in(&project.dir) => project.dir.join(".env").display().to_string(),
            _ => ".env".to_owned(),
        };
        let file = self.host.called.env_file().map_or_else(usual, str::to_owned);
        let lines = names.iter().map(|name| format!("{name}=…"));
        let print = if names.len() == 1 { ShellLine::new("echo") } else { ShellLine::new("printf").word("%s\\n") };
        print.words(lines).onto(file)
    }

    /// The service that a problem of the files is about, where it is about one: files that only add to a service say
    /// nowhere where it begins, so what it sets or publishes there tells.
    pub fn service_of(&self, problem: &Problem) -> Option<&'a ServiceName> {
        let project = self.project?;
        let place = problem.place.as_ref();
        let within = |name: &&ServiceName| {
            let rest = problem.setting.as_deref().and_then(|setting| setting.strip_prefix("services."));
            let rest = rest.and_then(|rest| rest.strip_prefix(name.as_str()));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let said = || project.services.keys().filter(within).max_by_key(|name| name.len());
        let holds = |service: &&Service| {
            let ports = service.ports.iter().filter_map(|p| p.place.as_ref());
            let others = service.mounts.iter().filter_map(|m| m.place.as_ref());
            let others = others.chain(service.depends_on.iter().filter_map(|d| d.place.as_ref()));
            ports.chain(others).chain(service.setup.literals.values()).any(|held| Some(held) == place)
        };
        let in_section = || self.service_at(place?);
        let held = || project.services.values().find(holds).map(|service| &service.name);
        in_section().or_else(said).or_else(held)
    }
}

impl<'a> Subject<'a> {
    /// With the places that its environment names.
    fn settled(self) -> Self {
        Self { targets: self.named_targets(), ..self }
    }

    /// The places that its environment names, looked for.
    fn named_targets(&self) -> Vec<Target<'a>> {
        let variables = self.variables();
        let beside = |name: &str| {
            let port = name.to_ascii_uppercase().replace("HOSTNAME", "PORT").replace("HOST", "PORT");
            let mut others = variables.iter().filter(|(n, _)| !n.eq_ignore_ascii_case(name));
            others.find(|(n, _)| n.eq_ignore_ascii_case(&port)).copied()
        };
        let port = |name: &str| if name.to_ascii_uppercase().contains("HOST") { beside(name) } else { None };
        variables.iter().flat_map(|(name, value)| targets(name, value, port(name))).collect()
    }

    /// The places that its environment names.
    pub fn targets(&self) -> &[Target<'a>] {
        &self.targets
    }

    /// Whether it isn't as it should be, by what its containers show or by what it keeps saying; waiting for others
    /// doesn't count.
    pub fn is_troubled(&self) -> bool {
        is_troubled(self.status, self.containers.iter().copied(), self.now) || self.keeps_failing().is_some()
    }

    /// What it fails at again and again while it runs, and is well by all else that is seen of it.
    pub fn keeps_failing(&self) -> Option<&Keeps> {
        let keeps = || {
            if !self.is_up() || is_troubled(self.status, self.containers.iter().copied(), self.now) {
                return None;
            }
            let began = self.containers.iter().filter_map(|c| c.speaks_since()).min()?;
            keeps::failing(self.heard(), began, self.read_at())
        };
        self.keeps.get_or_init(keeps).as_ref()
    }

    /// When its log was read, on the engine's clock: one that is followed is read up to now.
    fn read_at(&self) -> Stamp {
        let asked = self.containers.iter().filter(|c| self.stack.logs.of(&c.id).is_none());
        let read = asked.filter_map(|c| match self.host.answers.get(&Question::LogEnd(c.id.clone()))? {
            Answer::LogEnd { at, .. } => Some(*at),
            _ => None,
        });
        read.min().unwrap_or(self.now)
    }

    /// With what code a container of it ended last: while it runs again, the engine has forgotten.
    pub fn last_code(&self, container: &Container) -> Option<i64> {
        let remembered = || self.stack.history.get(&container.id)?.ends.last_key_value().map(|(_, code)| *code);
        container.exit_code.or_else(remembered)
    }

    /// A container that ended with this code last.
    pub fn ended_with(&self, code: i64) -> Option<&'a Container> {
        self.containers.iter().copied().find(|c| self.last_code(c) == Some(code))
    }

    /// The first container: replicas are mostly alike.
    pub fn container(&self) -> Option<&'a Container> {
        self.containers.first().copied()
    }

    /// A container whose state is the worst of them: the one that has ended, could not start or is unhealthy.
    pub fn patient(&self) -> Option<&'a Container> {
        let bad = |c: &&&Container| {
            !c.error.is_empty() || c.exit_code.is_some_and(|code| code != 0) || c.failing_streak > 0 || c.restarts > 0
        };
        self.containers.iter().find(bad).or(self.containers.first()).copied()
    }

    /// The end of its log, as far as it is held, oldest first.
    pub fn log(&self) -> &[SaidLine] {
        &self.heard().lines
    }

    /// Its log, with what it says.
    fn heard(&self) -> &Heard {
        self.heard.get_or_init(|| {
            let mut lines = Vec::new();
            for container in &self.containers {
                let said = |line: &HeldLine| SaidLine {
                    at: line.at(),
                    text: line.text().into_owned(),
                    container: container.name.clone(),
                };
                if let Some(log) = self.stack.logs.of(&container.id) {
                    let skipped = log.lines().len().saturating_sub(TAIL);
                    lines.extend(log.lines().skip(skipped).map(said));
                    continue;
                }
                let asked = self.host.answers.get(&Question::LogEnd(container.id.clone()));
                if let Some(Answer::LogEnd { lines: end, .. }) = asked {
                    lines.extend(end.iter().map(|line| said(&HeldLine::new(line.clone(), 0))));
                }
            }
            lines.sort_by_key(|line| line.at);
            Heard::new(lines)
        })
    }

    /// The newest line of its log that says this.
    pub fn said(&self, phrase: Phrase) -> Option<Said<'_>> {
        self.heard().said(phrase)
    }

    /// The value of a variable of its environment: what the container has, else what the files say.
    pub fn variable(&self, name: &str) -> Option<&'a str> {
        let made = self.container().into_iter().flat_map(|c| &c.env);
        let made = made.filter_map(|pair| pair.split_once('=')).find(|(n, _)| *n == name).map(|(_, value)| value);
        made.or_else(|| self.declared?.environment.get(name)?.as_deref())
    }

    /// All variables of its environment, likewise.
    pub fn variables(&self) -> Vec<(&'a str, &'a str)> {
        match self.container().filter(|c| c.inspected) {
            Some(c) => c.env.iter().filter_map(|pair| pair.split_once('=')).collect(),
            None => {
                let declared = self.declared.into_iter().flat_map(|s| &s.environment);
                declared.filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?))).collect()
            }
        }
    }

    /// An error about it; of one that runs on, it is a warning.
    pub fn error(&self, rule: &'static str, summary: impl AsRef<str>) -> Finding {
        match self.keeps_failing() {
            Some(_) => Finding::warning(rule, Some(self.name), summary),
            None => Finding::error(rule, Some(self.name), summary),
        }
    }

    /// A warning about it.
    pub fn warning(&self, rule: &'static str, summary: impl AsRef<str>) -> Finding {
        Finding::warning(rule, Some(self.name), summary)
    }

    /// A hint about it.
    pub fn hint(&self, rule: &'static str, summary: impl AsRef<str>) -> Finding {
        Finding::hint(rule, Some(self.name), summary)
    }

    /// Its last failed probe as evidence.
    pub fn probe(&self) -> Option<Evidence> {
        let (container, probe) = self.failed_probe()?;
        let text = if probe.output.trim().is_empty() {
            format!("exit code {}", probe.exit)
        } else {
            crate::stack::reason::telling(&probe.output).to_owned()
        };
        Some(Evidence::new(Kind::Probe, text, format!("{}, probe with exit code {}", container.name, probe.exit)))
    }

    /// The last probe of its present run, if it failed, and whose.
    pub fn failed_probe(&self) -> Option<(&'a Container, &'a crate::stack::Probe)> {
        self.containers.iter().find_map(|c| {
            let start = c.started?;
            let last = c.probes.last().filter(|p| p.exit != 0 && p.start >= start)?;
            Some((*c, last))
        })
    }

    /// How its process ended last, as evidence.
    pub fn end(&self) -> Option<Evidence> {
        let c = self.patient()?;
        let code = self.last_code(c)?;
        let restarts = if c.restarts > 0 { format!(", restarted {}", times(c.restarts)) } else { String::new() };
        Some(Evidence::new(Kind::State, format!("exited with code {code}{restarts}"), format!("State of {}", c.name)))
    }

    /// The last lines before its first end that is known, as evidence: what came later may only follow from it.
    pub fn first_failure(&self, most: usize) -> Vec<Evidence> {
        let logs = self.containers.iter().filter_map(|c| Some((c, self.stack.logs.of(&c.id)?)));
        let mut told = Vec::new();
        for (c, log) in logs {
            let skipped = log.first_failure().len().saturating_sub(most);
            told.extend(log.first_failure().iter().skip(skipped).map(|line| {
                Evidence::new(Kind::Log, line.text().trim(), format!("log of {}, before its first exit", c.name))
            }));
        }
        told
    }

    /// What its log ends in, to follow what is said of its end; empty where it said nothing.
    pub fn last_words(&self) -> String {
        let words = self.telling_line().map(|l| crate::base::secrets::masked_text(l.text.trim(), true));
        words.map_or_else(String::new, |words| format!(": {}", crate::base::text::fit(undated(&words), 100)))
    }

    /// The last lines of its log as evidence, the newest last; before them the one that speaks of the error, where it
    /// is none of them.
    pub fn last_lines(&self, most: usize) -> Vec<Evidence> {
        let mut told: Vec<&SaidLine> = self.last_spoken().take(most).collect();
        if let Some(line) = self.telling_line().filter(|line| !told.contains(line)) {
            told.pop();
            told.push(line);
        }
        told.into_iter().rev().map(SaidLine::evidence).collect()
    }

    /// Its last lines that aren't blank, the newest first.
    fn last_spoken(&self) -> impl Iterator<Item = &SaidLine> {
        self.log().iter().rev().filter(|l| !l.text.trim().is_empty())
    }

    /// Of the last lines the one that tells most of an error, the newest of those that tell as much: a stack trace or
    /// a farewell may follow it, and the two streams may come in another order than written.
    fn telling_line(&self) -> Option<&SaidLine> {
        const LOOKED_AT: usize = 20;
        let mut best: Option<(&SaidLine, u8)> = None;
        for line in self.last_spoken().take(LOOKED_AT) {
            // Words that are understood tell most.
            let error = tells_of_an_error(line.text.trim());
            let tells = if tells_why(&line.text) { 2 + error } else { error };
            if best.is_none_or(|(_, most)| tells > most) {
                best = Some((line, tells));
            }
        }
        best.map(|(line, _)| line)
    }
}

/// `1 time`, `3 times`.
pub(super) fn times(n: u32) -> String {
    units::count(usize::try_from(n).unwrap_or(usize::MAX), "time")
}

/// A line without the date, time and process that programs put before their words, each of which is digits mostly and
/// may stand in brackets.
pub(super) fn undated(line: &str) -> &str {
    let mut rest = line.trim();
    loop {
        let end = match rest.strip_prefix('[') {
            Some(inner) => inner.find(']').map(|at| at + 2),
            None => rest.find(char::is_whitespace),
        };
        let Some((first, after)) = end.and_then(|at| rest.split_at_checked(at)) else { return rest };
        let is_zone = matches!(first, "UTC" | "GMT" | "CET" | "CEST");
        let stripped = rest.len() < line.trim().len();
        let digits = first.chars().all(|c| c.is_ascii_digit() || "[]:-/.,+ TZ".contains(c));
        let is_time =
            |parts: Option<(&str, &str)>| parts.is_some_and(|(before, _)| !before.contains('.') && before.len() > 1);
        let dated = digits
            && first.contains(|c: char| c.is_ascii_digit())
            && (stripped
                || is_time(first.split_once(':'))
                || is_time(first.split_once('-'))
                || is_time(first.split_once('/')));
        // What is all of it is no date before something.
        if after.trim().is_empty() || !(dated || is_zone && stripped) {
            return rest;
        }
        rest = after.trim_start();
    }
}

/// Whether a line says one of the things that are known to end programs.
fn tells_why(text: &str) -> bool {
    const WHY: [Phrase; 12] = [
        Phrase::SettingMissing,
        Phrase::KernelSetting,
        Phrase::NoWatches,
        Phrase::NoSpace,
        Phrase::ReadOnly,
        Phrase::FileMissing,
        Phrase::OtherVersion,
        Phrase::NotInDatabase,
        Phrase::UnknownHost,
        Phrase::Refused,
        Phrase::TooManyClients,
        Phrase::Certificate,
    ];
    WHY.iter().any(|phrase| says(text, *phrase).is_some())
}

/// How much a line tells of an error: 2 where it begins with one, 1 where it speaks of one.
fn tells_of_an_error(text: &str) -> u8 {
    let lower = text.to_ascii_lowercase();
    // A frame of a stack trace, and words around one.
    let frame = ["at ", "file \"", "traceback ", "during handling of ", "the above exception ", "caused by: 0:"];
    if frame.iter().any(|start| lower.starts_with(start)) {
        return 0;
    }
    // What only says that it ends, or where to read on.
    let farewell = [
        "aborting",
        "exiting",
        "shutting down",
        "shutdown complete",
        "bootstrap checks failed",
        "did not exit normally",
        "elifecycle",
        "command failed with exit code",
        "npm err! a complete log",
        "npm err! code",
        "npm error a complete log",
        "npm error code",
        "worker failed to boot",
        "for more information",
        "stack trace",
        "see above",
    ];
    if farewell.iter().any(|words| lower.contains(words)) {
        return 0;
    }
    let named =
        text.split([':', ' ']).next().is_some_and(|word| word.ends_with("Error") || word.ends_with("Exception"));
    let marked =
        ["fatal", "panic", "[emerg]", "[crit]", "[error]", "error:", "err:"].iter().any(|word| lower.contains(word));
    let speaks = ["error", "exception", "failed", "cannot", "can't"].iter().any(|word| lower.contains(word));
    if named || marked { 2 } else { u8::from(speaks) }
}

#[cfg(test)]
mod tests {
    use super::undated;

    #[test]
    fn a_line_is_quoted_without_its_date() {
        let told = [
            ("[2026-11-21 11:07:21 +0000] [1] [INFO] Worker failed", "[INFO] Worker failed"),
            ("2026-11-21 11:11:27.898 UTC [24] FATAL:  no space", "FATAL:  no space"),
            ("2026/11/21 11:16:45 [emerg] 1#1: host not found", "[emerg] 1#1: host not found"),
            ("2026-11-21T11:16:45.123Z starting", "starting"),
            ("11:16:45 starting", "starting"),
        ];
        assert_eq!(told.map(|(line, _)| undated(line)), told.map(|(_, words)| words));
        for whole in
            ["8080 is taken", "10.0.0.12:8080 refused", "", "[", "2026-11-21", "connect ECONNREFUSED", "-1 is bad"]
        {
            assert_eq!(undated(whole), whole);
        }
    }
}
