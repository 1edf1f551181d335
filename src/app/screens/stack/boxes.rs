//! The picture of who waits for whom, live.

use std::collections::BTreeSet;

use ratatui::layout::{Rect, Size};

use super::{
    state::TOPOLOGY,
    topology::{
        Form, Sketch,
        drawn::{Arrow, draw_arrows, draw_box},
    },
    window::{canvas, shown},
};
use crate::{
    app::{
        scene::Scene,
        signs::{Signs as _, state_role},
    },
    base::units,
    compose::Condition,
    stack::{ServiceStatus, State},
    view::{
        canvas::Canvas,
        role::Role,
        screen::{Emphasis, Line, Pane},
    },
};

/// The topology.
pub fn draw(scene: &Scene<'_>, area: Rect) -> Pane {
    let room = canvas(area).as_size();
    let (sketch, pan) = shown(scene.model, room);
    let mut frame = scene.frame(TOPOLOGY, "Topology");
    frame.right = modes(scene);
    let lines =
        if sketch.form == Form::Lines { layers(scene, &sketch, room, pan.1) } else { boxes(scene, &sketch, room, pan) };
    Pane::framed(area, frame, lines)
}

fn modes(scene: &Scene<'_>) -> Line {
    let ui = &scene.model.ui.screens.stack;
    let on = [(ui.impact, "impact"), (ui.blockers, "blockers only"), (ui.by_network, "by network")];
    let names: Vec<&str> = on.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    Line::of(Role::Accent, names.join(", "))
}

fn boxes(scene: &Scene<'_>, sketch: &Sketch, room: Size, pan: (u16, u16)) -> Vec<Line> {
    let picture = &sketch.picture;
    let statuses: Vec<&ServiceStatus> =
        sketch.services.iter().filter_map(|name| scene.model.overview.service(name)).collect();
    let mut canvas = Canvas::new(room.width, room.height, pan);
    let arrows: Vec<Arrow> = sketch
        .arrows
        .iter()
        .map(|(edge, condition)| Arrow {
            condition: *condition,
            role: arrow_role(scene, statuses.get(edge.from).copied(), statuses.get(edge.to).copied(), *condition),
        })
        .collect();
    draw_arrows(&mut canvas, picture, &arrows, scene.glyphs);
    for (status, area) in statuses.iter().zip(&picture.boxes) {
        service(scene, &mut canvas, status, *area, sketch.form == Form::Full);
    }
    let air = Line::of(Role::Text, " ");
    canvas.lines().into_iter().map(|line| air.clone().with_line(&line)).collect()
}

/// Dim until the condition is satisfied, red when it can't be.
fn arrow_role(scene: &Scene<'_>, from: Option<&ServiceStatus>, to: Option<&ServiceStatus>, c: Condition) -> Role {
    let (Some(from), Some(to)) = (from, to) else { return Role::EdgePending };
    if scene.fades(from) || scene.fades(to) {
        return Role::EdgePending;
    }
    if let Some(blocker) = from.blocked_by.iter().find(|b| b.service == to.name) {
        return if blocker.hopeless { Role::EdgeHopeless } else { Role::EdgePending };
    }
    let satisfied = match c {
        Condition::Started => to.state.is_up() || to.state == State::Done,
        Condition::Healthy => to.state == State::Healthy,
        Condition::Completed => to.state == State::Done,
    };
    if satisfied { Role::EdgeSatisfied } else { Role::EdgePending }
}

fn service(scene: &Scene<'_>, canvas: &mut Canvas, status: &ServiceStatus, area: Rect, full: bool) {
    let fades = scene.fades(status);
    let selected = scene.selected.as_ref() == Some(&status.name);
    let tone = |role| if fades { Role::Faint } else { role };
    let border = match status.state {
        _ if selected => Role::BorderFocus,
        state if state.is_trouble() => tone(Role::Error),
        _ => Role::Border,
    };
    let state = tone(state_role(status.state));
    let (x, y) = (area.x.saturating_add(2), area.y.saturating_add(1));
    let inner = usize::from(area.width.saturating_sub(4));
    let glyph = scene.glyphs.state(status.state);
    if !full {
        draw_box(canvas, area, border, &Line::new(), scene.glyphs);
        let line = Line::of(state, glyph).with(Role::Text, " ").with(scene.name_role(status), &*status.name);
        canvas.line(x, y, &line.fit(inner));
        return;
    }
    let mut title = Line::of(scene.name_role(status), &*status.name);
    if status.replicas != 1 && !status.is_off() {
        title.push(tone(Role::Dim), format!(" {}/{}", status.ready_replicas, status.replicas));
    }
    draw_box(canvas, area, border, &title, scene.glyphs);
    let mut word = status.word().to_owned();
    if let (State::Exited, Some(code)) = (status.state, status.exit_code) {
        word.push_str(&format!(" {code}"));
    }
    let age = status.since.map(|since| units::age(scene.now.since(since))).unwrap_or_default();
    let mut sign = Line::of(state, format!("{glyph} "));
    sign.styled(state, scene.glow(status), word);
    let first = Line::spread(sign, Line::of(tone(Role::Dim), age), inner);
    let published: BTreeSet<u16> = status.ports.iter().filter_map(|p| p.host_port).collect();
    let published: Vec<String> = published.iter().map(|port| format!(":{port}")).collect();
    let mut probes = super::services::probes(scene, status, 5);
    if fades {
        probes = probes.toned(Role::Faint);
    }
    let second = Line::spread(Line::of(tone(Role::Dim), published.join(" ")), probes, inner);
    canvas.line(x, y, &first);
    canvas.line(x, y.saturating_add(1), &second);
}

/// Names and arrows, where boxes don't fit.
fn layers(scene: &Scene<'_>, sketch: &Sketch, room: Size, first: u16) -> Vec<Line> {
    let lines = sketch.lines(room.width).into_iter().skip(usize::from(first)).take(usize::from(room.height));
    lines
        .map(|services| {
            let mut line = Line::of(Role::Text, " ");
            for (service, begins) in services {
                if begins {
                    line.push(Role::Faint, format!("{:<3}", scene.glyphs.arrow()));
                }
                let status = sketch.services.get(service).and_then(|name| scene.model.overview.service(name));
                let Some(status) = status else { continue };
                let role = if scene.fades(status) { Role::Faint } else { state_role(status.state) };
                line.push(role, scene.glyphs.state(status.state));
                line.push(Role::Text, " ");
                let selected = scene.selected.as_ref() == Some(&status.name);
                line.styled(scene.name_role(status), Emphasis { underline: selected, ..Emphasis::NONE }, &*status.name);
                line.push(Role::Text, "  ");
            }
            line
        })
        .collect()
}
