//! What stands above everything, a folder and a line each.
//!
//! A folder holds what its overlay keeps while it is open (`state`), and what it does and how it looks (a
//! [`Floating`](floating::Floating)).

/// Everything that may stand above the panels: its name and its folder.
macro_rules! overlays {
    ($with:ident) => {
        $with! {
            Help = help,
            Palette = palette,
            Confirm = confirm,
            Signals = signals,
            Contexts = contexts,
            Errors = errors,
            Losses = losses,
            Leave = leave,
        }
    };
}

mod confirm;
mod contexts;
mod errors;
pub mod floating;
mod help;
mod leave;
pub mod list;
mod losses;
pub mod open;
mod palette;
pub mod rows;
mod signals;
