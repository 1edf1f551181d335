//! The last start as bars, from the engine's own timestamps.

use std::{num::NonZeroU64, time::Duration};

use ratatui::layout::Rect;

use super::{
    lanes::picks,
    notes::{Note, all_notes, earlier, notes, standing},
    state::STARTUP,
};
use crate::{
    app::{
        layout::table_body,
        scene::Scene,
        signs::{Signs as _, state_role},
    },
    base::{
        text::{pad, width, wrap},
        time::Stamp,
        units,
    },
    stack::{
        Verdict,
        timeline::{Lane, Mark, Span, SpanKind, Timeline},
    },
    view::{
        role::Role,
        screen::{Emphasis, Line, Pane, Scroll},
    },
};

/// How moments become columns.
struct Scale {
    origin: Stamp,
    /// All of it, in milliseconds.
    whole: NonZeroU64,
    columns: NonZeroU64,
}

impl Scale {
    fn moment(&self, column: usize) -> Stamp {
        let ms = self.whole.get().saturating_mul(u64::try_from(column).unwrap_or(0)) / self.columns;
        self.origin + Duration::from_millis(ms)
    }

    fn column(&self, at: Duration) -> usize {
        let ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        usize::try_from(ms.saturating_mul(self.columns.get()) / self.whole).unwrap_or(usize::MAX)
    }
}

/// The bars, as many as there is room for, with what can be said of them.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let table = table_body(area);
    pane(scene, area, notes(scene.model, usize::from(table.width), usize::from(table.height)), true)
}

/// All bars in an area that is large enough, with each in words, and none selected.
pub fn whole(scene: &Scene<'_>, area: Rect) -> Pane {
    let mut pane = pane(scene, area, all_notes(scene.model, usize::from(table_body(area).width)), false);
    // There is nothing beside it.
    if let Some(frame) = &mut pane.frame {
        frame.title = Line::of(Role::TitleFocus, "Startup");
        frame.focused = true;
    }
    pane
}

fn pane(scene: &Scene<'_>, area: Rect, notes: Vec<Note>, live: bool) -> Pane {
    let mut frame = scene.frame(STARTUP, "Startup");
    let Some(timeline) = &scene.model.timeline else {
        let words = if scene.model.stack().listed {
            "Nothing of this project was started yet; the bars of its start, from created to ready, appear here."
        } else {
            "The engine hasn't answered yet."
        };
        let lines = wrap(words, usize::from(area.width).saturating_sub(6));
        let lines = lines.into_iter().map(|line| Line::of(Role::Dim, format!("  {line}")));
        return Pane::framed(area, frame, [Line::new()].into_iter().chain(lines).collect());
    };
    let body = table_body(area);
    let (room, height) = (usize::from(body.width), usize::from(body.height).saturating_sub(notes.len()));
    let names = timeline.lanes.iter().map(|l| width(&l.service) + 2).max().unwrap_or(0).clamp(9, 22);
    let tail = if room >= 70 { 31 } else { 20 };
    let bar = room.saturating_sub(names + 5 + tail).max(8);
    let end = end(scene, timeline).since(timeline.origin);
    // A little of the time after, so that the last one is seen to be ready.
    let whole: u64 = u64::try_from(end.as_millis()).unwrap_or(u64::MAX).max(1000);
    let whole = if timeline.settled.is_some() || scene.model.overview.verdict == Verdict::Ready {
        whole.saturating_add(whole / 12)
    } else {
        whole
    };
    let some = |n: u64| NonZeroU64::new(n).unwrap_or(NonZeroU64::MIN);
    let scale =
        Scale { origin: timeline.origin, whole: some(whole), columns: some(u64::try_from(bar).unwrap_or(u64::MAX)) };

    let mut lines = vec![axis(&scale, names + 2, bar)];
    let picks = picks(scene.model);
    let several = |lane: &Lane| timeline.lanes.iter().filter(|l| l.service == lane.service).count() > 1;
    let top = if live { scene.model.ui.screens.startup.top } else { 0 };
    for (lane, pick) in timeline.lanes.iter().zip(&picks).skip(top).take(height) {
        let selected =
            live && (scene.is_selected(pick) || (!several(lane) && scene.selected.as_ref() == Some(&lane.service)));
        let mut line = Line::of(Role::Text, " ");
        if selected && scene.focused(STARTUP) {
            line = Line::of(Role::Accent, scene.glyphs.cursor());
        }
        line.push(Role::Text, " ");
        let mut name = (*lane.service).to_owned();
        let number =
            lane.container.as_ref().and_then(|id| scene.model.stack().containers.get(id)).and_then(|c| c.number);
        if let Some(number) = number.filter(|_| several(lane)) {
            name.push_str(&format!(" {number}"));
        }
        line.push(Role::Strong, pad(&crate::base::text::clean(&name), names));
        line.extend(stretch(scene, lane, &scale, bar));
        line.push(Role::Text, "  ");
        line.extend(ending(scene, timeline, lane, tail));
        let line = line.fit(room);
        lines.push(if selected { line.filled(Role::Selection) } else { line });
    }
    for note in notes {
        lines.push(noted(scene, timeline, note, room).fit(room));
    }
    frame.scroll = Scroll::of(top, height, timeline.lanes.len());
    let role = match scene.model.overview.verdict {
        _ if timeline.settled.is_some() => Role::Dim,
        Verdict::Starting => Role::Busy,
        Verdict::Degraded | Verdict::Failed => Role::Error,
        Verdict::Ready | Verdict::Stopped | Verdict::Unknown => Role::Dim,
    };
    frame.right = Line::of(role, standing(scene.model, timeline));
    frame.right.push(Role::Faint, format!("  began {}", timeline.origin.moment(&scene.model.settings.zone, scene.now)));
    Pane::framed(area, frame, lines)
}

