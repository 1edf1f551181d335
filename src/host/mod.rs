//! What is true of one engine: its identity and clock, the connection to it, its projects, images and disk usage; and
//! the stacks on it that are known.
//!
//! [`Host::apply`] takes a [`Fact`] and says what changed. A fact about a project that isn't held changes nothing:
//! it came late, for one that was left.

mod called;
mod context;
mod fact;
#[cfg(test)]
pub(crate) mod fixture;
pub mod question;

use std::{collections::BTreeMap, sync::Arc};

pub use called::{Called, EngineChoice};
pub use context::ContextEntry;
pub use fact::*;
pub use question::{Answer, Offer, PathFacts, PortOwner, Question, registry_of};

use crate::{
    base::{id::ProjectName, loss::Ledger, shell::ShellLine, time::OtherClock},
    compose::Project,
    stack::{Change, EngineView, Images, Quirks, Stack},
};

/// Everything known about one engine.
#[derive(Debug)]
pub struct Host {
    /// What stackview was called with.
    pub called: Called,
    /// The engine, once it has answered.
    pub engine: Option<EngineInfo>,
    /// The connection to it.
    pub link: Link,
    /// A far engine's last answer on this connection.
    pub latency: Option<Latency>,
    /// All its projects, once asked.
    pub projects: Option<Vec<ProjectSummary>>,
    /// Disk usage, once asked.
    pub usage: Option<Usage>,
    /// Its images, as far as it was asked for them.
    pub images: Images,
    /// What was found out besides, on request.
    pub answers: BTreeMap<Question, Answer>,
    /// What was lost of what it said, beside what each stack counts.
    pub losses: Ledger,
    /// The project in front.
    stack: Stack,
    /// Others that are held.
    behind: BTreeMap<ProjectName, Stack>,
}

impl Host {
    /// An engine of which nothing is known yet, with a project in front.
    pub fn new(stack: Stack) -> Self {
        Self {
            called: Called::default(),
            engine: None,
            link: Link::Connecting,
            latency: None,
            projects: None,
            usage: None,
            images: Images::default(),
            answers: BTreeMap::new(),
            losses: Ledger::default(),
            stack,
            behind: BTreeMap::new(),
        }
    }

    /// The same, for a stackview that was called so.
    #[must_use]
    pub fn called(self, called: Called) -> Self {
        Self { called, ..self }
    }

    /// `docker`, for what is on this engine.
    pub fn docker(&self) -> ShellLine {
        self.called.docker()
    }

    /// `docker compose`, for what is done to the containers of the project in front.
    pub fn compose(&self) -> ShellLine {
        self.called.compose(&self.stack)
    }

    /// `docker compose`, for what reads the files of the project in front, as `up` and `run` do.
    pub fn compose_by_files(&self) -> ShellLine {
        self.called.compose_by_files(&self.stack)
    }

    /// `docker compose` for any project by its name.
    pub fn compose_of(&self, project: &str) -> ShellLine {
        self.called.compose_of(project)
    }

    /// What is true of the project in front.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The same, to change it.
    pub fn stack_mut(&mut self) -> &mut Stack {
        &mut self.stack
    }

    /// What is true of a project, if it is held.
    pub fn stack_of(&self, project: &ProjectName) -> Option<&Stack> {
        if self.stack.project == *project { Some(&self.stack) } else { self.behind.get(project) }
    }

    /// All stacks that are held, that in front first.
    pub fn stacks(&self) -> impl Iterator<Item = &Stack> {
        std::iter::once(&self.stack).chain(self.behind.values())
    }

    /// Brings a project to the front, as its files declare it now, and lets go of that which was there. Unless it was
    /// held behind, nothing is known of it yet.
    pub fn show(&mut self, project: &ProjectName, declared: Option<Arc<Project>>) {
        let held = self.behind.remove(project);
        self.stack = held.unwrap_or_else(|| Stack::new(project.clone(), None));
        self.stack.declare(declared);
    }

    /// Holds one more project, behind that in front.
    pub fn hold(&mut self, stack: Stack) {
        if self.stack.project != stack.project {
            self.behind.insert(stack.project.clone(), stack);
        }
    }

    /// The engine's clock; ours as long as no engine answered.
    pub fn clock(&self) -> OtherClock {
        self.engine.as_ref().map_or(OtherClock::ahead(0), |e| e.clock)
    }

    /// In what the engine differs from others.
    pub fn quirks(&self) -> Quirks {
        self.engine.as_ref().map(EngineInfo::quirks).unwrap_or_default()
    }

    /// The engine as what follows of a project sees it.
    pub fn view(&self) -> EngineView<'_> {
        EngineView {
            quirks: self.quirks(),
            lost: self.is_lost(),
            place: self.engine.as_ref().map_or("", |e| &e.place),
            volumes: self.usage.as_ref().map(|u| &u.volumes),
            images: Some(&self.images),
        }
    }

    /// Whether the connection to the engine is lost.
    pub fn is_lost(&self) -> bool {
        matches!(self.link, Link::Lost { .. })
    }

    /// Takes a fact in and says what it changed. The same fact twice changes nothing the second time.
    pub fn apply(&mut self, fact: Fact) -> Change {
        match fact {
            Fact::Engine(info) => set(&mut self.engine, Some(info)),
            Fact::Link(link) => {
                if link != self.link {
                    self.latency = None;
                }
                set(&mut self.link, link)
            }
            Fact::Latency(latency) => {
                self.latency = Some(latency);
                Change { figures: true, ..Change::default() }
            }
            Fact::Projects(list) => set(&mut self.projects, Some(list)),
            Fact::Usage(usage) => set(&mut self.usage, Some(usage)),
            Fact::Images(images) => set(&mut self.images, images),
            Fact::Answered(question, answer) => {
                let present = self.answers.get(&question) != Some(&answer);
                self.answers.insert(question, answer);
                Change { present, ..Change::default() }
            }
            Fact::Lost(loss) => {
                self.losses.add(loss);
                Change { figures: true, ..Change::default() }
            }
            Fact::Stack(project, fact) => {
                let quirks = self.quirks();
                let stack =
                    if self.stack.project == project { Some(&mut self.stack) } else { self.behind.get_mut(&project) };
                stack.map(|stack| stack.apply(fact, quirks)).unwrap_or_default()
            }
        }
    }
}

fn set<T: PartialEq>(slot: &mut T, value: T) -> Change {
    let present = *slot != value;
    *slot = value;
    Change { present, ..Change::default() }
}
