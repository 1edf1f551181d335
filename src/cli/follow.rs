//! A project kept true for a command that waits for something: facts in, a look at each change.

use std::{sync::Arc, time::Duration};

use color_eyre::eyre::{Result, bail};
use tokio::{
    sync::{Notify, mpsc},
    time::{Instant, timeout_at},
};

use crate::{
    base::{id::HostId, time::Stamp},
    engine::{Connector, Outlet, keep_link, watch_project},
    host::{Host, Link},
    runtime::{now, secrets},
    stack::{Overview, Stack},
};

/// Batches of facts that may wait; the watch waits when it is full.
const BATCHES: usize = 64;
/// The longest sleep: words that count seconds are looked at again by then.
const LONGEST: Duration = Duration::from_secs(3600);
/// What a timer may be early by.
const MOMENT: Duration = Duration::from_millis(1);

/// Follows the project until `look` answers or the deadline passes (`None`). It is asked whenever something
/// changed or time alone may have changed it, and never before every container was inspected: a list doesn't
/// tell a service without a health check from one with.
///
/// # Errors
/// When there is no engine to begin with. One that is lost later is waited for.
pub async fn follow<T>(
    connector: Connector,
    host: &mut Host,
    deadline: Instant,
    mut look: impl FnMut(&Stack, &Overview, Stamp) -> Option<T>,
) -> Result<Option<T>> {
    let (out, mut facts) = mpsc::channel(BATCHES);
    let out = Outlet::new(HostId::default(), out);
    let (project, resync) = (host.stack().project.clone(), Arc::new(Notify::new()));
    let link = tokio::spawn(keep_link(connector.clone(), resync.clone(), out.clone()));
    let watch = tokio::spawn(watch_project(connector, project, resync, out));
    let _end_with_us = [link, watch].map(|task| AbortOnDrop(task.abort_handle()));
    let mut next = deadline;
    loop {
        match timeout_at(next, facts.recv()).await {
            Ok(Some(batch)) => {
                let mut batch = Some(batch);
                while let Some((_, facts_now)) = batch {
                    for fact in facts_now {
                        host.apply(fact);
                    }
                    batch = facts.try_recv().ok();
                }
            }
            Ok(None) => bail!("the watch of the project ended; this is a bug of stackview"),
            Err(_) if Instant::now() >= deadline => return Ok(None),
            Err(_) => {}
        }
        secrets::learn(host.stack().known());
        let stack = host.stack();
        if let (Link::Lost { error, .. }, false) = (&host.link, stack.listed) {
            bail!("{error}");
        }
        let engine_now = host.clock().at(now());
        let overview = stack.overview(host.view(), engine_now);
        let told = stack.listed && stack.containers.values().all(|c| c.inspected);
        if told
            && host.link == Link::Live
            && let Some(answer) = look(stack, &overview, engine_now)
        {
            return Ok(Some(answer));
        }
        let pause =
            overview.stale_at.map_or(LONGEST, |at| host.clock().wait(at.since(engine_now)).saturating_add(MOMENT));
        next = deadline.min(Instant::now() + pause);
    }
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        cli::engine::block_on,
        engine::EngineTarget,
        runtime::clock,
        sim::{self, http::Options, scenario::Scenario},
    };

    /// Follows a project of the simulated engine, or of none, until it is ready.
    fn ready(host: String) -> Result<Option<usize>> {
        let target = EngineTarget { host: Some(host), ..EngineTarget::default() };
        let connector = Connector::new(target, BTreeMap::new(), true, clock());
        let mut host = Host::new(Stack::new("taskapp".into(), None));
        block_on(async {
            let deadline = Instant::now() + Duration::from_secs(60);
            follow(connector, &mut host, deadline, |_, all, _| (all.ready == 3).then_some(all.total)).await
        })?
    }

    #[test]
    fn a_command_that_waits_keeps_a_link_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let mut scenario = Scenario::built_in("taskapp").unwrap().unwrap();
        scenario.before = Duration::from_secs(200);
        let engine = sim::play(&dir.path().join("engine.sock"), scenario, Options::default()).unwrap();
        assert_eq!(ready(engine.handle().host()).unwrap(), Some(3));
        drop(engine);
        let gone = format!("unix://{}", dir.path().join("engine.sock").display());
        assert!(ready(gone).unwrap_err().to_string().contains("No container engine answers"));
    }
}
