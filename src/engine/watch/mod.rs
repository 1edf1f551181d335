//! A project kept true: subscribe, list, inspect, then inspect again whatever an event touches.
//!
//! The subscription stands before the list is asked, and asks for events from before it (`since`), so that no
//! change can fall between them. An answer that was asked for before a newer event of the same container came is
//! thrown away and asked again, at most three times in a row. Every half minute all is listed and inspected
//! again. When anything breaks, the connection is given up, and the next one begins with a fresh snapshot.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use super::{
    Connector, Engine, Error, Outlet,
    ask::{AT_ONCE, HISTORY, Used},
    events::{self, Seen},
    projects::ended,
    transport::next_chunk,
};
use crate::{
    base::{
        id::{ContainerId, ProjectName},
        loss::{Loss, LossKind, Whom},
        num::nanos,
        time::Stamp,
    },
    host,
    stack::{Container, EventKind, EventSubject, Fact, Health, Network, Phase, Volume},
};

/// How often everything is listed and inspected again, in case that an event was lost.
const RESYNC: Duration = Duration::from_secs(30);
/// How often a container whose health is not good is inspected: a probe that times out makes no event.
const PROBES: Duration = Duration::from_secs(1);
/// After the end of a probe's process its result is in the inspection so much later.
const PROBE_KEPT: Duration = Duration::from_millis(50);
/// How long events are gathered before networks and volumes are listed again.
const GATHER: Duration = Duration::from_millis(100);
/// Events that are older than the subscription by more than this are history: the list knows their outcome.
/// The clocks' offset is only known to seconds by then.
const OLD: i64 = 3_000_000_000;
/// How often in a row an outdated answer is thrown away.
const DROPS: u8 = 3;

/// Keeps a project true until it is dropped or nobody listens. `resync` asks for a fresh snapshot at once.
pub async fn watch_project(connector: Connector, project: ProjectName, resync: Arc<Notify>, out: Outlet) {
    let mut last_event = None;
    while let Some(engine) = connector.connection_for(&out).await {
        let mut session = Session::new(engine.clone(), &connector, &project);
        if connector.work(&engine, session.run(&mut last_event, &resync, &out)).await {
            return;
        }
    }
}

/// What is known of a container here: just enough to decide what to ask.
#[derive(Debug, Default)]
struct Watched {
    /// In the queue of inspections.
    queued: bool,
    /// An inspection is under way.
    asked: bool,
    /// Something happened since it was asked.
    outdated: bool,
    /// Answers thrown away in a row.
    drops: u8,
    /// It has a health check.
    checked: bool,
    /// Its health is not good, so that probes have to be asked for.
    ailing: bool,
    /// What it uses, when it was last inspected.
    used: Used,
}

/// What came back.
enum Answer {
    List(Result<Vec<Container>, Error>),
    Container(ContainerId, Box<Result<Option<Container>, Error>>),
    Side(Result<(Vec<Network>, Vec<Volume>), Error>),
}

/// One connection's worth of watching.
struct Session<'a> {
    engine: Engine,
    connector: &'a Connector,
    project: &'a ProjectName,
    /// Events from before this moment of the engine are history.
    fresh: Stamp,
    containers: BTreeMap<ContainerId, Watched>,
    queue: VecDeque<ContainerId>,
    inspecting: usize,
    work: FuturesUnordered<BoxFuture<'static, Answer>>,
    listing: bool,
    list_outdated: bool,
    list_drops: u8,
    resync_at: Instant,
    probes_at: Instant,
    /// When networks and volumes are to be listed.
    side_at: Option<Instant>,
    /// Inspections for later.
    later: BTreeMap<ContainerId, Instant>,
    /// What is to be said next.
    facts: Vec<host::Fact>,
}

impl<'a> Session<'a> {
    fn new(engine: Engine, connector: &'a Connector, project: &'a ProjectName) -> Self {
        let start = Instant::now();
        Self {
            fresh: engine.engine_now().shifted(-OLD),
            engine,
            connector,
            project,
            containers: BTreeMap::new(),
            queue: VecDeque::new(),
            inspecting: 0,
            work: FuturesUnordered::new(),
            listing: false,
            list_outdated: false,
            list_drops: 0,
            resync_at: start + RESYNC,
            probes_at: start + PROBES,
            side_at: None,
            later: BTreeMap::new(),
            facts: Vec::new(),
        }
    }

