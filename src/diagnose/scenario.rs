//! Cases for tests, told in a few words: a compose file, what the engine says of its containers, their logs.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{Case, Diagnosis, Finding, diagnose};
use crate::{
    compose::{self, Options},
    host::{self, Answer, EngineInfo, Host, Link, Question, fixture::engine},
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
    engine: Option<EngineInfo>,
    starts: Vec<StartRecord>,
}

impl Scenario {
    /// A project `p` of this compose file, with nothing on the engine.
    pub fn of(compose: &str) -> Self {
        Self { compose: compose.into(), ..Self::default() }
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
            cwd: PathBuf::from("/nowhere"),
            files: vec!["-".into()],
            stdin: Some(self.compose.clone()),
            env,
            ..Options::default()
        })
        .resolved();
        let mut project = loaded.project;
        if let (Some(project), Some(file)) = (&mut project, &self.file) {
            project.files = vec![file.clone()];
        }
        for (service, pairs) in &self.injected {
            let service = project.as_mut().unwrap().services.get_mut(service.as_str()).unwrap();
            for (name, value) in pairs {
                service.environment.insert(name.clone(), Some(value.clone()));
                service.setup.injected.insert(name.clone());
            }
        }
        let project = project.map(Arc::new);
        let mut host = Host::new(Stack::new(fixture::PROJECT.into(), project));
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