/// The moment that the bars go to: now while they grow, else the last one that is known of the start.
fn end(scene: &Scene<'_>, timeline: &Timeline) -> Stamp {
    let known = timeline.lanes.iter().filter(|l| l.in_start);
    let known = known.flat_map(|l| [l.ready, l.started, l.listening.as_ref().map(|(at, _)| *at)]).flatten().max();
    match (timeline.settled, scene.model.overview.verdict) {
        (Some(settled), _) => settled,
        (None, Verdict::Ready) => known.unwrap_or(scene.now),
        _ => scene.now,
    }
}

/// Seconds over the bars, as dense as their words allow.
fn axis(scale: &Scale, start: usize, bar: usize) -> Line {
    const STEPS: [u64; 16] = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 86_400];
    let seconds = scale.whole.get() / 1000;
    let ticks = |step: u64| seconds.checked_div(step).unwrap_or(0);
    let most = u64::try_from(bar / 10).unwrap_or(1).max(1);
    let step = STEPS.iter().copied().find(|step| ticks(*step) <= most).unwrap_or(seconds.max(1));
    let mut line = Line::new();
    for tick in 0..=ticks(step) {
        let at = Duration::from_secs(tick.saturating_mul(step));
        let column = scale.column(at);
        let words = units::setting(at);
        let words = if tick == 0 { "0 s".to_owned() } else { words };
        if column + width(&words) > bar || start + column < line.width() + usize::from(tick > 0) {
            continue;
        }
        line.to_column(start + column);
        line.push(Role::Faint, words);
    }
    line
}

/// A lane's bar, a sign a column: the weightiest moment in it, else what went on in its middle.
fn stretch(scene: &Scene<'_>, lane: &Lane, scale: &Scale, bar: usize) -> Line {
    let mut line = Line::new();
    for column in 0..bar {
        let (from, to) = (scale.moment(column), scale.moment(column + 1));
        let marks = lane.marks.iter().filter(|(at, _)| *at >= from && *at < to);
        let is_ready = |at: Stamp| span_at(lane, at).is_some_and(|span| span.kind == SpanKind::Ready);
        let shown = marks.filter(|(at, mark)| weight(*mark) > 0 || !is_ready(*at));
        let shown = shown.filter(|(_, mark)| !matches!(mark, Mark::Created | Mark::Started));
        if let Some((_, mark)) = shown.max_by_key(|(_, mark)| weight(*mark)) {
            line.push(moment_role(*mark), scene.glyphs.moment(*mark));
            continue;
        }
        let middle = Stamp::from_nanos(from.as_nanos().midpoint(to.as_nanos()));
        match span_at(lane, middle).filter(|_| middle <= scene.now) {
            Some(span) => line.push(stretch_role(span.kind), scene.glyphs.stretch(span.kind)),
            None => line.push(Role::Text, " "),
        }
    }
    line
}

fn span_at(lane: &Lane, at: Stamp) -> Option<&Span> {
    lane.spans.iter().find(|s| at >= s.from && s.to.is_none_or(|to| at < to))
}

/// Which of several moments in one column is shown. Those of weight 0 count only until the service is ready.
fn weight(mark: Mark) -> u8 {
    match mark {
        Mark::Created | Mark::Started | Mark::Passed => 0,
        Mark::Restarted | Mark::Listening => 1,
        Mark::Failed => 2,
        Mark::Ready => 3,
        Mark::Exited(_) => 4,
    }
}

fn moment_role(mark: Mark) -> Role {
    match mark {
        Mark::Ready | Mark::Exited(0) => Role::Good,
        Mark::Passed => Role::ProbePassed,
        Mark::Failed => Role::ProbeFailed,
        Mark::Exited(_) => Role::Error,
        Mark::Restarted => Role::Warning,
        Mark::Listening => Role::Accent,
        Mark::Created | Mark::Started => Role::Dim,
    }
}

fn stretch_role(kind: SpanKind) -> Role {
    match kind {
        SpanKind::Waiting | SpanKind::Unknown => Role::Faint,
        SpanKind::Created => Role::Dim,
        SpanKind::Starting => Role::Busy,
        SpanKind::Probing => Role::ProbeFailed,
        SpanKind::Ready => Role::Good,
        SpanKind::Unhealthy | SpanKind::Down => Role::Error,
        SpanKind::Ended => Role::Text,
    }
}

