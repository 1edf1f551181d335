//! What is true now: the project's containers, services, health, startup, logs, figures, volumes, networks.
//!
//! [`Stack::apply`] takes a [`Fact`] and says what [`Change`]d. [`Stack::overview`] derives what the words of
//! the screen mean (state, ready, blocked by, reason, verdict); [`timeline::Timeline`] derives the startup.
//! Facts about the present are idempotent: after a snapshot (`Listed` and an inspection of each container)
//! the present equals the snapshot, whatever came before. History is append-only and deduplicated.
//!
//! The way of an overview: `services` tells the containers apart and gives each its `state`; `blockers` finds
//! what stands in whose way and whether it can go away by itself; `reason` and `verdict` put that into words.

mod apply;
mod blockers;
pub mod drift;
mod engine_view;
pub mod exit;
pub mod fact;
#[cfg(test)]
pub(crate) mod fixture;
mod history;
pub mod image;
mod known;
mod model;
pub mod opening;
pub mod origin;
pub mod outlook;
mod overview;
pub mod reason;
pub mod record;
pub mod schedule;
mod services;
pub mod starts;
mod state;
pub mod status;
pub mod storage;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod timeline;
mod verdict;

pub use drift::{Difference, Drift};
pub use engine_view::{EngineView, Quirks, VolumeUsage};
pub use fact::*;
pub use image::{ImageFacts, Images};
pub use model::{Change, History, Stack};
pub use opening::Opening;
pub use outlook::Outlook;
pub use status::status_json;
pub use summary::{Blocker, Overview, Reason, ServiceStatus, State, Verdict};
