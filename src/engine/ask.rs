//! Questions that have one answer: lists, inspections, who the engine is, and all of it at once.

use std::{collections::BTreeSet, time::Duration};

use futures::{StreamExt, stream};
use tokio::time::Instant;

use super::{
    Engine, Error, events, translate,
    transport::{DEADLINE, ITEM_CAP, LIST_CAP, PING},
    wire,
};
use crate::{
    base::{
        id::{ContainerId, ProjectName},
        loss::{Loss, LossKind, Whom},
        num::nanos,
        time::{OtherClock, Stamp},
    },
    host::{self, EngineInfo, Latency},
    stack::{Container, Fact, Network, Volume},
};

/// Inspections that may be under way at once.
pub(super) const AT_ONCE: usize = 16;
/// How far back history is asked for; the engine keeps 256 events in any case.
pub(super) const HISTORY: Duration = Duration::from_secs(3600);

/// The names of networks and volumes that containers use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub networks: BTreeSet<String>,
    pub volumes: BTreeSet<String>,
}

impl Used {
    /// Adds what a container uses.
    pub fn add(&mut self, c: &Container) {
        self.networks.extend(c.networks.iter().map(|n| n.network.clone()));
        self.volumes.extend(c.mounts.iter().filter_map(|m| m.volume.as_ref()).map(|v| v.as_str().to_owned()));
    }
}

