//! The rows of the service table: what stands in it, in order, and which of them are on the screen.

use super::state::SERVICES;
use crate::{
    app::{Model, layout::table_body, pick::Pick},
    base::id::{ContainerId, ServiceName},
    stack::{Container, ServiceStatus},
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
    let filter = model.ui.screens.stack.filter.to_lowercase();
    let now = model.engine_now();
    let mut rows = Vec::new();
    for status in &model.overview.services {
        if (model.ui.screens.stack.hide_disabled && !status.enabled) || !matches_service(model, status, &filter) {
            continue;
        }
        rows.push(Row::Service(status.name.clone()));
        if let Some(reason) = status.reason.as_ref().filter(|_| !status.ready) {
            rows.push(Row::Reason(status.name.clone(), reason.words(now)));
        }
        if model.ui.screens.stack.unfolded.contains(&status.name) && status.containers.len() > 1 {
            rows.extend(status.containers.iter().cloned().map(Row::Replica));
        }
    }
    more(model, &mut rows, "not in the compose files", &model.overview.orphans, Row::Orphan);
    more(model, &mut rows, "one-offs: created by docker compose run", &model.overview.oneoffs, Row::OneOff);
    rows
}

/// Containers that belong to no service of the files, under a heading.
fn more(model: &Model, rows: &mut Vec<Row>, heading: &'static str, ids: &[ContainerId], row: fn(ContainerId) -> Row) {
    let filter = model.ui.screens.stack.filter.to_lowercase();
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
        || status.word().contains(filter)
        || declared.and_then(|d| d.image.as_deref()).is_some_and(has)
        || status.containers.iter().filter_map(|id| model.stack().containers.get(id)).any(|c| has(&c.image))
}

fn matches_container(container: &Container, filter: &str) -> bool {
    container.name.to_lowercase().contains(filter) || container.image.to_lowercase().contains(filter)
}

/// The rows that are on the screen; none where the table isn't shown.
pub fn visible_rows(model: &Model) -> Vec<Row> {
    let Some(area) = model.layout.panel(SERVICES) else { return Vec::new() };
    let height = usize::from(table_body(area).height);
    rows(model).into_iter().skip(model.ui.screens.stack.top).take(height).collect()
}
