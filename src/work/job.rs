//! An action that the user started, as steps: tasks side by side, and what is waited for between them.
//!
//! A job moves by what it is told: that its next step begins, that a task got further or ended, that it is cancelled
//! or given up. When a step may begin depends on the stack, and is `app`'s to say (by [`prospect`](fn@super::prospect)).

use std::collections::VecDeque;

use super::{
    call::Call,
    error::{Error, Failure},
    run::{Run, Up},
    task::{Ended, Performance, Progress, Task, TaskId, Tasks},
};
use crate::{
    base::{
        id::{Address, HostId, ProjectName, ServiceName},
        shell::ShellLine,
        time::Stamp,
    },
    compose::Condition,
};

/// A job's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// A job that isn't begun yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it does, in words.
    pub title: String,
    /// The command that does the same.
    pub equivalent: ShellLine,
    /// What suffers by it.
    pub warnings: Vec<String>,
    /// What it does, in order.
    pub steps: VecDeque<Step>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// These tasks, side by side.
    Tasks(Vec<Task>),
    /// Until a service meets a condition, at most so long; given up when it can't.
    Await {
        /// Who.
        service: ServiceName,
        /// For what.
        condition: Condition,
    },
    /// For a little while, whether these services (none named: all) stay up that were just brought up; given up when one
    /// ends.
    Stay(Vec<ServiceName>),
}

impl Step {
    /// Brings services up, and sees whether they stay so.
    pub fn bring_up(up: Up) -> [Self; 2] {
        let services = up.services.clone();
        [Self::Tasks(vec![Task::Run(Run::Up(up))]), Self::Stay(services)]
    }
}

/// One action that the user started.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The host at which it is done.
    pub host: HostId,
    /// The project on it.
    pub project: ProjectName,
    /// What it does, in words: `restart backend`.
    pub title: String,
    /// The `docker compose` command that does the same.
    pub equivalent: ShellLine,
    /// When it was begun, on our clock.
    pub began: Stamp,
    /// What is still to do; a step begins when the one before is through.
    pub steps: VecDeque<Step>,
    /// Under way.
    pub running: Vec<Performance>,
    /// When the last step began, on the engine's clock: what is older tells nothing of its effect.
    pub called: Stamp,
    /// Since when the first step is waited for, on our clock; `None` while tasks run.
    pub waiting: Option<Stamp>,
    /// Tasks that succeeded, of all.
    pub done: usize,
    /// All tasks.
    pub total: usize,
    /// What went wrong.
    pub failures: Vec<Failure>,
    /// When it ended, on our clock.
    pub ended: Option<Stamp>,
}

impl Job {
    /// A job on a project that begins now, by our clock and by the engine's.
    pub fn new(id: JobId, at: Address, draft: Draft, now: Stamp, engine_now: Stamp) -> Self {
        Self {
            id,
            host: at.host,
            project: at.project,
            title: draft.title,
            equivalent: draft.equivalent,
            began: now,
            total: tasks(&draft.steps),
            steps: draft.steps,
            running: Vec::new(),
            called: engine_now,
            waiting: None,
            done: 0,
            failures: Vec::new(),
            ended: None,
        }
    }

    /// Whether it isn't over yet.
    pub fn is_under_way(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether all is done but to see whether it stays so.
    pub fn only_watches(&self) -> bool {
        self.running.is_empty() && self.steps.iter().all(|step| matches!(step, Step::Stay(_)))
    }

    /// How many tasks were not begun yet.
    pub fn left(&self) -> usize {
        tasks(&self.steps)
    }

    /// The next step, which is one of tasks, begins: what is to be performed.
    pub fn perform(&mut self, numbers: &mut Tasks, engine_now: Stamp) -> Vec<(TaskId, Task)> {
        self.waiting = None;
        self.called = engine_now;
        if !matches!(self.steps.front(), Some(Step::Tasks(_))) {
            return Vec::new();
        }
        if let Some(Step::Tasks(tasks)) = self.steps.pop_front() {
            self.running.extend(tasks.into_iter().map(|task| numbers.begin(task)));
        }
        self.running.iter().map(|performance| (performance.id, performance.task.clone())).collect()
    }

    /// A task says how far it is.
    pub fn tell(&mut self, id: TaskId, progress: Progress) {
        if let Some(performance) = self.running.iter_mut().find(|performance| performance.id == id) {
            performance.tell(progress);
        }
    }

    /// How far what is under way says that it is: the last that says something.
    pub fn progress(&self) -> Option<&Progress> {
        self.running.iter().rev().find_map(|performance| performance.progress.as_ref())
    }

    /// A task ended. What was removed doesn't build on one another; after any other failure nothing more begins.
    pub fn end_task(&mut self, id: TaskId, what: String, ended: &Ended) {
        let Some(at) = self.running.iter().position(|performance| performance.id == id) else { return };
        let performance = self.running.remove(at);
        match ended {
            Ok(_) => self.done += 1,
            Err(error) => {
                self.failures.push(Failure { what, error: error.clone() });
                if !matches!(performance.task, Task::Call(Call::Remove(_))) {
                    self.steps.clear();
                }
            }
        }
    }

    /// Nothing more is begun. The tasks under way that can be ended early, each once.
    pub fn cancel(&mut self) -> Vec<TaskId> {
        self.steps.clear();
        self.waiting = None;
        self.running.iter_mut().filter_map(|performance| performance.cancel().then_some(performance.id)).collect()
    }

    /// Nothing more is begun, for this reason.
    pub fn give_up(&mut self, error: Error) {
        self.steps.clear();
        self.waiting = None;
        self.failures.push(Failure { what: self.title.clone(), error });
    }

    /// It is over, whatever is still under way: that is forgotten.
    pub fn close(&mut self, now: Stamp) {
        self.steps.clear();
        self.running.clear();
        self.waiting = None;
        self.ended = Some(now);
    }
}

fn tasks(steps: &VecDeque<Step>) -> usize {
    steps.iter().map(|step| if let Step::Tasks(tasks) = step { tasks.len() } else { 0 }).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        stack::fixture::at,
        work::{Kind, Object, Outcome, Unit, agreed},
    };

