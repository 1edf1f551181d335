//! Keeps the link to an engine: connects, asks whether it lives, tells how it is, and tries again after it was lost.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::sleep};

use super::{Connector, Engine, Error, Outlet, connector::Losses};
use crate::host::{Fact, Link};

/// Keeps the link until it is dropped or nobody listens, and tells how it is. `resync` cuts the pause before the next
/// attempt short.
pub async fn keep_link(connector: Connector, resync: Arc<Notify>, out: Outlet) {
    let mut losses = Losses::default();
    loop {
        let error = match connector.engine().await {
            Ok(engine) => match hold(&connector, &engine, &mut losses, &out).await {
                Ok(()) => return,
                Err(error) => error,
            },
            Err(error) => error.into(),
        };
        let (lost, pause) = connector.lost(&mut losses, &error).await;
        if out.send(vec![lost]).await.is_err() {
            return;
        }
        tokio::select! {
            () = out.closed() => return,
            () = sleep(pause) => {}
            () = resync.notified() => {}
        }
    }
}

/// Lets a connection be used until it is of no use, or (`Ok`) nobody listens.
async fn hold(connector: &Connector, engine: &Engine, losses: &mut Losses, out: &Outlet) -> Result<(), Error> {
    // How the engine differs from others has to be known before anything that it says.
    let _closed = out.send(vec![Fact::Engine(engine.first.clone())]).await;
    let _offered = connector.link().offer(engine.clone());
    let live = async {
        connector.link().working().await;
        losses.over();
        // That was an answer; how long one takes, the first pulse tells.
        let told = std::iter::once(Fact::Link(Link::Live)).chain(engine.latency(Duration::ZERO));
        let _closed = out.send(told.collect()).await;
        match engine.info().await {
            Ok(info) => {
                let _closed = out.send(vec![Fact::Engine(info)]).await;
            }
            Err(error) => tracing::warn!(%error, "the engine doesn't say who it is"),
        }
        Ok(())
    };
    let broken = async { Err::<(), Error>(connector.link().broken().await) };
    tokio::select! {
        biased;
        () = out.closed() => Ok(()),
        ended = async { tokio::try_join!(live, broken, beat(connector, engine, out)).map(|_| ()) } => ended,
    }
}

/// Asks again and again whether the engine lives; an engine that hangs keeps its streams open, and says nothing.
async fn beat(connector: &Connector, engine: &Engine, out: &Outlet) -> Result<(), Error> {
    let pulse = connector.pulse(engine);
    if !engine.is_far() {
        sleep(pulse.every).await;
    }
    loop {
        let took = engine.pulse(pulse.within).await?;
        let told: Vec<Fact> = engine.latency(took).into_iter().collect();
        if !told.is_empty() {
            let _closed = out.send(told).await;
        }
        sleep(pulse.every).await;
    }
}
