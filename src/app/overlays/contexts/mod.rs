//! The choice of a docker context, to go to its engine.

pub mod state;

use ratatui::layout::Position;
use state::Contexts;

use super::{
    floating::{Answer, Floating},
    list::{List, above, closes, middle, scrolled, title},
};
use crate::{
    app::{Code, Key, Model, scene::Scene, signs::Signs as _},
    base::text::{clean, pad, width},
    stack::State,
    view::{
        role::Role,
        screen::{Line, Pane, Scroll},
    },
};

impl Contexts {
    fn rows(&self, model: &Model) -> List {
        let area = middle(model.size, 92, self.known.len() + 4);
        List::above(area, 2, self.selected, self.known.len())
    }
}

impl Floating for Contexts {
    fn key(&mut self, _model: &Model, key: Key) -> Answer {
        match key.code {
            Code::Enter => match self.known.get(self.selected) {
                Some(chosen) if !chosen.usable => {
                    return Answer::Refuse(format!("{} can't be switched to: {}", chosen.name, chosen.note));
                }
                Some(chosen) => return Answer::Switch(chosen.clone()),
                None => {}
            },
            _ if closes(key, 'C') => return Answer::Close,
            _ => scrolled(&mut self.selected, key),
        }
        self.selected = self.selected.min(self.known.len().saturating_sub(1));
        Answer::Stay
    }

    fn list(&self, model: &Model) -> Option<(List, usize)> {
        Some((self.rows(model), self.selected))
    }

    fn choose(&mut self, row: usize) {
        self.selected = row;
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let List { frame: area, body, first, len } = self.rows(scene.model);
        let running = scene.glyphs.state(State::Running);
        let room = usize::from(body.width);
        let names = self.known.iter().map(|k| width(&k.name)).max().unwrap_or(0).clamp(7, 24);
        let hosts = self.known.iter().map(|k| width(&k.host)).max().unwrap_or(0).clamp(7, 40);
        let mut lines = Vec::new();
        for (at, context) in self.known.iter().enumerate().skip(first).take(usize::from(body.height)) {
            let mut line = Line::of(Role::Accent, if at == self.selected { scene.glyphs.cursor() } else { " " });
            line.push(Role::Good, format!(" {} ", if context.current { running } else { " " }));
            line.push(if context.usable { Role::Strong } else { Role::Dim }, pad(&clean(&context.name), names));
            line.push(Role::Text, format!("  {}", pad(&clean(&context.host), hosts)));
            line.push(if context.usable { Role::Dim } else { Role::Error }, format!("  {}", clean(&context.note)));
            let line = line.fit(room);
            lines.push(if at == self.selected { line.filled(Role::Selection) } else { line });
        }
        lines.push(Line::new());
        lines.push(
            Line::of(Role::Text, " ")
                .with(Role::Key, "Enter")
                .with(Role::Dim, " switch to it   ")
                .with(Role::Key, "Esc")
                .with(Role::Dim, " cancel   ")
                .with(Role::Good, running)
                .with(Role::Dim, " in use"),
        );
        let mut pane = above(area, title("Docker contexts"), None, lines);
        if let Some(frame) = &mut pane.frame {
            frame.scroll = Scroll::of(first, usize::from(body.height), len);
        }
        (pane, None)
    }

    #[cfg(test)]
    fn example(text: &str) -> Self {
        let known = crate::host::ContextEntry {
            name: text.into(),
            host: text.into(),
            note: text.into(),
            current: true,
            usable: true,
        };
        let lost = crate::host::ContextEntry { current: false, usable: false, ..known.clone() };
        Self { known: vec![known, lost], selected: 1 }
    }
}
