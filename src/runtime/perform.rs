//! Performs tasks beside the streams, each as a task of its own, and tells how far they are and how they ended.

use std::{collections::BTreeMap, pin::Pin, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, mpsc},
    task::{AbortHandle, JoinSet},
    time::{Instant, timeout_at},
};

use super::hook;
use crate::{
    app::Msg,
    compose,
    engine::{Connector, Engine, compose_up},
    work::{Ended, Error, Kind, Outcome, Run, Task, TaskId, Up},
};

/// How many hooks may run at once.
const HOOKS: usize = 4;
/// How long `docker compose` may take to end by itself when the engine is left.
const GRACE: Duration = Duration::from_secs(2);

/// What is being performed.
pub struct Performer {
    connector: Connector,
    results: mpsc::Sender<Msg>,
    /// How the project was read: `docker compose` is told the same.
    compose: Arc<compose::Options>,
    tasks: JoinSet<()>,
    begun: BTreeMap<TaskId, Begun>,
}

/// A task under way.
struct Begun {
    handle: AbortHandle,
    /// Ends it early, where it can be ended.
    cancel: Arc<Notify>,
    /// It is not about the engine, and goes on where that is left.
    is_hook: bool,
    /// The engine has it, and nothing of it is here.
    is_call: bool,
}

impl Performer {
    /// With nothing to do yet.
    pub fn new(connector: Connector, compose: compose::Options, results: mpsc::Sender<Msg>) -> Self {
        Self { connector, results, compose: Arc::new(compose), tasks: JoinSet::new(), begun: BTreeMap::new() }
    }

    /// Begins a task. How it ended is told in any case.
    pub fn perform(&mut self, id: TaskId, task: Task) {
        let (connector, results, cancel) = (self.connector.clone(), self.results.clone(), Arc::<Notify>::default());
        let is_hook = matches!(task, Task::Run(Run::Hook(_)));
        let is_call = task.kind() == Kind::Call;
        let cancelled = cancel.clone();
        let work = match task {
            Task::Call(call) => boxed(async move { reach(&connector).await?.call(&call).await }),
            Task::Run(Run::Up(up)) => {
                boxed(bring_up(connector, self.compose.clone(), results.clone(), id, up, cancelled))
            }
            Task::Run(Run::Hook(_)) if self.begun.values().filter(|b| b.is_hook).count() >= HOOKS => {
                tracing::warn!("a hook is left out, since {HOOKS} run already");
                boxed(async { Err(Error::Busy(HOOKS)) })
            }
            Task::Run(Run::Hook(hook)) => boxed(async move {
                tokio::select! {
                    ended = hook::run(&hook) => ended.map(|()| Outcome::Done),
                    () = cancelled.notified() => Err(Error::Cancelled),
                }
            }),
            Task::Transfer(none) => match none {},
            Task::Session(none) => match none {},
        };
        let handle = self.tasks.spawn(async move {
            let ended = work.await;
            let _gone = results.send(Msg::Ended(id, ended)).await;
        });
        self.begun.insert(id, Begun { handle, cancel, is_hook, is_call });
    }

    /// Ends a task early, where it can be ended; it then tells so.
    pub fn cancel(&self, id: TaskId) {
        if let Some(begun) = self.begun.get(&id) {
            begun.cancel.notify_one();
        }
    }

    /// Waits until a task ends, and forgets it. `None` where none is under way.
    pub async fn ended(&mut self) -> Option<()> {
        let ended = self.tasks.join_next_with_id().await?;
        let (which, fault) = match ended {
            Ok((which, ())) => (which, None),
            Err(error) => (error.id(), error.is_panic().then(|| error.to_string())),
        };
        let id = self.begun.iter().find(|(_, begun)| begun.handle.id() == which).map(|(id, _)| *id);
        if let Some(id) = id {
            self.begun.remove(&id);
            if let Some(fault) = fault {
                tracing::error!("a task panicked: {fault}");
                let ended = Err(Error::Other("a fault of stackview's own ended it; its log says more".into()));
                let results = self.results.clone();
                // Not waited for: who waits for an end may turn to something else meanwhile.
                self.tasks.spawn(async move {
                    let _gone = results.send(Msg::Ended(id, ended)).await;
                });
            }
        }
        Some(())
    }

