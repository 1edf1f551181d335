//! A plan to agree to: what will be done, what is kept, and what has to be pressed or typed. The only place where
//! a person agrees.

mod guard;
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
        time::Stamp,
        units,
    },
    diagnose::Severity,
    stack::State,
    view::{
        role::Role,
        screen::{Line, Pane, Scroll, inside},
    },
    work::{Change, Consent, Item, Means, Plan},
};

impl Confirm {
    /// The keys that confirm, as the dialog says.
    fn confirming(&self) -> impl Iterator<Item = Key> {
        let types = self.plan.typed.is_some();
        let keys = [Key::plain(Code::Enter), Key::char('y')].into_iter().take(if types { 1 } else { 2 });
        keys.filter(move |key| types || self.opened_by != Some(*key))
    }

    /// A key that confirms: it is done, unless it is still being counted, its name wasn't typed or nothing is left of it.
    /// What docker compose does is first looked at once more, with its files as they are now.
    fn agree(&mut self, model: &Model, key: Key, repeated: bool) -> Answer {
        if !self.guard.counts(key, repeated, model.now) || self.plan.pending || self.agreed.is_some() {
            return Answer::Stay;
        }
        if let Some(wanted) = self.plan.typed.as_deref()
            && wanted != text_of(&self.typed)
        {
            return Answer::Refuse(format!(
                "Not removed: you typed '{}', its name is '{wanted}'",
                text_of(&self.typed)
            ));
        }
        if self.left_out.len() == self.plan.items.len() && self.plan.by == Means::Engine {
            return Answer::Refuse("Nothing is left in this plan: Space takes a line back in".into());
        }
        if let Means::Compose(_) = self.plan.by {
            let number = model.ui.files_request.wrapping_add(1);
            self.agreed = Some(number);
            return Answer::Reread(number);
        }
        Answer::Begin(plans::without(model, &self.plan, &self.left_out).agree(&Consent::given()))
    }

    /// Whether single items can be taken out: what docker compose does, it does as a whole, and of one nothing is left.
    fn is_divisible(&self) -> bool {
        self.plan.by == Means::Engine && self.plan.typed.is_none() && self.plan.items.len() > 1
    }

    fn leave_out(&mut self) -> Answer {
        if !self.is_divisible() {
            return Answer::Refuse("This plan is done as a whole: no line can be left out".into());
        }
        if !self.left_out.remove(&self.at) {
            self.left_out.insert(self.at);
        }
        self.at = (self.at + 1).min(self.plan.items.len().saturating_sub(1));
        Answer::Stay
    }

    fn parts(&self, scene: &Scene<'_>) -> Parts {
        let wide = 74.min(usize::from(scene.model.size.width).saturating_sub(4));
        let room = wide.saturating_sub(4);
        let plan = plans::without(scene.model, &self.plan, &self.left_out);
        let items = self.items(scene, room);
        let mut tail = remarks(scene, &plan, &self.news, room);
        let prompt = self.question(scene, &mut tail, room);
        let area = middle(scene.model.size, wide, items.len() + tail.len() + 3);
        let space = usize::from(inside(area).height).saturating_sub(tail.len() + 1).max(1);
        Parts { title: plan.title, items, tail, prompt, area, space }
    }

    /// What will go, a line each.
    fn items(&self, scene: &Scene<'_>, room: usize) -> Vec<Line> {
        let mut items = Vec::new();
        for (at, item) in self.plan.items.iter().enumerate() {
            let is_out = self.left_out.contains(&at);
            let (sign, role) = sign(scene, item);
            let cursor = if self.is_divisible() && at == self.at { scene.glyphs.cursor() } else { " " };
            let mut line = Line::of(Role::Accent, cursor);
            if is_out {
                line.push(Role::Dim, format!("{} {}  left out", scene.glyphs.none(), item.what));
            } else {
                line.push(role, format!("{sign} "));
                // What is only removed has it in its question.
                let verb =
                    if self.plan.by == Means::Engine { String::new() } else { format!("{} ", item.change.verb()) };
                line.push(Role::Text, format!("{verb}{}", item.what));
                if !item.note.is_empty() {
                    line.push(Role::Dim, format!("  {}", item.note));
                }
            }
            let size = item.size.filter(|_| !is_out).map(units::bytes).unwrap_or_default();
            let line = Line::spread(line, Line::of(Role::Text, size), room);
            items.push(if self.is_divisible() && at == self.at { line.filled(Role::Selection) } else { line });
        }
        if self.plan.pending {
            items
                .push(Line::of(Role::Busy, format!(" {} the engine is counting images and sizes", scene.glyphs.cut())));
        } else if items.is_empty() && self.plan.by == Means::Engine {
            items.push(Line::of(Role::Dim, " nothing to remove"));
        }
        items
    }

