//! Work under way: calls in waves, in dependency order, with what each waits for. Pure; `update` moves it on.

use std::collections::VecDeque;

use super::Call;
use crate::{
    base::{id::ServiceName, time::Stamp},
    compose::Condition,
};

/// A job's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// One action that the user started.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What it does, in words: `restart backend`.
    pub title: String,
    /// The `docker compose` command that does the same.
    pub equivalent: String,
    /// When it was begun, on our clock.
    pub began: Stamp,
    /// What is still to do; a step begins when the one before is through.
    pub steps: VecDeque<Step>,
    /// Calls under way.
    pub running: Vec<Call>,
    /// Calls that ended well, of all.
    pub done: usize,
    /// All calls.
    pub total: usize,
    /// What went wrong, in the engine's words, in full.
    pub errors: Vec<String>,
    /// When it ended, on our clock.
    pub ended: Option<Stamp>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// These calls, side by side.
    Calls(Vec<Call>),
    /// Until a service meets a condition, at most so long; given up when it can't.
    Await {
        /// Who.
        service: ServiceName,
        /// For what.
        condition: Condition,
    },
}
