//! What happened, as a readable history; the newest first.

use ratatui::layout::Rect;

use super::state::EVENTS;
use crate::{
    app::{layout::table_body, losses, scene::Scene, words},
    base::{
        num::cols,
        text::{width, wrap},
        units,
    },
    view::{
        role::Role,
        screen::{Line, Pane, Scroll},
    },
};

/// The history.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let events = &scene.model.stack().events;
    let body = table_body(area);
    let (room, height) = (usize::from(body.width), usize::from(body.height));
    let ui = scene.model.ui.screens.events;
    let shown: Vec<_> = events.iter().rev().enumerate().skip(ui.top).take(height).collect();
    let who = shown.iter().map(|(_, e)| width(&words::subject(e))).max().unwrap_or(0).clamp(8, 32).min(room / 3).max(8);
    let mut head = Line::of(Role::Heading, "  TIME");
    head.to_column(12);
    head.push(Role::Heading, "WHO");
    head.to_column(14 + who);
    head.push(Role::Heading, "WHAT");
    let mut lines = vec![head];
    let mut day = None;
    for (at, event) in shown {
        let mut line = Line::of(Role::Text, " ");
        let selected = at == ui.selected;
        if selected && scene.focused(EVENTS) {
            line = Line::of(Role::Accent, scene.glyphs.cursor());
        }
        line.push(Role::Text, " ");
        line.push(Role::LogTime, event.at.local(&scene.model.settings.zone, "%H:%M:%S"));
        line.to_column(12);
        let subject = Line::of(event.service.as_ref().map_or(Role::Dim, |s| scene.series(s)), words::subject(event));
        line.extend(subject.fit(who));
        line.to_column(14 + who);
        let (what, role) = words::event(event);
        line.push(role, what);
        // A container's own name tells its replica; where it is of no use the service's says it all.
        if event.service.is_some() && usize::from(cols(line.width())) + event.name.len() + 4 < room {
            line.push(Role::Faint, format!("  {}", event.name));
        }
        let date = event.at.local(&scene.model.settings.zone, "%-d %B");
        if day.as_ref().is_some_and(|d| *d != date) {
            line = Line::spread(line, Line::of(Role::Faint, format!("{date} ")), room);
        }
        day = Some(date);
        let line = line.fit(room);
        lines.push(if selected { line.filled(Role::Selection) } else { line });
    }
    if events.is_empty() {
        lines.push(Line::new());
        let words = if scene.model.stack().listed {
            "Nothing has happened since stackview began to listen; what starts, ends or becomes healthy appears here."
        } else {
            "The engine hasn't answered yet."
        };
        lines.extend(wrap(words, room.saturating_sub(4)).into_iter().map(|l| Line::of(Role::Dim, format!("  {l}"))));
    }
    let mut frame = scene.frame(EVENTS, "Events");
    frame.scroll = Scroll::of(ui.top, height, events.len());
    if events.dropped() > 0 {
        frame.bottom.push(Role::LogLost, format!("{} older events dropped", units::grouped(events.dropped())));
    }
    let unreadable = losses::unreadable_events(scene.model);
    if unreadable > 0 {
        if !frame.bottom.is_empty() {
            frame.bottom.push(Role::Text, "  ");
        }
        frame.bottom.push(Role::LogLost, format!("{} unreadable", units::grouped(unreadable)));
    }
    if ui.selected == 0 && ui.top == 0 {
        frame.right = Line::of(Role::Dim, "following");
    }
    Pane::framed(area, frame, lines)
}
