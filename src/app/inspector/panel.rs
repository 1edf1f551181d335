//! All of the selected service or container, in tabs.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::{
    app::{
        Model,
        inspector::{self, TABS, row::Row, tab::Inspect},
        pick::Pick,
        scene::Scene,
        screens::stack::state::INSPECTOR,
        spans::spans,
        targets,
    },
    base::{num::cols, text},
    view::{
        role::Role,
        screen::{Emphasis, Line, Pane, Scroll, inside},
    },
};

/// The inspector.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let model = scene.model;
    let inner = inside(area);
    let Some(pick) = &model.ui.selected else {
        let frame = scene.frame(INSPECTOR, "Inspector");
        return Pane::framed(area, frame, vec![Line::new(), Line::of(Role::Dim, " Nothing is selected.")]);
    };
    let width = usize::from(inner.width).saturating_sub(2);
    let all = inspector::lines(model, area.width);
    let height = inspector::room(area.height);
    let first = model.ui.inspect_scroll.min(all.len().saturating_sub(height));
    let mut frame = scene.frame(INSPECTOR, &targets::name(model, pick));
    frame.scroll = Scroll::of(first, height, all.len());
    let rest = (inspector::row(model.ui.inspect).rest)(scene, height.saturating_sub(all.len()), width);
    let mut lines = vec![tabs(scene, area)];
    let shown = all.into_iter().skip(first).take(height);
    lines.extend(shown.map(|line| Line::of(Role::Text, " ").with_line(&line.fit(width))));
    lines.extend(rest);
    if let (Some(container), Pick::Service(_)) = (targets::selected_container(model), pick) {
        frame.right = Line::of(Role::Faint, container.id.short());
    }
    Pane::framed(area, frame, lines)
}

/// The columns of each tab in the inspector's first line, with a column of air at both sides. Tabs at the left give
/// way while the chosen one wouldn't fit.
pub fn tab_spans(model: &Model, area: Rect) -> Vec<(Inspect, Range<u16>)> {
    let inner = inside(area);
    let widths: Vec<_> = TABS.iter().map(|row| (row.tab, cols(text::width(row.tab.title())))).collect();
    let mut found = Vec::new();
    for skipped in 0..widths.len() {
        let (start, end) = (inner.x.saturating_add(1), inner.right().saturating_sub(1));
        found = spans(start, 2, end, widths.iter().copied().skip(skipped));
        if found.iter().any(|(tab, _)| *tab == model.ui.inspect) {
            break;
        }
    }
    found
}

fn tabs(scene: &Scene<'_>, area: Rect) -> Line {
    let (inner, spans) = (inside(area), tab_spans(scene.model, area));
    // There may be more than fit.
    let shown = |row: Option<&Row>| row.is_some_and(|row| spans.iter().any(|(tab, _)| *tab == row.tab));
    let earlier = !shown(TABS.first());
    let mut line = Line::of(Role::Accent, if earlier { scene.glyphs.more(false) } else { " " });
    for (tab, span) in &spans {
        line.to_column(usize::from(span.start.saturating_sub(inner.x)));
        if *tab == scene.model.ui.inspect {
            line.styled(Role::Accent, Emphasis { underline: true, ..Emphasis::NONE }, tab.title());
        } else {
            line.push(Role::Dim, tab.title());
        }
    }
    if !shown(TABS.last()) {
        line.to_column(usize::from(inner.width).saturating_sub(1));
        line.push(Role::Accent, scene.glyphs.more(true));
    }
    line
}
