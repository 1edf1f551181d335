//! The engine's thread: a current-thread runtime that owns every connection.

use std::{io, thread};

use super::{
    channels::{self, EngineThread},
    streams::Streams,
};
use crate::{compose, engine::Connector};

/// Starts the thread. It ends when the loop's end of the channels is dropped, with all of its connections.
pub fn spawn(connector: Connector, compose: compose::Options) -> io::Result<EngineThread> {
    let (ours, theirs, heard) = channels::open();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new()
        .name("engine".into())
        .spawn(move || runtime.block_on(Streams::new(connector, compose, theirs).run(heard)))?;
    Ok(ours)
}
