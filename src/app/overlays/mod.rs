//! What stands above everything: help, palette, plan, signals, errors.

use ratatui::layout::{Position, Rect};

use crate::{
    app::{
        action::{Danger, palette},
        contexts::ContextEntry,
        floating::{self, ErrorRow, List},
        help,
        input::typed as text_of,
        model::Overlay,
        plans::SIGNALS,
        scene::Scene,
        signs::Signs as _,
    },
    base::{
        num::cols,
        text::{clean, pad, width, wrap},
        units,
    },
    view::{
        role::Role,
        screen::{Emphasis, Frame, Line, Pane, Scroll, inside},
    },
    work::{Means, Plan},
};

/// What is open, and where the cursor is.
pub fn draw(scene: &Scene<'_>) -> Option<(Pane, Option<Position>)> {
    Some(match scene.model.ui.overlay.as_ref()? {
        Overlay::Help { scroll } => (help(scene, *scroll), None),
        Overlay::Palette { input, selected } => {
            let (pane, cursor) = actions(scene, text_of(input), cols(input.cursor().1), *selected);
            (pane, Some(cursor))
        }
        Overlay::Confirm { plan, typed, scroll } => {
            confirm(scene, plan, text_of(typed), cols(typed.cursor().1), *scroll)
        }
        Overlay::Signals { selected } => (signals(scene, *selected), None),
        Overlay::Contexts { known, selected } => (contexts(scene, known, *selected), None),
        Overlay::Errors { scroll } => (errors(scene, *scroll), None),
    })
}

fn above(area: Rect, title: Line, tone: Option<Role>, lines: Vec<Line>) -> Pane {
    let frame = Frame { title, focused: true, tone, ..Frame::default() };
    Pane { above: true, veil: true, ..Pane::framed(area, frame, lines) }
}

fn title(words: &str) -> Line {
    let mut line = Line::new();
    line.styled(Role::Strong, Emphasis::BOLD, words);
    line
}

/// A part of a text, with where that part is.
fn part(pane: &mut Pane, lines: Vec<Line>, scroll: usize) {
    let height = usize::from(inside(pane.area).height);
    let first = scroll.min(lines.len().saturating_sub(height));
    if let Some(frame) = &mut pane.frame {
        frame.scroll = Scroll::of(first, height, lines.len());
    }
    pane.lines = lines.into_iter().skip(first).take(height).collect();
}

fn tone(danger: Danger) -> Role {
    match danger {
        Danger::None => Role::Text,
        Danger::Acts => Role::Busy,
        Danger::Destroys => Role::Error,
    }
}

fn help(scene: &Scene<'_>, scroll: usize) -> Pane {
    let area = floating::help(scene.model.size);
    let room = usize::from(inside(area).width);
    let columns = help::columns(scene.model);
    let each = room.saturating_sub(1) / columns.len().max(1);
    let mut lines = Vec::new();
    for row in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
        let mut line = Line::of(Role::Text, " ");
        for (at, column) in columns.iter().enumerate() {
            line.to_column(1 + at * each);
            line.extend(column.get(row).map_or_else(Line::new, |l| help_line(l, each)));
        }
        lines.push(line);
    }
    let words = super::screens::PANELS.iter().find(|row| row.panel == scene.model.ui.focus).map(|row| row.words);
    let mut name = title("Help");
    name.push(Role::Dim, words.map(|words| format!(": {words}")).unwrap_or_default());
    let mut pane = above(area, name, None, Vec::new());
    part(&mut pane, lines, scroll);
    if let Some(frame) = &mut pane.frame {
        frame.bottom = Line::of(Role::Busy, "changes what runs")
            .with(Role::Text, "  ")
            .with(Role::Error, "removes, after its plan");
    }
    pane
}

fn help_line(line: &help::Line, room: usize) -> Line {
    match line {
        help::Line::Gap => Line::new(),
        help::Line::Heading(words) => Line::of(Role::Heading, words),
        help::Line::Keys { keys, wide, words, danger, equivalent } => {
            let line = Line::of(Role::Key, pad(keys, wide + 2)).with(tone(*danger), words);
            let equivalent = Line::of(Role::Faint, equivalent);
            Line::beside(line, [equivalent], room.saturating_sub(2))
        }
    }
}

