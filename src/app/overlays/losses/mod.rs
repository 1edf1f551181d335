//! What was lost: every kind with its number, whom it is missing from, and when.

pub mod state;

use ratatui::layout::Position;
use state::Losses;

use super::{
    floating::{Answer, Floating},
    list::{scrolled, settled, text},
};
use crate::{
    app::{
        Code, Key, Model,
        losses::{self, Row},
        scene::Scene,
    },
    base::{
        text::{clean, pad_left},
        units,
    },
    view::{
        role::Role,
        screen::{Line, Pane},
    },
};

/// Its columns.
const WIDE: usize = 92;

impl Floating for Losses {
    fn key(&mut self, _model: &Model, key: Key) -> Answer {
        if key.code == Code::Char('q') {
            return Answer::Close;
        }
        scrolled(&mut self.scroll, key);
        Answer::Stay
    }

    fn settle(&mut self, model: &Model) {
        settled(&mut self.scroll, model.size, WIDE, lines(model).len());
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        (text(scene.model.size, WIDE, "What was lost", lines(scene.model), self.scroll), None)
    }

    #[cfg(test)]
    fn example(_text: &str) -> Self {
        Self::default()
    }
}

/// A kind, why that happens, and its rows; then the next kind.
fn lines(model: &Model) -> Vec<Line> {
    let rows = losses::rows(model);
    let mut lines: Vec<Line> = Vec::new();
    for of_kind in rows.chunk_by(|a, b| a.kind == b.kind) {
        let Some(kind) = of_kind.first().map(|row| row.kind) else { continue };
        if !lines.is_empty() {
            lines.push(Line::new());
        }
        let total = of_kind.iter().fold(0_u64, |sum, row| sum.saturating_add(row.number));
        let number = Line::of(Role::LogLost, pad_left(&units::grouped(total), 10));
        let head = number.with(Role::Strong, format!("  {}", kind.words()));
        lines.push(head.with(Role::Dim, format!(": {}", kind.why())));
        lines.extend(of_kind.iter().filter_map(|row| told(model, row, of_kind.len())));
    }
    if lines.is_empty() {
        lines.push(Line::of(Role::Dim, " Nothing was lost."));
    }
    lines
}

/// Whom it is missing from, and when; nothing where the head says it all.
fn told(model: &Model, row: &Row, of: usize) -> Option<Line> {
    let (zone, now) = (&model.settings.zone, model.engine_now());
    let when = match row.when.map(|(first, last)| (first.moment(zone, now), last.moment(zone, now))) {
        Some((first, last)) if first == last => format!("at {first}"),
        Some((first, last)) => format!("{first} to {last}"),
        None => String::new(),
    };
    if row.whom.is_empty() && when.is_empty() {
        return None;
    }
    let number = if of > 1 { units::grouped(row.number) } else { String::new() };
    let whom = if row.whom.is_empty() { String::new() } else { format!("{}  ", clean(&row.whom)) };
    let line = Line::of(Role::Dim, pad_left(&number, 10)).with(Role::Text, format!("  {whom}"));
    Some(line.with(Role::LogTime, when))
}
