//! What can be done, as plain values: calls and runs, plans, agreement, jobs with steps, and how it all ended.
//!
//! - `call`, `run`: what is asked of an engine, and of programs on this machine.
//! - `plan`: what would change, item by item, before anybody agreed; `agreement`: the proof that somebody did.
//! - `task`: one performance of something, of one of four kinds, and how far it is; `error`: how it may fail.
//! - `job`: an action under way, as steps of tasks, and of waits; `prospect`: whether a wait can still come true.
//!
//! `app` starts and shows work; `engine` and `runtime` perform it. Nothing here does anything.

mod agreement;
mod call;
mod error;
mod job;
mod plan;
mod prospect;
mod run;
mod task;

#[cfg(test)]
pub(crate) use agreement::agreed;
pub use agreement::{Agreed, Consent};
pub use call::{Call, Object};
pub use error::{Error, Failure};
pub use job::{Draft, Job, JobId, Step};
pub use plan::{Change, Creation, Item, Means, Plan};
pub use prospect::{Prospect, fell, prospect, wanted};
pub use run::{Hook, Run, Up};
pub use task::{Ended, Kind, Outcome, Performance, Progress, Session, Task, TaskId, Tasks, Transfer, Unit};
