//! The log store: lines of many containers, bounded, readable in one true order of time.
//!
//! A [`LogLine`] is what came from the engine, raw bytes. Held, it is a [`HeldLine`]: its number never changes, and it is
//! cleaned (escape sequences, tabs), levelled and split into fields when it is first looked at, not for each frame.
//! A [`Log`] is one container's lines; [`Logs`] are all of them, read across containers by [`LineId`]. What isn't
//! there any more, or never came, is counted by the log that misses it.
//!
//! Pure. Who reads it doesn't care how lines are held.

mod clean;
mod fields;
mod id;
mod level;
mod line;
mod log;
mod store;
#[cfg(test)]
mod tests;

pub use clean::{Ink, Look, Run};
pub use fields::Field;
pub use id::LineId;
pub use level::Level;
pub use line::{HeldLine, LogLine};
pub use log::Log;
pub use store::Logs;
