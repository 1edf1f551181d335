//! The graph in layers: every link goes from one layer to the next, long arrows pass through stand-ins.

use std::collections::BTreeMap;

use crate::app::screens::stack::topology::{Edge, Node};

/// A box, or a stand-in for an arrow that passes through a layer.
#[derive(Debug, Clone)]
pub(super) struct Vertex {
    /// Cells from left to right; 0 for a stand-in.
    pub width: i64,
    /// Rows; 1 for a stand-in.
    pub height: i64,
    /// Its column of boxes, from the left.
    pub layer: usize,
    /// Its first row; set by `rows`.
    pub y: i64,
    /// Whether it is a box.
    pub real: bool,
}

impl Vertex {
    /// The row, from its top, at which lines leave it.
    pub fn out_port(&self) -> i64 {
        i64::from(self.real)
    }
}

/// A stretch of an arrow from one layer to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// Where it starts.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The row, from the top of `to`, at which it arrives.
    pub in_port: i64,
}

/// An arrow with the vertices that it passes.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// From the left to the right.
    pub stops: Vec<usize>,
    /// The row, from the top of the last stop, at which it arrives there.
    pub in_port: i64,
    /// Whether the arrow really goes from the right to the left, as in a cycle.
    pub reversed: bool,
}

/// The layered graph.
#[derive(Debug, Default)]
pub(super) struct Layered {
    /// Boxes first, in the nodes' order, then stand-ins.
    pub vertices: Vec<Vertex>,
    /// Vertices of each layer, from the top.
    pub layers: Vec<Vec<usize>>,
    /// Every stretch once.
    pub links: Vec<Link>,
    /// One an edge.
    pub paths: Vec<Path>,
    /// How many of the vertices are boxes.
    pub boxes: usize,
}

impl Layered {
    /// Breaks cycles, finds layers, and puts stand-ins where an arrow passes a layer. Arrows of one class to
    /// one box share their stand-ins.
    pub fn new(nodes: &[Node], edges: &[Edge]) -> Self {
        let position = topological(nodes.len(), edges);
        let forward = forward(&position, edges);
        let layer = layer_of(nodes.len(), &position, &forward);
        let mut graph = Self { boxes: nodes.len(), ..Self::default() };
        let mut classes: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
        for &(_, to, class, _) in &forward {
            let list = classes.entry(to).or_default();
            if let Err(place) = list.binary_search(&class) {
                list.insert(place, class);
            }
        }
        for (i, node) in nodes.iter().enumerate() {
            let arriving = i64::try_from(classes.get(&i).map_or(0, Vec::len)).unwrap_or(0);
            graph.vertices.push(Vertex {
                width: i64::from(node.width),
                height: i64::from(node.height).max(arriving + 2),
                layer: layer.get(i).copied().unwrap_or(0),
                y: 0,
                real: true,
            });
        }
        let mut stand_ins = BTreeMap::new();
        for (from, to, class, reversed) in forward {
            let port = classes.get(&to).and_then(|list| list.binary_search(&class).ok()).unwrap_or(0);
            let in_port = i64::try_from(port).unwrap_or(0) + 1;
            let mut stops = vec![from];
            let (first, last) = (layer.get(from).copied().unwrap_or(0), layer.get(to).copied().unwrap_or(0));
            for between in first + 1..last {
                let stop = *stand_ins.entry((to, class, between)).or_insert_with(|| {
                    graph.vertices.push(Vertex { width: 0, height: 1, layer: between, y: 0, real: false });
                    graph.vertices.len() - 1
                });
                stops.push(stop);
            }
            if from != to {
                stops.push(to);
            }
            for pair in stops.windows(2) {
                if let &[a, b] = pair {
                    graph.links.push(Link { from: a, to: b, in_port: if b == to { in_port } else { 0 } });
                }
            }
            graph.paths.push(Path { stops, in_port, reversed });
        }
        graph.links.sort_unstable();
        graph.links.dedup();
        let depth = graph.vertices.iter().map(|v| v.layer + 1).max().unwrap_or(0);
        graph.layers = vec![Vec::new(); depth];
        for (i, vertex) in graph.vertices.iter().enumerate() {
            if let Some(list) = graph.layers.get_mut(vertex.layer) {
                list.push(i);
            }
        }
        graph
    }
}

