//! Orders each layer so that few arrows cross: barycenter sweeps, then swaps of neighbours.

use crate::app::screens::stack::topology::layers::Layered;

/// Sweeps over the layers; more hardly help.
const SWEEPS: usize = 8;
/// Above so many vertices only sweeps are made, to stay quick.
const SWAP_LIMIT: usize = 1500;

/// The neighbours of each vertex in one direction, and every vertex's place in its layer.
struct View {
    left: Vec<Vec<usize>>,
    right: Vec<Vec<usize>>,
    place: Vec<usize>,
}

impl View {
    fn new(graph: &Layered) -> Self {
        let n = graph.vertices.len();
        let (mut left, mut right) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        for link in &graph.links {
            if let (Some(l), Some(r)) = (left.get_mut(link.to), right.get_mut(link.from)) {
                l.push(link.from);
                r.push(link.to);
            }
        }
        let mut view = Self { left, right, place: vec![0; n] };
        for layer in &graph.layers {
            view.note(layer);
        }
        view
    }

    fn note(&mut self, layer: &[usize]) {
        for (place, &vertex) in layer.iter().enumerate() {
            if let Some(slot) = self.place.get_mut(vertex) {
                *slot = place;
            }
        }
    }

    fn places<'a>(&'a self, side: &'a [Vec<usize>], vertex: usize) -> impl Iterator<Item = usize> + 'a {
        side.get(vertex).into_iter().flatten().filter_map(|&n| self.place.get(n).copied())
    }
}

/// Orders the layers of the graph.
pub(super) fn arrange(graph: &mut Layered) {
    let mut view = View::new(graph);
    let mut best = graph.layers.clone();
    let mut fewest = crossings(&graph.layers, &view);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let rightwards = sweep.is_multiple_of(2);
        let depth = graph.layers.len();
        for step in 1..depth {
            let at = if rightwards { step } else { depth - 1 - step };
            if let Some(layer) = graph.layers.get_mut(at) {
                sort_by_barycenter(layer, &view, rightwards);
                view.note(layer);
            }
        }
        if graph.vertices.len() <= SWAP_LIMIT {
            for layer in &mut graph.layers {
                swap_neighbours(layer, &mut view);
            }
        }
        let now = crossings(&graph.layers, &view);
        if now < fewest {
            (fewest, best) = (now, graph.layers.clone());
        }
    }
    graph.layers = best;
}

/// Sorts a layer by the mean place of each vertex's neighbours; who has none stays about where it is.
fn sort_by_barycenter(layer: &mut [usize], view: &View, rightwards: bool) {
    let side = if rightwards { &view.left } else { &view.right };
    let key = |vertex: usize| {
        let (sum, count) = view.places(side, vertex).fold((0, 0), |(s, c), place| (s + place, c + 1));
        let mean = (sum * 1024_usize).checked_div(count);
        mean.unwrap_or_else(|| view.place.get(vertex).copied().unwrap_or(0) * 1024)
    };
    layer.sort_by_cached_key(|&vertex| key(vertex));
}

/// Swaps neighbours as long as that removes crossings.
fn swap_neighbours(layer: &mut [usize], view: &mut View) {
    for _ in 0..4 {
        let mut better = false;
        for i in 1..layer.len() {
            let (Some(&a), Some(&b)) = (layer.get(i - 1), layer.get(i)) else { continue };
            let (mut now, mut swapped) = (0, 0);
            for side in [&view.left, &view.right] {
                let of_b: Vec<usize> = view.places(side, b).collect();
                for pa in view.places(side, a) {
                    now += of_b.iter().filter(|&&pb| pb < pa).count();
                    swapped += of_b.iter().filter(|&&pb| pb > pa).count();
                }
            }
            if swapped < now {
                layer.swap(i - 1, i);
                if let Some(slot) = view.place.get_mut(a) {
                    *slot = i;
                }
                if let Some(slot) = view.place.get_mut(b) {
                    *slot = i - 1;
                }
                better = true;
            }
        }
        if !better {
            break;
        }
    }
}

/// How many pairs of links cross: inversions, counted with a Fenwick tree.
fn crossings(layers: &[Vec<usize>], view: &View) -> usize {
    let mut total = 0;
    for pair in layers.windows(2) {
        let [near, far] = pair else { continue };
        let mut tree = vec![0_usize; far.len() + 1];
        let mut seen = 0;
        for &vertex in near {
            let mut places: Vec<usize> = view.places(&view.right, vertex).collect();
            places.sort_unstable();
            for &place in &places {
                let (mut i, mut below) = (place + 1, 0);
                while i > 0 {
                    below += tree.get(i).copied().unwrap_or(0);
                    i &= i - 1;
                }
                total += seen - below;
            }
            for &place in &places {
                seen += 1;
                let mut i = place + 1;
                while let Some(slot) = tree.get_mut(i) {
                    *slot += 1;
                    i += i & i.wrapping_neg();
                }
            }
        }
    }
    total
}
