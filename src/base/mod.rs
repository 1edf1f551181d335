//! What every layer may use: ids, stamps, bounded buffers, units, sanitised text.
//!
//! Nothing here knows of compose, Docker or the screen; nothing here reads a clock or does I/O.

pub mod backoff;
pub mod id;
pub mod loss;
pub mod num;
pub mod ring;
pub mod secrets;
pub mod shell;
pub mod text;
pub mod time;
pub mod units;
