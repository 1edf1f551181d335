//! The stack as a whole, from facts to words.

mod facts;
mod late;
mod logs;
mod reasons;
mod startup;
mod states;
mod stores;
