//! The action table: the single source of keys, footer, help, palette and the README's table.
//!
//! The rows are in `table`, what they are made of in `kinds`. Which of them a key means on the present screen is in
//! [`keys`](super::keys), what of them applies to the present selection in [`hints`](super::hints).

mod hint;
mod kinds;
mod table;
#[cfg(test)]
mod tests;

pub use hint::{Hint, key_of};
pub use kinds::{Danger, Group, HelpLine, Scope};
pub use table::{ACTIONS, Action, ActionId, row};
