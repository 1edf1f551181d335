//! Which services are drawn, with which arrows, and in which of three forms they fit their room.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Size;

use crate::{
    app::{
        Model,
        screens::stack::topology::{
            graph::{Edge, Node, Picture},
            layers::layers,
            place::place,
        },
    },
    base::{id::ServiceName, num::cols, text::width},
    compose::Condition,
};

/// How services are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Boxes with name, state, age, ports and probes.
    Full,
    /// Boxes with state and name only.
    Narrow,
    /// Text: the services of each layer, and arrows between layers.
    Lines,
}

/// The topology as it will be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketch {
    /// In which form.
    pub form: Form,
    /// The services drawn, in the order of the picture's boxes.
    pub services: Vec<ServiceName>,
    /// The arrows, in the order of the picture's routes; class and condition say the same.
    pub arrows: Vec<(Edge, Condition)>,
    /// Where everything is. For [`Form::Lines`] only its layers and size mean something.
    pub picture: Picture,
}

impl Sketch {
    /// The lines of [`Form::Lines`] in a width: services with whether a new layer begins with them, dependents
    /// first. A service takes its sign, a blank, its name and two blanks; an arrow as much as `→ ` and a blank.
    pub fn lines(&self, room: u16) -> Vec<Vec<(usize, bool)>> {
        let mut order: Vec<(usize, usize)> = self.picture.layers.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let mut lines: Vec<Vec<(usize, bool)>> = vec![Vec::new()];
        let (mut used, mut before) = (0, None);
        for (layer, service) in order {
            let begins = before.is_some_and(|before| before != layer);
            before = Some(layer);
            let name = self.services.get(service).map_or(0, |name| width(name));
            let wide = name + 4 + if begins { 3 } else { 0 };
            if used > 0 && used + wide > usize::from(room) {
                lines.push(Vec::new());
                used = 0;
            }
            used += wide;
            if let Some(line) = lines.last_mut() {
                line.push((service, begins));
            }
        }
        lines
    }
}

/// The arrows between these services: as declared, or as the containers' labels tell where no file is known.
pub fn edges_of(model: &Model, services: &[ServiceName]) -> Vec<(Edge, Condition)> {
    let index: BTreeMap<&ServiceName, usize> = services.iter().zip(0..).collect();
    let (mut arrows, mut known) = (Vec::new(), BTreeSet::new());
    for (from, name) in services.iter().enumerate() {
        let declared = model.stack().declared.as_ref().and_then(|p| p.services.get(name));
        let waits: Vec<(ServiceName, Condition)> = match declared {
            Some(service) => service.depends_on.iter().map(|d| (d.service.clone(), d.condition)).collect(),
            None => {
                let ids = model.overview.service(name).map_or(&[][..], |s| &s.containers);
                let labels = ids.iter().filter_map(|id| model.stack().containers.get(id));
                labels.flat_map(|c| c.depends_on.iter().cloned()).collect()
            }
        };
        for (service, condition) in waits {
            let Some(&to) = index.get(&service) else { continue };
            if known.insert((from, to, condition)) {
                arrows.push((Edge { from, to, class: class(condition) }, condition));
            }
        }
    }
    arrows
}

/// Arrows of one condition share a lane.
pub(crate) fn class(condition: Condition) -> u8 {
    match condition {
        Condition::Started => 0,
        Condition::Healthy => 1,
        Condition::Completed => 2,
    }
}

/// The topology of a model's enabled services, in the roomiest form that fits. A narrow form that is up to
/// twice too wide is shown in part, to be panned; what is larger becomes lines, which say it all in little room.
pub fn sketch(model: &Model, room: Size) -> Sketch {
    let enabled = model.overview.services.iter().filter(|s| s.enabled);
    let services: Vec<ServiceName> = enabled.clone().map(|s| s.name.clone()).collect();
    let arrows = edges_of(model, &services);
    let edges: Vec<Edge> = arrows.iter().map(|(edge, _)| *edge).collect();
    let full: Vec<Node> = enabled.map(|s| full_box(&s.name, s.replicas != 1)).collect();
    let narrow: Vec<Node> = services.iter().map(|name| narrow_box(name)).collect();

    for (form, boxes, times) in [(Form::Full, full, 1), (Form::Narrow, narrow, 2)] {
        let most = Size::new(room.width.saturating_mul(times), room.height);
        // To place thousands of boxes takes a while: not where they can't have room by their areas alone.
        if area(&boxes) > usize::from(most.width).saturating_mul(most.height.into()) {
            continue;
        }
        let picture = place(&boxes, &edges, room.width);
        if picture.size.width <= most.width && picture.size.height <= most.height {
            return Sketch { form, services, arrows, picture };
        }
    }
    let layers = layers(services.len(), &edges);
    let picture = Picture { layers, size: Size::new(room.width, 0), ..Picture::default() };
    let mut sketch = Sketch { form: Form::Lines, services, arrows, picture };
    sketch.picture.size.height = cols(sketch.lines(room.width).len());
    sketch
}

/// The cells that boxes take.
fn area(boxes: &[Node]) -> usize {
    boxes.iter().map(|b| usize::from(b.width) * usize::from(b.height)).sum::<usize>()
}

/// The rows that the topology would take of a room, without any frame.
pub fn height(model: &Model, room: Size) -> u16 {
    sketch(model, room).picture.size.height.min(room.height)
}

/// The size of a box with the name in its border and two lines inside.
pub(crate) fn full_box(name: &str, replicas: bool) -> Node {
    let title = width(name) + if replicas { 10 } else { 5 };
    Node { width: cols(title.clamp(21, 30)), height: 4 }
}

/// The size of a box with one line inside.
pub(crate) fn narrow_box(name: &str) -> Node {
    Node { width: cols((width(name) + 6).min(24)), height: 3 }
}
