//! The channels between the loop and the engines' threads, each bounded.
//!
//! What comes from the engines comes through shared channels and says which host it is about: a host that was closed
//! may have said something that is still on its way.

use std::collections::BTreeSet;

use tokio::sync::{mpsc, watch};

use crate::{
    app::{Msg, Wanted},
    base::id::HostId,
    host::Fact,
    work::{Task, TaskId},
};

/// Batches of facts, and results, that may wait on their way to the loop; the sender waits when it is full.
const CONTROL: usize = 256;
/// Batches of lines and figures that may wait; then the reader stops reading.
const BULK: usize = 16;
/// Orders that may wait on their way to an engine.
const ORDERS: usize = 256;

/// Facts of a host.
pub type Batch = (HostId, Vec<Fact>);

/// What the loop tells an engine's thread to do, beside keeping streams open.
#[derive(Debug)]
pub enum Order {
    /// Perform this, and say how it ended.
    Perform(TaskId, Task),
    /// End a task early, where it can be ended.
    Cancel(TaskId),
    /// List and inspect everything again, now.
    Resync,
}

/// The engines' end of the channels to the loop.
#[derive(Clone)]
pub struct Channels {
    /// What is true of hosts and their projects.
    pub facts: mpsc::Sender<Batch>,
    /// How tasks ended.
    pub results: mpsc::Sender<Msg>,
    /// Lines and figures.
    pub bulk: mpsc::Sender<Batch>,
    /// Held as long as an engine's thread lives.
    pub alive: mpsc::Sender<()>,
}

/// The loop's end of these channels.
pub struct Inbox {
    /// What is true of hosts and their projects.
    pub facts: mpsc::Receiver<Batch>,
    /// How tasks ended.
    pub results: mpsc::Receiver<Msg>,
    /// Lines and figures.
    pub bulk: mpsc::Receiver<Batch>,
    /// Says nothing, and ends with the last engine's thread.
    pub alive: mpsc::Receiver<()>,
}

/// Both ends of fresh channels from the engines to the loop.
pub fn inbox() -> (Inbox, Channels) {
    let (facts_in, facts) = mpsc::channel(CONTROL);
    let (results_in, results) = mpsc::channel(CONTROL);
    let (bulk_in, bulk) = mpsc::channel(BULK);
    let (alive_in, alive) = mpsc::channel(1);
    let ours = Inbox { facts, results, bulk, alive };
    (ours, Channels { facts: facts_in, results: results_in, bulk: bulk_in, alive: alive_in })
}

/// The loop's hold on an engine's thread, which ends with it.
pub struct EngineThread {
    wants: watch::Sender<BTreeSet<Wanted>>,
    orders: mpsc::Sender<Order>,
}

impl EngineThread {
    /// Says which streams are to be open from now on.
    pub fn want(&self, wants: BTreeSet<Wanted>) {
        self.wants.send_if_modified(|old| {
            let changed = *old != wants;
            if changed {
                *old = wants;
            }
            changed
        });
    }

    /// Gives an order; `false` where the thread is gone, or takes none.
    pub fn order(&self, order: Order) -> bool {
        self.orders.try_send(order).is_ok()
    }
}

/// What an engine's thread is told.
pub struct Instructions {
    /// Which streams are to be open.
    pub wanted: watch::Receiver<BTreeSet<Wanted>>,
    /// What is to be done beside.
    pub ordered: mpsc::Receiver<Order>,
}

/// Both ends of fresh channels to an engine's thread.
pub fn instructions() -> (EngineThread, Instructions) {
    let (wants, wanted) = watch::channel(BTreeSet::new());
    let (orders, ordered) = mpsc::channel(ORDERS);
    (EngineThread { wants, orders }, Instructions { wanted, ordered })
}
