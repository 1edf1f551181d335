//! The last line: what can be pressed now, or the line being typed; and short-lived words above it.

use std::ops::Range;

use ratatui::layout::{Position, Rect};

use crate::{
    app::{Model, action::Hint, hints::hints, input::typed, scene::Scene, signs::Signs as _, spans::spans},
    base::{
        num::cols,
        text::{width, wrap},
        units,
    },
    view::{
        role::Role,
        screen::{Frame, Line, Pane},
    },
    work::{Progress, Unit},
};

/// The columns of each hint of the footer: key, blank, words; two blanks apart. Where not all fit, those before
/// the last two (help and quit) give way.
pub fn hint_spans(model: &Model) -> Vec<(Hint, Range<u16>)> {
    const GAP: u16 = 2;
    let wide = |h: &Hint| cols(width(&h.key()) + 1 + width(h.words));
    let mut verbs = hints(model);
    let last = verbs.split_off(verbs.len().saturating_sub(2));
    let kept: u16 = last.iter().map(|h| wide(h).saturating_add(GAP)).fold(0, u16::saturating_add);
    let mut found = spans(1, GAP, model.size.width.saturating_sub(kept), verbs.into_iter().map(|h| (h, wide(&h))));
    let x = found.last().map_or(1, |(_, span)| span.end.saturating_add(GAP));
    found.extend(spans(x, GAP, model.size.width, last.into_iter().map(|h| (h, wide(&h)))));
    found
}

/// The footer, and where the cursor is while something is typed.
pub fn draw(scene: &Scene<'_>) -> (Pane, Option<Position>) {
    let area = scene.layout.footer;
    if let Some(prompt) = &scene.model.ui.prompt {
        let lead = prompt.of.row().prompt.as_ref().map_or("", |row| row.lead);
        let mut line = Line::of(Role::Accent, lead).with(Role::Strong, typed(&prompt.input));
        let column = cols(prompt.input.cursor().1);
        let x = area.x.saturating_add(cols(width(lead))).saturating_add(column).min(area.right().saturating_sub(1));
        if let Some(error) = &prompt.error {
            line.push(Role::Error, format!("   {error}"));
        }
        return (Pane::bare(area, vec![line]), Some(Position::new(x, area.y)));
    }
    let mut line = Line::new();
    for (hint, span) in hint_spans(scene.model) {
        line.to_column(usize::from(span.start));
        line.push(Role::Key, hint.key());
        line.push(Role::Dim, format!(" {}", hint.words));
    }
    let work = work(scene);
    let line = if work.is_empty() { line } else { Line::spread(line, work, usize::from(area.width).saturating_sub(1)) };
    (Pane::bare(area, vec![line]), None)
}

/// What is under way.
fn work(scene: &Scene<'_>) -> Line {
    let running: Vec<_> = scene.model.jobs.iter().filter(|job| job.ended.is_none()).collect();
    let Some(job) = running.last() else { return Line::new() };
    let mut line = Line::of(Role::Text, "  ")
        .with(Role::Busy, format!("{} {}", scene.glyphs.state(crate::stack::State::Starting), job.title));
    match job.progress() {
        None => line.push(Role::Dim, format!(" {}/{}", job.done, job.total)),
        Some(progress) => line.push(Role::Dim, format!("{} {} {}", far(progress), scene.glyphs.dot(), progress.words)),
    }
    let took = scene.model.now.since(job.began);
    if took.as_secs() >= 2 {
        line.push(Role::Faint, format!(" {}", units::age(took)));
    }
    if running.len() > 1 {
        line.push(Role::Dim, format!(" and {} more", running.len() - 1));
    }
    line
}

/// How far it is in numbers; nothing as long as it isn't known of how much.
fn far(progress: &Progress) -> String {
    match (progress.total, progress.unit) {
        (None, _) => String::new(),
        (Some(total), Unit::Things) => format!(" {}/{total}", progress.done),
        (Some(total), Unit::Bytes) => format!(" {} of {}", units::bytes(progress.done), units::bytes(total)),
    }
}

/// Short-lived words, in the lower right corner.
pub fn toasts(scene: &Scene<'_>) -> Vec<Pane> {
    let footer = scene.layout.footer;
    // Inside the border of what it covers.
    let mut bottom = footer.y.saturating_sub(1);
    let mut panes = Vec::new();
    for toast in scene.model.toasts.iter().rev().take(3) {
        let room = usize::from(footer.width).saturating_sub(6);
        let role = if toast.error { Role::Error } else { Role::Text };
        let lines = wrap(&toast.text, room).into_iter().take(4);
        let lines: Vec<Line> = lines.map(|words| Line::of(Role::Text, " ").with(role, words)).collect();
        let wide = cols(lines.iter().map(Line::width).max().unwrap_or(0) + 3);
        let height = cols(lines.len() + 2);
        let Some(y) = bottom.checked_sub(height).filter(|y| *y > scene.layout.tabs.y) else { break };
        let area = Rect { x: footer.right().saturating_sub(wide).saturating_sub(1), y, width: wide, height };
        let frame = Frame { tone: Some(if toast.error { Role::Error } else { Role::Border }), ..Frame::default() };
        panes.push(Pane { above: true, ..Pane::framed(area, frame, lines) });
        bottom = y;
    }
    panes
}
