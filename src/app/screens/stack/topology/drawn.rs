//! Draws boxes and arrows: on the Stack screen with what is live in them, on the command line without.

use std::collections::BTreeMap;

use crate::app::signs::Signs as _;
use crate::{
    app::screens::stack::topology::{Edge, Node, Picture, place},
    base::{
        num::cols,
        text::{clean, width as columns},
    },
    compose::{Condition, Project},
    view::{
        canvas::Canvas,
        glyphs::Glyphs,
        role::Role,
        screen::{Emphasis, Line},
    },
};

/// An arrow as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    /// What it waits for.
    pub condition: Condition,
    /// How it stands.
    pub role: Role,
}

/// Which sides of a cell lines reach.
#[derive(Debug, Clone, Copy, Default)]
struct Joint {
    up: bool,
    down: bool,
    left: bool,
    right: bool,
    role: Role,
}

/// How much a role stands before others where arrows share a line.
fn weight(role: Role) -> u8 {
    match role {
        Role::EdgeHopeless => 3,
        Role::EdgeSatisfied => 2,
        Role::EdgePending => 1,
        _ => 0,
    }
}

/// Draws the arrows of a picture.
pub fn draw_arrows(canvas: &mut Canvas, picture: &Picture, arrows: &[Arrow], glyphs: Glyphs) {
    let mut joints: BTreeMap<(u16, u16), Joint> = BTreeMap::new();
    for (route, arrow) in picture.routes.iter().zip(arrows) {
        trace(&mut joints, route, arrow.role);
    }
    for (&(x, y), joint) in &joints {
        let sign = glyphs.line(joint.up, joint.down, joint.left, joint.right);
        canvas.text(x, y, sign, joint.role, Emphasis::NONE);
    }
    for (route, arrow) in picture.routes.iter().zip(arrows) {
        let [.., before, head] = route.as_slice() else { continue };
        let rightwards = before.0 <= head.0;
        // Arrows that share their last stretch share its role, which the joint knows.
        let role = joints.get(head).map_or(arrow.role, |joint| joint.role);
        canvas.text(head.0, head.1, glyphs.head(rightwards), role, Emphasis::NONE);
        if arrow.condition != Condition::Started {
            let x = if rightwards { head.0.saturating_sub(3) } else { head.0.saturating_add(3) };
            canvas.text(x, head.1, glyphs.condition(arrow.condition), role, Emphasis::NONE);
        }
    }
}

fn trace(joints: &mut BTreeMap<(u16, u16), Joint>, route: &[(u16, u16)], role: Role) {
    for (i, pair) in route.windows(2).enumerate() {
        let &[(ax, ay), (bx, by)] = pair else { continue };
        let (left, right, top, bottom) = (ax.min(bx), ax.max(bx), ay.min(by), ay.max(by));
        for y in top..=bottom {
            for x in left..=right {
                let joint = joints.entry((x, y)).or_default();
                // At its start a line reaches the box that it leaves.
                let starts = i == 0 && (x, y) == (ax, ay);
                joint.up |= ay != by && y > top;
                joint.down |= ay != by && y < bottom;
                joint.left |= ay == by && (x > left || (starts && ax <= bx));
                joint.right |= ay == by && (x < right || (starts && ax > bx));
                if weight(role) >= weight(joint.role) {
                    joint.role = role;
                }
            }
        }
    }
}

/// Draws a box with a title in its border.
pub fn draw_box(canvas: &mut Canvas, area: ratatui::layout::Rect, border: Role, title: &Line, glyphs: Glyphs) {
    let (right, bottom) = (area.right().saturating_sub(1), area.bottom().saturating_sub(1));
    let inner = usize::from(area.width.saturating_sub(2));
    let bar = glyphs.horizontal().repeat(inner);
    let corner = |up, left| glyphs.line(up, !up, left, !left);
    canvas.text(
        area.x,
        area.y,
        &format!("{}{bar}{}", corner(false, false), corner(false, true)),
        border,
        Emphasis::NONE,
    );
    canvas.text(area.x, bottom, &format!("{}{bar}{}", corner(true, false), corner(true, true)), border, Emphasis::NONE);
    for y in area.y.saturating_add(1)..bottom {
        let side = glyphs.line(true, true, false, false);
        canvas.text(area.x, y, side, border, Emphasis::NONE);
        canvas.text(area.x.saturating_add(1), y, &" ".repeat(inner), Role::Text, Emphasis::NONE);
        canvas.text(right, y, side, border, Emphasis::NONE);
    }
    if !title.is_empty() {
        let padded =
            Line::of(Role::Text, " ").with_line(&title.clone().fit(inner.saturating_sub(3))).with(Role::Text, " ");
        canvas.line(area.x.saturating_add(1), area.y, &padded);
    }
}

/// The dependency graph of a project as plain lines of at most about `width` columns: boxes with names, arrows
/// with conditions, and what the signs mean. Services whose profiles are off are left out.
pub fn text(project: &Project, width: u16, ascii: bool) -> String {
    let glyphs = Glyphs { ascii };
    let services: Vec<_> = project.services.values().filter(|s| s.enabled).collect();
    let index = |name: &str| services.iter().position(|s| &*s.name == name);
    let mut edges = Vec::new();
    let mut arrows = Vec::new();
    for (from, service) in services.iter().enumerate() {
        for dependency in &service.depends_on {
            if let Some(to) = index(&dependency.service) {
                edges.push(Edge { from, to, class: crate::app::screens::stack::topology::class(dependency.condition) });
                arrows.push(Arrow { condition: dependency.condition, role: Role::Text });
            }
        }
    }
    let label = |name: &str, replicas: u32| {
        let name = clean(name).into_owned();
        if replicas == 1 { name } else { format!("{name} ×{replicas}") }
    };
    let labels: Vec<String> = services.iter().map(|s| label(&s.name, s.replicas)).collect();
    let nodes: Vec<Node> = labels.iter().map(|l| Node { width: cols(columns(l) + 4), height: 3 }).collect();
    let picture = place(&nodes, &edges, width);
    let mut canvas = Canvas::new(picture.size.width, picture.size.height, (0, 0));
    draw_arrows(&mut canvas, &picture, &arrows, glyphs);
    for (area, label) in picture.boxes.iter().zip(&labels) {
        draw_box(&mut canvas, *area, Role::Text, &Line::new(), glyphs);
        canvas.text(area.x.saturating_add(2), area.y.saturating_add(1), label, Role::Text, Emphasis::NONE);
    }
    let mut out = String::new();
    for line in canvas.lines() {
        out.push_str(line.text().trim_end());
        out.push('\n');
    }
    let used = |condition| arrows.iter().any(|a| a.condition == condition);
    let meanings = [
        (Condition::Started, "started"),
        (Condition::Healthy, "healthy"),
        (Condition::Completed, "completed successfully"),
    ];
    let legend: Vec<String> = meanings
        .iter()
        .filter(|(condition, _)| used(*condition))
        .map(|(c, words)| {
            format!("{h}{}{h}{} {words}", glyphs.condition(*c), glyphs.head(true), h = glyphs.horizontal())
        })
        .collect();
    if !legend.is_empty() {
        out.push_str(&format!("\nwaits until its dependency is: {}\n", legend.join("   ")));
    }
    out
}
