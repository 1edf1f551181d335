//! The palette: every action, found by its name.

pub mod state;

use ratatui::layout::{Position, Rect};
use state::Palette;

use super::{
    floating::{Answer, Floating},
    list::{List, above, middle, title},
};
use crate::{
    app::{Code, Key, Model, edit, input::typed, keys::palette, scene::Scene, signs::danger_role},
    base::num::cols,
    host::Host,
    view::{
        role::Role,
        screen::{Emphasis, Line, Pane, Scroll, inside},
    },
};

fn area(model: &Model) -> Rect {
    middle(model.size, 76, 20)
}

impl Floating for Palette {
    fn key(&mut self, model: &Model, key: Key) -> Answer {
        match key.code {
            Code::Up => self.selected = self.selected.saturating_sub(1),
            Code::Char('p') if key.ctrl => self.selected = self.selected.saturating_sub(1),
            Code::Down => self.selected += 1,
            Code::Char('n') if key.ctrl => self.selected += 1,
            Code::Enter => {
                let found = palette(model, typed(&self.input));
                return found.get(self.selected).map_or(Answer::Close, |action| Answer::Run(action.id));
            }
            _ => {
                edit::key(&mut self.input, key);
                self.selected = 0;
            }
        }
        self.selected = self.selected.min(palette(model, typed(&self.input)).len().saturating_sub(1));
        Answer::Stay
    }

    fn paste(&mut self, text: &str) {
        edit::paste(&mut self.input, text);
        self.selected = 0;
    }

    fn list(&self, model: &Model) -> Option<(List, usize)> {
        let len = palette(model, typed(&self.input)).len();
        Some((List::below(area(model), 2, self.selected, len), self.selected))
    }

    fn choose(&mut self, row: usize) {
        self.selected = row;
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let (typed, selected) = (typed(&self.input), self.selected);
        let found = palette(scene.model, typed);
        let area = area(scene.model);
        let inner = inside(area);
        let room = usize::from(inner.width);
        let mut lines = vec![Line::of(Role::Accent, " : ").with(Role::Strong, typed), Line::new()];
        let height = usize::from(inner.height).saturating_sub(2);
        let first = (selected + 1).saturating_sub(height);
        for (at, action) in found.iter().enumerate().skip(first).take(height) {
            let mut line = Line::of(Role::Accent, if at == selected { scene.glyphs.cursor() } else { " " });
            line.push(Role::Text, " ");
            line.extend(matched(action.name, typed.trim(), danger_role(action.danger)));
            line.to_column(26);
            line.push(Role::Dim, action.words);
            let line = Line::spread(line, Line::of(Role::Key, format!("{} ", action.keys_text())), room);
            lines.push(if at == selected { line.filled(Role::Selection) } else { line });
        }
        if found.is_empty() {
            lines.push(Line::of(Role::Dim, "   no such action"));
        }
        let mut pane = above(area, title("Actions"), None, lines);
        if let (Some(action), Some(frame)) = (found.get(selected), &mut pane.frame) {
            frame.scroll = Scroll::of(first, height, found.len());
            frame.bottom = Line::of(Role::Dim, equivalent(scene.model.host(), action.equivalent));
        }
        let x = inner.x.saturating_add(3).saturating_add(cols(self.input.cursor().1)).min(inner.right());
        (pane, Some(Position::new(x, inner.y)))
    }

    #[cfg(test)]
    fn example(text: &str) -> Self {
        let mut palette = Self::default();
        palette.paste(text);
        palette
    }
}

/// The equivalent as this project takes it: with what docker compose has to be told of it, where that can be said.
fn equivalent(host: &Host, usual: &'static str) -> String {
    match (usual.strip_prefix("docker compose"), host.compose().offered()) {
        (Some(rest), Some(start)) => start + rest,
        _ => usual.to_owned(),
    }
}

/// A name with what was typed standing out in it.
fn matched(name: &str, typed: &str, role: Role) -> Line {
    let at = name.find(&typed.to_lowercase()).filter(|_| !typed.is_empty());
    let parts =
        at.and_then(|at| Some((name.get(..at)?, name.get(at..at + typed.len())?, name.get(at + typed.len()..)?)));
    match parts {
        Some((before, hit, after)) => {
            let mut line = Line::of(role, before);
            line.styled(Role::Accent, Emphasis::BOLD, hit);
            line.with(role, after)
        }
        None => Line::of(role, name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        host::{Called, EngineChoice},
        stack::Stack,
    };

    #[test]
    fn an_equivalent_is_that_of_this_project() {
        let called = Called { engine: EngineChoice::Context("my prod".into()), ..Called::default() };
        let host = Host::new(Stack::new("p".into(), None)).called(called);
        let line = equivalent(&host, "docker compose restart SERVICE");
        assert_eq!(line, "docker -c 'my prod' compose -p p restart SERVICE");
        assert_eq!(equivalent(&host, "docker inspect CONTAINER"), "docker inspect CONTAINER");
    }
}
