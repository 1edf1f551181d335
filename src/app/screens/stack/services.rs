//! The table of services, with a line of reason under each that isn't ready.

use std::num::NonZeroU64;

use ratatui::layout::Rect;

use super::{
    rows::{Row, rows},
    state::SERVICES,
};
use crate::{
    app::{
        figures,
        layout::table_body,
        losses,
        pick::Pick,
        scene::Scene,
        signs::{Signs as _, state_role},
        words,
    },
    base::{
        id::ContainerId,
        text::{clean, width},
        time::Stamp,
        units,
    },
    stack::{Container, Drift, Phase, Probe, Sample, ServiceStatus, State},
    view::{
        role::Role,
        screen::{Line, Pane, Scroll},
        table::{self, Column},
    },
};

/// The columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Name,
    State,
    Probes,
    Since,
    Cpu,
    Memory,
    Network,
    Ports,
    Restarts,
}

/// Cells before the first column: the cursor, the state's sign, a blank.
const LEAD: usize = 4;

/// The table.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let all = rows(scene.model);
    let body = table_body(area);
    let (room, height) = (usize::from(body.width), usize::from(body.height));
    let columns = columns(scene, room.saturating_sub(LEAD + 1));
    let mut head = Line::of(Role::Text, " ".repeat(LEAD));
    head.extend(table::head(&columns));
    let mut lines = vec![head];
    let top = scene.model.ui.screens.stack.top.min(all.len().saturating_sub(1));
    for row in all.iter().skip(top).take(height) {
        lines.push(line(scene, row, &columns, room));
    }
    if all.is_empty() {
        lines.push(Line::of(Role::Dim, format!("  {}", empty(scene))));
    }
    let mut frame = scene.frame(SERVICES, "Services");
    frame.scroll = Scroll::of(top, height, all.len());
    let ui = &scene.model.ui;
    if !ui.screens.stack.filter.is_empty() {
        frame.right.push(Role::Accent, format!("/{}", ui.screens.stack.filter));
    }
    if !ui.marked.is_empty() {
        frame.right.push(Role::Marked, format!("  {} marked", ui.marked.len()).trim_start());
    }
    if ui.screens.stack.hide_disabled {
        let hidden = scene.model.overview.services.iter().filter(|s| !s.enabled).count();
        if hidden > 0 {
            frame.bottom.push(Role::Dim, format!("{hidden} switched off by profile, hidden"));
        }
    }
    if let Some(words) = losses::not_shown(scene.model, "the list of containers") {
        if !frame.bottom.is_empty() {
            frame.bottom.push(Role::Text, "  ");
        }
        frame.bottom.extend(words);
    }
    Pane::framed(area, frame, lines)
}

