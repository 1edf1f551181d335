//! What the inspector asks of a tab.

use super::{inspected::Inspected, tab::Inspect};
use crate::{
    app::{Model, Want, scene::Scene},
    base::time::Stamp,
    stack::Container,
    view::screen::Line,
};

/// A row of the registry.
#[derive(Clone, Copy)]
pub struct Row {
    /// Which.
    pub tab: Inspect,
    /// Makes its lines.
    pub(super) lines: fn(&mut Inspected<'_>),
    /// What fills the room that its lines leave: so many lines of such a width.
    pub(super) rest: fn(&Scene<'_>, usize, usize) -> Vec<Line>,
    /// The stream that it needs of the selected container.
    pub(in crate::app) wants: fn(&Container) -> Option<Want>,
    /// What it counts down to, on the engine's clock.
    pub(in crate::app) next: fn(&Model, &Container) -> Option<Stamp>,
}

impl Row {
    /// A tab of lines, and nothing else.
    pub(super) const fn new(title: &'static str, lines: fn(&mut Inspected<'_>)) -> Self {
        Self { tab: Inspect::titled(title), lines, rest: |_, _, _| Vec::new(), wants: |_| None, next: |_, _| None }
    }
}
