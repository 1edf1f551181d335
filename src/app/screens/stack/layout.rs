//! Where the Stack screen's panels are.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use super::{
    rows::{Row, rows},
    state::{INSPECTOR, SERVICES, TOPOLOGY},
    topology,
    window::canvas,
};
use crate::{
    app::{Model, screens::ids::Panel},
    base::num::{cols, scale},
};

/// From this width on the inspector may stand at the right of the table.
const BESIDE: u16 = 100;
/// From this width on it stands at the right of the topology as well.
const FULL_HEIGHT: u16 = 150;
/// The least height of an inspector under the table.
const BELOW: u16 = 6;
/// From this height on it stands under the table even where there is room at its right: lines of log are long,
/// and the table keeps all its columns.
const ROOMY: u16 = 13;
/// The least height that the topology is worth: its border and a line.
const LEAST: u16 = 3;

/// The panels that there is room for, in the order of `Tab`.
pub(super) fn layout(model: &Model, body: Rect) -> Vec<(Panel, Rect)> {
    // Two borders and the table's head around the rows; a table that scrolls is still of use.
    let wanted = cols(rows(model).len()).saturating_add(3);
    let least = wanted.min(8);
    let beside = is_beside(model, body);
    let (left, right) = if body.width >= FULL_HEIGHT {
        let [left, right] = columns(body);
        (left, Some(right))
    } else {
        (body, None)
    };
    let inspector_least = if beside { 12 } else { 0 };
    let room = left.height.saturating_sub(if right.is_some() { least } else { least.max(inspector_least) });
    // At 80×24 the table comes first: what it doesn't need may go to the picture, beside the inspector half at least.
    let spare = left.height.saturating_sub(wanted);
    let room = if beside { room.min(spare.max(left.height / 2)) } else { spare };
    let topology = topology_height(model, left.width, room);
    let [top, below] = Split::vertical([Constraint::Length(topology), Constraint::Fill(1)]).areas(left);
    let mut panels = Vec::new();
    let (table, inspector) = match right {
        Some(right) => (below, Some(right)),
        None if beside => {
            let [table, inspector] = columns(below);
            (table, Some(inspector))
        }
        None => {
            // Where it could stand beside, it is never left out: rather the table scrolls.
            let wanted = if body.width >= BESIDE { wanted.min(below.height.saturating_sub(BELOW)) } else { wanted };
            if below.height.saturating_sub(wanted) >= BELOW {
                let [table, inspector] =
                    Split::vertical([Constraint::Length(wanted), Constraint::Fill(1)]).areas(below);
                (table, Some(inspector))
            } else {
                (below, None)
            }
        }
    };
    panels.push((SERVICES, table));
    panels.extend(inspector.map(|area| (INSPECTOR, area)));
    if topology >= LEAST {
        panels.push((TOPOLOGY, top));
    }
    panels
}

/// Whether the inspector stands beside the table rather than under it. The lines of reasons don't count: they
/// come and go, and panels shouldn't jump with them.
fn is_beside(model: &Model, body: Rect) -> bool {
    if body.width < BESIDE || body.width >= FULL_HEIGHT {
        return body.width >= BESIDE;
    }
    let steady = rows(model).iter().filter(|row| !matches!(row, Row::Reason(..))).count();
    let left = body.height.saturating_sub(cols(steady).saturating_add(3));
    left.saturating_sub(topology_height(model, body.width, left)) < ROOMY
}

fn columns(area: Rect) -> [Rect; 2] {
    let right = scale(38, 100, area.width).clamp(38, 90);
    Split::horizontal([Constraint::Fill(1), Constraint::Length(right)]).areas(area)
}

/// The height that the topology takes in this width, its border included: at most `most`, 0 where that is too
/// little for it.
fn topology_height(model: &Model, width: u16, most: u16) -> u16 {
    let room = canvas(Rect::new(0, 0, width, most)).as_size();
    let height = if most < LEAST { 0 } else { topology::height(model, room) };
    if height == 0 { 0 } else { height.saturating_add(2) }
}
