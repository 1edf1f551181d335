//! The endpoints: each takes a request that was routed to it, and answers from the world.

pub(super) mod actions;
pub(super) mod attach;
pub(super) mod containers;
pub(super) mod events;
pub(super) mod logs;
pub(super) mod stats;
pub(super) mod stores;
pub(super) mod system;