    /// Until the connection breaks, or (`Ok`) nobody listens.
    async fn run(&mut self, last_event: &mut Option<Stamp>, resync: &Notify, out: &Outlet) -> Result<(), Error> {
        let since = last_event.unwrap_or_else(|| self.fresh.shifted(nanos(HISTORY).saturating_neg()));
        let mut stream = self.engine.transport.stream(&events::path(since, None)).await?;
        let mut objects = events::Objects::default();
        self.ask_list();
        let mut newest = *last_event;
        loop {
            self.ask_containers();
            let facts = std::mem::take(&mut self.facts);
            let listed = facts.iter().any(|f| matches!(f, host::Fact::Stack(_, Fact::Listed(_))));
            if !facts.is_empty() && out.send(facts).await.is_err() {
                return Ok(());
            }
            // Only now: given up while it waits to tell, the next session asks for these events again.
            *last_event = newest;
            if listed {
                self.connector.link().works(&self.engine);
            }
            let due = self.due();
            tokio::select! {
                biased;
                () = out.closed() => return Ok(()),
                chunk = next_chunk(&mut stream, "the stream of events") => {
                    let Some(chunk) = chunk? else { return Err(ended(&objects)) };
                    let skipped = objects.skipped;
                    objects.push(&chunk, |object| match events::read(object) {
                        Some(seen) => {
                            newest = newest.max(Some(seen.event.at));
                            self.happened(seen);
                            true
                        }
                        None => false,
                    });
                    let lost = self.engine.unreadable(LossKind::EventsUnreadable, Whom::All, objects.skipped.saturating_sub(skipped));
                    self.lost(lost);
                }
                Some(answer) = self.work.next(), if !self.work.is_empty() => {
                    self.answered(answer)?;
                    while let Some(Some(more)) = self.work.next().now_or_never() {
                        self.answered(more)?;
                    }
                }
                () = resync.notified() => self.ask_list(),
                () = sleep_until(due) => self.time_passed(),
            }
        }
    }

    /// When there is something to do next, if nothing happens.
    fn due(&self) -> Instant {
        let probes = self.containers.values().any(|c| c.ailing).then_some(self.probes_at);
        let later = self.later.values().copied();
        later.chain(probes).chain(self.side_at).fold(self.resync_at, Instant::min)
    }

    fn time_passed(&mut self) {
        let at = Instant::now();
        if self.resync_at <= at {
            self.ask_list();
        }
        if self.probes_at <= at {
            self.probes_at = at + PROBES;
            let ailing = self.containers.iter().filter(|(_, c)| c.ailing).map(|(id, _)| id.clone());
            for id in ailing.collect::<Vec<_>>() {
                self.inspect(&id);
            }
        }
        if self.side_at.is_some_and(|due| due <= at) {
            self.side_at = None;
            self.ask_side();
        }
        let due: Vec<_> = self.later.iter().filter(|(_, due)| **due <= at).map(|(id, _)| id.clone()).collect();
        for id in due {
            self.later.remove(&id);
            self.inspect(&id);
        }
    }

    fn ask_list(&mut self) {
        self.resync_at = Instant::now() + RESYNC;
        self.list_outdated = false;
        if std::mem::replace(&mut self.listing, true) {
            // The one under way may be older than the wish.
            self.list_outdated = true;
            return;
        }
        let (engine, project) = (self.engine.clone(), self.project.clone());
        self.work.push(async move { Answer::List(engine.list(&project).await) }.boxed());
    }

    fn ask_side(&mut self) {
        let (engine, project) = (self.engine.clone(), self.project.clone());
        let mut used = Used::default();
        for c in self.containers.values() {
            used.networks.extend(c.used.networks.iter().cloned());
            used.volumes.extend(c.used.volumes.iter().cloned());
        }
        let both = async move {
            Answer::Side(futures::try_join!(engine.networks(&project, &used), engine.volumes(&project, &used)))
        };
        self.work.push(both.boxed());
    }

    /// Has a container inspected: once more after the inspection that is under way, if one is.
    fn inspect(&mut self, id: &ContainerId) {
        let Some(watched) = self.containers.get_mut(id) else { return };
        watched.outdated = watched.asked;
        if !watched.asked && !watched.queued {
            watched.queued = true;
            self.queue.push_back(id.clone());
        }
    }

    /// Begins inspections from the queue, as many as may be under way at once.
    fn ask_containers(&mut self) {
        while self.inspecting < AT_ONCE
            && let Some(id) = self.queue.pop_front()
        {
            let Some(watched) = self.containers.get_mut(&id) else { continue };
            watched.queued = false;
            watched.asked = true;
            watched.outdated = false;
            self.inspecting += 1;
            let engine = self.engine.clone();
            let ask = async move {
                let answer = Box::new(engine.inspect(&id).await);
                Answer::Container(id, answer)
            };
            self.work.push(ask.boxed());
        }
    }

    /// Of the project.
    fn say(&mut self, fact: Fact) {
        self.facts.push(host::Fact::Stack(self.project.clone(), fact));
    }

    /// Says what was lost.
    fn lost(&mut self, losses: impl IntoIterator<Item = Loss>) {
        for loss in losses {
            self.say(Fact::Lost(loss));
        }
    }

    fn side_soon(&mut self) {
        self.side_at.get_or_insert_with(|| Instant::now() + GATHER);
    }

