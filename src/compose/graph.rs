//! Which service waits for which: order, layers, what is before and behind a service, cycles. All in linear time.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::model::Project;
use crate::base::id::ServiceName;

/// The dependency graph of a project's services. Arrows to services that don't exist are left out.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    names: Vec<ServiceName>,
    index: HashMap<ServiceName, usize>,
    /// For each service those it waits for.
    before: Vec<Vec<usize>>,
    /// For each service those that wait for it.
    behind: Vec<Vec<usize>>,
    order: Vec<ServiceName>,
    layers: HashMap<ServiceName, usize>,
    cycle: Option<Vec<ServiceName>>,
}

impl Graph {
    /// The graph of a project, disabled services included.
    pub fn of(project: &Project) -> Self {
        let services = project.services.values();
        Self::new(services.map(|s| (s.name.clone(), s.depends_on.iter().map(|d| d.service.clone()).collect())))
    }

    /// A graph of services with what each depends on.
    pub fn new(services: impl Iterator<Item = (ServiceName, Vec<ServiceName>)>) -> Self {
        let (names, wanted): (Vec<_>, Vec<_>) = services.unzip();
        let index: HashMap<_, _> = names.iter().cloned().enumerate().map(|(i, name)| (name, i)).collect();
        let mut before: Vec<Vec<usize>> = Vec::with_capacity(names.len());
        let mut behind: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
        for (i, wanted) in wanted.iter().enumerate() {
            let unique: BTreeSet<usize> = wanted.iter().filter_map(|name| index.get(name).copied()).collect();
            for dependency in &unique {
                if let Some(list) = behind.get_mut(*dependency) {
                    list.push(i);
                }
            }
            before.push(unique.into_iter().collect());
        }
        let mut graph = Self { names, index, before, behind, ..Self::default() };
        graph.sort();
        graph
    }

    /// Services in an order in which they can start: dependencies before dependents, the file's order among
    /// equals. Members of a cycle, and what waits for them, follow in the file's order.
    pub fn order(&self) -> &[ServiceName] {
        &self.order
    }

    /// How many arrows the longest way down from each service has; 0 depends on nobody.
    pub fn layers(&self) -> &HashMap<ServiceName, usize> {
        &self.layers
    }

    /// Those that wait for a service, directly.
    pub fn dependents(&self, name: &str) -> impl Iterator<Item = &ServiceName> {
        self.neighbours(&self.behind, name)
    }

    /// Those that a service waits for, directly.
    pub fn dependencies(&self, name: &str) -> impl Iterator<Item = &ServiceName> {
        self.neighbours(&self.before, name)
    }

    /// Everything that a service waits for, directly or not. The service itself only if it is in a cycle.
    pub fn upstream(&self, name: &str) -> BTreeSet<ServiceName> {
        self.reach(&self.before, name)
    }

    /// Everything that waits for a service, directly or not.
    pub fn downstream(&self, name: &str) -> BTreeSet<ServiceName> {
        self.reach(&self.behind, name)
    }

    /// A cycle, if there is one, beginning with its first service in the file.
    pub fn cycle(&self) -> Option<Vec<ServiceName>> {
        self.cycle.clone()
    }

    fn neighbours<'a>(&'a self, arrows: &'a [Vec<usize>], name: &str) -> impl Iterator<Item = &'a ServiceName> {
        let list = self.index.get(name).and_then(|i| arrows.get(*i));
        list.into_iter().flatten().filter_map(|i| self.names.get(*i))
    }

