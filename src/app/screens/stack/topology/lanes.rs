//! Draws the arrows between layers: along their row to the target's lane, along the lane, and to the target.
//!
//! Two things would mislead: a line that ends where another begins in the same row, and a lane shared by two
//! targets. So each target has a lane of its own, and a lane stands right of every lane that is fed from the
//! row in which its own last stretch runs.

use std::collections::BTreeMap;

use ratatui::layout::{Rect, Size};

use crate::app::screens::stack::topology::{
    graph::{Picture, cell},
    layers::{Layered, Vertex},
};

/// Cells between two layers without lanes: `──♥──▶`.
const GAP: i64 = 6;
/// How far a layer may be moved down to untangle its rows from those before it.
const SHIFTS: i64 = 4;

/// The arrows that arrive at one row of the next layer.
struct Lane {
    /// Row of arrival.
    end: i64,
    /// Rows it is fed from.
    starts: Vec<i64>,
    /// First and last row.
    extent: (i64, i64),
    /// Its column within the gap; `None` where it is one straight line.
    column: Option<i64>,
}

/// All lanes between two layers, by (vertex, row from its top).
type Lanes = BTreeMap<(usize, i64), Lane>;

/// Gives every box its place and every arrow its corners.
pub(super) fn route(graph: &mut Layered) -> Picture {
    let depth = graph.layers.len();
    let mut gaps: Vec<Lanes> = Vec::new();
    for at in 1..depth {
        gaps.push(untangle(graph, at));
    }
    let top = graph.vertices.iter().map(|v| v.y).min().unwrap_or(0);
    // Where each layer begins, and how wide it is.
    let mut spans: Vec<(i64, i64)> = Vec::new();
    let mut x = 0;
    for (at, layer) in graph.layers.iter().enumerate() {
        let width = layer.iter().filter_map(|&v| graph.vertices.get(v)).map(|v| v.width).max().unwrap_or(0);
        spans.push((x, width));
        let columns = gaps.get(at).into_iter().flatten().filter_map(|(_, l)| l.column).max().map_or(0, |c| c + 1);
        x += width + if columns == 0 { GAP } else { 2 * columns + GAP - 1 };
    }
    let span = |vertex: &Vertex| spans.get(vertex.layer).copied().unwrap_or((0, 0));
    let real = graph.vertices.iter().take(graph.boxes);
    let boxes: Vec<Rect> = real
        .clone()
        .map(|v| Rect { x: cell(span(v).0), y: cell(v.y - top), width: cell(v.width), height: cell(v.height) })
        .collect();
    let layers = real.map(|v| v.layer).collect();
    let mut routes = Vec::with_capacity(graph.paths.len());
    for path in &graph.paths {
        let mut points: Vec<(i64, i64)> = Vec::new();
        for pair in path.stops.windows(2) {
            let &[a, b] = pair else { continue };
            let (Some(from), Some(to)) = (graph.vertices.get(a), graph.vertices.get(b)) else { continue };
            let port = if to.real { path.in_port } else { 0 };
            let lane = gaps.get(from.layer).and_then(|lanes| lanes.get(&(b, port)));
            let (begin, layer_width) = span(from);
            let (start, end) = (from.y + from.out_port(), to.y + port);
            points.push((begin + from.width, start));
            if let Some(column) = lane.and_then(|lane| lane.column) {
                let x = begin + layer_width + 1 + 2 * column;
                points.extend([(x, start), (x, end)]);
            }
            let (next, next_width) = span(to);
            points.push((if to.real { next - 1 } else { next + next_width - 1 }, end));
        }
        if path.reversed {
            points.reverse();
        }
        routes.push(corners(points, top));
    }
    let width = spans.last().map_or(0, |(x, width)| x + width);
    let height = graph.vertices.iter().map(|v| v.y + v.height - top).max().unwrap_or(0);
    Picture { boxes, routes, layers, size: Size::new(cell(width), cell(height)) }
}