    fn happened(&mut self, seen: Seen) {
        let live = seen.event.at >= self.fresh;
        let (kind, subject) = (seen.event.kind.clone(), seen.event.subject.clone());
        let ours = match &subject {
            EventSubject::Container(id) => {
                seen.project.as_deref() == Some(self.project.as_str()) || self.containers.contains_key(id)
            }
            EventSubject::Network(_, with) | EventSubject::Volume(_, with) => {
                with.as_ref().is_some_and(|id| self.containers.contains_key(id)) || self.is_prefix_of(&seen.event.name)
            }
            EventSubject::Image(_) | EventSubject::Other(_) => false,
        };
        if ours {
            self.say(Fact::Happened(seen.event));
        }
        match (subject, kind) {
            (EventSubject::Container(id), kind) if ours && live => self.container_changed(&id, &kind),
            (EventSubject::Network(_, Some(id)), EventKind::Connect | EventKind::Disconnect) if live => {
                self.inspect(&id)
            }
            // Whose a new one is, only its labels tell.
            (EventSubject::Network(..) | EventSubject::Volume(..), EventKind::Create | EventKind::Destroy) if live => {
                self.side_soon();
            }
            _ => {}
        }
    }

    /// Compose names what it makes `project_…` or `project-…`.
    fn is_prefix_of(&self, name: &str) -> bool {
        name.strip_prefix(self.project.as_str()).is_some_and(|rest| rest.starts_with(['_', '-']))
    }

    fn container_changed(&mut self, id: &ContainerId, kind: &EventKind) {
        match kind {
            EventKind::Destroy => {
                self.containers.remove(id);
                self.later.remove(id);
                self.list_outdated = self.listing;
                self.say(Fact::Gone(id.clone()));
            }
            // A probe ended, or another exec did, which changes nothing.
            EventKind::ExecDie(_) => {
                if self.containers.get(id).is_some_and(|c| c.checked) {
                    self.later.entry(id.clone()).or_insert_with(|| Instant::now() + PROBE_KEPT);
                }
            }
            // What a signal does, an event of its own tells. Asked now, the engine would stand in its own way: who is
            // inspected can't end meanwhile.
            EventKind::Kill(_) if self.containers.contains_key(id) => {}
            kind => {
                if !self.containers.contains_key(id) {
                    self.list_outdated = self.listing;
                    self.containers.insert(id.clone(), Watched::default());
                }
                if *kind == EventKind::Start {
                    self.connector.started(id);
                }
                self.inspect(id);
            }
        }
    }

    fn answered(&mut self, answer: Answer) -> Result<(), Error> {
        self.lost(self.engine.unread.take(self.engine.engine_now()));
        match answer {
            Answer::List(list) => self.listed(list?),
            Answer::Container(id, answer) => self.inspected(&id, *answer)?,
            Answer::Side(Ok((networks, volumes))) => {
                self.say(Fact::Networks(networks));
                self.say(Fact::Volumes(volumes));
            }
            // They come again with the next snapshot.
            Answer::Side(Err(error)) => tracing::warn!(%error, "networks and volumes can't be listed"),
        }
        Ok(())
    }

    fn listed(&mut self, list: Vec<Container>) {
        self.listing = false;
        if self.list_outdated && self.list_drops < DROPS {
            self.list_drops += 1;
            self.ask_list();
            return;
        }
        self.list_drops = 0;
        self.list_outdated = false;
        for c in &list {
            self.containers.entry(c.id.clone()).or_default();
        }
        self.say(Fact::Listed(list));
        // Those that the list doesn't know are asked for as well: they are gone, or newer than the list.
        for id in self.containers.keys().cloned().collect::<Vec<_>>() {
            self.inspect(&id);
        }
        self.side_soon();
    }

    fn inspected(&mut self, id: &ContainerId, answer: Result<Option<Container>, Error>) -> Result<(), Error> {
        self.inspecting = self.inspecting.saturating_sub(1);
        let Some(watched) = self.containers.get_mut(id) else { return Ok(()) };
        watched.asked = false;
        let outdated = std::mem::take(&mut watched.outdated);
        match answer {
            Ok(Some(_)) if outdated && watched.drops < DROPS => watched.drops += 1,
            Ok(Some(c)) => {
                watched.drops = 0;
                watched.checked = c.check.as_ref().is_some_and(|check| !check.disabled);
                watched.ailing = watched.checked
                    && c.phase == Phase::Running
                    && matches!(c.health, Some(Health::Starting | Health::Unhealthy));
                let mut used = Used::default();
                used.add(&c);
                let uses_more = used != watched.used;
                watched.used = used;
                self.say(Fact::Inspected(Box::new(c)));
                if uses_more {
                    self.side_soon();
                }
            }
            Ok(None) => {
                self.containers.remove(id);
                self.later.remove(id);
                self.say(Fact::Gone(id.clone()));
                return Ok(());
            }
            // The engine is there (else its pulse tells), but stumbles over this one or hangs with it; the next
            // event or snapshot asks again.
            Err(error @ (Error::Engine { .. } | Error::Unreadable { .. } | Error::Deadline { .. })) => {
                tracing::warn!(%id, %error, "a container can't be inspected");
                self.lost(self.engine.unreadable(LossKind::InspectionsFailed, Whom::Container(id.clone()), 1));
            }
            Err(error) => return Err(error),
        }
        if outdated {
            self.inspect(id);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
