//! The beginning of a container's log after a start: read until it says that it listens, or enough was read.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::{Connector, Engine, Error, StackOutlet, demux::Demux, events::encode, transport::next_chunk};
use crate::{
    base::{id::ContainerId, time::Stamp},
    stack::{Fact, Opening},
};

/// How much of a log is read for it, in bytes.
const ENOUGH: usize = 512 << 10;
/// How long is waited for the words.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long a single look may take.
const LOOK: Duration = Duration::from_secs(3);
/// How often a log that can't be read is tried again, and the pause before.
const ATTEMPTS: u32 = 5;
const AGAIN: Duration = Duration::from_secs(2);

/// Reads the beginning of a container's log since a start, and tells of it as it comes, until it is dropped, all
/// is known or nothing more is to be expected.
pub async fn follow_opening(connector: Connector, id: ContainerId, start: Stamp, out: StackOutlet) {
    for _ in 0..ATTEMPTS {
        let engine = connector.connection().await;
        if engine.read_opening(&id, start, Some(&out), Instant::now() + PATIENCE).await.is_ok() {
            return;
        }
        sleep(AGAIN).await;
    }
}

impl Engine {
    /// What the beginning of a container's log since a start tells by now.
    ///
    /// # Errors
    /// When the log can't be read.
    pub async fn opening(&self, id: &ContainerId, start: Stamp) -> Result<Opening, Error> {
        self.read_opening(id, start, None, Instant::now() + LOOK).await
    }

    /// Follows the log where somebody listens, and tells of what is new.
    async fn read_opening(
        &self,
        id: &ContainerId,
        start: Stamp,
        out: Option<&StackOutlet>,
        until: Instant,
    ) -> Result<Opening, Error> {
        let mut opening = Opening { start, since: start, ..Opening::default() };
        let Some(container) = self.inspect(id).await? else { return Ok(opening) };
        // Started again meanwhile, it no longer tells what was before this start.
        if let Some(since) = container.speaks_since().filter(|_| container.started == Some(start)) {
            opening.since = since;
        }
        let nanos = opening.since.as_nanos();
        let path = format!(
            "/containers/{}/logs?follow={}&stdout=1&stderr=1&timestamps=1&since={}.{:09}",
            encode(id),
            u8::from(out.is_some()),
            nanos / 1_000_000_000,
            nanos % 1_000_000_000
        );
        let mut stream = self.transport.stream(&path).await?;
        let mut demux = Demux::new(container.tty);
        let (mut read, mut ended) = (0, false);
        while !ended && read < ENOUGH {
            let mut lines = Vec::new();
            match timeout_at(until, next_chunk(&mut stream, "the beginning of a log")).await {
                Err(_) => break,
                Ok(chunk) => match chunk? {
                    Some(chunk) => {
                        read += chunk.len();
                        demux.push(&chunk, &mut lines);
                    }
                    None => {
                        demux.finish(&mut lines);
                        ended = true;
                    }
                },
            }
            let before = (opening.first, opening.listening.is_some());
            let known = opening.read(&lines);
            if let Some(out) = out
                && (opening.first, known) != before
                && out.send(vec![Fact::Opened(id.clone(), opening.clone())]).await.is_err()
            {
                break;
            }
            if known {
                break;
            }
        }
        Ok(opening)
    }
}
