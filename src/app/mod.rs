//! The one writer: [`Model`], the messages that change it, the effects it asks for, and the streams it wants.
//!
//! [`update`](update::update) is the only function that changes a [`Model`]. It is pure: it gets the time with
//! each message and answers with [`Effect`]s, which the runtime performs. [`wants`](wants::wants) says which
//! streams the present screen needs.

pub mod action;
pub mod clock;
pub mod config;
pub mod contexts;
pub mod effect;
#[cfg(test)]
pub(crate) mod fixture;
pub mod floating;
pub mod glyphs;
pub mod graph;
pub mod help;
pub mod input;
pub mod inspect;
pub mod job;
pub mod layout;
pub mod logview;
pub mod model;
pub mod plan;
pub mod plans;
pub mod problems;
pub mod rows;
pub mod startup;
pub mod targets;
pub mod topology;
pub mod up;
pub mod update;
pub mod wants;
pub mod words;

pub use clock::next_change;
pub use effect::{Call, Effect, Msg, Up, Want};
pub use input::{Code, Input, Key, Mouse, MouseKind};
pub use model::{Model, Ui};
pub use update::update;
pub use wants::wants;
