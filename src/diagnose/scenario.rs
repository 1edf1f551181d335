//! Cases for tests, told in a few words: a compose file, what the engine says of its containers, their logs.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{Case, Diagnosis, Finding, diagnose};
use crate::{
    compose::{self, Options},
    host::{self, Answer, Called, EngineInfo, Host, Link, Question, fixture::engine},
    logs::LogLine,
    stack::{
        Container, EventKind, Fact, ImageFacts, Network, Stack, Volume,
        fixture::{self, at, id_of},
        starts::{Remembered, StartRecord},
    },
};

/// A case under construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scenario {
    compose: String,
    env: BTreeMap<String, String>,
    containers: Vec<Container>,
    facts: Vec<Fact>,
    logs: Vec<(String, Vec<String>)>,
    answers: Vec<(Question, Answer)>,
    images: Vec<(String, Option<ImageFacts>)>,
    offline: bool,
    injected: Vec<(String, Vec<(String, String)>)>,
    file: Option<PathBuf>,
    dir: Option<PathBuf>,
    hidden: Vec<String>,
    engine: Option<EngineInfo>,
    starts: Vec<StartRecord>,
    /// What is behind the names that the files declare, and behind the services' own.
    behind: (String, String),
    called: Called,
}

impl Scenario {
    /// A project `p` of this compose file, with nothing on the engine.
    pub fn of(compose: &str) -> Self {
        Self { compose: compose.into(), ..Self::default() }
    }

    /// The files of a folder in place of the one that was told.
    pub fn within(self, dir: &std::path::Path) -> Self {
        Self { dir: Some(dir.to_owned()), ..self }
    }

    /// A variable of the shell hides another value of `.env`.
    pub fn hiding(mut self, name: &str) -> Self {
        self.hidden.push(name.into());
        self
    }

    /// Variables that a service gets from an env file.
    pub fn injecting(mut self, service: &str, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        self.injected.push((service.into(), pairs));
        self
    }

    /// The compose file is this one, not one that came through a pipe.
    pub fn named(self, file: &str) -> Self {
        Self { file: Some(file.into()), ..self }
    }

    /// A variable of the environment that compose reads.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// A container on the engine; see `stack::fixture` for how to tell what happened to it.
    pub fn with(mut self, container: Container) -> Self {
        self.containers.push(container);
        self
    }

    /// Lines at the end of the log of a service's first container, a second apart, the last one at second 100.
    pub fn log(mut self, service: &str, lines: &[&str]) -> Self {
        self.logs.push((service.into(), lines.iter().map(|l| (*l).into()).collect()));
        self
    }

    /// A line that a service's first container wrote so often, so many seconds apart, the last time just now.
    pub fn keeps_saying(mut self, service: &str, line: &str, times: u32, apart: f64) -> Self {
        let line = |n: u32| LogLine {
            at: at(119.0 - apart * f64::from(times - 1 - n)),
            stderr: true,
            text: line.as_bytes().into(),
            cut: false,
        };
        self.facts.push(Fact::Lines(id_of(service), (0..times).map(line).collect()));
        self
    }

    /// An event of a service's first container.
    pub fn event(mut self, service: &str, secs: f64, kind: EventKind) -> Self {
        self.facts.push(fixture::event(service, secs, kind));
        self
    }

    /// The project's networks.
    pub fn networks(mut self, networks: Vec<Network>) -> Self {
        self.facts.push(Fact::Networks(networks));
        self
    }

    /// The project's volumes.
    pub fn volumes(mut self, volumes: Vec<Volume>) -> Self {
        self.facts.push(Fact::Volumes(volumes));
        self
    }

