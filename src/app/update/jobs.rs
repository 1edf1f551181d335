//! Moves jobs on: begins the tasks of a step, waits for what the next one needs, gives up with words.

use std::{borrow::Cow, time::Duration};

use super::{probe, toasts};
use crate::{
    app::{Effect, Model, model::Tab},
    base::{
        id::{Address, ContainerId, ServiceName},
        loss::LossKind,
        time::Stamp,
        units::count,
    },
    host::Link,
    stack::{Overview, Stack},
    work::{
        Call, Draft, Ended, Error, Job, JobId, Kind, Object, Progress, Prospect, Run, Step, Task, TaskId, fell,
        prospect, wanted,
    },
};

/// The longest that a job waits for one condition.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// How long the engine's news may take to arrive after a call. Until then what is older isn't believed.
const NEWS: Duration = Duration::from_secs(5);
/// How long what was brought up has to stay so before it counts as done: who ends at once mostly does so within it.
const STAYS: Duration = Duration::from_secs(3);
/// How much the engine's stamps and our measure of its clock may disagree.
const SLACK: i64 = 500_000_000;
/// How many jobs are kept.
const MOST: usize = 20;

/// Begins a job; refused when read-only. This is the one way to a task that changes something.
pub fn begin(model: &mut Model, draft: Draft) {
    if model.settings.read_only {
        toasts::refusal(model, &draft.title);
        return;
    }
    if let Link::Lost { .. } = model.host().link {
        toasts::failure(model, &format!("Not done: {}. The engine can't be reached", draft.title));
        return;
    }
    let same = |job: &Job| job.is_under_way() && job.title == draft.title;
    if model.jobs.iter().any(|job| same(job) && !job.only_watches()) {
        toasts::say(model, &format!("{} is already running", draft.title));
        return;
    }
    // What it saw to is about to be done again.
    let now = model.now;
    model.jobs.iter_mut().filter(|job| same(job)).for_each(|job| job.close(now));
    let id = JobId(model.jobs.iter().map(|j| j.id.0).max().unwrap_or(0).wrapping_add(1));
    let words = match draft.equivalent.offered() {
        None => draft.title.clone(),
        Some(line) => format!("{} · {line}", draft.title),
    };
    toasts::say(model, &words);
    draft.warnings.iter().for_each(|warning| toasts::say(model, warning));
    let job = Job::new(id, model.address(), draft, model.now, model.engine_now());
    model.jobs.push(job);
    while model.jobs.len() > MOST {
        let Some(old) = model.jobs.iter().position(|j| !j.is_under_way()) else { break };
        model.jobs.remove(old);
    }
}

/// A task ended.
pub fn ended(model: &mut Model, id: TaskId, ended: Ended, out: &mut Vec<Effect>) {
    if let Some(task) = model.tasks.end(id) {
        alone(model, task, ended);
        return;
    }
    let of = |job: &Job| job.running.iter().find(|performance| performance.id == id).map(|p| p.task.clone());
    let Some((at, task)) = model.jobs.iter().enumerate().find_map(|(at, job)| Some((at, of(job)?))) else { return };
    let stack = model.jobs.get(at).and_then(|job| model.hosts().get(job.host)?.stack_of(&job.project));
    let what = describe(stack, &task);
    let Some(job) = model.jobs.get_mut(at) else { return };
    job.end_task(id, what, &ended);
    if matches!(ended, Err(Error::Changed(_))) {
        // What the plan was made of is outdated: the next one is made of what there is.
        out.push(Effect::Resync(job.host));
    }
    match ended {
        // What takes long is told when it is over.
        Ok(_) if task.kind() == Kind::Run && job.steps.is_empty() => {
            let words = format!("Done: {}", job.title);
            toasts::say(model, &words);
        }
        Ok(_) => {}
        Err(_) => {
            let words = job.failures.last().map(ToString::to_string).unwrap_or_default();
            toasts::failure(model, &words);
        }
    }
}

