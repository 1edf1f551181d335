//! The engine for a one-shot command.

use std::collections::BTreeMap;

use color_eyre::eyre::Result;

use crate::{
    engine::{ConnectError, Engine, EngineTarget},
    runtime::clock,
};

/// Connects to the engine that was asked for, to read only.
///
/// # Errors
/// When there is none.
pub async fn connect(target: &EngineTarget, env: &BTreeMap<String, String>) -> Result<Engine, ConnectError> {
    Engine::connect(Engine::locate(target, env)?, true, clock()).await
}

/// A current-thread runtime for the few calls of a one-shot command.
pub fn block_on<T>(future: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(future);
    // A look-up of a host's name can't be broken off, and isn't waited for.
    runtime.shutdown_background();
    Ok(answer)
}
