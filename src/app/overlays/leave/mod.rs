//! What is waited for before we leave: work that is under way, how far it is, and what becomes of it without us.

pub mod state;

use ratatui::layout::Position;
use state::Leave;

use super::{
    floating::{Answer, Floating},
    list::{above, middle, part, scrolled, title},
};
use crate::{
    app::{Code, Key, Model, leaving, scene::Scene},
    base::{
        text::{clean, wrap},
        units,
    },
    view::{
        role::Role,
        screen::{Line, Pane, inside},
    },
};

/// Its columns.
const WIDE: usize = 78;

impl Floating for Leave {
    fn key(&mut self, _model: &Model, key: Key) -> Answer {
        if key.code == Code::Char('n') {
            return Answer::LeaveNow;
        }
        scrolled(&mut self.scroll, key);
        Answer::Stay
    }

    /// A click never quits, and doesn't leave what is being read either.
    fn press(&mut self, _model: &Model, _at: Position) -> Answer {
        Answer::Stay
    }

    fn settle(&mut self, model: &Model) {
        self.scroll = self.scroll.min(lines(model).len().saturating_sub(1));
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let model = scene.model;
        let (mut text, foot) = (lines(model), foot(model));
        let area = middle(model.size, WIDE, text.len() + 4);
        let room = usize::from(inside(area).height).saturating_sub(2).max(1);
        let first = self.scroll.min(text.len().saturating_sub(room));
        text = text.into_iter().skip(first).take(room).collect();
        text.extend([Line::new(), foot]);
        let mut pane = above(area, title("Quitting when this is done"), None, Vec::new());
        part(&mut pane, text, 0);
        (pane, None)
    }

    #[cfg(test)]
    fn example(_text: &str) -> Self {
        Self::default()
    }
}

/// Each job, how far it is, and what becomes of it without us.
fn lines(model: &Model) -> Vec<Line> {
    let room = WIDE.min(usize::from(model.size.width).saturating_sub(4)).saturating_sub(5);
    let mut lines = Vec::new();
    for job in leaving::under_way(model) {
        lines.push(Line::of(Role::Strong, format!(" {}", clean(&job.title))));
        if let Some(progress) = job.progress() {
            lines.push(Line::of(Role::Busy, format!("   {}", clean(&progress.words))));
        }
        let fate = leaving::fate(job);
        lines.extend(wrap(&fate, room).into_iter().map(|piece| Line::of(Role::Dim, format!("   {piece}"))));
    }
    if lines.is_empty() {
        lines.push(Line::of(Role::Dim, " Nothing is under way any longer."));
    }
    lines
}

fn foot(model: &Model) -> Line {
    let mut line = Line::of(Role::Text, " ");
    let until = model.leaving.and_then(|leaving| leaving.until);
    if let Some(until) = until {
        let left = units::countdown(until.since(model.now));
        line = line.with(Role::Strong, format!("ending in {left} at the latest   "));
    }
    line = line.with(Role::Key, "n").with(Role::Dim, " quit now   ");
    if until.is_none() { line.with(Role::Key, "Esc").with(Role::Dim, " stay") } else { line }
}
