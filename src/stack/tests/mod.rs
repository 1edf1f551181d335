//! The stack as a whole, from facts to words.

mod facts;
mod late;
mod losses;
mod reasons;
mod startup;
mod states;
mod stores;