/// The state, when it got ready, and whether it decided how long the start took.
fn ending(scene: &Scene<'_>, timeline: &Timeline, lane: &Lane, room: usize) -> Line {
    let status = scene.model.overview.service(&lane.service);
    let container = lane.container.as_ref().and_then(|id| scene.model.stack().containers.get(id));
    let state = match container {
        Some(container) => Some(scene.model.stack().container_state(container, status)),
        None => status.map(|s| s.state),
    };
    let mut line = state.map_or_else(Line::new, |s| Line::of(state_role(s), s.word()));
    let time = match lane.ready {
        Some(at) if !lane.in_start || at < timeline.origin => Line::of(Role::Dim, "before"),
        Some(at) => Line::of(Role::Text, units::span(at.since(timeline.origin))),
        None => Line::of(Role::Text, scene.glyphs.none()),
    };
    line.to_column(10);
    let mut line = Line::spread(line, time, 19);
    if room > 20 && timeline.is_critical(&lane.service) {
        line.push(Role::Accent, format!("  {} critical", scene.glyphs.head(false)));
    }
    line
}

/// A line under the bars.
fn noted(scene: &Scene<'_>, timeline: &Timeline, note: Note, room: usize) -> Line {
    let flag = |first: bool, role: Role, words: String| {
        let sign = if first { scene.glyphs.flag() } else { " " };
        Line::of(role, format!("  {sign} ")).with(Role::Text, words)
    };
    match note {
        Note::Blank => Line::new(),
        Note::Critical => {
            let beside = earlier(timeline);
            let beside = if beside.is_empty() { Line::new() } else { Line::of(Role::Dim, format!("  {beside} ")) };
            Line::beside(critical(scene, timeline), [beside, Line::new()], room)
        }
        Note::Regression(first, words) => flag(first, Role::Warning, words),
        Note::Hint(first, words) => flag(first, Role::Accent, words),
        Note::Remark(words) => Line::of(Role::Warning, format!("    {words}")),
        Note::Detail(words) => Line::of(Role::Dim, format!("    {words}")),
        Note::Legend => legend(scene, timeline, room),
    }
}

fn critical(scene: &Scene<'_>, timeline: &Timeline) -> Line {
    let mut line = Line::new();
    if timeline.critical.is_empty() {
        return line;
    }
    line.push(Role::Dim, "  critical path  ");
    for (i, (name, took)) in timeline.critical.iter().enumerate() {
        if i > 0 {
            line.push(Role::Faint, format!(" {} ", scene.glyphs.arrow()));
        }
        line.push(Role::Strong, &**name);
        line.push(Role::Text, format!(" {}", units::span(*took)));
    }
    let total = timeline.critical.iter().map(|(_, took)| *took).fold(Duration::ZERO, Duration::saturating_add);
    if timeline.critical.len() > 1 {
        line.push(Role::Faint, " = ");
        line.styled(Role::Strong, Emphasis::BOLD, units::span(total));
    }
    line
}

fn legend(scene: &Scene<'_>, timeline: &Timeline, room: usize) -> Line {
    let stretches = [
        (SpanKind::Waiting, "waiting"),
        (SpanKind::Created, "created"),
        (SpanKind::Starting, "starting"),
        (SpanKind::Unhealthy, "unhealthy"),
        (SpanKind::Unknown, "unknown"),
    ];
    let moments = [
        (Mark::Failed, "failed probe"),
        (Mark::Ready, "ready"),
        (Mark::Exited(1), "exited"),
        (Mark::Listening, "listens"),
    ];
    // What doesn't occur needs no explanation.
    let occurs = |kind| timeline.lanes.iter().flat_map(|lane| &lane.spans).any(|span| span.kind == kind);
    let happens = |mark: Mark| {
        let mut marks = timeline.lanes.iter().flat_map(|lane| &lane.marks);
        marks.any(|(_, other)| scene.glyphs.moment(*other) == scene.glyphs.moment(mark))
    };
    let stretches = stretches.into_iter().filter(|(kind, _)| occurs(*kind));
    let signs = stretches.map(|(kind, words)| (stretch_role(kind), scene.glyphs.stretch(kind), words));
    let moments = moments.into_iter().filter(|(mark, _)| happens(*mark));
    let moments = moments.map(|(mark, words)| (moment_role(mark), scene.glyphs.moment(mark), words));
    let signs: Vec<_> = signs.chain(moments).collect();
    let line = |gap: &str| {
        let one = |line: Line, (role, sign, words): &(Role, &str, &str)| {
            line.with(*role, sign).with(Role::Faint, format!(" {words}{gap}"))
        };
        signs.iter().fold(Line::of(Role::Text, "  "), one)
    };
    let wide = line("   ");
    if wide.width() <= room { wide } else { line("  ") }
}
