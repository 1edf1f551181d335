//! The engines that are open: for each host a thread, a current-thread runtime that owns every connection to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io, thread,
};

use super::{
    channels::{self, Channels, EngineThread, Inbox, Order},
    streams::Streams,
};
use crate::{app::Wanted, base::id::HostId, compose, engine::Connector};

/// The loop's hold on the engines.
pub struct Engines {
    /// What they say.
    pub inbox: Inbox,
    /// `None` when all were closed for good.
    channels: Option<Channels>,
    threads: BTreeMap<HostId, EngineThread>,
}

impl Engines {
    /// None yet.
    pub fn new() -> Self {
        let (inbox, channels) = channels::inbox();
        Self { inbox, channels: Some(channels), threads: BTreeMap::new() }
    }

    /// Opens a host: starts its thread.
    ///
    /// # Errors
    /// When a thread can't be had.
    pub fn open(&mut self, host: HostId, connector: Connector, compose: compose::Options) -> io::Result<()> {
        let Some(channels) = self.channels.clone() else { return Ok(()) };
        let (thread, instructions) = channels::instructions();
        let streams = Streams::new(host, connector, compose, channels);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("engine".into()).spawn(move || runtime.block_on(streams.run(instructions)))?;
        self.threads.insert(host, thread);
        Ok(())
    }

    /// Closes a host: its thread ends, with all of its connections.
    pub fn close(&mut self, host: HostId) {
        self.threads.remove(&host);
    }

    /// Closes all of them for good: their threads end, and what they perform, as far as it can be ended. When the last
    /// is over, `inbox.alive` ends.
    pub fn close_all(&mut self) {
        self.threads.clear();
        self.channels = None;
    }

    /// Says which streams are to be open from now on, of all hosts.
    pub fn want(&self, mut wants: BTreeSet<Wanted>) {
        for (host, thread) in &self.threads {
            let others = wants.iter().any(|wanted| wanted.host != *host);
            thread.want(if others {
                wants.iter().filter(|wanted| wanted.host == *host).cloned().collect()
            } else {
                std::mem::take(&mut wants)
            });
        }
    }

