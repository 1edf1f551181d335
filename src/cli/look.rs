//! One look at a project: whatever a one-shot command wants to know of it, asked once, and in time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use color_eyre::eyre::{Report, Result, eyre};
use futures::{StreamExt, stream};
use tokio::time::timeout;

use super::{
    engine::{block_on, connect},
    project::project_name,
};
use crate::{
    base::id::ProjectName,
    compose::{self, Problem, Project},
    diagnose::{Case, Diagnosis, diagnose},
    engine::{Engine, EngineTarget, Error},
    host::{Answer, Called, Fact, Host, Link, Question},
    runtime::{host::answer, memory, now, secrets},
    stack::{self, Stack, drift, starts::Remembered, timeline::Timeline},
};

/// How long a look may take: far more than one engine's answers do, each of which has a deadline of its own.
const LONGEST: Duration = Duration::from_secs(180);
/// Answers may lead to further questions; so often they are asked.
const ROUNDS: usize = 4;
/// What is asked at once.
const AT_ONCE: usize = 16;
/// Old lines that are read of each log.
const TAIL: usize = 200;
/// Containers whose logs are read at most, those in trouble first.
const MOST_LOGS: usize = 100;

/// What a look goes for, beside what every look sees: the containers in full, networks, volumes and recent events.
#[derive(Debug, Clone, Copy)]
pub enum Depth<'a> {
    /// Whether the containers still are what the files say: their images.
    Drift,
    /// The last start: how the logs began, and the starts that are remembered.
    Start,
    /// What is wrong: the ends of the logs, and the answers to whatever the rules ask, with these problems of the
    /// files.
    Wrong(&'a [Problem]),
}

/// What was seen.
#[derive(Debug)]
pub struct Seen {
    /// The engine and the project, as far as they were seen.
    pub host: Host,
    /// Why not all was.
    pub missed: Option<Report>,
}

impl Seen {
    /// What was seen, where all was.
    ///
    /// # Errors
    /// Why it wasn't.
    pub fn whole(self) -> Result<Host> {
        self.missed.map_or(Ok(self.host), Err)
    }
}

/// Looks at a project, as its files declare it: the one that they name, else the one that was named.
///
/// # Errors
/// When nothing can be asked at all. That an engine doesn't answer is part of what is seen.
pub fn look(
    options: &compose::Options,
    target: &EngineTarget,
    declared: Option<Project>,
    depth: Depth<'_>,
) -> Result<Seen> {
    let called = Called::new(target.choice(), options);
    let mut host = Host::new(unseen(options, declared)).called(called);
    let missed = block_on(async {
        let seeing = async {
            let engine = connect(target, &options.env).await?;
            see(&engine, &mut host, depth).await.map_err(Report::from)
        };
        match timeout(LONGEST, seeing).await {
            Ok(seen) => seen.err(),
            Err(_late) => Some(eyre!("the engine didn't tell everything within {} s", LONGEST.as_secs())),
        }
    })?;
    secrets::learn(host.stack().known());
    Ok(Seen { host, missed })
}

/// The project before any engine was asked.
pub fn unseen(options: &compose::Options, declared: Option<Project>) -> Stack {
    let name = declared.as_ref().map(|project| project.name.clone()).or_else(|| project_name(options));
    let stack = Stack::new(name.unwrap_or_else(|| ProjectName::from("")), declared.map(Arc::new));
    secrets::learn(stack.known());
    stack
}

/// What is wrong, as far as it is seen.
pub fn examine(host: &Host, problems: &[Problem]) -> Diagnosis {
    let at = host.clock().at(now());
    let overview = host.stack().overview(host.view(), at);
    diagnose(&Case::new(problems, host, &overview, at))
}

async fn see(engine: &Engine, host: &mut Host, depth: Depth<'_>) -> Result<(), Error> {
    for fact in engine.snapshot(&host.stack().project.clone()).await? {
        host.apply(fact);
    }
    host.link = Link::Live;
    match depth {
        Depth::Drift => {
            host.apply(Fact::Images(engine.images(&drift::images(host.stack())).await?));
        }
        Depth::Start => {
            host.stack_mut().remembered = Remembered::Known(memory::recall(&host.stack().project));
            let beginnings = beginnings(engine, host).await;
            take(host, beginnings);
        }
        Depth::Wrong(problems) => {
            let ends = ends(engine, host).await;
            take(host, ends);
            host.stack_mut().remembered = Remembered::Known(memory::recall(&host.stack().project));
            for _ in 0..ROUNDS {
                let Diagnosis { questions, images, .. } = examine(host, problems);
                let open = questions.into_iter().filter(|q| !host.answers.contains_key(q)).collect::<Vec<_>>();
                let unseen: BTreeSet<String> =
                    images.into_iter().filter(|name| host.images.of(name).is_none()).collect();
                if open.is_empty() && unseen.is_empty() {
                    break;
                }
                host.answers.extend(answers(engine, open).await);
                host.images.extend(engine.images(&unseen).await?);
            }
        }
    }
    Ok(())
}

