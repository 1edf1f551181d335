//! What can be done, as plain values: calls, plans, agreement, jobs with steps, and how it all ended.
//!
//! - `call`: what is asked of an engine, and what `docker compose` is asked to do.
//! - `plan`: what would change, item by item, before anybody agreed; `agreement`: the proof that somebody did.
//! - `job`: an action under way, with its steps.
//!
//! `app` starts and shows work; `engine` and `runtime` perform it. Nothing here does anything.

mod agreement;
mod call;
mod job;
mod plan;

#[cfg(test)]
pub(crate) use agreement::agreed;
pub use agreement::{Agreed, Consent};
pub use call::{Call, Object, Up};
pub use job::{Draft, Job, JobId, Step, calls};
pub use plan::{Change, Item, Means, Plan};
