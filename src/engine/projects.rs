//! The compose projects that the engine knows, summed up from their containers' labels.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{Connector, Engine, Error, Outlet, events, translate::label, transport::next_chunk};
use crate::{
    base::loss::{LossKind, Whom},
    host::{Fact, ProjectSummary},
    stack::{Container, EventKind, Health, Phase},
};

/// How long events are gathered before the list is asked again.
const GATHER: Duration = Duration::from_millis(100);
/// How often it is asked in any case.
const RESYNC: Duration = Duration::from_secs(30);

impl Engine {
    /// All projects, by name.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn projects(&self) -> Result<Vec<ProjectSummary>, Error> {
        Ok(summarise(self.containers(label::PROJECT).await?))
    }
}

fn summarise(containers: Vec<Container>) -> Vec<ProjectSummary> {
    let mut all = BTreeMap::new();
    for c in containers {
        let Some(name) = c.project.clone() else { continue };
        let text = |key: &str| c.labels.get(key).filter(|v| !v.is_empty());
        let summary = all.entry(name.clone()).or_insert_with(|| ProjectSummary {
            name,
            running: 0,
            total: 0,
            troubled: 0,
            files: Vec::new(),
            dir: None,
        });
        let up = matches!(c.phase, Phase::Running | Phase::Paused);
        let troubled = c.health == Some(Health::Unhealthy)
            || matches!(c.phase, Phase::Restarting | Phase::Dead)
            || (c.phase == Phase::Exited && c.exit_code.is_some_and(|code| code != 0));
        summary.total += 1;
        summary.running += usize::from(up);
        summary.troubled += usize::from(troubled);
        for file in text(label::FILES).into_iter().flat_map(|files| files.split(',')) {
            if !summary.files.iter().any(|f| f == file) {
                summary.files.push(file.to_owned());
            }
        }
        if summary.dir.is_none() {
            summary.dir = text(label::DIR).cloned();
        }
    }
    all.into_values().collect()
}

/// Keeps the list of all projects true, until it is dropped or nobody listens. `resync` asks at once.
pub async fn watch_projects(connector: Connector, resync: Arc<Notify>, out: Outlet) {
    while let Some(engine) = connector.connection_for(&out).await {
        if connector.work(&engine, watch(&engine, &connector, &resync, &out)).await {
            return;
        }
    }
}

/// Until the connection breaks, or (`Ok`) nobody listens.
async fn watch(engine: &Engine, connector: &Connector, resync: &Notify, out: &Outlet) -> Result<(), Error> {
    let path = events::path(engine.engine_now(), None);
    let mut stream = engine.transport.stream(&path).await?;
    let mut objects = events::Objects::default();
    loop {
        let mut facts = vec![Fact::Projects(engine.projects().await?)];
        facts.extend(engine.unread.take(engine.engine_now()).into_iter().map(Fact::Lost));
        if out.send(facts).await.is_err() {
            return Ok(());
        }
        connector.link().works(engine);
        let mut due = Instant::now() + RESYNC;
        let mut changed = false;
        loop {
            tokio::select! {
                () = out.closed() => return Ok(()),
                () = sleep_until(due) => break,
                () = resync.notified() => break,
                chunk = next_chunk(&mut stream, "the events") => {
                    let Some(chunk) = chunk? else { return Err(ended(&objects)) };
                    let (before, skipped) = (changed, objects.skipped);
                    objects.push(&chunk, |object| {
                        let seen = events::read(object);
                        changed |= seen.as_ref().is_some_and(|s| {
                            s.project.is_some() && !matches!(s.event.kind, EventKind::ExecDie(_))
                        });
                        seen.is_some()
                    });
                    if let Some(lost) = engine.unreadable(LossKind::EventsUnreadable, Whom::All, objects.skipped.saturating_sub(skipped))
                        && out.send(vec![Fact::Lost(lost)]).await.is_err()
                    {
                        return Ok(());
                    }
                    if changed && !before {
                        due = Instant::now() + GATHER;
                    }
                }
            }
        }
    }
}

/// The engine closed the stream of events, which it does only when it ends. Where nothing in it could be read, it
/// was no engine.
pub(super) fn ended(objects: &events::Objects) -> Error {
    let what = "the stream of events".into();
    if objects.read == 0 && (objects.skipped > 0 || objects.is_cut()) {
        return Error::Unreadable {
            what,
            cause: "it isn't JSON; is there really an engine behind this address?".into(),
        };
    }
    Error::Broken { what, cause: "the engine closed it".into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{translate, wire};

    #[test]
    fn containers_are_summed_up_by_project() {
        let json = r#"[
            {"Id":"1","State":"running","Status":"Up 1 second (unhealthy)","Labels":{"com.docker.compose.project":"b","com.docker.compose.project.config_files":"/x/a.yaml,/x/b.yaml","com.docker.compose.project.working_dir":"/x"}},
            {"Id":"2","State":"exited","Status":"Exited (0) 1 second ago","Labels":{"com.docker.compose.project":"b","com.docker.compose.project.config_files":"/x/a.yaml"}},
            {"Id":"3","State":"exited","Status":"Exited (1) 1 second ago","Labels":{"com.docker.compose.project":"a"}},
            {"Id":"4","State":"running","Labels":{}}]"#;
        let listed: Vec<wire::Listed> = wire::many("t", json.as_bytes()).unwrap().0;
        let all = summarise(listed.into_iter().map(translate::listed).collect());
        let words: Vec<_> = all.iter().map(|p| (&*p.name, p.running, p.total, p.troubled)).collect();
        assert_eq!(words, [("a", 0, 1, 1), ("b", 1, 2, 1)]);
        assert_eq!(all[1].files, ["/x/a.yaml", "/x/b.yaml"]);
        assert_eq!(all[1].dir.as_deref(), Some("/x"));
    }
}
