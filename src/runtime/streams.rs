//! Keeps exactly the wanted streams of one host open, and passes on what is to be performed beside them.
//!
//! A stream is a task. What is no longer wanted is aborted, and with the task go its connections; so a leak can't
//! be written. Nothing here waits on the loop, or the loop and the engine could wait on each other: whatever
//! waits is a task of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::{AbortHandle, JoinSet},
    time::sleep,
};

use super::{
    channels::{Channels, Instructions, Order},
    host,
    perform::Performer,
};
use crate::{
    app::{Want, Wanted},
    base::id::{ContainerId, HostId, ProjectName},
    compose,
    engine::{
        Connector, Outlet, StackOutlet, follow_log, follow_opening, follow_stats, keep_link, poll_usage, watch_images,
        watch_project, watch_projects,
    },
    host::{Fact, Question},
    stack,
};

/// How often a container's raw JSON is asked again while it is looked at.
const RAW: Duration = Duration::from_secs(2);

/// How often a rule's question is asked again while the rule asks it.
const AGAIN: Duration = Duration::from_secs(15);
/// How often the end of a log that isn't followed is read again.
const LOG_END: Duration = Duration::from_secs(20);
/// How often a registry is.
const REGISTRY: Duration = Duration::from_secs(300);

/// The open streams.
pub struct Streams {
    host: HostId,
    connector: Connector,
    channels: Channels,
    open: BTreeMap<Wanted, AbortHandle>,
    tasks: JoinSet<()>,
    resync: Arc<Notify>,
    performer: Performer,
}

impl Streams {
    /// With none open.
    pub fn new(host: HostId, connector: Connector, compose: compose::Options, channels: Channels) -> Self {
        let performer = Performer::new(connector.clone(), compose, channels.results.clone());
        Self {
            host,
            connector,
            channels,
            open: BTreeMap::new(),
            tasks: JoinSet::new(),
            resync: Arc::default(),
            performer,
        }
    }

    /// Follows wants and orders until the loop is gone.
    pub async fn run(mut self, mut told: Instructions) {
        loop {
            tokio::select! {
                biased;
                order = told.ordered.recv() => match order {
                    Some(order) => self.handle(order),
                    None => break,
                },
                changed = told.wanted.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    let wants = told.wanted.borrow_and_update().clone();
                    self.keep(wants);
                }
                Some(()) = self.performer.ended() => {}
                Some(ended) = self.tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!("a stream panicked: {error}");
                    }
                }
            }
        }
        self.tasks.abort_all();
        self.performer.leave().await;
        drop(self.channels.alive);
    }

    /// Closes what is no longer wanted and opens what is new.
    fn keep(&mut self, wants: BTreeSet<Wanted>) {
        self.open.retain(|want, task| {
            let keep = wants.contains(want);
            if !keep {
                task.abort();
            }
            keep
        });
        for want in wants {
            if !self.open.contains_key(&want) {
                let ways = Ways {
                    connector: self.connector.clone(),
                    facts: Outlet::new(self.host, self.channels.facts.clone()),
                    bulk: Outlet::new(self.host, self.channels.bulk.clone()),
                    resync: self.resync.clone(),
                };
                let task = match want.project.clone() {
                    Some(project) => self.tasks.spawn(stream_of_project(want.want.clone(), project, ways)),
                    None => self.tasks.spawn(stream_of_host(want.want.clone(), ways)),
                };
                self.open.insert(want, task);
            }
        }
    }

    fn handle(&mut self, order: Order) {
        match order {
            Order::Resync => self.resync.notify_waiters(),
            Order::Perform(id, task) => self.performer.perform(id, task),
            Order::Cancel(id) => self.performer.cancel(id),
        }
    }
}

/// What a stream needs.
struct Ways {
    connector: Connector,
    facts: Outlet,
    bulk: Outlet,
    resync: Arc<Notify>,
}

/// One stream about the host, until it is aborted. Streams of the engine's room end only when nobody listens.
async fn stream_of_host(want: Want, ways: Ways) {
    let Ways { connector, facts, resync, .. } = ways;
    match want {
        Want::Link => keep_link(connector, resync, facts).await,
        Want::Projects => watch_projects(connector, resync, facts).await,
        Want::Usage { .. } => poll_usage(connector, facts).await,
        Want::Images(names) => watch_images(connector, names, facts).await,
        Want::Ask(question) => ask(connector, question, facts).await,
        other => tracing::error!("{other:?} is wanted of no project"),
    }
}

/// One stream about a project, likewise.
async fn stream_of_project(want: Want, project: ProjectName, ways: Ways) {
    let Ways { connector, facts, bulk, resync } = ways;
    if want == Want::Project {
        return watch_project(connector, project, resync, facts).await;
    }
    let (facts, bulk) = (facts.of(project.clone()), bulk.of(project));
    match want {
        Want::Log { container, tail } => follow_log(connector, container, tail, bulk).await,
        Want::Opening { container, start } => follow_opening(connector, container, start, facts).await,
        Want::Stats(container) => follow_stats(connector, container, bulk).await,
        Want::Raw(container) => look_at_raw(connector, container, facts).await,
        other @ (Want::Project | Want::Link | Want::Projects | Want::Usage { .. } | Want::Images(_) | Want::Ask(_)) => {
            tracing::error!("{other:?} isn't wanted of a project");
        }
    }
}

/// Keeps the answer to a rule's question fresh.
async fn ask(connector: Connector, question: Question, out: Outlet) {
    loop {
        let answer = host::answer(&connector.connection().await, &question).await;
        if out.send(vec![Fact::Answered(question.clone(), answer)]).await.is_err() {
            return;
        }
        sleep(match question {
            Question::Offer(_) | Question::Compose => REGISTRY,
            Question::LogEnd(_) => LOG_END,
            _ => AGAIN,
        })
        .await;
    }
}

/// Keeps a container's raw JSON fresh.
async fn look_at_raw(connector: Connector, container: ContainerId, out: StackOutlet) {
    loop {
        if let Ok(Some(text)) = connector.connection().await.raw(&container).await
            && out.send(vec![stack::Fact::Raw(container.clone(), text)]).await.is_err()
        {
            return;
        }
        sleep(RAW).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::EngineTarget,
        runtime::{channels, clock},
    };

    fn streams() -> Streams {
        let nowhere =
            EngineTarget { host: Some("unix:///nowhere/stackview-test.sock".into()), ..EngineTarget::default() };
        let connector = Connector::new(nowhere, BTreeMap::new(), true, clock());
        Streams::new(HostId::default(), connector, compose::Options::default(), channels::inbox().1)
    }

    fn stats(id: &str) -> Wanted {
        Wanted { host: HostId::default(), project: Some("p".into()), want: Want::Stats(id.into()) }
    }

    #[tokio::test]
    async fn exactly_the_wanted_streams_are_open() {
        let mut streams = streams();
        streams.keep([stats("a"), stats("b")].into());
        let kept = streams.open.get(&stats("b")).map(AbortHandle::id);
        streams.keep([stats("b"), stats("c")].into());
        assert_eq!(streams.open.keys().collect::<Vec<_>>(), [&stats("b"), &stats("c")]);
        assert_eq!(streams.open.get(&stats("b")).map(AbortHandle::id), kept, "what stays is not opened again");
        streams.keep(BTreeSet::new());
        while streams.tasks.join_next().await.is_some() {}
        assert!(streams.open.is_empty());
    }
}
