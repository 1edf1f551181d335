//! A plan to agree to: what will be done, what is kept, and what has to be pressed or typed. The only place where
//! a person agrees.

pub mod state;

use std::collections::BTreeSet;

use ratatui::layout::{Position, Rect};
use state::Confirm;

use super::{
    floating::{Answer, Floating},
    list::{above, middle, scrolled, title},
};
use crate::{
    app::{Code, Key, Model, Want, edit, input::typed as text_of, plans, scene::Scene, signs::Signs as _, up},
    base::{
        num::{cols, total},
        text::{clean, wrap},
        units,
    },
    stack::State,
    view::{
        role::Role,
        screen::{Line, Pane, Scroll, inside},
    },
    work::{Consent, Means, Plan},
};

impl Confirm {
    /// The user agrees: it is done, unless it is still being counted or its name wasn't typed.
    fn agree(&self, model: &Model) -> Answer {
        let typed = |wanted: &str| wanted == text_of(&self.typed);
        if self.plan.pending || !self.plan.typed.as_deref().is_none_or(typed) {
            return Answer::Stay;
        }
        if let Some(now) = outdated(model, &self.plan) {
            return Answer::Show(now, Some("What runs has changed meanwhile: this is the plan now"));
        }
        Answer::Begin((*self.plan).clone().agree(&Consent::given()))
    }

    fn parts(&self, scene: &Scene<'_>) -> Parts {
        let wide = 74.min(usize::from(scene.model.size.width).saturating_sub(4));
        let room = wide.saturating_sub(4);
        let items = items(scene, &self.plan, room);
        let mut tail = remarks(scene, &self.plan, room);
        let (ask, prompt) = question(&self.plan, text_of(&self.typed));
        tail.push(ask);
        let area = middle(scene.model.size, wide, items.len() + tail.len() + 3);
        let space = usize::from(inside(area).height).saturating_sub(tail.len() + 1).max(1);
        Parts { items, tail, prompt, area, space }
    }
}

/// What it is made of, and where.
struct Parts {
    items: Vec<Line>,
    tail: Vec<Line>,
    /// The columns before what is typed.
    prompt: usize,
    area: Rect,
    /// The rows for items.
    space: usize,
}

/// What a plan to bring services up reads like now, where that isn't what was agreed to.
fn outdated(model: &Model, plan: &Plan) -> Option<Plan> {
    let Means::Compose(services) = &plan.by else { return None };
    match up::of(model, services.clone()) {
        Ok(up::Course::Plan(now)) if now.items != plan.items => Some(now),
        _ => None,
    }
}

impl Floating for Confirm {
    fn key(&mut self, model: &Model, key: Key) -> Answer {
        let types = self.plan.typed.is_some();
        match key.code {
            // What is listed already is a plan of its own; it doesn't change any more.
            Code::Char('w') if self.plan.pending && !self.plan.items.is_empty() => {
                self.plan.pending = false;
                self.plan.kept.push("images stay: the engine hasn't counted them".into());
            }
            Code::Enter => return self.agree(model),
            Code::Char('y') if !types => return self.agree(model),
            Code::Char('n' | 'q') if !types => return Answer::Close,
            Code::Up | Code::Down | Code::PageUp | Code::PageDown => scrolled(&mut self.scroll, key),
            _ if types => edit::key(&mut self.typed, key),
            _ => scrolled(&mut self.scroll, key),
        }
        Answer::Stay
    }

    fn paste(&mut self, text: &str) {
        if self.plan.typed.is_some() {
            edit::paste(&mut self.typed, text);
        }
    }

    /// A click never agrees, and doesn't leave what is being read either.
    fn press(&mut self, _model: &Model, _at: Position) -> Answer {
        Answer::Stay
    }

    fn settle(&mut self, model: &Model) {
        let Parts { items, space, .. } = self.parts(&Scene::new(model));
        self.scroll = self.scroll.min(items.len().saturating_sub(space));
    }

    fn wants(&self, model: &Model, wants: &mut BTreeSet<Want>) {
        if self.plan.pending {
            wants.insert(Want::Usage { request: model.ui.usage_request });
        }
    }

