//! What would change, if somebody agrees: named item by item before, and not a thing more after.

use std::collections::{BTreeSet, VecDeque};

use super::{
    agreement::{Agreed, Consent},
    call::{Call, Object},
    job::{Draft, Step},
    run::Up,
    task::Task,
};
use crate::base::{
    id::{ContainerId, ServiceName},
    shell::ShellLine,
    units::count,
};

/// What would change, if the user agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The question: `Remove the container of backend?`
    pub title: String,
    /// Who carries it out.
    pub by: Means,
    /// What changes, in the order in which it happens.
    pub items: Vec<Item>,
    /// What is not touched, and why, for the user's peace of mind.
    pub kept: Vec<String>,
    /// What suffers by it, and what can't be told.
    pub warnings: Vec<String>,
    /// The `docker compose` (or `docker`) command that does the same, if there is one.
    pub equivalent: ShellLine,
    /// What has to be typed to agree, for what can't be brought back (a volume's name).
    pub typed: Option<String>,
    /// Still being counted (sizes, what is dangling): can't be agreed to yet.
    pub pending: bool,
}

/// Who carries a plan out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// The engine, by a call for each item.
    Engine,
    /// One run of `docker compose up` of these services (none named: the whole project), which does it all.
    Compose(Vec<ServiceName>),
}

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What happens, and to what.
    pub change: Change,
    /// The thing's kind and name in words.
    pub what: String,
    /// Bytes that are freed, if known.
    pub size: Option<u64>,
    /// A remark: `runs`, `3 weeks old`.
    pub note: String,
}

/// What happens to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Something is created; only compose can.
    Create(Creation),
    /// So many containers of a service are removed, since its file asks for fewer; which ones, compose decides.
    Reduce {
        /// Whose.
        service: ServiceName,
        /// How many.
        surplus: usize,
    },
    /// A container is replaced by one as its file describes it; only compose can.
    Recreate {
        /// Which.
        container: ContainerId,
        /// The keys that differ from its file.
        why: Vec<String>,
    },
    /// A container is started.
    Start(ContainerId),
    /// A container is stopped, after its grace period.
    Stop(ContainerId),
    /// A container is restarted, after its grace period.
    Restart(ContainerId),
    /// A container is sent a signal (`SIGTERM`).
    Signal {
        /// Which.
        container: ContainerId,
        /// The signal.
        signal: String,
    },
    /// It is removed. What runs is stopped before, as it wants to be.
    Remove(Object),
}

/// What is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// So many containers of a service.
    Containers(ServiceName, usize),
    /// A network, by its name on the engine.
    Network(String),
    /// A volume, by its name on the engine.
    Volume(String),
}

impl Item {
    /// What happens to what, and the remark: `recreate container shop-api-1 (image)`.
    pub fn words(&self) -> String {
        let note = if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) };
        format!("{} {}{note}", self.change.verb(), self.what)
    }
}

impl Change {
    /// The word for what happens.
    pub fn verb(&self) -> String {
        match self {
            Self::Create(_) => "create".into(),
            Self::Reduce { .. } => "remove".into(),
            Self::Recreate { .. } => "recreate".into(),
            Self::Start(_) => "start".into(),
            Self::Stop(_) => "stop".into(),
            Self::Restart(_) => "restart".into(),
            Self::Signal { signal, .. } => format!("send {signal} to"),
            Self::Remove(_) => "remove".into(),
        }
    }

    /// The calls that make it so: those before, and the one itself.
    fn calls(self, consent: &Consent) -> (Option<Call>, Option<Call>) {
        match self {
            Self::Create(_) | Self::Recreate { .. } | Self::Reduce { .. } => (None, None),
            Self::Start(id) => (None, Some(Call::Start(id))),
            Self::Stop(id) => (None, Some(Call::Stop(id))),
            Self::Restart(id) => (None, Some(Call::Restart(id))),
            Self::Signal { container, signal } => (None, Some(Call::Signal(Agreed::new(container, consent), signal))),
            Self::Remove(object) => {
                let before = match &object {
                    Object::Container { id, force: true } => Some(Call::Stop(id.clone())),
                    _ => None,
                };
                (before, Some(Call::Remove(Agreed::new(object, consent))))
            }
        }
    }

