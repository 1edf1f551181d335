//! Gives each vertex its row: as near to its neighbours' rows as order and spacing allow.
//!
//! For one layer that is isotonic regression: with each vertex's offset in the stack taken off, the wished
//! rows have to become non-decreasing with the least squared change, which pooling neighbours solves exactly.

use crate::app::screens::stack::topology::layers::Layered;

/// Fractions of a row, so that means don't lose half rows on the way.
const FINE: i64 = 16;
/// Sweeps over the layers.
const SWEEPS: usize = 8;

/// Sets every vertex's `y`, the topmost 0.
pub(super) fn assign(graph: &mut Layered) {
    // (the other vertex, how far above or below its top ours would be, weight), in fine rows.
    let mut left = vec![Vec::new(); graph.vertices.len()];
    let mut right = left.clone();
    for link in &graph.links {
        let (Some(from), Some(to)) = (graph.vertices.get(link.from), graph.vertices.get(link.to)) else { continue };
        let shift = (from.out_port() - link.in_port) * FINE;
        let weight = if !from.real && !to.real { 8 } else { 1 };
        if let (Some(l), Some(r)) = (left.get_mut(link.to), right.get_mut(link.from)) {
            l.push((link.from, shift, weight));
            r.push((link.to, -shift, weight));
        }
    }
    for layer in graph.layers.clone() {
        let wishes = vec![(0, 1); layer.len()];
        settle(graph, &layer, &wishes);
    }
    let depth = graph.layers.len();
    for sweep in 0..SWEEPS {
        let rightwards = sweep % 2 == 1;
        let side = if rightwards { &left } else { &right };
        for step in 1..depth {
            let at = if rightwards { step } else { depth - 1 - step };
            let Some(layer) = graph.layers.get(at).cloned() else { continue };
            let wishes: Vec<(i64, i64)> = layer.iter().map(|&v| wish(graph, side, v)).collect();
            settle(graph, &layer, &wishes);
        }
    }
    let top = graph.vertices.iter().map(|v| v.y).min().unwrap_or(0);
    for layer in graph.layers.clone() {
        round(graph, &layer, top);
    }
}

/// The row a vertex would like, and how much.
fn wish(graph: &Layered, side: &[Vec<(usize, i64, i64)>], vertex: usize) -> (i64, i64) {
    let own = graph.vertices.get(vertex).map_or(0, |v| v.y);
    let (mut sum, mut weight) = (0, 0);
    for &(other, shift, w) in side.get(vertex).into_iter().flatten() {
        sum += (graph.vertices.get(other).map_or(0, |v| v.y) + shift) * w;
        weight += w;
    }
    if weight == 0 { (own, 1) } else { (sum / weight, weight * 2) }
}

/// Rows from the top of a layer's stack to each of its vertices, spacing included.
fn offsets(graph: &Layered, layer: &[usize]) -> Vec<i64> {
    let mut offset = 0;
    let mut before: Option<bool> = None;
    let mut all = Vec::with_capacity(layer.len());
    for vertex in layer.iter().filter_map(|&v| graph.vertices.get(v)) {
        if before.is_some_and(|real| real || vertex.real) {
            // A line right at a box's border would look like part of it.
            offset += i64::from(before == Some(true) || vertex.real);
        }
        all.push(offset);
        offset += vertex.height;
        before = Some(vertex.real);
    }
    all
}

/// Moves a layer's vertices as near to their wishes as their order allows.
fn settle(graph: &mut Layered, layer: &[usize], wishes: &[(i64, i64)]) {
    let offsets = offsets(graph, layer);
    // Blocks of (weighted sum, weight, members) with means that rise.
    let mut blocks: Vec<(i64, i64, usize)> = Vec::new();
    for (&(y, weight), offset) in wishes.iter().zip(&offsets) {
        let mut block = ((y - offset * FINE) * weight, weight, 1);
        while let Some(&(sum, weight, members)) = blocks.last() {
            if sum * block.1 <= block.0 * weight {
                break;
            }
            blocks.pop();
            block = (block.0 + sum, block.1 + weight, block.2 + members);
        }
        blocks.push(block);
    }
    let starts = blocks.iter().flat_map(|&(sum, weight, members)| std::iter::repeat_n(sum / weight.max(1), members));
    for ((&vertex, start), offset) in layer.iter().zip(starts).zip(&offsets) {
        if let Some(vertex) = graph.vertices.get_mut(vertex) {
            vertex.y = start + offset * FINE;
        }
    }
}

/// From fine rows to rows. The stack's offsets are whole, so rounding what is left keeps order and spacing.
fn round(graph: &mut Layered, layer: &[usize], top: i64) {
    for (&vertex, offset) in layer.iter().zip(offsets(graph, layer)) {
        if let Some(vertex) = graph.vertices.get_mut(vertex) {
            vertex.y = (vertex.y - offset * FINE - top + FINE / 2).div_euclid(FINE) + offset;
        }
    }
}
