//! Moves jobs on: makes the calls of a step, waits for what the next one needs, gives up with words.

use std::{collections::VecDeque, time::Duration};

use super::{input::refuse, toasts};
use crate::{
    app::{Effect, Model, model::Tab},
    base::{
        id::{ContainerId, ServiceName},
        time::Stamp,
        units::count,
    },
    compose::Condition,
    host::Link,
    stack::{Health, State},
    work::{Call, Draft, Job, JobId, Object, Step, calls},
};

/// The longest that a job waits for one condition.
const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// How long the engine's news may take to arrive after a call. Until then what is older isn't believed.
const NEWS: Duration = Duration::from_secs(5);
/// How much the engine's stamps and our measure of its clock may disagree.
const SLACK: i64 = 500_000_000;
/// How many jobs are kept.
const MOST: usize = 20;

/// Begins a job; refused when read-only. This is the one way to a call.
pub fn begin(model: &mut Model, draft: Draft) {
    if model.settings.read_only {
        refuse(model, &draft.title);
        return;
    }
    if let Link::Lost { .. } = model.host().link {
        toasts::failure(model, &format!("Not done: {}. There is no engine to do it", draft.title));
        return;
    }
    if model.jobs.iter().any(|j| j.ended.is_none() && j.title == draft.title) {
        toasts::say(model, &format!("{} is under way already", draft.title));
        return;
    }
    let id = JobId(model.jobs.iter().map(|j| j.id.0).max().unwrap_or(0).wrapping_add(1));
    let words = if draft.equivalent.is_empty() {
        draft.title.clone()
    } else {
        format!("{} · {}", draft.title, draft.equivalent)
    };
    toasts::say(model, &words);
    model.jobs.push(Job {
        id,
        title: draft.title,
        equivalent: draft.equivalent,
        began: model.now,
        total: calls(&draft.steps),
        steps: draft.steps,
        running: Vec::new(),
        called: model.engine_now(),
        waiting: None,
        done: 0,
        progress: String::new(),
        errors: Vec::new(),
        ended: None,
    });
    while model.jobs.len() > MOST {
        let Some(old) = model.jobs.iter().position(|j| j.ended.is_some()) else { break };
        model.jobs.remove(old);
    }
}

/// A call ended.
pub fn called(model: &mut Model, id: JobId, call: &Call, result: Result<(), String>) {
    let what = describe(model, call);
    let Some(job) = model.jobs.iter_mut().find(|j| j.id == id) else { return };
    let Some(at) = job.running.iter().position(|c| c == call) else { return };
    job.running.remove(at);
    match result {
        Ok(()) => {
            job.done += 1;
            // What takes long is told when it is over.
            if matches!(call, Call::Up(_)) {
                let words = format!("Done: {}", job.title);
                toasts::say(model, &words);
            }
        }
        Err(error) => {
            let error = format!("{what}: {error}");
            job.errors.push(error.clone());
            // What is to be removed doesn't build on one another; all else does.
            if !matches!(call, Call::Remove(_)) {
                job.steps.clear();
            }
            toasts::failure(model, &error);
        }
    }
}

/// A call says how far it is.
pub fn progress(model: &mut Model, id: JobId, line: String) {
    if let Some(job) = model.jobs.iter_mut().find(|j| j.id == id && j.ended.is_none()) {
        job.progress = line;
    }
}

/// Ends what is under way: nothing more is begun, and what can be ended is.
pub fn cancel(model: &mut Model, out: &mut Vec<Effect>) {
    let mut titles = Vec::new();
    for job in model.jobs.iter_mut().filter(|j| j.ended.is_none()) {
        titles.push(job.title.clone());
        job.steps.clear();
        job.waiting = None;
        if job.running.iter().any(|call| matches!(call, Call::Up(_))) {
            out.push(Effect::Cancel(job.id));
        }
    }
    if titles.is_empty() {
        toasts::say(model, "Nothing is under way");
    } else {
        toasts::say(model, &format!("Cancelling {}", titles.join(", ")));
    }
}