    /// Changes of the same stage may happen side by side: what a container holds goes after it.
    fn stage(&self) -> u8 {
        match self {
            Self::Create(_) | Self::Recreate { .. } | Self::Reduce { .. } => 0,
            Self::Start(_) => 1,
            Self::Stop(_) => 2,
            Self::Restart(_) => 3,
            Self::Signal { .. } => 4,
            Self::Remove(Object::Container { .. }) => 5,
            Self::Remove(Object::Network(_) | Object::Volume(_) | Object::Image { .. }) => 6,
        }
    }
}

impl Plan {
    /// Somebody agreed: the job that carries the plan out, and nothing else.
    pub fn agree(self, consent: &Consent) -> Draft {
        let title = self.job_title();
        let steps = match self.by {
            Means::Engine => by_engine(self.items, consent),
            Means::Compose(services) => {
                let recreated = self.items.into_iter().filter_map(|item| match item.change {
                    Change::Recreate { container, .. } => Some(container),
                    _ => None,
                });
                let recreate = Some(Agreed::new(recreated.collect(), consent));
                Step::bring_up(Up { services, recreate }).into()
            }
        };
        // The plan has warned already.
        Draft { title, equivalent: self.equivalent, warnings: Vec::new(), steps }
    }

    /// The plan without these of its items.
    pub fn without(mut self, left_out: &BTreeSet<usize>) -> Self {
        let mut at = 0..;
        self.items.retain(|_| at.next().is_none_or(|at| !left_out.contains(&at)));
        self
    }

    /// In what it differs from the one that was shown before, in words.
    pub fn differences(&self, before: &Self) -> Vec<String> {
        let new = |ours: Vec<String>, theirs: &[String], lead: &str| -> Vec<String> {
            ours.into_iter().filter(|words| !theirs.contains(words)).map(|words| format!("{lead}{words}")).collect()
        };
        let items = |plan: &Self| plan.items.iter().map(Item::words).collect::<Vec<_>>();
        let remarks = |plan: &Self| plan.kept.iter().chain(&plan.warnings).cloned().collect::<Vec<_>>();
        [
            new(items(self), &items(before), "now also: "),
            new(items(before), &items(self), "no longer: "),
            new(remarks(self), &remarks(before), "now: "),
        ]
        .concat()
    }

    /// What the job is called: `remove container shop-db-1`.
    fn job_title(&self) -> String {
        if let Means::Compose(services) = &self.by {
            let names: Vec<&str> = services.iter().map(ServiceName::as_str).collect();
            return match names.len() {
                0 => "up".to_owned(),
                1..=3 => format!("up {}", names.join(", ")),
                n => format!("up {}", count(n, "service")),
            };
        }
        let names: Vec<&str> = self.items.iter().map(|item| item.what.as_str()).collect();
        let subject = if names.len() <= 3 { names.join(", ") } else { count(names.len(), "thing") };
        let mut verbs: Vec<String> = self.items.iter().map(|item| item.change.verb()).collect();
        verbs.dedup();
        format!("{} {subject}", verbs.join(" and "))
    }
}