/// Lays the lanes before layer `at`, moving it down a little if its rows can't be told from those before it.
fn untangle(graph: &mut Layered, at: usize) -> Lanes {
    let mut first = None;
    for shift in 0..=SHIFTS {
        let (lanes, tangled) = lay(graph, at, shift);
        if !tangled {
            move_down(graph, at, shift);
            return lanes;
        }
        first.get_or_insert(lanes);
    }
    first.unwrap_or_default()
}

/// Moves a layer and all after it down.
fn move_down(graph: &mut Layered, at: usize, rows: i64) {
    for vertex in graph.vertices.iter_mut().filter(|v| v.layer >= at) {
        vertex.y += rows;
    }
}

/// The lanes before layer `at`, if it were `shift` rows lower; and whether some lines can't be told apart.
fn lay(graph: &Layered, at: usize, shift: i64) -> (Lanes, bool) {
    let mut lanes = Lanes::new();
    for link in &graph.links {
        let (Some(from), Some(to)) = (graph.vertices.get(link.from), graph.vertices.get(link.to)) else { continue };
        if to.layer != at {
            continue;
        }
        let (start, end) = (from.y + from.out_port(), to.y + link.in_port + shift);
        let lane = lanes.entry((link.to, link.in_port)).or_insert_with(|| Lane {
            end,
            starts: Vec::new(),
            extent: (end, end),
            column: None,
        });
        lane.starts.push(start);
        lane.extent = (lane.extent.0.min(start), lane.extent.1.max(start));
    }
    let mut bent: Vec<&mut Lane> = lanes.values_mut().filter(|l| l.extent.0 != l.extent.1).collect();
    // Lines that go down cross least when the lowest turns first, those that go up when the highest does.
    bent.sort_by_key(|lane| {
        let down = lane.starts.first().is_some_and(|&start| start < lane.end);
        (!down, if down { -lane.end } else { lane.end })
    });
    let tangled = columns(&mut bent);
    (lanes, tangled)
}

/// Gives each lane a column; true where the order that was needed has a cycle.
fn columns(lanes: &mut [&mut Lane]) -> bool {
    let before: Vec<Vec<usize>> = lanes
        .iter()
        .enumerate()
        .map(|(i, lane)| {
            let fed = lanes.iter().enumerate().filter(|(j, other)| *j != i && other.starts.contains(&lane.end));
            fed.map(|(j, _)| j).collect()
        })
        .collect();
    let mut tangled = false;
    let mut placed: Vec<Option<i64>> = vec![None; lanes.len()];
    let mut taken: Vec<(i64, (i64, i64))> = Vec::new();
    for _ in 0..lanes.len() {
        let open = |i: &usize| placed.get(*i).is_some_and(Option::is_none);
        let is_free = |i: &usize| before.get(*i).is_some_and(|list| !list.iter().any(open));
        let next = (0..lanes.len()).filter(open).find(is_free).or_else(|| {
            tangled = true;
            (0..lanes.len()).find(open)
        });
        let Some((i, lane)) = next.and_then(|i| lanes.get_mut(i).map(|lane| (i, lane))) else { break };
        let fed = before.get(i).into_iter().flatten().filter_map(|&j| placed.get(j).copied().flatten());
        let mut column = fed.max().map_or(0, |c| c + 1);
        let (first, last) = lane.extent;
        while taken.iter().any(|&(c, (a, b))| c == column && a <= last && first <= b) {
            column += 1;
        }
        taken.push((column, lane.extent));
        lane.column = Some(column);
        if let Some(slot) = placed.get_mut(i) {
            *slot = Some(column);
        }
    }
    tangled
}

/// The points without those in the middle of a straight stretch.
fn corners(points: Vec<(i64, i64)>, top: i64) -> Vec<(u16, u16)> {
    let mut out: Vec<(i64, i64)> = Vec::new();
    for point in points {
        if out.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = out.as_slice()
            && ((a.0 == b.0 && b.0 == point.0) || (a.1 == b.1 && b.1 == point.1))
        {
            out.pop();
        }
        out.push(point);
    }
    out.into_iter().map(|(x, y)| (cell(x), cell(y - top))).collect()
}