    /// Any other fact.
    pub fn fact(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// What was found out on request.
    pub fn answer(mut self, question: Question, answer: Answer) -> Self {
        self.answers.push((question, answer));
        self
    }

    /// An image on the engine, or that it isn't there.
    pub fn image(mut self, name: &str, found: Option<ImageFacts>) -> Self {
        self.images.push((name.into(), found));
        self
    }

    /// How stackview was called.
    pub fn called(self, called: Called) -> Self {
        Self { called, ..self }
    }

    /// There is no engine.
    pub fn offline(self) -> Self {
        Self { offline: true, ..self }
    }

    /// Another engine than a Docker 20.10.
    pub fn engine(self, engine: EngineInfo) -> Self {
        Self { engine: Some(engine), ..self }
    }

    /// Earlier starts that are remembered.
    pub fn remembering(self, starts: Vec<StartRecord>) -> Self {
        Self { starts, ..self }
    }

    /// Looks, 120 seconds after the fixtures' zero.
    pub fn diagnosis(&self) -> Diagnosis {
        let mut env = self.env.clone();
        env.insert("COMPOSE_PROJECT_NAME".into(), fixture::PROJECT.into());
        let loaded = compose::load(&Options {
            cwd: self.dir.clone().unwrap_or_else(|| PathBuf::from("/nowhere")),
            files: if self.dir.is_some() { Vec::new() } else { vec!["-".into()] },
            stdin: Some(self.compose.clone()),
            env,
            ..Options::default()
        })
        .resolved();
        let mut project = loaded.project;
        if let (Some(project), Some(file)) = (&mut project, &self.file) {
            project.files = vec![file.clone()];
        }
        if let Some(project) = &mut project {
            let place = |line| compose::Place { file: std::path::Path::new(".env").into(), line, column: 1 };
            project.hidden = self.hidden.iter().map(|name| (name.clone(), place(1))).collect();
        }
        for (service, pairs) in &self.injected {
            let service = project.as_mut().unwrap().services.get_mut(service.as_str()).unwrap();
            for (name, value) in pairs {
                service.environment.insert(name.clone(), Some(value.clone()));
                service.setup.injected.insert(name.clone());
            }
        }
        let project = project.map(|project| Arc::new(self.renamed(project)));
        let stack = Stack::new(fixture::PROJECT.into(), project);
        let mut host = Host::new(stack).called(self.called.clone());
        if !self.offline {
            host.apply(host::Fact::Engine(self.engine.clone().unwrap_or_else(|| engine("1.41"))));
            host.apply(host::Fact::Link(Link::Live));
        }
        let mut tell = |fact: Fact| host.apply(host::Fact::Stack(fixture::PROJECT.into(), fact));
        if !self.offline {
            for fact in fixture::snapshot(&self.containers).into_iter().chain(self.facts.clone()) {
                tell(fact);
            }
        }
        for (service, lines) in &self.logs {
            let first = 100.0 - (1.0 * f64::from(u32::try_from(lines.len()).unwrap())) + 1.0;
            let line = |(n, text): (usize, &String)| LogLine {
                at: at(first + f64::from(u32::try_from(n).unwrap())),
                stderr: true,
                text: text.as_bytes().into(),
                cut: false,
            };
            tell(Fact::Lines(id_of(service), lines.iter().enumerate().map(line).collect()));
        }
        for (question, answer) in &self.answers {
            host.apply(host::Fact::Answered(question.clone(), answer.clone()));
        }
        let images = self.images.iter().cloned().map(|(name, found)| (name, Ok(found.map(Box::new))));
        host.apply(host::Fact::Images(images.collect()));
        host.stack_mut().remembered = Remembered::Known(self.starts.clone());
        let now = at(120.0);
        let overview = host.stack().overview(host.view(), now);
        diagnose(&Case::new(&loaded.problems, &host, &overview, now))
    }

    /// Cases like this one in which names, paths and log lines hold `evil`: first all that is no service's name, then
    /// the services' names, then one word of a log after the other.
    pub fn hostile(&self, evil: &str) -> Vec<Self> {
        let mut stored = Self { behind: (evil.into(), String::new()), ..self.clone() };
        let mut moved: Vec<(String, String)> = Vec::new();
        for container in &mut stored.containers {
            moved.extend(spoil(container, evil));
        }
        for (question, answer) in &mut stored.answers {
            match answer {
                Answer::Neighbours(all) => all.iter_mut().for_each(|c| {
                    spoil(c, evil);
                }),
                Answer::Networks(all) => all.iter_mut().for_each(|n| n.name += evil),
                Answer::Volumes(all) => all.iter_mut().for_each(|v| v.name = format!("{}{evil}", v.name).into()),
                _ => {}
            }
            match question {
                Question::HostPath(path) | Question::Path(_, path) | Question::FreeSpace(path) => {
                    *path = replaced(path, &moved);
                }
                Question::Offer(name) => *name += evil,
                _ => {}
            }
        }
        stored.images.iter_mut().for_each(|(name, _)| name.push_str(evil));
        for fact in &mut stored.facts {
            match fact {
                Fact::Networks(all) => all.iter_mut().for_each(|n| n.name += evil),
                Fact::Volumes(all) => all.iter_mut().for_each(|v| v.name = format!("{}{evil}", v.name).into()),
                _ => {}
            }
        }
        for line in stored.logs.iter_mut().flat_map(|(_, lines)| lines) {
            *line = replaced(line, &moved);
        }
        let mut called = Self { behind: (String::new(), evil.into()), ..self.clone() };
        for container in &mut called.containers {
            container.service = container.service.as_ref().map(|name| format!("{name}{evil}").into());
            for (on, _) in &mut container.depends_on {
                *on = format!("{on}{evil}").into();
            }
        }
        let mut all = vec![stored, called];
        for (log, (_, lines)) in self.logs.iter().enumerate() {
            for (at, line) in lines.iter().enumerate() {
                let words: Vec<&str> = line.split(' ').collect();
                for word in 0..words.len() {
                    let mut words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
                    let end = words[word].trim_end_matches([':', '"', '\'', ',', '.', ')']).len();
                    words[word].insert_str(end, &evil.replace(' ', "${IFS}"));
                    let mut one = self.clone();
                    one.logs[log].1[at] = words.join(" ");
                    all.push(one);
                }
            }
        }
        all
    }

    /// The project with what is behind its names.
    fn renamed(&self, mut project: compose::Project) -> compose::Project {
        let (names, services) = &self.behind;
        if !names.is_empty() {
            project.networks.values_mut().for_each(|n| n.name += names);
            project.volumes.values_mut().for_each(|v| v.name += names);
            for service in project.services.values_mut() {
                service.image = service.image.take().map(|image| image + names);
                service.container_name = service.container_name.take().map(|name| name + names);
            }
        }
        if !services.is_empty() {
            let new = |name: &crate::base::id::ServiceName| format!("{name}{services}").into();
            let all = std::mem::take(&mut project.services).into_values().map(|mut service| {
                service.name = new(&service.name);
                service.depends_on.iter_mut().for_each(|d| d.service = new(&d.service));
                (service.name.clone(), service)
            });
            project.services = all.collect();
        }
        project
    }

    /// What is found above hints, as `rule@service`, consequences as `rule@service < rule@service`.
    pub fn found(&self) -> Vec<String> {
        let name = |rule: &str, service: Option<&str>| format!("{rule}@{}", service.unwrap_or("-"));
        let told = |f: &Finding| {
            let own = name(f.rule, f.service.as_deref());
            match &f.caused_by {
                None => own,
                Some(cause) => format!("{own} < {}", name(cause.rule, cause.service.as_deref())),
            }
        };
        let findings = self.diagnosis().findings;
        findings.iter().filter(|f| f.severity < super::Severity::Hint).map(told).collect()
    }
}

/// Puts `evil` behind the names and paths of a container, and into the engine's words about it. What its mounts were
/// called, and are now.
fn spoil(c: &mut Container, evil: &str) -> Vec<(String, String)> {
    let mut moved = Vec::new();
    c.name += evil;
    c.image += evil;
    if c.project.as_deref() != Some(fixture::PROJECT) {
        c.project = c.project.as_ref().map(|p| format!("{p}{evil}").into());
    }
    for mount in &mut c.mounts {
        for path in [&mut mount.source, &mut mount.target] {
            let new = format!("{path}{evil}");
            moved.push((std::mem::replace(path, new.clone()), new));
        }
        mount.volume = mount.volume.as_ref().map(|v| format!("{v}{evil}").into());
    }
    for network in &mut c.networks {
        network.network += evil;
    }
    if let Some(check) = &mut c.check {
        check.test.iter_mut().skip(1).for_each(|word| *word += evil);
    }
    if let Some(words) = c.error.split_once("exec: \"").map(|(a, b)| (a.to_owned(), b.to_owned())) {
        c.error = format!("{}exec: \"{}", words.0, words.1.replacen('"', &format!("{}\"", evil.replace('"', "")), 1));
    }
    c.config.user += evil;
    moved
}

/// The text with the paths as they are called now.
fn replaced(text: &str, moved: &[(String, String)]) -> String {
    let mut longest: Vec<_> = moved.iter().filter(|(old, _)| old.len() > 1).collect();
    longest.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    match longest.iter().find(|(old, _)| text.contains(old.as_str())) {
        Some((old, new)) => text.replacen(old.as_str(), new, 1),
        None => text.to_owned(),
    }
}

/// Containers as the rules' scenarios need them, beyond `stack::fixture`.
impl Container {
    /// One whose start failed with the engine's words.
    pub(crate) fn failed(self, code: i64, error: &str) -> Self {
        Self { error: error.into(), exit_code: Some(code), phase: crate::stack::Phase::Created, ..self }
    }

