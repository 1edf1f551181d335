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
    channels: Channels,
    threads: BTreeMap<HostId, EngineThread>,
}

impl Engines {
    /// None yet.
    pub fn new() -> Self {
        let (inbox, channels) = channels::inbox();
        Self { inbox, channels, threads: BTreeMap::new() }
    }

    /// Opens a host: starts its thread.
    ///
    /// # Errors
    /// When a thread can't be had.
    pub fn open(&mut self, host: HostId, connector: Connector, compose: compose::Options) -> io::Result<()> {
        let (thread, instructions) = channels::instructions();
        let streams = Streams::new(host, connector, compose, self.channels.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("engine".into()).spawn(move || runtime.block_on(streams.run(instructions)))?;
        self.threads.insert(host, thread);
        Ok(())
    }

    /// Closes a host: its thread ends, with all of its connections.
    pub fn close(&mut self, host: HostId) {
        self.threads.remove(&host);
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

    /// Gives an order to a host that is open.
    pub async fn order(&self, host: HostId, order: Order) {
        if let Some(thread) = self.threads.get(&host) {
            thread.order(order).await;
        }
    }
}