fn take(host: &mut Host, facts: Vec<stack::Fact>) {
    let project = host.stack().project.clone();
    for fact in facts {
        host.apply(Fact::Stack(project.clone(), fact));
    }
}

/// How the logs of what the last start started began. One that can't be read is no reason to keep silent about the
/// rest.
async fn beginnings(engine: &Engine, host: &Host) -> Vec<stack::Fact> {
    let at = host.clock().at(now());
    let overview = host.stack().overview(host.view(), at);
    let timeline = Timeline::of(host.stack(), host.view(), &overview, at);
    let unheard: Vec<_> = timeline.iter().flat_map(Timeline::unheard).take(MOST_LOGS).collect();
    let read = stream::iter(unheard).map(|(container, start)| async move {
        let opening = engine.opening(&container, start).await.ok()?;
        Some(stack::Fact::Opened(container, opening))
    });
    read.buffered(AT_ONCE).filter_map(async |fact| fact).collect().await
}

/// The ends of the logs, of those in trouble first. Of what runs rules ask themselves, so that it is known when it was
/// read.
async fn ends(engine: &Engine, host: &Host) -> Vec<stack::Fact> {
    let calm = |c: &&stack::Container| {
        c.phase == stack::Phase::Running
            && c.restarts == 0
            && c.failing_streak == 0
            && c.health != Some(stack::Health::Unhealthy)
    };
    let mut containers: Vec<_> = host.stack().containers.values().filter(|c| c.started.is_some() && !calm(c)).collect();
    containers.sort_by_key(|c| c.exit_code.is_none_or(|code| code == 0) && c.restarts == 0 && c.failing_streak == 0);
    containers.truncate(MOST_LOGS);
    let tails = stream::iter(containers).map(|c| engine.log_tail(c, TAIL)).buffer_unordered(AT_ONCE);
    tails.filter_map(async |tail| tail.ok()).collect().await
}

async fn answers(engine: &Engine, questions: Vec<Question>) -> Vec<(Question, Answer)> {
    let asked = stream::iter(questions).map(|question| async move {
        let answer = answer(engine, &question).await;
        (question, answer)
    });
    asked.buffer_unordered(AT_ONCE).collect().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::demo,
        sim::{self, Playing, http::Options, scenario::Scenario},
    };

    /// A simulated engine with a task app that came up long ago.
    struct Stage {
        options: compose::Options,
        target: EngineTarget,
        _engine: Playing,
        _dir: tempfile::TempDir,
    }

    impl Stage {
        fn set() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let mut scenario = Scenario::built_in("taskapp").unwrap().unwrap();
            scenario.before = Duration::from_secs(200);
            let options = demo::stage(&mut scenario, dir.path().to_owned()).unwrap();
            let engine = sim::play(&dir.path().join("engine.sock"), scenario, Options::default()).unwrap();
            let target = EngineTarget { host: Some(engine.handle().host()), ..EngineTarget::default() };
            Self { options, target, _engine: engine, _dir: dir }
        }

        fn declared(&self) -> Option<Project> {
            compose::load(&self.options).resolved().project
        }
    }

    #[test]
    fn a_look_sees_the_project_whole() {
        let stage = Stage::set();
        let seen = look(&stage.options, &stage.target, stage.declared(), Depth::Drift).unwrap();
        let host = seen.whole().unwrap();
        assert!(host.stack().listed && host.link == Link::Live);
        let overview = host.stack().overview(host.view(), host.clock().at(now()));
        assert_eq!((overview.ready, overview.total), (3, 3));
        assert!(
            overview.drift.values().all(|drift| matches!(drift, stack::Drift::Same { .. })),
            "{:?}",
            overview.drift
        );
    }

    #[test]
    fn logs_are_read_where_they_are_asked_for() {
        let stage = Stage::set();
        let mut host = look(&stage.options, &stage.target, stage.declared(), Depth::Drift).unwrap().whole().unwrap();
        let (began, ended) = block_on(async {
            let engine = connect(&stage.target, &stage.options.env).await.unwrap();
            (beginnings(&engine, &host).await, ends(&engine, &host).await)
        })
        .unwrap();
        assert!(began.iter().all(|fact| matches!(fact, stack::Fact::Opened(..))) && !began.is_empty());
        assert!(ended.is_empty(), "what runs well is left to the rules, which ask");
        let asked = examine(&host, &[]).questions;
        let ends = asked.iter().filter(|q| matches!(q, Question::LogEnd(_)));
        assert_eq!(ends.count(), 3);
        take(&mut host, began);
        take(&mut host, ended);
        assert!(!host.stack().opening.is_empty());
    }

    #[test]
    fn an_engine_that_does_not_answer_is_missed_and_the_files_are_seen() {
        let stage = Stage::set();
        let nowhere = EngineTarget { host: Some("unix:///nowhere/x.sock".into()), ..EngineTarget::default() };
        let seen = look(&stage.options, &nowhere, stage.declared(), Depth::Drift).unwrap();
        assert!(seen.host.stack().declared.is_some());
        assert!(seen.missed.is_some() && seen.whole().is_err());
    }
}