    fn start(id: &str) -> Task {
        Task::Call(Call::Start(id.into()))
    }

    fn up() -> Task {
        Task::Run(Run::Up(Up { services: Vec::new(), recreate: None }))
    }

    fn job(steps: Vec<Step>) -> Job {
        let draft =
            Draft { title: "x".into(), equivalent: ShellLine::default(), warnings: Vec::new(), steps: steps.into() };
        Job::new(JobId(1), Address { host: HostId::default(), project: "p".into() }, draft, at(1.0), at(1.0))
    }

    fn progress(done: u64) -> Progress {
        Progress { done, total: Some(9), unit: Unit::Bytes, words: format!("{done} of 9") }
    }

    #[test]
    fn a_step_begins_when_it_is_told_and_every_task_ends_once() {
        let mut numbers = Tasks::default();
        let mut job = job(vec![Step::Tasks(vec![start("a"), start("b")]), Step::Tasks(vec![start("c")])]);
        let first = job.perform(&mut numbers, at(2.0));
        assert_eq!((first.len(), job.total, job.left(), job.called), (2, 3, 1, at(2.0)));
        let (a, b) = (first[0].0, first[1].0);
        assert_ne!(a, b);
        job.end_task(a, "a".into(), &Ok(Outcome::Done));
        job.end_task(a, "a".into(), &Ok(Outcome::Done));
        assert_eq!((job.done, job.running.len()), (1, 1), "an end that comes twice counts once");
        job.end_task(b, "b".into(), &Ok(Outcome::Done));
        let next = job.perform(&mut numbers, at(3.0));
        assert!(next[0].0 != a && next[0].0 != b, "no number is given twice");
        job.end_task(next[0].0, "c".into(), &Ok(Outcome::Done));
        assert_eq!((job.done, job.failures.len()), (3, 0));
    }

    #[test]
    fn after_a_failure_nothing_more_begins_but_removals_go_on() {
        let remove = |id: &str| Task::Call(Call::Remove(agreed(Object::Network(id.into()))));
        for (task, left) in [(start("a"), 0), (remove("a"), 1)] {
            let mut job = job(vec![Step::Tasks(vec![task]), Step::Tasks(vec![start("b")])]);
            let begun = job.perform(&mut Tasks::default(), at(2.0));
            job.end_task(begun[0].0, "it".into(), &Err(Error::Changed("it runs by now".into())));
            assert_eq!(job.left(), left);
            assert_eq!(job.failures[0].to_string(), "it: Not done: it runs by now");
        }
    }

    #[test]
    fn what_can_be_cancelled_is_asked_once_and_tells_no_more() {
        let mut numbers = Tasks::default();
        let mut job = job(vec![Step::Tasks(vec![start("a"), up()]), Step::Tasks(vec![start("b")])]);
        let begun = job.perform(&mut numbers, at(2.0));
        job.tell(begun[1].0, progress(3));
        assert_eq!(job.progress(), Some(&progress(3)));
        assert_eq!(job.cancel(), [begun[1].0], "the engine has the call; the run can be ended");
        assert!(job.cancel().is_empty() && job.left() == 0);
        job.tell(begun[1].0, progress(5));
        assert_eq!(job.progress(), Some(&progress(3)));
        job.end_task(begun[1].0, "up".into(), &Err(Error::Cancelled));
        job.end_task(begun[0].0, "start a".into(), &Ok(Outcome::Done));
        assert!(job.running.is_empty() && job.progress().is_none());
        assert_eq!(job.failures.iter().map(|f| &f.error).collect::<Vec<_>>(), [&Error::Cancelled]);
    }

    #[test]
    fn what_is_of_no_job_is_known_until_it_ends() {
        let mut numbers = Tasks::default();
        let (id, task) = numbers.begin_alone(start("a"));
        assert_eq!(numbers.end(id), Some(task));
        assert_eq!(numbers.end(id), None);
        let (call, _) = numbers.begin_alone(start("a"));
        let (run, _) = numbers.begin_alone(up());
        numbers.leave();
        assert_eq!(numbers.end(call), None, "what comes late from an engine that was left is about nothing");
        assert!(numbers.end(run).is_some(), "what runs here goes on");
    }

    #[test]
    fn runs_and_transfers_can_be_cancelled() {
        let can = [Kind::Call, Kind::Run, Kind::Transfer, Kind::Session].map(Kind::can_be_cancelled);
        assert_eq!(can, [false, true, true, false]);
    }
}
