//! The rows of the service table: what stands in it, in order, and which of them are on the screen.

use super::{
    Model,
    layout::{Layout, layout, table_body},
    model::{Panel, Pick},
};
use crate::{
    base::id::{ContainerId, ServiceName},
    stack::{Container, ServiceStatus, timeline::Lane},
};

/// A row of the service table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A line that names what follows.
    Heading(&'static str),
    /// A service.
    Service(ServiceName),
    /// Why the service above isn't ready, in words; clean.
    Reason(ServiceName, String),
    /// A container of an unfolded service.
    Replica(ContainerId),
    /// A container that no file declares.
    Orphan(ContainerId),
    /// A container made by `run`.
    OneOff(ContainerId),
}

impl Row {
    /// What selecting this row selects; `None` for lines that only tell.
    pub fn pick(&self) -> Option<Pick> {
        match self {
            Self::Heading(_) | Self::Reason(..) => None,
            Self::Service(name) => Some(Pick::Service(name.clone())),
            Self::Replica(id) | Self::Orphan(id) | Self::OneOff(id) => Some(Pick::Container(id.clone())),
        }
    }
}

/// All rows, filtered and unfolded as the user wants.
pub fn rows(model: &Model) -> Vec<Row> {
    let filter = model.ui.filter.to_lowercase();
    let now = model.engine_now();
    let mut rows = Vec::new();
    for status in &model.overview.services {
        if (model.ui.hide_disabled && !status.enabled) || !matches_service(model, status, &filter) {
            continue;
        }
        rows.push(Row::Service(status.name.clone()));
        if let Some(reason) = status.reason.as_ref().filter(|_| !status.ready) {
            rows.push(Row::Reason(status.name.clone(), reason.words(now)));
        }
        if model.ui.unfolded.contains(&status.name) && status.containers.len() > 1 {
            rows.extend(status.containers.iter().cloned().map(Row::Replica));
        }
    }
    more(model, &mut rows, "not in the compose files", &model.overview.orphans, Row::Orphan);
    more(model, &mut rows, "made by docker compose run", &model.overview.oneoffs, Row::OneOff);
    rows
}

/// Containers that belong to no service of the files, under a heading.
fn more(model: &Model, rows: &mut Vec<Row>, heading: &'static str, ids: &[ContainerId], row: fn(ContainerId) -> Row) {
    let filter = model.ui.filter.to_lowercase();
    let mut shown = ids
        .iter()
        .filter(|id| model.stack().containers.get(*id).is_some_and(|c| matches_container(c, &filter)))
        .peekable();
    if shown.peek().is_some() {
        rows.push(Row::Heading(heading));
    }
    rows.extend(shown.cloned().map(row));
}

fn matches_service(model: &Model, status: &ServiceStatus, filter: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(filter);
    let declared = model.stack().declared.as_ref().and_then(|p| p.services.get(&status.name));
    filter.is_empty()
        || has(&status.name)
        || status.state.word().contains(filter)
        || declared.and_then(|d| d.image.as_deref()).is_some_and(has)
        || status.containers.iter().filter_map(|id| model.stack().containers.get(id)).any(|c| has(&c.image))
}

fn matches_container(container: &Container, filter: &str) -> bool {
    container.name.to_lowercase().contains(filter) || container.image.to_lowercase().contains(filter)
}

/// The rows that are on the screen; none where the table isn't shown.
pub fn visible_rows(model: &Model) -> Vec<Row> {
    visible_rows_in(model, &layout(model))
}

/// The rows that are on the screen in this layout, for who has it already.
pub fn visible_rows_in(model: &Model, layout: &Layout) -> Vec<Row> {
    let Some(area) = layout.panel(Panel::Services) else { return Vec::new() };
    let height = usize::from(table_body(area).height);
    rows(model).into_iter().skip(model.ui.table_top).take(height).collect()
}

/// What selecting each lane of the Startup screen selects: its service, or its container where the service has
/// several lanes.
pub fn lane_picks(model: &Model) -> Vec<Pick> {
    let lanes = model.timeline.as_ref().map_or(&[][..], |t| &t.lanes);
    let pick = |lane: &Lane| {
        let several = lanes.iter().filter(|l| l.service == lane.service).count() > 1;
        match &lane.container {
            Some(id) if several => Pick::Container(id.clone()),
            _ => Pick::Service(lane.service.clone()),
        }
    };
    lanes.iter().map(pick).collect()
}