/// Begins the steps that can begin.
pub fn advance(model: &mut Model, out: &mut Vec<Effect>) {
    for at in 0..model.jobs.len() {
        while let Some(next) = model.jobs.get(at).and_then(|job| next(model, job)) {
            let (now, engine_now) = (model.now, model.engine_now());
            let Some(job) = model.jobs.get_mut(at) else { break };
            match next {
                Next::Call => {
                    job.waiting = None;
                    job.called = engine_now;
                    if let Some(Step::Calls(calls)) = job.steps.pop_front() {
                        out.extend(calls.iter().map(|call| Effect::Call(job.id, call.clone())));
                        job.running = calls;
                    }
                }
                Next::Met => {
                    job.waiting = None;
                    job.steps.pop_front();
                }
                Next::Wait => {
                    job.waiting = Some(now);
                }
                Next::GiveUp(error) => {
                    let left = calls(&job.steps);
                    let error = format!("{error}; {} not made", count(left, "call"));
                    job.steps = VecDeque::new();
                    job.waiting = None;
                    job.errors.push(error.clone());
                    toasts::failure(model, &error);
                }
                Next::End => {
                    job.ended = Some(now);
                    job.waiting = None;
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
    Call,
    Met,
    Wait,
    GiveUp(String),
    End,
}

/// `None`: nothing, until something happens.
fn next(model: &Model, job: &Job) -> Option<Next> {
    if job.ended.is_some() || !job.running.is_empty() {
        return None;
    }
    match job.steps.front() {
        None => Some(Next::End),
        Some(Step::Calls(_)) => Some(Next::Call),
        Some(Step::Await { service, condition }) => {
            let Some(since) = job.waiting else { return Some(Next::Wait) };
            let waited = model.now.since(since);
            if waited < NEWS && !is_fresh(model, service, job.called) {
                return None;
            }
            match outlook(model, service, *condition) {
                Outlook::Met => Some(Next::Met),
                Outlook::Never(why) => Some(Next::GiveUp(format!("{}: {why}", job.title))),
                Outlook::Open if waited >= LONGEST_WAIT => Some(Next::GiveUp(format!(
                    "{}: gave up after {} min of waiting for {service} to be {}",
                    job.title,
                    LONGEST_WAIT.as_secs() / 60,
                    wanted(*condition)
                ))),
                Outlook::Open => None,
            }
        }
    }
}

/// When a job that waits has to be looked at though nothing happened, on our clock.
pub fn deadline(job: &Job, now: Stamp) -> Option<Stamp> {
    let since = job.waiting?;
    [since + NEWS, since + LONGEST_WAIT].into_iter().find(|at| *at > now)
}

/// Whether all of a service's containers were started after the calls were made. That one ended isn't enough:
/// a restart ends it first.
fn is_fresh(model: &Model, service: &ServiceName, called: Stamp) -> bool {
    let floor = called.shifted(-SLACK);
    let Some(status) = model.overview.service(service) else { return true };
    let mut containers = status.containers.iter().filter_map(|id| model.stack().containers.get(id));
    containers.all(|c| c.started.is_some_and(|at| at >= floor))
}

/// How a wait stands.
enum Outlook {
    Met,
    Open,
    Never(String),
}

fn outlook(model: &Model, service: &ServiceName, condition: Condition) -> Outlook {
    let Some(status) = model.overview.service(service) else {
        return Outlook::Never(format!("{service} is gone"));
    };
    let never = || {
        let exit = status.exit_code.filter(|_| status.state == State::Exited);
        let exit = exit.map_or_else(String::new, |code| format!(" {code}"));
        Outlook::Never(format!("{service} is {}{exit}, and can't become {}", status.state.word(), wanted(condition)))
    };
    let containers = || status.containers.iter().filter_map(|id| model.stack().containers.get(id));
    match (condition, status.state) {
        (_, State::Missing | State::Failed | State::Stopped) => never(),
        (Condition::Started, state) if state.is_up() || state == State::Done => Outlook::Met,
        (Condition::Started, State::Exited) => never(),
        (Condition::Healthy, State::Healthy) => Outlook::Met,
        // Some replicas may be healthy before the service is; one without a check never is.
        (Condition::Healthy, State::Running) if containers().all(|c| c.health == Some(Health::Healthy)) => Outlook::Met,
        (Condition::Healthy, State::Running | State::Unhealthy | State::Exited | State::Done) => never(),
        (Condition::Completed, State::Done) => Outlook::Met,
        (Condition::Completed, State::Exited) if containers().all(|c| c.exit_code == Some(0)) => Outlook::Met,
        (Condition::Completed, State::Exited) => never(),
        _ => Outlook::Open,
    }
}

fn wanted(condition: Condition) -> &'static str {
    match condition {
        Condition::Started => "started",
        Condition::Healthy => "healthy",
        Condition::Completed => "done",
    }
}

/// A call in words: `stop taskapp-backend-1`.
fn describe(model: &Model, call: &Call) -> String {
    let name =
        |id: &ContainerId| model.stack().containers.get(id).map_or_else(|| id.short().to_owned(), |c| c.name.clone());
    match call {
        Call::Start(id) => format!("start {}", name(id)),
        Call::Stop(id) => format!("stop {}", name(id)),
        Call::Restart(id) => format!("restart {}", name(id)),
        Call::Pause(id) => format!("pause {}", name(id)),
        Call::Unpause(id) => format!("unpause {}", name(id)),
        Call::Signal(id, signal) => format!("send {signal} to {}", name(id.get())),
        Call::Up(up) if up.services.is_empty() => "up".to_owned(),
        Call::Up(up) => {
            format!("up {}", up.services.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(" "))
        }
        Call::Remove(target) => match target.get() {
            Object::Container { id, .. } => format!("remove container {}", name(id)),
            Object::Network(id) => {
                let name = model.stack().networks.get(id).map_or_else(|| id.to_string(), |n| n.name.clone());
                format!("remove network {name}")
            }
            Object::Volume { name, .. } => format!("remove volume {name}"),
            Object::Image { id, .. } => format!("remove image {id}"),
        },
    }
}