fn by_engine(items: Vec<Item>, consent: &Consent) -> VecDeque<Step> {
    let mut steps = VecDeque::new();
    let mut items = items.into_iter().map(|item| item.change).peekable();
    while let Some(first) = items.next() {
        let stage = first.stage();
        let (mut before, mut calls) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(change) = next {
            let (prior, call) = change.calls(consent);
            before.extend(prior);
            calls.extend(call);
            next = items.next_if(|change| change.stage() == stage);
        }
        steps.extend(
            [before, calls]
                .into_iter()
                .filter(|calls| !calls.is_empty())
                .map(|calls| Step::Tasks(calls.into_iter().map(Task::Call).collect())),
        );
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Run;

    fn plan(by: Means, changes: Vec<Change>) -> Plan {
        let item = |change: Change| Item {
            what: format!("thing {}", change.stage()),
            change,
            size: None,
            note: String::new(),
        };
        Plan {
            title: "?".into(),
            by,
            items: changes.into_iter().map(item).collect(),
            kept: Vec::new(),
            warnings: Vec::new(),
            equivalent: ShellLine::new("docker x"),
            typed: None,
            pending: false,
        }
    }

    fn word(task: &Task) -> String {
        match task {
            Task::Call(call) => format!("{call:?}"),
            other => format!("{other:?}"),
        }
    }

    fn steps(draft: &Draft) -> Vec<String> {
        let words = |step: &Step| match step {
            Step::Tasks(tasks) => tasks.iter().map(word).collect::<Vec<_>>().join(" | "),
            Step::Await { .. } | Step::Stay(_) => "await".into(),
        };
        draft.steps.iter().map(words).collect()
    }

    #[test]
    fn what_runs_is_stopped_then_removed_then_what_it_held() {
        let container = |id: &str, force| Change::Remove(Object::Container { id: id.into(), force });
        let network = Change::Remove(Object::Network("n".into()));
        let image = Change::Remove(Object::Image { id: "i".into(), names: BTreeSet::new() });
        let draft = plan(Means::Engine, vec![container("a", true), container("b", false), network, image])
            .agree(&Consent::given());
        assert_eq!(
            steps(&draft),
            [
                "Stop(\"a\")",
                "Remove(Agreed(Container { id: \"a\", force: true })) | Remove(Agreed(Container { id: \"b\", force: false }))",
                "Remove(Agreed(Network(\"n\"))) | Remove(Agreed(Image { id: \"i\", names: {} }))",
            ]
        );
        assert_eq!((draft.title.as_str(), draft.equivalent.to_string().as_str()), ("remove 4 things", "docker x"));
    }

    #[test]
    fn changes_happen_in_the_order_of_the_plan() {
        let signal = |id: &str| Change::Signal { container: id.into(), signal: "SIGHUP".into() };
        let all = vec![
            Change::Stop("a".into()),
            Change::Start("b".into()),
            Change::Restart("c".into()),
            signal("d"),
            signal("e"),
        ];
        let draft = plan(Means::Engine, all).agree(&Consent::given());
        assert_eq!(
            steps(&draft),
            [
                "Stop(\"a\")",
                "Start(\"b\")",
                "Restart(\"c\")",
                "Signal(Agreed(\"d\"), \"SIGHUP\") | Signal(Agreed(\"e\"), \"SIGHUP\")"
            ]
        );
    }

    #[test]
    fn what_is_left_out_of_a_plan_is_not_done() {
        let all = vec![Change::Stop("a".into()), Change::Stop("b".into()), Change::Start("c".into())];
        let draft = plan(Means::Engine, all).without(&BTreeSet::from([0])).agree(&Consent::given());
        assert_eq!(steps(&draft), ["Stop(\"b\")", "Start(\"c\")"]);
    }

    #[test]
    fn what_changed_of_a_plan_is_said() {
        let recreate = |id: &str, why: &str| Item {
            change: Change::Recreate { container: id.into(), why: vec![why.into()] },
            what: format!("container {id}"),
            size: None,
            note: why.into(),
        };
        let mut before = plan(Means::Compose(Vec::new()), Vec::new());
        before.items = vec![recreate("a", "image"), recreate("b", "image")];
        let mut now = before.clone();
        assert!(now.differences(&before).is_empty());
        now.items = vec![recreate("a", "image"), recreate("c", "command")];
        now.warnings = vec!["d may be recreated too".into()];
        assert_eq!(
            now.differences(&before),
            [
                "now also: recreate container c (command)",
                "no longer: recreate container b (image)",
                "now: d may be recreated too"
            ]
        );
    }

    #[test]
    fn compose_does_all_of_its_plan_in_one_run() {
        let recreate = Change::Recreate { container: "a".into(), why: vec!["image".into()] };
        let all = vec![recreate, Change::Create(Creation::Containers("web".into(), 1))];
        let draft = plan(Means::Compose(vec!["db".into(), "web".into()]), all).agree(&Consent::given());
        let [Step::Tasks(tasks), Step::Stay(stay)] = &Vec::from(draft.steps)[..] else { panic!("one run") };
        assert_eq!(*stay, ["db".into(), "web".into()], "and is looked at after");
        let [Task::Run(Run::Up(up))] = &tasks[..] else { panic!("of compose") };
        assert_eq!(up.recreate.as_ref().unwrap().get(), &[ContainerId::from("a")], "and recreates what was named");
        assert_eq!(draft.title, "up db, web");
    }
}
