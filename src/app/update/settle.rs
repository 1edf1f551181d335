//! After each message: what is selected exists and is in view, and no list is scrolled past its end.

use super::{movement, overlay};
use crate::app::{
    Model,
    layout::{lanes_body, layout, table_body},
    model::{ListUi, Mode, Panel, Pick},
    rows::{Row, rows},
    screens::problems,
};

/// Brings everything back into its bounds.
pub fn settle(model: &mut Model) {
    overlay::settle(model);
    let now = model.now;
    model.ui.glow.retain(|_, until| *until > now);
    let projects = model.host().projects.as_ref().map_or(0, Vec::len);
    if let Mode::Picker { selected, .. } = &mut model.mode {
        *selected = (*selected).min(projects.saturating_sub(1));
    }
    if model.mode != Mode::Dashboard {
        return;
    }
    let rows = rows(model);
    selection(model, &rows);
    let shown = layout(model);
    if !model.ui.zoom && !shown.panels.is_empty() && shown.panel(model.ui.focus).is_none() {
        model.ui.focus = shown.panels.first().map_or(Panel::Services, |(panel, _)| *panel);
    }
    let height = |area| usize::from(table_body(area).height);
    if let Some(area) = shown.panel(Panel::Services) {
        table(model, &rows, height(area));
    }
    if let Some(area) = shown.panel(Panel::Startup) {
        let lanes = model.timeline.as_ref().map_or(&[][..], |t| &t.lanes);
        let at = movement::lane_index(model, lanes);
        let len = lanes.len();
        let room = usize::from(lanes_body(model, area).height);
        model.ui.startup_top = in_view(model.ui.startup_top, at.unwrap_or(0), len, room);
    }
    if let Some(area) = shown.panel(Panel::Problems) {
        let len = problems::rows(model).len();
        let room = usize::from(problems::parts(area, len).0.height);
        model.ui.problems_top = in_view(model.ui.problems_top, problems::selected(model), len, room);
    }
    let storage = model.stack().storage(model.host().view()).len();
    let events = model.stack().events.len();
    list(&mut model.ui.storage, storage, shown.panel(Panel::Storage).map_or(1, height));
    list(&mut model.ui.events, events, shown.panel(Panel::Events).map_or(1, height));
}

fn list(list: &mut ListUi, len: usize, room: usize) {
    list.selected = list.selected.min(len.saturating_sub(1));
    list.top = in_view(list.top, list.selected, len, room);
}

/// The first row shown so that a row is among those shown and no room is wasted.
fn in_view(top: usize, row: usize, len: usize, room: usize) -> usize {
    let room = room.max(1);
    let least = (row + 1).saturating_sub(room);
    top.clamp(least, row.max(least)).min(len.saturating_sub(room).max(least))
}

/// What is gone is neither selected nor marked.
fn selection(model: &mut Model, rows: &[Row]) {
    let picks: Vec<Pick> = rows.iter().filter_map(Row::pick).collect();
    let (mut marked, mut unfolded) = (std::mem::take(&mut model.ui.marked), std::mem::take(&mut model.ui.unfolded));
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
    (model.ui.marked, model.ui.unfolded) = (marked, unfolded);
    if !exists {
        let near = rows.iter().skip(model.ui.table_top).find_map(Row::pick);
        model.ui.selected = near.or_else(|| picks.into_iter().next());
        model.ui.inspect_scroll = 0;
    }
}

/// Keeps the selected row in view, with the reason under it.
fn table(model: &mut Model, rows: &[Row], room: usize) {
    let selected = model.ui.selected.as_ref();
    let at = rows.iter().position(|r| r.pick().as_ref() == selected).unwrap_or(0);
    let last = if matches!(rows.get(at + 1), Some(Row::Reason(..))) && room > 1 { at + 1 } else { at };
    let top = in_view(model.ui.table_top, last, rows.len(), room);
    model.ui.table_top = top.min(if at == 1 && matches!(rows.first(), Some(Row::Heading(_))) { 0 } else { at });
}
