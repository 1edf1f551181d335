//! What the question whether to carry out a plan keeps while it is open.

use ratatui_textarea::TextArea;

use crate::{app::edit, work::Plan};

/// A plan to agree to.
#[derive(Debug)]
pub struct Confirm {
    /// What will go.
    pub plan: Box<Plan>,
    /// What is typed, where the plan asks for it.
    pub typed: Box<TextArea<'static>>,
    /// The first item shown.
    pub scroll: usize,
}

impl Confirm {
    /// A plan from its beginning.
    pub fn new(plan: Plan) -> Self {
        Self { plan: Box::new(plan), typed: edit::line(""), scroll: 0 }
    }
}
