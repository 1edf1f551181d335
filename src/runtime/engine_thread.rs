//! The engine's thread: a current-thread runtime that owns every connection, and the ways to and from it.

use std::{collections::{BTreeMap, BTreeSet}, io, thread};

use tokio::sync::{mpsc, watch};

use super::streams::Streams;
use crate::{
    app::{Call, Msg, Want, job::JobId},
    engine::Target,
    stack::Fact,
};

/// Messages that may wait on their way to the loop; the sender waits when it is full.
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
    /// List and inspect everything again, now.
    Resync,
}

/// The loop's end of the ways.
pub struct EngineThread {
    wants: watch::Sender<BTreeSet<Want>>,
    orders: mpsc::Sender<Order>,
    /// Facts of the project and results of calls.
    pub control: mpsc::Receiver<Msg>,
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

/// Starts the thread. It ends when the loop's end of the ways is dropped, with all of its connections.
pub fn spawn(target: Target, env: BTreeMap<String, String>, read_only: bool) -> io::Result<EngineThread> {
    let (wants, wanted) = watch::channel(BTreeSet::new());
    let (orders, ordered) = mpsc::channel(ORDERS);
    let (control_in, control) = mpsc::channel(CONTROL);
    let (bulk_in, bulk) = mpsc::channel(BULK);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("engine".into()).spawn(move || {
        runtime.block_on(Streams::new(target, env, read_only, control_in, bulk_in).run(wanted, ordered));
    })?;
    Ok(EngineThread { wants, orders, control, bulk })
}
