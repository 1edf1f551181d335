//! What the question whether to carry out a plan keeps while it is open.

use std::collections::BTreeSet;

use ratatui_textarea::TextArea;

use super::guard::Guard;
use crate::{
    app::{Key, edit},
    work::Plan,
};

/// A plan to agree to.
#[derive(Debug)]
pub struct Confirm {
    /// What will go.
    pub plan: Box<Plan>,
    /// Items that were taken out of it.
    pub left_out: BTreeSet<usize>,
    /// In what it differs from the plan that was agreed to and didn't hold any more.
    pub news: Vec<String>,
    /// What is typed, where the plan asks for it.
    pub typed: Box<TextArea<'static>>,
    /// The chosen item; where none can be taken out, the first that is shown.
    pub at: usize,
    /// The key that opened this: it confirms nothing, since it may still be held down.
    pub opened_by: Option<Key>,
    /// Tells answers from keys that came too early.
    pub guard: Guard,
    /// Where somebody agreed: the number of the reading of the files that is waited for, to see whether the plan holds.
    pub agreed: Option<u32>,
}

impl Confirm {
    /// A plan from its beginning, after this key.
    pub fn new(plan: Plan, opened_by: Option<Key>) -> Self {
        Self {
            plan: Box::new(plan),
            left_out: BTreeSet::new(),
            news: Vec::new(),
            typed: edit::line(""),
            at: 0,
            opened_by,
            guard: Guard::default(),
            agreed: None,
        }
    }
}
