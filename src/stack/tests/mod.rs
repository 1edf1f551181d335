//! The stack as a whole, from facts to words.

mod facts;
mod late;
mod reasons;
mod startup;
mod states;
mod stores;
