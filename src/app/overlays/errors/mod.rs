//! What went wrong, in full: what is wrong with the files, and what the engine said of each job.

pub mod state;

use ratatui::layout::Position;
use state::Errors;

use super::{
    floating::{Answer, Floating},
    list::{closes, largest, scrolled, settled, text},
};
use crate::{
    app::{Key, Model, scene::Scene},
    base::text::{clean, width, wrap},
    view::{
        role::Role,
        screen::{Line, Pane, inside},
    },
};

/// Its columns.
const WIDE: usize = 100;

impl Floating for Errors {
    fn key(&mut self, _model: &Model, key: Key) -> Answer {
        if closes(key, 'E') {
            return Answer::Close;
        }
        scrolled(&mut self.scroll, key);
        Answer::Stay
    }

    fn settle(&mut self, model: &Model) {
        settled(&mut self.scroll, model.size, WIDE, lines(model).len());
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        (text(scene.model.size, WIDE, "What went wrong", lines(scene.model), self.scroll), None)
    }

    #[cfg(test)]
    fn example(_text: &str) -> Self {
        Self::default()
    }
}

/// The newest first, in lines that fit the box.
fn lines(model: &Model) -> Vec<Line> {
    let room = usize::from(inside(largest(model.size, WIDE)).width).saturating_sub(4);
    let words = |text: &str| {
        let lines = text.lines().map(clean);
        // A line that fits keeps its blanks: a caret stands under a column.
        let pieces =
            lines.flat_map(|line| if width(&line) <= room { vec![line.into_owned()] } else { wrap(&line, room) });
        pieces.map(|piece| Line::of(Role::Text, "   ").with(Role::Error, piece)).collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    for problem in &model.problems {
        lines.extend(words(&problem.to_string()));
        lines.push(Line::new());
    }
    for job in model.jobs.iter().rev().filter(|job| !job.failures.is_empty()) {
        if lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(Line::new());
        }
        let head = Line::of(Role::LogTime, job.began.local(&model.settings.zone, " %H:%M:%S "))
            .with(Role::Strong, &job.title)
            .with(Role::Faint, format!("  {}", job.equivalent));
        lines.push(head);
        lines.extend(job.failures.iter().flat_map(|failure| words(&failure.to_string())));
    }
    if lines.is_empty() {
        lines.push(Line::of(Role::Dim, " Nothing went wrong."));
    }
    lines
}