fn empty(scene: &Scene<'_>) -> &'static str {
    if !scene.model.ui.screens.stack.filter.is_empty() {
        "No name matches the filter; Esc shows all."
    } else if scene.model.stack().listed {
        "No services are declared, and no containers exist."
    } else {
        "The engine hasn't answered yet."
    }
}

fn columns(scene: &Scene<'_>, room: usize) -> Vec<Column<Key>> {
    let services = &scene.model.overview.services;
    let longest = |of: &dyn Fn(&ServiceStatus) -> usize| services.iter().map(of).max().unwrap_or(0);
    let orphans = scene.model.overview.orphans.iter().chain(&scene.model.overview.oneoffs);
    let orphan = orphans.filter_map(|id| scene.model.stack().containers.get(id));
    let orphan = orphan.map(|c| width(words::container(&scene.model.stack().project, &c.name)).min(16)).max();
    let sign = |s: &ServiceStatus| {
        if matches!(scene.model.overview.drift.get(&s.name), Some(Drift::Drifted { .. })) { 2 } else { 0 }
    };
    let name = longest(&|s| width(&s.name) + sign(s)).max(orphan.unwrap_or(0)).clamp(7, 22);
    let state = longest(&|s| width(&words::state(s))).clamp(8, 16);
    let arrow = scene.glyphs.arrow();
    let ports = longest(&|s| width(&words::ports(&s.ports, arrow).join(" "))).clamp(5, 24);
    let column = |key, title, width, yields, right| Column { key, title, width, yields, right };
    let all = [
        column(Key::Name, "SERVICE", name, 0, false),
        column(Key::State, "STATE", state, 0, false),
        column(Key::Probes, "PROBES", 6, 2, false),
        column(Key::Since, "SINCE", 7, 1, true),
        column(Key::Cpu, "CPU", 13, 4, true),
        column(Key::Memory, "MEM", 14, 5, true),
        column(Key::Network, "NET", 10, 7, true),
        column(Key::Ports, "PORTS", ports, 3, false),
        column(Key::Restarts, scene.glyphs.restarts(), 3, 6, true),
    ];
    table::fit(&all, room, Key::Name, name + 8)
}

fn line(scene: &Scene<'_>, row: &Row, columns: &[Column<Key>], room: usize) -> Line {
    match row {
        Row::Heading(words) => Line::of(Role::Heading, format!("  {words}")),
        Row::Service(name) => match scene.model.overview.service(name) {
            Some(status) => service(scene, status, columns),
            None => Line::new(),
        },
        Row::Reason(name, words) => {
            let status = scene.model.overview.service(name);
            let trouble = status.is_some_and(|s| s.state.is_trouble() && !scene.fades(s));
            let lead = format!("{}{} ", " ".repeat(LEAD), scene.glyphs.under());
            let role = if trouble { Role::Text } else { Role::Dim };
            Line::of(Role::Faint, lead).with(role, words).fit(room.saturating_sub(1))
        }
        Row::Replica(id) => container(scene, id, columns, true),
        Row::Orphan(id) | Row::OneOff(id) => container(scene, id, columns, false),
    }
}

/// The cursor and the mark before a row.
fn lead(scene: &Scene<'_>, pick: &Pick) -> Line {
    let selected = scene.is_selected(pick);
    if scene.model.ui.marked.contains(pick) {
        Line::of(Role::Marked, scene.glyphs.mark())
    } else if selected && scene.focused(SERVICES) {
        Line::of(Role::Accent, scene.glyphs.cursor())
    } else {
        Line::of(Role::Text, " ")
    }
}

fn finish(scene: &Scene<'_>, pick: &Pick, line: Line) -> Line {
    if scene.is_selected(pick) { line.filled(Role::Selection) } else { line }
}

fn service(scene: &Scene<'_>, status: &ServiceStatus, columns: &[Column<Key>]) -> Line {
    let pick = Pick::Service(status.name.clone());
    let state = state_role(status.state);
    let mut body = Line::of(Role::Text, " ");
    body.push(state, scene.glyphs.state(status.state));
    body.push(Role::Text, " ");
    body.extend(table::row(columns, |key, room| match key {
        Key::Name => {
            let mut name = Line::of(scene.name_role(status), &*status.name);
            let mut signs = Line::new();
            if matches!(scene.model.overview.drift.get(&status.name), Some(Drift::Drifted { .. })) {
                signs.push(Role::Warning, format!(" {}", scene.glyphs.drifted()));
            }
            if status.containers.len() > 1 {
                let open = scene.model.ui.screens.stack.unfolded.contains(&status.name);
                signs.push(Role::Dim, format!(" {}", scene.glyphs.fold(open)));
            }
            if !signs.is_empty() {
                name = name.fit(room.saturating_sub(signs.width())).with_line(&signs);
            }
            name
        }
        Key::State if !status.enabled => Line::of(Role::Faint, "off"),
        Key::State => {
            let mut line = Line::new();
            line.styled(state, scene.glow(status), words::state(status));
            line
        }
        Key::Probes => probes(scene, status, 5),
        Key::Since => since(scene, status.since, &status.containers),
        Key::Cpu => cpu(scene, &status.containers),
        Key::Memory => memory(scene, &status.containers),
        Key::Network => network(scene, &status.containers),
        Key::Ports => Line::of(Role::Dim, words::ports(&status.ports, scene.glyphs.arrow()).join(" ")),
        Key::Restarts if status.restarts > 0 => Line::of(Role::Warning, status.restarts.to_string()),
        Key::Restarts if status.containers.is_empty() => Line::new(),
        Key::Restarts => Line::of(Role::Faint, "0"),
    }));
    if scene.fades(status) {
        body = body.toned(Role::Faint);
    }
    finish(scene, &pick, lead(scene, &pick).with_line(&body))
}

/// How long it has been so; at most how long, where only the start is known.
fn since(scene: &Scene<'_>, since: Option<Stamp>, containers: &[ContainerId]) -> Line {
    let age = |at: Stamp| units::age(scene.now.since(at));
    match (since, scene.model.stack().running_since(containers)) {
        (Some(since), _) => Line::of(Role::Dim, age(since)),
        (None, Some(start)) => Line::of(Role::Faint, format!("{}{}", scene.glyphs.at_most(), age(start))),
        (None, None) => Line::of(Role::Faint, scene.glyphs.none()),
    }
}

/// The last probes of a service's first container, oldest first.
pub fn probes(scene: &Scene<'_>, status: &ServiceStatus, n: usize) -> Line {
    let container = status.containers.first().and_then(|id| scene.model.stack().containers.get(id));
    container.map_or_else(Line::new, |c| last_probes(scene, c, n))
}

fn last_probes(scene: &Scene<'_>, container: &Container, n: usize) -> Line {
    let mut line = Line::new();
    if container.phase != Phase::Running && container.phase != Phase::Paused {
        return line;
    }
    // Those of a life before tell nothing of this one.
    let probes: Vec<&Probe> = container.probes.iter().filter(|p| Some(p.start) >= container.started).collect();
    for probe in probes.iter().skip(probes.len().saturating_sub(n)) {
        let passed = probe.exit == 0;
        line.push(if passed { Role::ProbePassed } else { Role::ProbeFailed }, scene.glyphs.probe(passed));
    }
    line
}

fn container(scene: &Scene<'_>, id: &ContainerId, columns: &[Column<Key>], replica: bool) -> Line {
    let pick = Pick::Container(id.clone());
    let Some(container) = scene.model.stack().containers.get(id) else { return Line::new() };
    let of = container.service.as_ref().filter(|_| replica).and_then(|s| scene.model.overview.service(s));
    let state = scene.model.stack().container_state(container, of);
    let role = state_role(state);
    let ids = std::slice::from_ref(id);
    let mut body = Line::of(Role::Text, if replica { "   " } else { " " });
    body.push(role, scene.glyphs.state(state));
    body.push(Role::Text, " ");
    let indent = body.width() + 1 - LEAD;
    body.extend(table::row(columns, |key, room| match key {
        Key::Name => {
            let name = words::container(&scene.model.stack().project, &container.name);
            Line::of(Role::Dim, clean(name)).fit(room.saturating_sub(indent))
        }
        Key::State => match (state, container.exit_code) {
            (State::Exited, Some(code)) => Line::of(role, format!("exited {code}")),
            _ => Line::of(role, state.word()),
        },
        Key::Probes => last_probes(scene, container, 5),
        Key::Since => since(scene, scene.model.stack().container_since(container, of), ids),
        Key::Cpu => cpu(scene, ids),
        Key::Memory => memory(scene, ids),
        Key::Network => network(scene, ids),
        Key::Ports => Line::of(Role::Dim, words::ports(&container.ports, scene.glyphs.arrow()).join(" ")),
        Key::Restarts if container.restarts > 0 => Line::of(Role::Warning, container.restarts.to_string()),
        Key::Restarts => Line::of(Role::Faint, "0"),
    }));
    finish(scene, &pick, lead(scene, &pick).with_line(&unindent(body, indent)))
}

/// Takes back the columns that a row is indented by, after its name, so that the further columns stand in line.
fn unindent(line: Line, indent: usize) -> Line {
    let mut out = Line { spans: Vec::new(), fill: line.fill };
    let mut left = indent;
    for span in line.spans {
        let blanks = span.text().chars().take_while(|c| *c == ' ').count();
        let all_blank = blanks == span.text().len();
        if left > 0 && out.width() > LEAD && all_blank && blanks > left {
            out.push(span.role, " ".repeat(blanks - left));
            left = 0;
        } else {
            out.styled(span.role, span.emphasis, span.text());
        }
    }
    out
}

fn samples<'a>(
    scene: &'a Scene<'_>,
    ids: &'a [ContainerId],
) -> impl Iterator<Item = &'a crate::base::ring::Ring<Sample>> {
    ids.iter().filter_map(|id| scene.model.stack().samples.get(id)).filter(|ring| !ring.is_empty())
}

