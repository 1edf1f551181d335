//! Keeps exactly the wanted streams open, and makes the calls that jobs order.
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

use super::ways::{Heard, Order, Ways};
use crate::{
    app::{Msg, Want},
    engine::{Connector, follow_log, follow_stats, poll_usage, watch_project, watch_projects},
    stack::Fact,
};

/// How often a container's raw JSON is asked again while it is looked at.
const RAW: Duration = Duration::from_secs(2);

/// The open streams.
pub struct Streams {
    connector: Connector,
    ways: Ways,
    open: BTreeMap<Want, AbortHandle>,
    tasks: JoinSet<()>,
    resync: Arc<Notify>,
}

impl Streams {
    /// With none open.
    pub fn new(connector: Connector, ways: Ways) -> Self {
        Self { connector, ways, open: BTreeMap::new(), tasks: JoinSet::new(), resync: Arc::default() }
    }

    /// Follows wants and orders until the loop is gone.
    pub async fn run(mut self, mut heard: Heard) {
        loop {
            tokio::select! {
                biased;
                order = heard.ordered.recv() => match order {
                    Some(order) => self.obey(order),
                    None => break,
                },
                changed = heard.wanted.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    let wants = heard.wanted.borrow_and_update().clone();
                    self.keep(wants);
                }
                Some(ended) = self.tasks.join_next() => {
                    if let Err(error) = ended && error.is_panic() {
                        tracing::error!("a stream panicked: {error}");
                    }
                }
            }
        }
    }

    /// Closes what is no longer wanted and opens what is new.
    fn keep(&mut self, wants: BTreeSet<Want>) {
        self.open.retain(|want, task| {
            let keep = wants.contains(want);
            if !keep {
                task.abort();
            }
            keep
        });
        for want in wants {
            if !self.open.contains_key(&want) {
                let task = self.tasks.spawn(stream(
                    want.clone(),
                    self.connector.clone(),
                    self.ways.clone(),
                    self.resync.clone(),
                ));
                self.open.insert(want, task);
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Resync => self.resync.notify_waiters(),
            Order::Call(job, call) => {
                let (connector, results) = (self.connector.clone(), self.ways.results.clone());
                // Not aborted with the streams: a call that was begun is told of.
                self.tasks.spawn(async move {
                    let result = match connector.engine().await {
                        Ok(engine) => engine.call(&call).await.map_err(|e| e.to_string()),
                        Err(error) => Err(error.to_string()),
                    };
                    let _gone = results.send(Msg::Called { job, call, result }).await;
                });
            }
        }
    }
}

/// One stream, until it is aborted. Streams of the engine's room end only when nobody listens.
async fn stream(want: Want, connector: Connector, ways: Ways, resync: Arc<Notify>) {
    match want {
        Want::Project(project) => watch_project(connector, project, resync, ways.facts).await,
        Want::Projects => watch_projects(connector, ways.facts).await,
        Want::Log { container, tail } => follow_log(connector, container, tail, ways.bulk).await,
        Want::Stats(container) => follow_stats(connector, container, ways.bulk).await,
        Want::Usage { .. } => poll_usage(connector, ways.facts).await,
        Want::Raw(container) => loop {
            if let Ok(engine) = connector.engine().await
                && let Ok(Some(text)) = engine.raw(&container).await
                && ways.facts.send(vec![Fact::Raw(container.clone(), text)]).await.is_err()
            {
                return;
            }
            sleep(RAW).await;
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{engine::Target, runtime::ways};

    fn streams() -> Streams {
        let nowhere = Target { host: Some("unix:///nowhere/stackview-test.sock".into()) };
        Streams::new(Connector::new(nowhere, BTreeMap::new(), true), ways::open().1)
    }

    fn stats(id: &str) -> Want {
        Want::Stats(id.into())
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
