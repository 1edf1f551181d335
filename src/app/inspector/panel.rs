//! All of the selected service or container, in tabs.

use ratatui::layout::Rect;

use crate::{
    app::{
        inspector::{self, Tone},
        layout::inspector_tab_spans,
        model::{Inspect, Panel, Pick},
        scene::Scene,
        signs::state_role,
        targets,
    },
    stack::Container,
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
        let frame = scene.frame(Panel::Inspector, "Inspector");
        return Pane::framed(area, frame, vec![Line::new(), Line::of(Role::Dim, " Nothing is selected.")]);
    };
    let container = targets::selected_container(model);
    let width = usize::from(inner.width).saturating_sub(2);
    let all = inspector::lines(model, area.width);
    let height = inspector::room(area.height);
    let first = model.ui.inspect_scroll.min(all.len().saturating_sub(height));
    let mut lines = vec![tabs(scene, inner)];
    let shown = all.iter().skip(first).take(height);
    lines.extend(shown.map(|line| Line::of(Role::Text, " ").with_line(&drawn(line).fit(width))));
    if model.ui.inspect == Inspect::Overview {
        log_tail(scene, container, &mut lines, all.len(), inner, width);
    }
    let mut frame = scene.frame(Panel::Inspector, &targets::name(model, pick));
    frame.scroll = Scroll::of(first, height, all.len());
    if let (Some(container), Pick::Service(_)) = (container, pick) {
        frame.right = Line::of(Role::Faint, container.id.short());
    }
    Pane::framed(area, frame, lines)
}

fn tabs(scene: &Scene<'_>, inner: Rect) -> Line {
    let spans = inspector_tab_spans(scene.model);
    // There may be more than fit.
    let shown = |at: Option<&(Inspect, &str)>| at.is_some_and(|(tab, _)| spans.iter().any(|(t, _)| t == tab));
    let earlier = !shown(Inspect::ALL.first());
    let mut line = Line::of(Role::Accent, if earlier { scene.glyphs.more(false) } else { " " });
    for (tab, span) in &spans {
        line.to_column(usize::from(span.start.saturating_sub(inner.x)));
        let title = Inspect::ALL.iter().find(|(t, _)| t == tab).map_or("", |(_, title)| title);
        if *tab == scene.model.ui.inspect {
            line.styled(Role::Accent, Emphasis { underline: true, ..Emphasis::NONE }, title);
        } else {
            line.push(Role::Dim, title);
        }
    }
    if !shown(Inspect::ALL.last()) {
        line.to_column(usize::from(inner.width).saturating_sub(1));
        line.push(Role::Accent, scene.glyphs.more(true));
    }
    line
}

/// The last log lines, in what room is left.
fn log_tail(
    scene: &Scene<'_>,
    container: Option<&Container>,
    lines: &mut Vec<Line>,
    all: usize,
    inner: Rect,
    width: usize,
) {
    let free = usize::from(inner.height).saturating_sub(all + 1);
    let Some(container) = container.filter(|_| free >= 3) else { return };
    let tail = crate::app::screens::logs::picture::tail(scene, &container.id, free - 2, width);
    let unreadable = scene.model.stack().logs.of(&container.id).and_then(|log| log.unreadable());
    lines.push(Line::new());
    lines.push(Line::of(Role::Heading, " LAST LINES"));
    if let Some(why) = unreadable {
        lines.push(Line::of(Role::Dim, format!(" {why}")).fit(width));
    } else if tail.is_empty() {
        lines.push(Line::of(Role::Faint, " none yet"));
    }
    lines.extend(tail.into_iter().map(|line| Line::of(Role::Text, " ").with_line(&line)));
}

fn drawn(line: &inspector::Line) -> Line {
    line.pieces.iter().fold(Line::new(), |drawn, (tone, text)| drawn.with(role(*tone), text))
}

fn role(tone: Tone) -> Role {
    match tone {
        Tone::Text => Role::Text,
        Tone::Dim => Role::Dim,
        Tone::Faint => Role::Faint,
        Tone::Strong => Role::Strong,
        Tone::Accent => Role::Accent,
        Tone::Heading => Role::Heading,
        Tone::Key => Role::Key,
        Tone::Busy => Role::Busy,
        Tone::Warning => Role::Warning,
        Tone::Error => Role::Error,
        Tone::Probe(true) => Role::ProbePassed,
        Tone::Probe(false) => Role::ProbeFailed,
        Tone::State(state) => state_role(state),
    }
}