impl Engine {
    /// All containers of a project, stopped ones among them, as far as a list tells.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn list(&self, project: &ProjectName) -> Result<Vec<Container>, Error> {
        self.containers(&format!("{}={project}", translate::label::PROJECT)).await
    }

    /// All containers with a label (`key` or `key=value`).
    pub(super) async fn containers(&self, label: &str) -> Result<Vec<Container>, Error> {
        let filters = serde_json::json!({"label": [label]}).to_string();
        let path = format!("/containers/json?all=1&filters={}", events::encode(&filters));
        let body = self.transport.get(&path, LIST_CAP).await?;
        Ok(self.counted("the list of containers", wire::many, &body)?.into_iter().map(translate::listed).collect())
    }

    /// Reads a list, and counts what can't be read of it.
    pub(super) fn counted<T>(
        &self,
        list: &'static str,
        read: impl Fn(&str, &[u8]) -> Result<(T, usize), Error>,
        body: &[u8],
    ) -> Result<T, Error> {
        let (answer, unreadable) = read(list, body)?;
        self.unread.note(list, unreadable);
        Ok(answer)
    }

    /// So many things in a stream that couldn't be read; none where all could.
    pub(super) fn unreadable(&self, kind: LossKind, whom: Whom, number: u64) -> Option<Loss> {
        (number > 0).then(|| Loss { kind, number, whom, at: self.engine_now() })
    }

    /// A container in full; `None` if there is none.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn inspect(&self, id: &ContainerId) -> Result<Option<Container>, Error> {
        match self.transport.get(&format!("/containers/{}/json", events::encode(id)), ITEM_CAP).await {
            Ok(body) => Ok(Some(translate::inspected(wire::one("an inspection", &body)?))),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The engine's own JSON of a container, indented; `None` if there is none.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn raw(&self, id: &ContainerId) -> Result<Option<String>, Error> {
        match self.transport.get(&format!("/containers/{}/json", events::encode(id)), ITEM_CAP).await {
            Ok(body) => {
                let value: serde_json::Value = wire::one("an inspection", &body)?;
                Ok(Some(format!("{value:#}")))
            }
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Whether the engine lives, and how long it took to say so: any answer is one.
    pub(super) async fn pulse(&self, deadline: Duration) -> Result<Duration, Error> {
        let asked = Instant::now();
        match self.transport.get_within(PING, ITEM_CAP, deadline).await {
            Ok(_) | Err(Error::Engine { .. }) => Ok(asked.elapsed()),
            Err(error) => Err(error),
        }
    }

    /// What a pulse tells; nothing worth saying of an engine next door.
    pub(super) fn latency(&self, took: Duration) -> Option<host::Fact> {
        let waiting = self.transport.waiting();
        self.is_far().then(|| host::Fact::Latency(Latency { at: self.now(), took, waiting }))
    }

    /// Whether there is a network between us and the engine.
    pub(super) fn is_far(&self) -> bool {
        self.transport.address().is_far()
    }

    /// Networks that carry the project's label or have one of these names.
    pub(super) async fn networks(&self, project: &ProjectName, used: &Used) -> Result<Vec<Network>, Error> {
        let body = self.transport.get("/networks", LIST_CAP).await?;
        let all = self.counted("the list of networks", wire::many, &body)?.into_iter().map(translate::network);
        Ok(all.filter(|n| n.project.as_ref() == Some(project) || used.networks.contains(&n.name)).collect())
    }

    /// Volumes that carry the project's label or have one of these names.
    pub(super) async fn volumes(&self, project: &ProjectName, used: &Used) -> Result<Vec<Volume>, Error> {
        let body = self.transport.get("/volumes", LIST_CAP).await?;
        let all = self.counted("the list of volumes", wire::volumes, &body)?.into_iter().map(translate::volume);
        Ok(all.filter(|v| v.project.as_ref() == Some(project) || used.volumes.contains(v.name.as_str())).collect())
    }

    /// Who the engine is, with its memory and the offset of its clock: the moment that it names is taken for the
    /// middle of the time that the question took.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn info(&self) -> Result<EngineInfo, Error> {
        let asked = self.now();
        let body = self.transport.get_within("/info", ITEM_CAP, DEADLINE).await?;
        let took = self.now().since(asked);
        let info: wire::Info = wire::one("who it is", &body)?;
        let theirs = Stamp::parse(&info.time);
        Ok(EngineInfo {
            clock: theirs.map_or(self.first.clock, |t| {
                OtherClock::read(asked.shifted(nanos(took) / 2), t, self.first.clock.pace())
            }),
            memory: (info.memory > 0).then_some(info.memory),
            architecture: architecture(&info.machine).to_owned(),
            root: info.root,
            swarm: info.swarm.state == "active",
            system: info.system,
            ..self.first.clone()
        })
    }

    /// The events that the engine still remembers, of one project.
    async fn history(&self, project: &ProjectName, engine_now: Stamp) -> Result<Vec<Fact>, Error> {
        let path = events::path(engine_now.shifted(nanos(HISTORY).saturating_neg()), Some(engine_now));
        let body = self.transport.get(&path, LIST_CAP).await?;
        let mut facts = Vec::new();
        let mut objects = events::Objects::default();
        objects.push(&body, |object| {
            let seen = events::read(object);
            let known = seen.is_some();
            let ours = seen.filter(|s| s.project.as_deref() == Some(project.as_str()));
            facts.extend(ours.map(|s| Fact::Happened(s.event)));
            known
        });
        facts.extend(self.unreadable(LossKind::EventsUnreadable, Whom::All, objects.skipped).map(Fact::Lost));
        Ok(facts)
    }

    /// Everything about a project at this moment, for one look at it: the engine, recent events (so that it is
    /// known which ends were asked for), all containers in full, networks and volumes.
    ///
    /// # Errors
    /// When the engine doesn't answer well.
    pub async fn snapshot(&self, project: &ProjectName) -> Result<Vec<host::Fact>, Error> {
        let past = async {
            let info = self.info().await?;
            let history = self.history(project, info.clock.at(self.now())).await?;
            Ok::<_, Error>((info, history))
        };
        let present = async {
            let listed = self.list(project).await?;
            let ids: Vec<ContainerId> = listed.iter().map(|c| c.id.clone()).collect();
            let mut asked = stream::iter(ids)
                .map(|id| async move {
                    match self.inspect(&id).await {
                        Ok(found) => Ok(found.map_or(Fact::Gone(id), |c| Fact::Inspected(Box::new(c)))),
                        // The engine stumbles over this one; the others can be known.
                        Err(error @ (Error::Engine { .. } | Error::Unreadable { .. })) => {
                            tracing::warn!(%id, %error, "a container can't be inspected");
                            let whom = Whom::Container(id);
                            Ok(Fact::Lost(Loss::one(LossKind::InspectionsFailed, whom, self.engine_now())))
                        }
                        Err(error) => Err(error),
                    }
                })
                .buffered(AT_ONCE);
            let mut used = Used::default();
            let mut facts = vec![Fact::Listed(listed)];
            while let Some(fact) = asked.next().await {
                let fact = fact?;
                if let Fact::Inspected(c) = &fact {
                    used.add(c);
                }
                facts.push(fact);
            }
            let (networks, volumes) = futures::try_join!(self.networks(project, &used), self.volumes(project, &used))?;
            facts.extend([Fact::Networks(networks), Fact::Volumes(volumes)]);
            Ok::<_, Error>(facts)
        };
        let ((info, history), present) = futures::try_join!(past, present)?;
        let lost = self.unread.take(self.engine_now()).into_iter().map(Fact::Lost);
        let of_project =
            history.into_iter().chain(present).chain(lost).map(|fact| host::Fact::Stack(project.clone(), fact));
        Ok(std::iter::once(host::Fact::Engine(info)).chain(of_project).collect())
    }
}

/// A processor as images call it, by what the kernel calls it (`uname -m`, `Architecture` of `GET /info`).
fn architecture(machine: &str) -> &str {
    match machine {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "i386" | "i686" => "386",
        "armv6l" | "armv7l" => "arm",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::Fake;

    #[tokio::test]
    async fn an_inspection_that_cannot_be_read_does_not_take_the_others_with_it() {
        let mut fake = Fake::new();
        fake.start();
        for (id, state) in [("a", "running"), ("b", "garbage"), ("c", "exited")] {
            fake.set(id, state);
        }
        let engine = fake.connector(true).engine().await.unwrap();
        let facts = engine.snapshot(&"p".into()).await.unwrap();
        let inspected = |id: &str| {
            let is = |f: &host::Fact| matches!(f, host::Fact::Stack(_, Fact::Inspected(c)) if *c.id == *id);
            facts.iter().any(is)
        };
        assert_eq!(["a", "b", "c"].map(inspected), [true, false, true]);
        let lost = |f: &&host::Fact| matches!(f, host::Fact::Stack(_, Fact::Lost(loss)) if loss.kind == LossKind::InspectionsFailed);
        assert_eq!(facts.iter().filter(lost).count(), 1);
    }
}
