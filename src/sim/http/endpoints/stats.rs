//! `GET /containers/ID/stats`: what a container uses, once or every second.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::super::{
    answer::{self, Answer},
    context::Context,
    engine::Engine,
};
use crate::{
    base::time::Stamp,
    sim::{
        api::{Face, stats::stats as document},
        world::{ApiError, Sample},
    },
};

/// From sample to sample, on the engine's clock.
const EVERY: Duration = Duration::from_secs(1);
/// Where the engine's time flies, samples come at most this often on the computer's clock.
const PACE: Duration = Duration::from_millis(100);

pub(in crate::sim::http) async fn stats(context: &Context, id: &str) -> Result<Answer, ApiError> {
    let query = &context.asked.query;
    let (face, engine) = (context.face, context.engine.clone());
    let (id, alive) = engine.with(|world| world.container(id).map(|c| (c.id.clone(), c.alive())))?;
    if !query.is_or("stream", true) {
        let mut before = None;
        // The engine waits for two rounds of its collector, unless one is enough or nothing runs.
        if alive
            && !query.is("one-shot")
            && let Some((_, at, sample)) = take(&engine, &face, &id, None)
        {
            before = Some((at, sample));
            engine.until(at + EVERY).await;
        }
        let gone = || ApiError::new(404, format!("No such container: {id}"));
        let (text, ..) = take(&engine, &face, &id, before).ok_or_else(gone)?;
        return Ok(answer::bytes(200, "application/json", text));
    }
    Ok(answer::pieces(&context.engine, "application/json", move |pieces| async move {
        let mut before = None;
        while let Some((text, at, sample)) = take(&engine, &face, &id, before) {
            if !pieces.send(text).await {
                return;
            }
            before = Some((at, sample));
            let pace = Instant::now() + PACE;
            engine.until(at + EVERY).await;
            if engine.runs() {
                sleep_until(pace).await;
            }
        }
    }))
}

/// A sample as a document and as figures; none once the container is gone.
fn take(engine: &Engine, face: &Face, id: &str, before: Option<(Stamp, Sample)>) -> Option<(String, Stamp, Sample)> {
    engine.with(|world| {
        let container = world.container(id).ok()?;
        let (at, sample) = (world.now(), world.sample(container));
        let text = document(face, container, at, &sample, before).to_string();
        Some((text + "\n", at, sample))
    })
}