    /// What has to be pressed or typed, as the last lines; and the columns before what is typed.
    fn question(&self, scene: &Scene<'_>, lines: &mut Vec<Line>, room: usize) -> usize {
        const CANCEL: (&str, &str) = ("Esc", "cancel");
        let plan = &*self.plan;
        let confirming = self.confirming().map(|key| key.to_string()).collect::<Vec<_>>().join(" or ");
        let mut keys: Vec<(&str, &str)> = Vec::new();
        if self.agreed.is_some() {
            lines.push(Line::of(Role::Busy, format!(" {} reading the compose files again", scene.glyphs.cut())));
            keys.push(CANCEL);
        } else if plan.pending {
            keys.push(("", "wait"));
            if !plan.items.is_empty() {
                keys.push(("w", "don't wait for images"));
            }
            keys.push(CANCEL);
        } else if let Some(word) = &plan.typed {
            let typed = text_of(&self.typed);
            for piece in wrap(&format!("type {} to confirm:", clean(word)), room.saturating_sub(2)) {
                lines.push(Line::of(Role::Text, format!(" {piece}")));
            }
            keys.extend((typed == word).then_some(("Enter", "confirm")));
            if !word.starts_with(typed) {
                keys.push(("", "this isn't its name"));
            }
            keys.push(CANCEL);
            lines.push(hints(&keys));
            let prompt = Line::of(Role::Accent, format!(" {} ", scene.glyphs.cursor()));
            let columns = prompt.width();
            lines.push(prompt.with(Role::Accent, typed));
            return columns;
        } else {
            keys.push((&confirming, "confirm"));
            keys.extend(self.is_divisible().then_some(("Space", "leave a line out")));
            keys.push(CANCEL);
        }
        lines.push(hints(&keys));
        0
    }
}

/// What it is made of, and where.
struct Parts {
    title: String,
    items: Vec<Line>,
    tail: Vec<Line>,
    /// The columns before what is typed.
    prompt: usize,
    area: Rect,
    /// The rows for items.
    space: usize,
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
            _ if self.confirming().any(|k| k == key) => return self.agree(model, key, false),
            Code::Char(' ') if !types => return self.leave_out(),
            Code::Char('n' | 'q') if !types => return Answer::Close,
            Code::Up | Code::Down | Code::PageUp | Code::PageDown => scrolled(&mut self.at, key),
            _ if types => edit::key(&mut self.typed, key),
            _ => scrolled(&mut self.at, key),
        }
        Answer::Stay
    }

    fn repeat(&mut self, model: &Model, key: Key) -> Answer {
        if self.confirming().any(|k| k == key) { self.agree(model, key, true) } else { self.key(model, key) }
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
        let last = if self.is_divisible() { self.plan.items.len() } else { (items.len() + 1).saturating_sub(space) };
        self.at = self.at.min(last.saturating_sub(1));
    }

    fn is_unseen(&self) -> bool {
        self.guard.is_unseen()
    }

    fn see(&mut self, now: Stamp) {
        self.guard.see(now);
    }

    fn wants(&self, model: &Model, wants: &mut BTreeSet<Want>) {
        if self.plan.pending {
            wants.insert(Want::Usage { request: model.ui.usage_request });
        }
    }

    /// A plan that waited for it is made again, and from then on stays as it is. It is another to read.
    fn measured(&mut self, model: &Model) -> Answer {
        if !self.plan.pending {
            return Answer::Stay;
        }
        let out: Vec<Item> = self.left_out.iter().filter_map(|at| self.plan.items.get(*at)).cloned().collect();
        *self.plan = plans::prune(model, false);
        let items = self.plan.items.iter().enumerate();
        self.left_out = items.filter(|(_, i)| out.iter().any(|o| o.change == i.change)).map(|(at, _)| at).collect();
        self.guard = guard::Guard::default();
        if self.plan.items.is_empty() { Answer::Say("Nothing is left over".into()) } else { Answer::Stay }
    }

    /// The files were read once more for a plan that was agreed to: it is carried out if it still holds.
    fn reread(&mut self, model: &Model, number: u32, read: &Result<(), String>) -> Answer {
        if self.agreed.take_if(|awaited| *awaited == number).is_none() {
            return Answer::Stay;
        }
        let Means::Compose(services) = &self.plan.by else { return Answer::Stay };
        if let Err(why) = read {
            return Answer::Refuse(why.clone());
        }
        match up::plan(model, services.clone()) {
            Err(why) => Answer::Fail(why),
            Ok(now) => {
                let news = now.differences(&self.plan);
                if news.is_empty() {
                    Answer::Begin((*self.plan).clone().agree(&Consent::given()))
                } else {
                    Answer::Show(now, news)
                }
            }
        }
    }

    fn draw(&self, scene: &Scene<'_>) -> (Pane, Option<Position>) {
        let Parts { title: words, items, tail, prompt, area, space } = self.parts(scene);
        let last = items.len().saturating_sub(space);
        let first = if self.is_divisible() { (self.at + 1).saturating_sub(space) } else { self.at }.min(last);
        let total = items.len();
        let mut lines: Vec<Line> = items.into_iter().skip(first).take(space).collect();
        lines.push(Line::new());
        lines.extend(tail);
        let mut pane = above(area, title(&words), Some(Role::Error), lines);
        if let Some(frame) = &mut pane.frame {
            frame.scroll = Scroll::of(first, space, total);
        }
        let cursor = (self.plan.typed.is_some() && !self.plan.pending).then(|| {
            let Rect { x, y, .. } = inside(area);
            let row = cols(pane.lines.len().saturating_sub(1)).min(inside(area).height.saturating_sub(1));
            let column = cols(prompt).saturating_add(cols(self.typed.cursor().1));
            Position::new(x.saturating_add(column), y.saturating_add(row))
        });
        (pane, cursor)
    }

    #[cfg(test)]
    fn example(text: &str) -> Self {
        let item = Item {
            change: Change::Remove(crate::work::Object::Network(text.into())),
            what: text.into(),
            size: Some(5),
            note: text.into(),
        };
        let items = vec![item; 30];
        let kept = vec![text.into()];
        let typed = Some(text.into());
        let (by, equivalent) = (Means::Engine, crate::base::shell::ShellLine::new("docker").word(text));
        let warnings = kept.clone();
        Self::new(Plan { title: text.into(), by, items, kept, warnings, equivalent, typed, pending: false }, None)
    }
}