    /// Gives an order to a host. `false` where it isn't open (any more).
    pub fn order(&self, host: HostId, order: Order) -> bool {
        self.threads.get(&host).is_some_and(|thread| thread.order(order))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::{
        app::{Model, Msg, Store, fixture::two_hosts, wants::wants},
        base::id::ContainerId,
        engine::EngineTarget,
        host::{Fact, Host, Link},
        runtime::{clock, now},
        sim::{
            self, Playing,
            http::{Mischief, Options},
            scenario::Scenario,
        },
        stack::Phase,
        work::{Call, Task, Tasks},
    };

    /// How long anything may take before a test fails: far more than needed.
    const PATIENCE: Duration = Duration::from_secs(60);
    const APP: &str = "taskapp";
    const SECOND: &str = "second";

    /// An engine with the task app, which came up long ago.
    fn engine(dir: &tempfile::TempDir, name: &str) -> Playing {
        let mut scenario = Scenario::built_in(APP).unwrap().unwrap();
        scenario.before = Duration::from_secs(200);
        sim::play(&dir.path().join(name), scenario, Options::default()).unwrap()
    }

    /// A model with hosts, and what the loop does between them: facts in, wants out.
    struct Stage {
        model: Store,
        engines: Engines,
        /// What was said of each host's link.
        links: Vec<(HostId, Link)>,
    }

    impl Stage {
        /// A host in front with the task app and a second project, and one behind with the task app; which they are.
        fn set(front: &Playing, behind: &Playing) -> (Self, HostId, HostId) {
            let (model, b) = two_hosts(APP, SECOND, now());
            let a = model.address().host;
            let mut engines = Engines::new();
            for (id, engine) in [(a, front), (b, behind)] {
                let target = EngineTarget { host: Some(engine.handle().host()), ..EngineTarget::default() };
                let connector = Connector::new(target, BTreeMap::new(), false, clock());
                engines.open(id, connector, compose::Options::default()).unwrap();
            }
            (Self { model, engines, links: Vec::new() }, a, b)
        }

        async fn until(&mut self, what: &str, wanted: impl Fn(&Model) -> bool) {
            let end = Instant::now() + PATIENCE;
            while !wanted(&self.model) {
                assert!(Instant::now() < end, "waited for {what}: {:#?}", self.model.hosts());
                self.step().await;
            }
        }

        async fn step(&mut self) {
            self.engines.want(wants(&self.model));
            let inbox = &mut self.engines.inbox;
            let next = async {
                tokio::select! {
                    Some(msg) = inbox.results.recv() => msg,
                    Some((host, facts)) = inbox.facts.recv() => Msg::Facts(host, facts),
                    Some((host, facts)) = inbox.bulk.recv() => Msg::Facts(host, facts),
                }
            };
            let msg = timeout(Duration::from_millis(20), next).await.unwrap_or(Msg::Tick);
            if let Msg::Facts(host, facts) = &msg {
                let links =
                    facts.iter().filter_map(|f| if let Fact::Link(link) = f { Some(link.clone()) } else { None });
                self.links.extend(links.map(|link| (*host, link)));
            }
            let _effects = self.model.update(msg, now());
        }
    }

    fn host(model: &Model, id: HostId) -> &Host {
        model.hosts().all().find_map(|(held, host)| (held == id).then_some(host)).unwrap()
    }

    /// Each container of the app on a host, with what it is doing.
    fn phases(model: &Model, id: HostId) -> Vec<(ContainerId, Phase)> {
        let stack = host(model, id).stack_of(&APP.into());
        stack.into_iter().flat_map(|s| s.containers.values()).map(|c| (c.id.clone(), c.phase)).collect()
    }

    fn is_known(model: &Model, id: HostId) -> bool {
        let stack = host(model, id).stack_of(&APP.into()).unwrap();
        host(model, id).link == Link::Live && stack.listed && stack.containers.values().all(|c| c.inspected)
    }

    /// Everything is known of both hosts, and of both projects of the first.
    fn are_known(model: &Model, [a, b]: [HostId; 2]) -> bool {
        let second = host(model, a).stack_of(&SECOND.into());
        is_known(model, a) && is_known(model, b) && second.is_some_and(|stack| stack.listed)
    }

    #[tokio::test]
    async fn one_host_stalls_and_the_other_stays_live() {
        let dir = tempfile::tempdir().unwrap();
        let (front, behind) = (engine(&dir, "a.sock"), engine(&dir, "b.sock"));
        let (mut stage, a, b) = Stage::set(&front, &behind);
        stage.until("both hosts and both projects", |m| are_known(m, [a, b])).await;
        // The same seed makes the same ids: by those alone nobody could tell the two apart.
        assert_eq!(phases(&stage.model, a), phases(&stage.model, b));
        assert!(host(&stage.model, a).stack_of(&SECOND.into()).unwrap().containers.is_empty());
        let before = phases(&stage.model, a);
        let (victim, _) = before.iter().find(|(_, phase)| *phase == Phase::Running).cloned().unwrap();
        let phase = |m: &Model, of| phases(m, of).iter().find(|(id, _)| *id == victim).map(|(_, phase)| *phase);

        // A call to one is made there and nowhere else, though the other doesn't answer.
        front.handle().mischief(Mischief { stall: true, ..Mischief::default() });
        let (id, stop) = Tasks::default().begin_alone(Task::Call(Call::Stop(victim.clone())));
        assert!(stage.engines.order(b, Order::Perform(id, stop)));
        stage.until("the stop behind", |m| phase(m, b) == Some(Phase::Exited)).await;
        assert_eq!(phases(&stage.model, a), before, "what is in front is as it was");
        assert_eq!(host(&stage.model, b).link, Link::Live);
        stage.until("the loss in front", |m| host(m, a).is_lost()).await;
        assert_eq!(host(&stage.model, b).link, Link::Live, "who is there isn't lost with who is not");

        // It comes back as it was: nobody stopped anything there.
        front.handle().mischief(Mischief::default());
        stage.until("the return", |m| is_known(m, a)).await;
        assert_eq!(phase(&stage.model, a), Some(Phase::Running));
        assert_eq!(phase(&stage.model, b), Some(Phase::Exited));

        // Closed, it says nothing more.
        stage.engines.close(b);
        for _ in 0..5 {
            stage.step().await;
        }
        let told = phases(&stage.model, b);
        behind.handle().end();
        for _ in 0..5 {
            stage.step().await;
        }
        assert_eq!((phases(&stage.model, b), &host(&stage.model, b).link), (told, &Link::Live));
    }

    #[tokio::test]
    async fn two_projects_of_a_host_share_its_link() {
        let dir = tempfile::tempdir().unwrap();
        let (front, behind) = (engine(&dir, "a.sock"), engine(&dir, "b.sock"));
        let (mut stage, a, b) = Stage::set(&front, &behind);
        stage.until("both hosts and both projects", |m| are_known(m, [a, b])).await;

        // One loss, and attempts that are counted once, however many projects miss the engine.
        stage.links.clear();
        front.handle().mischief(Mischief { refuse: true, ..Mischief::default() });
        let is_tried = |m: &Model| matches!(host(m, a).link, Link::Lost { attempts: 4.., .. });
        stage.until("the fourth attempt", is_tried).await;
        let told: Vec<_> = stage.links.iter().map(|(id, link)| (*id, link)).collect();
        let lost = |(id, link): &(HostId, &Link)| match link {
            Link::Lost { since, attempts, .. } => (*id, *since, *attempts),
            other => panic!("{other:?} in {told:?}"),
        };
        let (_, since, _) = lost(&told[0]);
        let counted: Vec<_> = told.iter().map(lost).collect();
        assert_eq!(counted, (1..=4).map(|attempts| (a, since, attempts)).collect::<Vec<_>>());

        // It returns for both, and is said to once.
        stage.links.clear();
        front.handle().mischief(Mischief::default());
        stage.until("the return", |m| host(m, a).link == Link::Live).await;
        for _ in 0..10 {
            stage.step().await;
        }
        let returns = stage.links.iter().filter(|(_, link)| *link == Link::Live).count();
        assert_eq!((returns, &host(&stage.model, a).link), (1, &Link::Live), "{:?}", stage.links);
        stage.until("both projects", |m| are_known(m, [a, b])).await;
    }
}