/// A task of no job ended.
fn alone(model: &mut Model, task: Task, ended: Ended) {
    match (task, ended) {
        (Task::Call(Call::Probe { container, .. }), ended) => probe::ended(model, &container, ended),
        // Nobody waits for a hook: that one was left out is counted.
        (Task::Run(Run::Hook(_)), Err(Error::Busy(_))) => model.lose(LossKind::HooksSkipped, 1),
        (_, Ok(_) | Err(Error::ReadOnly | Error::Busy(_))) => {}
        (_, Err(error)) => toasts::failure(model, &error.to_string()),
    }
}

/// A task says how far it is.
pub fn progress(model: &mut Model, id: TaskId, progress: Progress) {
    if let Some(job) = model.jobs.iter_mut().find(|job| job.running.iter().any(|p| p.id == id)) {
        job.tell(id, progress);
    }
}

/// Ends what is under way: nothing more is begun, and what can be ended is.
pub fn cancel(model: &mut Model, out: &mut Vec<Effect>) {
    let mut titles = Vec::new();
    for job in model.jobs.iter_mut().filter(|j| j.is_under_way()) {
        titles.push(job.title.clone());
        let host = job.host;
        out.extend(job.cancel().into_iter().map(|id| Effect::Cancel(host, id)));
    }
    if titles.is_empty() {
        toasts::say(model, "Nothing is running");
    } else {
        toasts::say(model, &format!("Cancelling {}", titles.join(", ")));
    }
}

/// Begins the steps that can begin.
pub fn advance(model: &mut Model, out: &mut Vec<Effect>) {
    for at in 0..model.jobs.len() {
        while let Some(next) = model.jobs.get(at).and_then(|job| next(model, job)) {
            let now = model.now;
            let host = model.jobs.get(at).and_then(|job| model.hosts().get(job.host));
            let engine_now = host.unwrap_or(model.host()).clock().at(now);
            let Model { jobs, tasks, .. } = model;
            let Some(job) = jobs.get_mut(at) else { break };
            match next {
                Next::Perform => {
                    let host = job.host;
                    let begun = job.perform(tasks, engine_now).into_iter();
                    out.extend(begun.map(|(id, task)| Effect::Perform(host, id, task)));
                }
                Next::Met => {
                    job.waiting = None;
                    if let Some(Step::Stay(_)) = job.steps.pop_front() {
                        let words = format!("Done: {}", job.title);
                        toasts::say(model, &words);
                    }
                }
                Next::Wait => {
                    job.waiting = Some(now);
                }
                Next::GiveUp(why) => {
                    let left = job.left();
                    let not_made = if left > 0 { format!("; {} not made", count(left, "call")) } else { String::new() };
                    job.give_up(Error::NeverReady(format!("{why}{not_made}")));
                    let words = job.failures.last().map(ToString::to_string).unwrap_or_default();
                    toasts::failure(model, &words);
                }
                Next::End => {
                    job.close(now);
                    if model.ui.tab == Tab::Storage {
                        // What was removed there may have freed something.
                        model.ui.usage_request = model.ui.usage_request.wrapping_add(1);
                    }
                }
            }
        }
    }
}

/// What a job does next.
enum Next {
    Perform,
    Met,
    Wait,
    GiveUp(String),
    End,
}

/// `None`: nothing, until something happens.
fn next(model: &Model, job: &Job) -> Option<Next> {
    if !job.is_under_way() || !job.running.is_empty() {
        return None;
    }
    match job.steps.front() {
        None => Some(Next::End),
        Some(Step::Tasks(_)) => Some(Next::Perform),
        Some(Step::Await { service, condition }) => {
            let Some(since) = job.waiting else { return Some(Next::Wait) };
            let Some((stack, overview)) = judged(model, job) else {
                return Some(Next::GiveUp(format!("{} is no longer shown", job.project)));
            };
            let waited = model.now.since(since);
            if waited < NEWS && !is_fresh(stack, &overview, service, job.called) {
                return None;
            }
            match prospect(stack, &overview, service, *condition) {
                Prospect::Met => Some(Next::Met),
                Prospect::Never(why) => Some(Next::GiveUp(why)),
                Prospect::Open if waited >= LONGEST_WAIT => Some(Next::GiveUp(format!(
                    "gave up after {} min of waiting for {service} to be {}",
                    LONGEST_WAIT.as_secs() / 60,
                    wanted(*condition)
                ))),
                Prospect::Open => None,
            }
        }
        Some(Step::Stay(services)) => {
            let Some(since) = job.waiting else { return Some(Next::Wait) };
            // What isn't held any more can't be watched.
            let Some((stack, overview)) = judged(model, job) else { return Some(Next::Met) };
            let called = job.called.shifted(-SLACK);
            let every = || overview.services.iter().map(|s| &s.name);
            let all: Vec<&ServiceName> =
                if services.is_empty() { every().collect() } else { services.iter().collect() };
            let fallen = all.into_iter().find_map(|name| fell(stack, &overview, name, called));
            match fallen {
                Some(why) => Some(Next::GiveUp(why)),
                None => (model.now.since(since) >= STAYS).then_some(Next::Met),
            }
        }
    }
}