/// How an item looks: what goes is told from what comes.
fn sign(scene: &Scene<'_>, item: &Item) -> (&'static str, Role) {
    match item.change {
        Change::Create(_) | Change::Start(_) => (scene.glyphs.state(State::Done), Role::Good),
        Change::Recreate { .. } => (scene.glyphs.state(State::Restarting), Role::Error),
        _ => (scene.glyphs.state(State::Exited), Role::Error),
    }
}

/// Keys and what they do.
fn hints(keys: &[(&str, &str)]) -> Line {
    let mut line = Line::new();
    for (key, does) in keys {
        line.push(Role::Text, if line.is_empty() { " " } else { "   " });
        line.push(Role::Key, *key);
        line.push(Role::Dim, if key.is_empty() { (*does).to_owned() } else { format!(" {does}") });
    }
    line
}

/// What is new about the plan, how much is freed, what suffers, what is kept, and which command does the same.
fn remarks(scene: &Scene<'_>, plan: &Plan, news: &[String], room: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let remark = |lines: &mut Vec<Line>, sign: &str, (lead, words): (Role, Role), text: &str| {
        for (i, piece) in wrap(&clean(text), room.saturating_sub(4)).into_iter().enumerate() {
            let sign = if i == 0 { format!(" {sign} ") } else { "   ".into() };
            lines.push(Line::of(lead, sign).with(words, piece));
        }
    };
    let warning = scene.glyphs.severity(Severity::Warning);
    if !news.is_empty() {
        remark(
            &mut lines,
            warning,
            (Role::Error, Role::Strong),
            "not started: this would happen now, and was not in the plan",
        );
    }
    for new in news {
        remark(&mut lines, " ", (Role::Error, Role::Text), new);
    }
    let all = total(plan.items.iter().filter_map(|i| i.size));
    if all > 0 {
        let unknown = plan.items.iter().filter(|i| i.size.is_none()).count();
        let more = if unknown > 0 { format!(", {unknown} of unknown size") } else { String::new() };
        lines.push(Line::of(Role::Strong, format!(" frees {}{more}", units::bytes(all))));
    }
    for what in &plan.warnings {
        remark(&mut lines, warning, (Role::Warning, Role::Text), what);
    }
    for kept in &plan.kept {
        remark(&mut lines, scene.glyphs.probe(true), (Role::Good, Role::Dim), kept);
    }
    let equivalent = plan.equivalent.to_string();
    if !equivalent.is_empty() {
        lines.push(Line::of(Role::Faint, format!(" {equivalent}")));
    }
    lines.push(Line::new());
    lines
}