    /// A plan that waited for it is made again, and from then on stays as it is.
    fn measured(&mut self, model: &Model) -> Answer {
        if !self.plan.pending {
            return Answer::Stay;
        }
        *self.plan = plans::prune(model, false);
        if self.plan.items.is_empty() { Answer::Say("Nothing is left over".into()) } else { Answer::Stay }
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let plan = &*self.plan;
        let Parts { items, tail, prompt, area, space } = self.parts(scene);
        let first = self.scroll.min(items.len().saturating_sub(space));
        let total = items.len();
        let mut lines: Vec<Line> = items.into_iter().skip(first).take(space).collect();
        lines.push(Line::new());
        lines.extend(tail);
        let mut pane = above(area, title(&plan.title), Some(Role::Error), lines);
        if let Some(frame) = &mut pane.frame {
            frame.scroll = Scroll::of(first, space, total);
        }
        let cursor = (plan.typed.is_some() && !plan.pending).then(|| {
            let Rect { x, y, .. } = inside(area);
            let row = cols(pane.lines.len().saturating_sub(1)).min(inside(area).height.saturating_sub(1));
            let column = cols(prompt).saturating_add(cols(self.typed.cursor().1));
            Position::new(x.saturating_add(column), y.saturating_add(row))
        });
        (pane, cursor)
    }

    #[cfg(test)]
    fn example(text: &str) -> Self {
        let item = crate::work::Item {
            change: crate::work::Change::Remove(crate::work::Object::Network(text.into())),
            what: text.into(),
            size: Some(5),
            note: text.into(),
        };
        let items = vec![item; 30];
        let kept = vec![text.into()];
        let typed = Some(text.into());
        let (by, equivalent) = (Means::Engine, crate::base::shell::ShellLine::new("docker").word(text));
        Self::new(Plan { title: text.into(), by, items, kept, equivalent, typed, pending: false })
    }
}

/// What will go, a line each.
fn items(scene: &Scene<'_>, plan: &Plan, room: usize) -> Vec<Line> {
    let mut items = Vec::new();
    for item in &plan.items {
        let mut line = Line::of(Role::Error, format!(" {} ", scene.glyphs.state(State::Exited)));
        line.push(Role::Text, &item.what);
        if !item.note.is_empty() {
            line.push(Role::Dim, format!("  {}", item.note));
        }
        let size = item.size.map(units::bytes).unwrap_or_default();
        items.push(Line::spread(line, Line::of(Role::Text, size), room));
    }
    if plan.pending {
        items.push(Line::of(Role::Busy, format!(" {} the engine is counting images and sizes", scene.glyphs.cut())));
    } else if items.is_empty() && plan.by == Means::Engine {
        items.push(Line::of(Role::Dim, " nothing to remove"));
    }
    items
}

/// How much is freed, what is kept, and which command does the same.
fn remarks(scene: &Scene<'_>, plan: &Plan, room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let all = total(plan.items.iter().filter_map(|i| i.size));
    if all > 0 {
        let unknown = plan.items.iter().filter(|i| i.size.is_none()).count();
        let more = if unknown > 0 { format!(", {unknown} of unknown size") } else { String::new() };
        lines.push(Line::of(Role::Strong, format!(" frees {}{more}", units::bytes(all))));
    }
    for kept in &plan.kept {
        for (i, piece) in wrap(&clean(kept), room.saturating_sub(4)).into_iter().enumerate() {
            let lead = if i == 0 { format!(" {} ", scene.glyphs.probe(true)) } else { "   ".into() };
            lines.push(Line::of(Role::Good, lead).with(Role::Dim, piece));
        }
    }
    let equivalent = plan.equivalent.to_string();
    if !equivalent.is_empty() {
        lines.push(Line::of(Role::Faint, format!(" {equivalent}")));
    }
    lines.push(Line::new());
    lines
}

/// What has to be pressed or typed, and the columns before what is typed.
fn question(plan: &Plan, typed: &str) -> (Line, usize) {
    let line = match &plan.typed {
        _ if plan.pending => {
            let mut line = Line::of(Role::Dim, " wait   ");
            if !plan.items.is_empty() {
                line = line.with(Role::Key, "w").with(Role::Dim, " don't wait for images   ");
            }
            line.with(Role::Key, "Esc").with(Role::Dim, " cancel")
        }
        Some(word) => {
            let line = Line::of(Role::Text, " type ").with(Role::Strong, word).with(Role::Text, " to confirm: ");
            let prompt = line.width();
            return (line.with(Role::Accent, typed), prompt);
        }
        None => Line::of(Role::Text, " ")
            .with(Role::Key, "y")
            .with(Role::Dim, " confirm   ")
            .with(Role::Key, "Esc")
            .with(Role::Dim, " cancel"),
    };
    (line, 0)
}