fn actions(scene: &Scene<'_>, typed: &str, cursor: u16, selected: usize) -> (Pane, Position) {
    let found = palette(scene.model, typed);
    let area = floating::palette_box(scene.model.size);
    let inner = inside(area);
    let room = usize::from(inner.width);
    let mut lines = vec![Line::of(Role::Accent, " : ").with(Role::Strong, typed), Line::new()];
    let height = usize::from(inner.height).saturating_sub(2);
    let first = (selected + 1).saturating_sub(height);
    for (at, action) in found.iter().enumerate().skip(first).take(height) {
        let mut line = Line::of(Role::Accent, if at == selected { scene.glyphs.cursor() } else { " " });
        line.push(Role::Text, " ");
        line.extend(matched(action.name, typed.trim(), tone(action.danger)));
        line.to_column(26);
        line.push(Role::Dim, action.words);
        let line = Line::spread(line, Line::of(Role::Key, format!("{} ", action.keys_text())), room);
        lines.push(if at == selected { line.filled(Role::Selection) } else { line });
    }
    if found.is_empty() {
        lines.push(Line::of(Role::Dim, "   nothing is called so"));
    }
    let mut pane = above(area, title("Actions"), None, lines);
    if let (Some(action), Some(frame)) = (found.get(selected), &mut pane.frame) {
        frame.scroll = Scroll::of(first, height, found.len());
        frame.bottom = Line::of(Role::Dim, action.equivalent);
    }
    let x = inner.x.saturating_add(3).saturating_add(cursor).min(inner.right());
    (pane, Position::new(x, inner.y))
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

fn confirm(scene: &Scene<'_>, plan: &Plan, typed: &str, cursor: u16, scroll: usize) -> (Pane, Option<Position>) {
    let wide = 74.min(usize::from(scene.model.size.width).saturating_sub(4));
    let room = wide.saturating_sub(4);
    let mut items = Vec::new();
    for item in &plan.items {
        let mut line = Line::of(Role::Error, format!(" {} ", scene.glyphs.state(crate::stack::State::Exited)));
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
        items.push(Line::of(Role::Dim, " nothing would go"));
    }
    let mut tail = Vec::new();
    let total: u64 = plan.items.iter().filter_map(|i| i.size).sum();
    if total > 0 {
        let unknown = plan.items.iter().filter(|i| i.size.is_none()).count();
        let more = if unknown > 0 { format!(", {unknown} of unknown size") } else { String::new() };
        tail.push(Line::of(Role::Strong, format!(" frees {}{more}", units::bytes(total))));
    }
    for kept in &plan.kept {
        for (i, piece) in wrap(&clean(kept), room.saturating_sub(4)).into_iter().enumerate() {
            let lead = if i == 0 { format!(" {} ", scene.glyphs.probe(true)) } else { "   ".into() };
            tail.push(Line::of(Role::Good, lead).with(Role::Dim, piece));
        }
    }
    if !plan.equivalent.is_empty() {
        tail.push(Line::of(Role::Faint, format!(" {}", plan.equivalent)));
    }
    tail.push(Line::new());
    let ask = match &plan.typed {
        _ if plan.pending => {
            let mut line = Line::of(Role::Dim, " wait   ");
            if !plan.items.is_empty() {
                line = line.with(Role::Key, "w").with(Role::Dim, " don't wait for images   ");
            }
            line.with(Role::Key, "Esc").with(Role::Dim, " leave everything as it is")
        }
        Some(word) => Line::of(Role::Text, " type ")
            .with(Role::Strong, word)
            .with(Role::Text, " to agree: ")
            .with(Role::Accent, typed),
        None => Line::of(Role::Text, " ")
            .with(Role::Key, "y")
            .with(Role::Dim, " do it   ")
            .with(Role::Key, "Esc")
            .with(Role::Dim, " leave everything as it is"),
    };
    let prompt = width(&ask.text()).saturating_sub(width(&clean(typed)));
    tail.push(ask);
    let area = floating::middle(scene.model.size, wide, items.len() + tail.len() + 3);
    let height = usize::from(inside(area).height);
    let space = height.saturating_sub(tail.len() + 1).max(1);
    let first = scroll.min(items.len().saturating_sub(space));
    let total_items = items.len();
    let mut lines: Vec<Line> = items.into_iter().skip(first).take(space).collect();
    lines.push(Line::new());
    lines.extend(tail);
    let mut pane = above(area, title(&plan.title), Some(Role::Error), lines);
    if let Some(frame) = &mut pane.frame {
        frame.scroll = Scroll::of(first, space, total_items);
    }
    let row = cols(pane.lines.len().saturating_sub(1)).min(inside(area).height.saturating_sub(1));
    let at = Position::new(
        area.x.saturating_add(1).saturating_add(cols(prompt)).saturating_add(cursor),
        area.y.saturating_add(1 + row),
    );
    let cursor = plan.typed.is_some() && !plan.pending;
    (pane, cursor.then_some(at))
}

fn signals(scene: &Scene<'_>, selected: usize) -> Pane {
    let area = floating::signals_box(scene.model.size);
    let mut lines = Vec::new();
    for (at, (name, words)) in SIGNALS.iter().enumerate() {
        let mut line = Line::of(Role::Accent, if at == selected { scene.glyphs.cursor() } else { " " });
        line.push(Role::Strong, format!(" {name:<10}"));
        line.push(Role::Dim, *words);
        lines.push(if at == selected { line.filled(Role::Selection) } else { line });
    }
    lines.push(Line::new());
    lines.push(
        Line::of(Role::Text, " ")
            .with(Role::Key, "Enter")
            .with(Role::Dim, " shows whom it reaches   ")
            .with(Role::Key, "Esc")
            .with(Role::Dim, " none"),
    );
    above(area, title("Send which signal?"), None, lines)
}

fn contexts(scene: &Scene<'_>, known: &[ContextEntry], selected: usize) -> Pane {
    let Some((List { frame: area, body, first, len }, _)) = floating::list(scene.model) else {
        return Pane::bare(Rect::default(), Vec::new());
    };
    let room = usize::from(body.width);
    let names = known.iter().map(|k| width(&k.name)).max().unwrap_or(0).clamp(7, 24);
    let hosts = known.iter().map(|k| width(&k.host)).max().unwrap_or(0).clamp(7, 40);
    let mut lines = Vec::new();
    for (at, context) in known.iter().enumerate().skip(first).take(usize::from(body.height)) {
        let mut line = Line::of(Role::Accent, if at == selected { scene.glyphs.cursor() } else { " " });
        let here = if context.current { scene.glyphs.state(crate::stack::State::Running) } else { " " };
        line.push(Role::Good, format!(" {here} "));
        line.push(if context.usable { Role::Strong } else { Role::Dim }, pad(&clean(&context.name), names));
        line.push(Role::Text, format!("  {}", pad(&clean(&context.host), hosts)));
        line.push(if context.usable { Role::Dim } else { Role::Error }, format!("  {}", clean(&context.note)));
        let line = line.fit(room);
        lines.push(if at == selected { line.filled(Role::Selection) } else { line });
    }
    lines.push(Line::new());
    lines.push(
        Line::of(Role::Text, " ")
            .with(Role::Key, "Enter")
            .with(Role::Dim, " goes to that engine   ")
            .with(Role::Key, "Esc")
            .with(Role::Dim, " stays   ")
            .with(Role::Good, scene.glyphs.state(crate::stack::State::Running))
            .with(Role::Dim, " in use"),
    );
    let mut pane = above(area, title("Docker contexts"), None, lines);
    if let Some(frame) = &mut pane.frame {
        frame.scroll = Scroll::of(first, usize::from(body.height), len);
    }
    pane
}

fn errors(scene: &Scene<'_>, scroll: usize) -> Pane {
    let mut lines: Vec<Line> = floating::error_rows(scene.model)
        .into_iter()
        .map(|row| match row {
            ErrorRow::Job(job) => Line::of(Role::LogTime, job.began.local(" %H:%M:%S "))
                .with(Role::Strong, &job.title)
                .with(Role::Faint, format!("  {}", job.equivalent)),
            ErrorRow::Words(words) => Line::of(Role::Text, "   ").with(Role::Error, words),
            ErrorRow::Gap => Line::new(),
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::of(Role::Dim, " Nothing that you did went wrong."));
    }
    let high = usize::from(floating::errors_box(scene.model.size).height).min(lines.len() + 2);
    let area = floating::middle(scene.model.size, 100, high);
    let mut pane = above(area, title("What went wrong"), None, Vec::new());
    part(&mut pane, lines, scroll);
    pane
}