/// A job's own project, with what follows of it, whatever is shown; `None` where that project isn't held any more.
fn judged<'a>(model: &'a Model, job: &Job) -> Option<(&'a Stack, Cow<'a, Overview>)> {
    let host = model.hosts().get(job.host)?;
    let stack = host.stack_of(&job.project)?;
    let is_shown = model.address() == Address { host: job.host, project: job.project.clone() };
    let overview = if is_shown {
        Cow::Borrowed(&model.overview)
    } else {
        Cow::Owned(stack.overview(host.view(), host.clock().at(model.now)))
    };
    Some((stack, overview))
}

/// When a job that waits has to be looked at though nothing happened, on our clock.
pub fn deadline(job: &Job, now: Stamp) -> Option<Stamp> {
    let since = job.waiting?;
    [since + STAYS, since + NEWS, since + LONGEST_WAIT].into_iter().find(|at| *at > now)
}

/// Whether all of a service's containers were started after the calls were made. That one ended isn't enough:
/// a restart ends it first.
fn is_fresh(stack: &Stack, overview: &Overview, service: &ServiceName, called: Stamp) -> bool {
    let floor = called.shifted(-SLACK);
    let Some(status) = overview.service(service) else { return true };
    let mut containers = status.containers.iter().filter_map(|id| stack.containers.get(id));
    containers.all(|c| c.started.is_some_and(|at| at >= floor))
}

/// A task in words: `stop taskapp-backend-1`.
fn describe(stack: Option<&Stack>, task: &Task) -> String {
    match task {
        Task::Call(call) => describe_call(stack, call),
        Task::Run(Run::Up(up)) if up.services.is_empty() => "up".to_owned(),
        Task::Run(Run::Up(up)) => {
            format!("up {}", up.services.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(" "))
        }
        Task::Run(Run::Hook(hook)) => hook.command.join(" "),
        Task::Transfer(none) => match *none {},
        Task::Session(none) => match *none {},
    }
}

fn describe_call(stack: Option<&Stack>, call: &Call) -> String {
    let name = |id: &ContainerId| {
        let container = stack.and_then(|stack| stack.containers.get(id));
        container.map_or_else(|| id.short().to_owned(), |c| c.name.clone())
    };
    match call {
        Call::Start(id) => format!("start {}", name(id)),
        Call::Stop(id) => format!("stop {}", name(id)),
        Call::Restart(id) => format!("restart {}", name(id)),
        Call::Pause(id) => format!("pause {}", name(id)),
        Call::Unpause(id) => format!("unpause {}", name(id)),
        Call::Signal(id, signal) => format!("send {signal} to {}", name(id.get())),
        Call::Probe { container, .. } => format!("probe {}", name(container)),
        Call::Remove(target) => match target.get() {
            Object::Container { id, .. } => format!("remove container {}", name(id)),
            Object::Network(id) => {
                let network = stack.and_then(|stack| stack.networks.get(id));
                let name = network.map_or_else(|| id.to_string(), |n| n.name.clone());
                format!("remove network {name}")
            }
            Object::Volume(volume) => format!("remove volume {}", volume.name),
            Object::Image { id, .. } => format!("remove image {id}"),
        },
    }
}