    /// With a variable in its environment.
    pub(crate) fn var(mut self, pair: &str) -> Self {
        self.env.push(pair.into());
        self
    }

    /// Unhealthy by three probes that failed with this code and output; it runs since second 1.
    pub(crate) fn sick(self, exit: i64, output: &str) -> Self {
        let probe = |n: f64| crate::stack::Probe {
            start: at(60.0 + n * 10.0),
            end: at(60.5 + n * 10.0),
            exit,
            output: output.into(),
        };
        self.running(1.0).checked(10, crate::stack::Health::Unhealthy).probed(&[probe(0.0), probe(1.0), probe(2.0)])
    }

    /// Healthy since its first probe; it runs since second 1.
    pub(crate) fn well(self) -> Self {
        self.running(1.0).checked(10, crate::stack::Health::Healthy).probed(&[fixture::probe(11.0, 11.1, 0)])
    }
}

#[test]
fn a_scenario_is_what_was_told() {
    let fact = Fact::Gone(id_of("nobody"));
    let file = "services: {web: {image: 'x:${TAG}'}}";
    let told = Scenario::of(file)
        .env("TAG", "1")
        .engine(engine("1.44"))
        .with(fixture::container("web").running(1.0))
        .event("web", 1.0, EventKind::Start)
        .networks(Vec::new())
        .volumes(Vec::new())
        .fact(fact);
    assert!(told.found().is_empty(), "{:?}", told.found());
    assert!(Scenario::of(file).env("TAG", "1").offline().found().is_empty());
}
