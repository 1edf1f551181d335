//! An action that the user started, as steps: calls side by side, and what is waited for between them.

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
    /// When the last calls were made, on the engine's clock: what is older tells nothing of their effect.
    pub called: Stamp,
    /// Since when the first step is waited for, on our clock; `None` while calls run.
    pub waiting: Option<Stamp>,
    /// Calls that ended well, of all.
    pub done: usize,
    /// All calls.
    pub total: usize,
    /// What it said last of how far it is; clean.
    pub progress: String,
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

/// A job that isn't begun yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it does, in words.
    pub title: String,
    /// The command that does the same.
    pub equivalent: String,
    /// What it does, in order.
    pub steps: VecDeque<Step>,
}

/// How many calls these steps make.
pub fn calls(steps: &VecDeque<Step>) -> usize {
    steps.iter().map(|s| if let Step::Calls(calls) = s { calls.len() } else { 0 }).sum()
}
