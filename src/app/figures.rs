//! What containers use, summed over the replicas of a service.

use super::Model;
use crate::{base::id::ContainerId, stack::Sample};

/// The memory that containers use together, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// What they use now.
    pub used: u64,
    /// What they may use; 0 where that isn't known.
    pub limit: u64,
}

/// The last figures of containers that have some.
fn last<'a>(model: &'a Model, ids: &'a [ContainerId]) -> impl Iterator<Item = &'a Sample> {
    ids.iter().filter_map(|id| model.stack().samples.get(id)?.last())
}

/// The memory that these containers use; `None` while nothing is known of any.
pub fn memory(model: &Model, ids: &[ContainerId]) -> Option<Memory> {
    last(model, ids).next()?;
    let used = last(model, ids).map(|s| s.memory).fold(0, u64::saturating_add);
    // Without a limit of its own a container's is the host's memory, which replicas share.
    let host = model.host().engine.as_ref().and_then(|e| e.memory);
    let most = last(model, ids).map(|s| s.memory_limit).max().unwrap_or(0);
    let total = last(model, ids).map(|s| s.memory_limit).fold(0, u64::saturating_add);
    Some(Memory { used, limit: host.map_or(most, |host| total.min(host)) })
}

/// The processors that these containers use, in percent of one; `None` while that isn't known of any.
pub fn cpu(model: &Model, ids: &[ContainerId]) -> Option<f32> {
    last(model, ids).filter_map(|s| s.cpu).reduce(|sum, cpu| sum + cpu)
}
