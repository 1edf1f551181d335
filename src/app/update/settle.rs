//! After each message: everything has its place, what is selected exists and is in view, and no list is scrolled past
//! its end.

use super::overlay;
use crate::app::{
    Model,
    arrange::arrange,
    model::Mode,
    pick::Pick,
    screens::stack::rows::{Row, rows},
};

/// Makes the layout, and brings everything back into its bounds.
pub fn settle(model: &mut Model) {
    overlay::settle(model);
    let now = model.now;
    model.ui.glow.retain(|_, until| *until > now);
    let projects = model.host().projects.as_ref().map_or(0, Vec::len);
    if let Mode::Picker { selected, .. } = &mut model.mode {
        *selected = (*selected).min(projects.saturating_sub(1));
    }
    let dashboard = model.mode == Mode::Dashboard;
    let row = model.ui.tab.row();
    if dashboard {
        selection(model);
        if row.panel(model.ui.focus).is_none() {
            model.ui.focus = row.first();
        }
    }
    model.layout = arrange(model);
    if dashboard {
        focus(model);
        (row.settle)(model);
    }
}

/// A panel that isn't shown hasn't the focus; one that was asked for fills the screen where it has no room else.
fn focus(model: &mut Model) {
    let shown = &model.layout.panels;
    if shown.is_empty() {
        return;
    }
    let insists = std::mem::take(&mut model.ui.insists);
    if shown.len() == 1 && insists && model.ui.tab.row().panels.len() > 1 {
        model.ui.zoom = true;
    }
    if let Some((first, _)) = shown.first().filter(|_| !model.ui.zoom && model.layout.panel(model.ui.focus).is_none()) {
        model.ui.focus = *first;
    }
}

/// What is gone is neither selected nor marked.
fn selection(model: &mut Model) {
    let rows = rows(model);
    let picks: Vec<Pick> = rows.iter().filter_map(Row::pick).collect();
    let (mut marked, mut unfolded) =
        (std::mem::take(&mut model.ui.marked), std::mem::take(&mut model.ui.screens.stack.unfolded));
    let (stack, overview) = (model.stack(), &model.overview);
    marked.retain(|pick| match pick {
        Pick::Service(name) => overview.service(name).is_some(),
        Pick::Container(id) => stack.containers.contains_key(id),
    });
    unfolded.retain(|name| overview.service(name).is_some());
    // Replicas can be picked by their lanes though their service is folded.
    let exists = match &model.ui.selected {
        Some(Pick::Container(id)) => picks.contains(&Pick::Container(id.clone())) || stack.containers.contains_key(id),
        Some(pick) => picks.contains(pick),
        None => false,
    };
    (model.ui.marked, model.ui.screens.stack.unfolded) = (marked, unfolded);
    if !exists {
        let near = rows.iter().skip(model.ui.screens.stack.top).find_map(Row::pick);
        model.ui.selected = near.or_else(|| picks.into_iter().next());
        model.ui.inspect_scroll = 0;
    }
}