/// A bar for each of the last five samples, and the last figure.
fn cpu(scene: &Scene<'_>, ids: &[ContainerId]) -> Line {
    const BARS: usize = 5;
    let mut sums = [0.0_f32; BARS];
    let mut known = false;
    for ring in samples(scene, ids) {
        for (slot, sample) in sums.iter_mut().rev().zip(ring.iter().rev()) {
            if let Some(cpu) = sample.cpu {
                *slot += cpu;
                known = true;
            }
        }
    }
    if !known {
        return Line::new();
    }
    // A tenth of a processor fills at least a bar, so that the noise of idling stays at the bottom.
    let most = sums.iter().copied().fold(10.0_f32, f32::max);
    let bars: String = sums.iter().map(|cpu| scene.glyphs.bar(eighth(cpu / most))).collect();
    let last = sums.last().copied().unwrap_or(0.0);
    let role = if last >= 90.0 { Role::Warning } else { Role::Text };
    Line::of(Role::Spark, bars).with(role, format!("{last:6.1} %"))
}

/// A share of 1 as a level from 0 to 7.
fn eighth(share: f32) -> usize {
    (1..8_u8).filter(|level| share * 8.0 >= f32::from(*level)).count()
}

fn memory(scene: &Scene<'_>, ids: &[ContainerId]) -> Line {
    let Some(figures::Memory { used, limit }) = figures::memory(scene.model, ids) else { return Line::new() };
    let role = if limit > 0 && used >= (limit / 100).max(1).saturating_mul(90) { Role::Warning } else { Role::Text };
    let mut line = Line::of(role, units::bytes(used));
    if limit > 0 {
        line.push(Role::Faint, format!(" / {}", units::bytes(limit)));
    }
    line
}

/// Bytes a second, in and out, between the last two samples.
fn network(scene: &Scene<'_>, ids: &[ContainerId]) -> Line {
    let mut rate = None;
    for ring in samples(scene, ids) {
        let (Some(new), Some(old)) = (ring.last(), ring.len().checked_sub(2).and_then(|i| ring.get(i))) else {
            continue;
        };
        let ms =
            u64::try_from(new.at.since(old.at).as_millis()).ok().and_then(NonZeroU64::new).unwrap_or(NonZeroU64::MIN);
        let total = |s: &Sample| s.network.0.saturating_add(s.network.1);
        let moved = total(new).saturating_sub(total(old));
        rate = Some(rate.unwrap_or(0_u64).saturating_add(moved.saturating_mul(1000) / ms));
    }
    match rate {
        None => Line::new(),
        Some(0) => Line::of(Role::Faint, "0"),
        Some(rate) => Line::of(Role::Dim, words::rate(rate)),
    }
}
