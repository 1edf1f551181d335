//! The channels between the loop and the engine's thread, each bounded.

use std::{collections::BTreeSet, time::Duration};

use tokio::sync::{mpsc, watch};

use crate::{
    app::{Msg, Want},
    base::id::ContainerId,
    stack::Fact,
    work::{Call, JobId},
};

/// Batches of facts, and results, that may wait on their way to the loop; the sender waits when it is full.
const CONTROL: usize = 256;
/// Batches of lines and figures that may wait; then the reader stops reading.
const BULK: usize = 16;
/// Orders that may wait on their way to the engine.
const ORDERS: usize = 256;

/// What the loop tells the engine's thread to do, beside keeping streams open.
#[derive(Debug)]
pub enum Order {
    /// Make this call, and say how it ended.
    Call(JobId, Call),
    /// End this job's calls, where they can be ended.
    Cancel(JobId),
    /// Run a command in a container, for so long at most, and say how it went.
    Probe(ContainerId, Vec<String>, Duration),
    /// List and inspect everything again, now.
    Resync,
}

/// The engine's end of the channels to the loop.
#[derive(Clone)]
pub struct Channels {
    /// Facts of the project.
    pub facts: mpsc::Sender<Vec<Fact>>,
    /// How calls ended.
    pub results: mpsc::Sender<Msg>,
    /// Lines and figures.
    pub bulk: mpsc::Sender<Vec<Fact>>,
}

/// The loop's end of the channels.
pub struct EngineThread {
    wants: watch::Sender<BTreeSet<Want>>,
    orders: mpsc::Sender<Order>,
    /// Facts of the project.
    pub facts: mpsc::Receiver<Vec<Fact>>,
    /// How calls ended.
    pub results: mpsc::Receiver<Msg>,
    /// Lines and figures.
    pub bulk: mpsc::Receiver<Vec<Fact>>,
}

impl EngineThread {
    /// Says which streams are to be open from now on.
    pub fn want(&self, wants: BTreeSet<Want>) {
        self.wants.send_if_modified(|old| {
            let changed = *old != wants;
            if changed {
                *old = wants;
            }
            changed
        });
    }

    /// Gives an order.
    pub async fn order(&self, order: Order) {
        // The other end lives as long as this one.
        let _never = self.orders.send(order).await;
    }
}

/// Both ends of fresh channels: the loop's, the engine's, and what the engine's thread listens to.
pub fn open() -> (EngineThread, Channels, Heard) {
    let (wants, wanted) = watch::channel(BTreeSet::new());
    let (orders, ordered) = mpsc::channel(ORDERS);
    let (facts_in, facts) = mpsc::channel(CONTROL);
    let (results_in, results) = mpsc::channel(CONTROL);
    let (bulk_in, bulk) = mpsc::channel(BULK);
    let channels = Channels { facts: facts_in, results: results_in, bulk: bulk_in };
    (EngineThread { wants, orders, facts, results, bulk }, channels, Heard { wanted, ordered })
}

/// What the engine's thread listens to.
pub struct Heard {
    /// Which streams are to be open.
    pub wanted: watch::Receiver<BTreeSet<Want>>,
    /// What is to be done beside.
    pub ordered: mpsc::Receiver<Order>,
}
