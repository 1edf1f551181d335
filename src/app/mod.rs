//! The one writer: [`Model`], the messages that change it, the effects it asks for, and the streams it wants.
//!
//! `update` is the only function that changes a [`Model`]; the others hold a [`Store`], which lends it to be read. It is pure: it gets the time with
//! each message and answers with [`Effect`]s, which the runtime performs. [`wants`](wants::wants) says which
//! streams the present screen needs.

pub mod action;
pub mod answers;
pub mod arrange;
pub mod clock;
pub mod config;
pub mod edit;
pub mod effect;
pub mod excerpt;
pub mod figures;
#[cfg(test)]
pub(crate) mod fixture;
pub mod graph;
pub mod hints;
pub mod hosts;
pub mod input;
pub mod inspector;
pub mod keys;
pub mod layout;
pub mod leaving;
pub mod list;
pub mod losses;
pub mod model;
pub mod motion;
pub mod overlays;
pub mod pick;
pub mod picture;
pub mod places;
pub mod plans;
pub mod report;
pub mod scene;
pub mod screens;
pub mod shell;
pub mod signs;
pub mod soonest;
pub mod spans;
pub mod store;
pub mod targets;
#[cfg(test)]
mod tests;
pub mod up;
mod update;
pub mod verbs;
pub mod wants;
pub mod words;

pub use clock::next_change;
pub use effect::{Effect, Msg, Want, Wanted};
pub use input::{Code, Input, Key, Mouse, MouseKind};
pub use model::{Model, Ui};
pub use picture::{is_unseen, picture, startup_picture};
pub use store::Store;
pub(in crate::app) use update::update;
pub use wants::wants;
