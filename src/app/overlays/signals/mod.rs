//! The choice of a signal for the selected containers.

pub mod state;

use ratatui::layout::Position;
use state::Signals;

use super::{
    floating::{Answer, Floating},
    list::{List, above, middle, scrolled, title},
};
use crate::{
    app::{
        Code, Key, Model,
        plans::{self, SIGNALS},
        scene::Scene,
    },
    view::{
        role::Role,
        screen::{Line, Pane},
    },
};

impl Floating for Signals {
    fn key(&mut self, model: &Model, key: Key) -> Answer {
        match key.code {
            Code::Enter => {
                let signal = SIGNALS.get(self.selected).map(|(name, _)| *name);
                let plan = signal.and_then(|signal| plans::signal(model, signal));
                return plan.map_or(Answer::Close, |plan| Answer::Show(plan, Vec::new()));
            }
            Code::Char('q') => return Answer::Close,
            _ => scrolled(&mut self.selected, key),
        }
        self.selected = self.selected.min(SIGNALS.len() - 1);
        Answer::Stay
    }

    fn list(&self, model: &Model) -> Option<(List, usize)> {
        let area = middle(model.size, 52, SIGNALS.len() + 4);
        Some((List::below(area, 0, self.selected, SIGNALS.len()), self.selected))
    }

    fn choose(&mut self, row: usize) {
        self.selected = row;
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let area = middle(scene.model.size, 52, SIGNALS.len() + 4);
        let mut lines = Vec::new();
        for (at, (name, words)) in SIGNALS.iter().enumerate() {
            let mut line = Line::of(Role::Accent, if at == self.selected { scene.glyphs.cursor() } else { " " });
            line.push(Role::Strong, format!(" {name:<10}"));
            line.push(Role::Dim, *words);
            lines.push(if at == self.selected { line.filled(Role::Selection) } else { line });
        }
        lines.push(Line::new());
        lines.push(
            Line::of(Role::Text, " ")
                .with(Role::Key, "Enter")
                .with(Role::Dim, " show the targets   ")
                .with(Role::Key, "Esc")
                .with(Role::Dim, " cancel"),
        );
        (above(area, title("Send which signal?"), None, lines), None)
    }

    #[cfg(test)]
    fn example(_text: &str) -> Self {
        Self { selected: SIGNALS.len() - 1 }
    }
}
