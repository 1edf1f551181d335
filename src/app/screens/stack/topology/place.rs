//! Lays out the parts of a graph that are connected, and puts them on shelves.

use ratatui::layout::{Rect, Size};

use super::{
    graph::{Edge, Node, Picture},
    lanes, layers, order, rows,
};

/// One connected part, laid out with its top left at the origin.
struct Part {
    nodes: Vec<usize>,
    edges: Vec<usize>,
    picture: Picture,
}

/// Lays out the graph; parts that aren't connected stand side by side as far as `width` allows.
pub fn place(nodes: &[Node], edges: &[Edge], width: u16) -> Picture {
    let mut parts: Vec<Part> = components(nodes.len(), edges)
        .into_iter()
        .map(|(members, arrows)| {
            let picture = place_connected(nodes, edges, &members, &arrows);
            Part { nodes: members, edges: arrows, picture }
        })
        .collect();
    // What has arrows comes first: it is what the picture is for.
    parts.sort_by_key(|part| part.edges.is_empty());
    pack(nodes.len(), edges.len(), &parts, width)
}

/// Connected parts as (nodes, edges), in order of their first node.
fn components(n: usize, edges: &[Edge]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut beside = vec![Vec::new(); n];
    for (i, edge) in edges.iter().enumerate() {
        if edge.from != edge.to && edge.from < n && edge.to < n {
            if let Some(list) = beside.get_mut(edge.from) {
                list.push((edge.to, i));
            }
            if let Some(list) = beside.get_mut(edge.to) {
                list.push((edge.from, i));
            }
        }
    }
    let mut seen = vec![false; n];
    let mut parts = Vec::new();
    for start in 0..n {
        let (mut members, mut arrows, mut open) = (Vec::new(), Vec::new(), vec![start]);
        while let Some(node) = open.pop() {
            if seen.get_mut(node).is_none_or(|seen| std::mem::replace(seen, true)) {
                continue;
            }
            members.push(node);
            for &(other, edge) in beside.get(node).into_iter().flatten() {
                arrows.push(edge);
                open.push(other);
            }
        }
        if members.is_empty() {
            continue;
        }
        members.sort_unstable();
        arrows.sort_unstable();
        arrows.dedup();
        parts.push((members, arrows));
    }
    parts
}

/// Lays out one part.
fn place_connected(nodes: &[Node], edges: &[Edge], members: &[usize], arrows: &[usize]) -> Picture {
    let local: Vec<Node> = members.iter().filter_map(|&m| nodes.get(m).copied()).collect();
    let index = |node: usize| members.binary_search(&node).unwrap_or(0);
    let links: Vec<Edge> = arrows
        .iter()
        .filter_map(|&e| edges.get(e))
        .map(|e| Edge { from: index(e.from), to: index(e.to), class: e.class })
        .collect();
    let mut graph = layers::Layered::new(&local, &links);
    order::arrange(&mut graph);
    rows::assign(&mut graph);
    lanes::route(&mut graph)
}

/// Puts the parts on shelves no wider than `width` (a wider part has a shelf of its own).
fn pack(n: usize, m: usize, parts: &[Part], width: u16) -> Picture {
    const GAP_X: u16 = 3;
    let mut picture =
        Picture { boxes: vec![Rect::ZERO; n], routes: vec![Vec::new(); m], layers: vec![0; n], size: Size::default() };
    let (mut x, mut y, mut shelf) = (0_u16, 0_u16, 0_u16);
    for part in parts {
        let size = part.picture.size;
        if x > 0 && x.saturating_add(size.width) > width {
            (x, y, shelf) = (0, y.saturating_add(shelf), 0);
        }
        for ((&node, area), &layer) in part.nodes.iter().zip(&part.picture.boxes).zip(&part.picture.layers) {
            if let Some(slot) = picture.boxes.get_mut(node) {
                *slot = Rect { x: area.x.saturating_add(x), y: area.y.saturating_add(y), ..*area };
            }
            if let Some(slot) = picture.layers.get_mut(node) {
                *slot = layer;
            }
        }
        for (&edge, route) in part.edges.iter().zip(&part.picture.routes) {
            if let Some(slot) = picture.routes.get_mut(edge) {
                *slot = route.iter().map(|p| (p.0.saturating_add(x), p.1.saturating_add(y))).collect();
            }
        }
        picture.size.width = picture.size.width.max(x.saturating_add(size.width));
        picture.size.height = picture.size.height.max(y.saturating_add(size.height));
        shelf = shelf.max(size.height);
        x = x.saturating_add(size.width).saturating_add(GAP_X);
    }
    picture
}
