//! Moving along the arrows and in the inspector; what Enter, Esc and a click do here.

use ratatui::layout::{Position, Rect};

use super::{
    state::{INSPECTOR, SERVICES},
    window,
};
use crate::app::{Model, graph, inspector, layout::inner, motion::Motion, pick::Pick, places, targets};

/// Between the inspector's tabs.
pub(super) fn inspector_tabs(model: &mut Model, right: bool) {
    places::show_inspect(model, inspector::beside(model.ui.inspect, right));
}

pub(super) fn scroll_inspector(model: &mut Model, motion: Motion) {
    let area = model.layout.panel(INSPECTOR);
    let furthest = area.map_or(0, |area| inspector::furthest(model, area));
    model.ui.inspect_scroll = motion.from(model.ui.inspect_scroll.min(furthest), furthest + 1);
}

/// A click on a tab shows it; one beside them the next.
pub(super) fn press_inspector(model: &mut Model, area: Rect, at: Position) {
    let inner = inner(area);
    if at.y != inner.y {
        return;
    }
    let hit = inspector::panel::tab_spans(model, area).into_iter().find(|(_, span)| span.contains(&at.x));
    if let Some((tab, _)) = hit {
        places::show_inspect(model, tab);
    } else if at.x == inner.x || at.x.saturating_add(1) == inner.right() {
        inspector_tabs(model, at.x != inner.x);
    }
}

pub(super) fn press_topology(model: &mut Model, _: Rect, at: Position) {
    if let Some(service) = window::service_at(model, at) {
        places::select(model, Pick::Service(service));
    }
}

/// Right follows an arrow to a dependency, left goes against one to a dependent.
pub(super) fn along_arrow(model: &mut Model, right: bool) {
    let Some(service) = model.ui.selected.as_ref().and_then(|p| targets::service(model, p)) else { return };
    let to = if right {
        graph::dependencies(model, &service).into_iter().map(|(name, _)| name).next()
    } else {
        let needs = |name: &str| graph::dependencies(model, name).iter().any(|(d, _)| *d == service);
        model.overview.services.iter().map(|s| &s.name).find(|name| needs(name)).cloned()
    };
    if let Some(name) = to {
        places::select(model, Pick::Service(name));
    }
}

/// Goes to what blocks the selected service, unfolds its replicas, or inspects it.
pub(super) fn open(model: &mut Model) {
    if model.ui.focus == INSPECTOR {
        model.ui.zoom = !model.ui.zoom;
        return;
    }
    let Some(Pick::Service(name)) = &model.ui.selected else {
        places::inspect(model);
        return;
    };
    let Some(status) = model.overview.service(name) else { return };
    if let Some(blocker) = status.blocked_by.first() {
        let service = blocker.service.clone();
        places::go_to(model, service);
    } else if status.containers.len() > 1 {
        let name = status.name.clone();
        if !model.ui.screens.stack.unfolded.remove(&name) {
            model.ui.screens.stack.unfolded.insert(name);
        }
    } else {
        places::inspect(model);
    }
}

/// One step back: to the table, to all panels, to all services, to nothing marked.
pub(super) fn back(model: &mut Model) -> bool {
    let ui = &mut model.ui;
    if ui.focus != SERVICES {
        ui.focus = SERVICES;
        ui.zoom = false;
    } else if ui.zoom {
        ui.zoom = false;
    } else if !ui.screens.stack.filter.is_empty() {
        ui.screens.stack.filter.clear();
    } else if !ui.marked.is_empty() {
        ui.marked.clear();
    } else {
        return false;
    }
    true
}