/// The layer of each of so many nodes, counted from the left.
pub fn layers(nodes: usize, edges: &[Edge]) -> Vec<usize> {
    let position = topological(nodes, edges);
    layer_of(nodes, &position, &forward(&position, edges))
}

/// Every edge from left to right, with its class and whether it was turned round: one that closes a cycle is, in a
/// class of its own.
fn forward(position: &[usize], edges: &[Edge]) -> Vec<(usize, usize, u16, bool)> {
    let at = |node: usize| position.get(node).copied().unwrap_or(0);
    let turned = |e: &Edge| {
        if at(e.from) <= at(e.to) { (e.from, e.to, u16::from(e.class), false) } else { (e.to, e.from, 256, true) }
    };
    edges.iter().map(turned).collect()
}

/// A position for each node, dependents first. Where a cycle leaves no choice, the node named first goes on.
fn topological(n: usize, edges: &[Edge]) -> Vec<usize> {
    let mut waits = vec![0_usize; n];
    let mut after = vec![Vec::new(); n];
    for edge in edges.iter().filter(|e| e.from != e.to) {
        if let (Some(list), Some(count)) = (after.get_mut(edge.from), waits.get_mut(edge.to)) {
            list.push(edge.to);
            *count += 1;
        }
    }
    let mut position = vec![usize::MAX; n];
    let mut free: Vec<usize> = (0..n).rev().filter(|&i| waits.get(i) == Some(&0)).collect();
    let mut forced = 0;
    for place in 0..n {
        let node = free.pop().unwrap_or_else(|| {
            while position.get(forced).is_some_and(|&p| p != usize::MAX) {
                forced += 1;
            }
            forced
        });
        if let Some(slot) = position.get_mut(node) {
            *slot = place;
        }
        for &next in after.get(node).into_iter().flatten() {
            if let Some(count) = waits.get_mut(next) {
                *count = count.saturating_sub(1);
                if *count == 0 && position.get(next) == Some(&usize::MAX) {
                    free.push(next);
                }
            }
        }
    }
    position
}

/// The longest way from a node that nobody depends on; then whoever has more dependencies than dependents
/// moves right, next to the nearest of them, which shortens its arrows.
fn layer_of(n: usize, position: &[usize], forward: &[(usize, usize, u16, bool)]) -> Vec<usize> {
    let mut by_position: Vec<usize> = (0..n).collect();
    by_position.sort_by_key(|&node| position.get(node).copied());
    let mut out = vec![Vec::new(); n];
    let mut incoming = vec![0_usize; n];
    for &(from, to, ..) in forward.iter().filter(|e| e.0 != e.1) {
        if let (Some(list), Some(count)) = (out.get_mut(from), incoming.get_mut(to)) {
            list.push(to);
            *count += 1;
        }
    }
    let mut layer = vec![0_usize; n];
    for &node in &by_position {
        let next = layer.get(node).copied().unwrap_or(0) + 1;
        for &to in out.get(node).into_iter().flatten() {
            if let Some(slot) = layer.get_mut(to) {
                *slot = (*slot).max(next);
            }
        }
    }
    for &node in by_position.iter().rev() {
        let targets = out.get(node).map_or(&[][..], Vec::as_slice);
        let nearest = targets.iter().filter_map(|&to| layer.get(to).copied()).min();
        if let (Some(nearest), Some(slot)) = (nearest, layer.get_mut(node))
            && targets.len() >= incoming.get(node).copied().unwrap_or(0)
        {
            *slot = nearest.saturating_sub(1).max(*slot);
        }
    }
    layer
}