    fn reach(&self, arrows: &[Vec<usize>], name: &str) -> BTreeSet<ServiceName> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<usize> = self.index.get(name).into_iter().copied().collect();
        while let Some(at) = open.pop() {
            open.extend(arrows.get(at).into_iter().flatten().filter(|next| seen.insert(**next)));
        }
        seen.into_iter().filter_map(|i| self.names.get(i).cloned()).collect()
    }

    /// Kahn's algorithm, layer by layer; what it can't reach is in a cycle or behind one.
    fn sort(&mut self) {
        let mut waiting: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut layer = vec![0_usize; self.names.len()];
        let mut placed = vec![false; self.names.len()];
        let mut ready: BTreeSet<usize> = (0..self.names.len()).filter(|i| waiting.get(*i) == Some(&0)).collect();
        let mut order: Vec<usize> = Vec::with_capacity(self.names.len());
        while let Some(at) = ready.pop_first() {
            order.push(at);
            if let Some(placed) = placed.get_mut(at) {
                *placed = true;
            }
            let next_layer = layer.get(at).copied().unwrap_or(0) + 1;
            for &next in self.behind.get(at).into_iter().flatten() {
                if let (Some(left), Some(layer)) = (waiting.get_mut(next), layer.get_mut(next)) {
                    *left -= 1;
                    *layer = next_layer.max(*layer);
                    if *left == 0 {
                        ready.insert(next);
                    }
                }
            }
        }
        let stuck: VecDeque<usize> = (0..self.names.len()).filter(|i| placed.get(*i) == Some(&false)).collect();
        self.cycle = stuck.front().and_then(|first| self.find_cycle(*first, &placed));
        order.extend(stuck);
        self.order = order.iter().filter_map(|i| self.names.get(*i).cloned()).collect();
        self.layers = self.names.iter().cloned().zip(layer).collect();
    }

    /// Follows dependencies among the stuck from one of them until a service comes again.
    fn find_cycle(&self, first: usize, placed: &[bool]) -> Option<Vec<ServiceName>> {
        let mut seen: HashMap<usize, usize> = HashMap::new();
        let mut path = Vec::new();
        let mut at = first;
        let from = loop {
            if let Some(from) = seen.insert(at, path.len()) {
                break from;
            }
            path.push(at);
            at = *self.before.get(at)?.iter().find(|i| placed.get(**i) == Some(&false))?;
        };
        let mut ring = path.split_off(from);
        let smallest = ring.iter().enumerate().min_by_key(|(_, i)| **i).map_or(0, |(position, _)| position);
        ring.rotate_left(smallest);
        Some(ring.iter().filter_map(|i| self.names.get(*i).cloned()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(text: &str) -> Graph {
        let service = |line: &str| {
            let (name, wanted) = line.split_once(':').unwrap();
            (name.into(), wanted.split_whitespace().map(ServiceName::from).collect())
        };
        Graph::new(text.split(',').map(str::trim).map(service))
    }

    fn names<'a>(list: impl IntoIterator<Item = &'a ServiceName>) -> String {
        list.into_iter().map(ServiceName::as_str).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn orders_and_layers() {
        let graph = graph("web: api cache, api: db, cache:, db:, lone:, ghost: nobody");
        assert_eq!(names(graph.order()), "cache db api web lone ghost");
        let layer = |name: &str| graph.layers()[name];
        assert_eq!([layer("web"), layer("api"), layer("cache"), layer("db"), layer("ghost")], [2, 1, 0, 0, 0]);
        assert_eq!(names(graph.dependents("db")), "api");
        assert_eq!(names(graph.dependencies("web")), "api cache");
        assert_eq!(names(&graph.upstream("web")), "api cache db");
        assert_eq!(names(&graph.downstream("db")), "api web");
        assert_eq!(graph.cycle(), None);
        assert_eq!(graph.dependents("nobody").count(), 0);
    }

    #[test]
    fn cycles_are_found_and_do_not_hang() {
        let graph = graph("x: b, a: c, b: a, c: b, d:");
        assert_eq!(names(graph.order()), "d x a b c");
        assert_eq!(names(&graph.cycle().unwrap()), "a c b");
        assert!(graph.upstream("a").contains("a"));
    }

    #[test]
    fn a_service_can_be_its_own_cycle() {
        assert_eq!(names(&graph("a: a").cycle().unwrap()), "a");
    }

    #[test]
    fn dense_graphs_are_instant() {
        let name = |n: usize| ServiceName::from(format!("s{n}"));
        let graph = Graph::new((0..600).map(|n| (name(n), (0..n).map(name).collect())));
        assert_eq!(graph.layers()[&name(599)], 599);
        assert_eq!(graph.upstream("s599").len(), 599);
    }

    proptest::proptest! {
        #[test]
        fn every_arrow_points_back_in_the_order(arrows in proptest::collection::vec((0_usize..12, 0_usize..12), 0..40)) {
            let name = |n: usize| ServiceName::from(format!("s{n}"));
            let graph = Graph::new((0..12).map(|n| {
                (name(n), arrows.iter().filter(|(from, to)| *from == n && to < from).map(|(_, to)| name(*to)).collect())
            }));
            let position = |wanted: &ServiceName| graph.order().iter().position(|n| n == wanted).unwrap();
            for n in 0..12 {
                for dependency in graph.dependencies(&name(n)) {
                    proptest::prop_assert!(position(dependency) < position(&name(n)));
                    proptest::prop_assert!(graph.layers()[dependency] < graph.layers()[&name(n)]);
                }
            }
            proptest::prop_assert_eq!(graph.order().len(), 12);
        }
    }
}