    /// Leaves the engine: calls to it end now, `docker compose` is ended whole, and hooks end by themselves, each within
    /// its time.
    pub async fn leave(mut self) {
        for begun in self.begun.values().filter(|begun| !begun.is_hook) {
            if begun.is_call { begun.handle.abort() } else { begun.cancel.notify_one() }
        }
        let end = Instant::now() + GRACE;
        let is_left = |begun: &BTreeMap<TaskId, Begun>| begun.values().any(|begun| !begun.is_hook);
        while is_left(&self.begun) && matches!(timeout_at(end, self.ended()).await, Ok(Some(()))) {}
        // Asked again, it is ended by force.
        self.begun.values().filter(|begun| !begun.is_hook).for_each(|begun| begun.cancel.notify_one());
        while self.tasks.join_next().await.is_some() {}
    }
}

type Work = Pin<Box<dyn Future<Output = Ended> + Send>>;

fn boxed(work: impl Future<Output = Ended> + Send + 'static) -> Work {
    Box::pin(work)
}

async fn reach(connector: &Connector) -> Result<Engine, Error> {
    connector.engine().await.map_err(|error| Error::NoEngine(error.to_string()))
}

/// Runs `docker compose up` and tells how far it is.
async fn bring_up(
    connector: Connector,
    options: Arc<compose::Options>,
    results: mpsc::Sender<Msg>,
    id: TaskId,
    up: Up,
    cancel: Arc<Notify>,
) -> Ended {
    let (progress, mut steps) = mpsc::channel(16);
    let tell = async {
        while let Some(step) = steps.recv().await {
            let _gone = results.send(Msg::Progress(id, step)).await;
        }
    };
    let work = async {
        let ended = match reach(&connector).await {
            Ok(_) if connector.is_read_only() => Err(Error::ReadOnly),
            Ok(engine) => compose_up(&engine, &options, &up, &progress, &cancel).await,
            Err(error) => Err(error),
        };
        drop(progress);
        ended
    };
    let (ended, ()) = tokio::join!(work, tell);
    ended
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;
    use crate::{
        engine::EngineTarget,
        runtime::clock,
        work::{Call, Hook, Tasks},
    };

    fn performer() -> (Performer, mpsc::Receiver<Msg>) {
        let nowhere =
            EngineTarget { host: Some("unix:///nowhere/stackview-test.sock".into()), ..EngineTarget::default() };
        let (results, told) = mpsc::channel(8);
        let connector = Connector::new(nowhere, BTreeMap::new(), false, clock());
        (Performer::new(connector, compose::Options::default(), results), told)
    }

    async fn end(told: &mut mpsc::Receiver<Msg>) -> (TaskId, Ended) {
        match timeout(Duration::from_secs(30), told.recv()).await {
            Ok(Some(Msg::Ended(id, ended))) => (id, ended),
            other => panic!("no end was told: {other:?}"),
        }
    }

    fn sleeps(script: &str) -> Task {
        let command = ["sh", "-c", script].map(str::to_owned).into();
        Task::Run(Run::Hook(Hook { command, environment: Vec::new() }))
    }

    #[tokio::test]
    async fn every_task_tells_its_end_by_its_number() {
        let (mut performer, mut told) = performer();
        let mut tasks = Tasks::default();
        let mut begin = |performer: &mut Performer, task: Task| {
            let (id, task) = tasks.begin_alone(task);
            performer.perform(id, task);
            id
        };
        let call = begin(&mut performer, Task::Call(Call::Start("a".into())));
        let (id, ended) = end(&mut told).await;
        assert!(id == call && matches!(ended, Err(Error::NoEngine(_))), "{ended:?}");
        let run = begin(&mut performer, sleeps("true"));
        assert_eq!(end(&mut told).await, (run, Ok(Outcome::Done)));
        let long = begin(&mut performer, sleeps("exec sleep 600"));
        performer.cancel(long);
        assert_eq!(end(&mut told).await, (long, Err(Error::Cancelled)));
        while performer.ended().await.is_some() {}
        assert!(performer.begun.is_empty(), "what is over is forgotten");
        performer.cancel(long);
    }

    #[tokio::test]
    async fn a_hook_too_many_is_left_out() {
        let (mut performer, mut told) = performer();
        let mut tasks = Tasks::default();
        let ids: Vec<TaskId> = (0..=HOOKS)
            .map(|_| {
                let (id, task) = tasks.begin_alone(sleeps("exec sleep 600"));
                performer.perform(id, task);
                id
            })
            .collect();
        assert_eq!(end(&mut told).await, (ids[HOOKS], Err(Error::Busy(HOOKS))));
    }

    #[tokio::test]
    async fn a_hook_outlives_the_engine_that_it_tells_of() {
        let (mut performer, _told) = performer();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("done");
        let (id, task) = Tasks::default().begin_alone(sleeps(&format!("sleep 0.2; touch {}", file.display())));
        performer.perform(id, task);
        timeout(Duration::from_secs(30), performer.leave()).await.expect("it ends");
        assert!(file.exists());
    }
}
