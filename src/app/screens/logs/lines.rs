//! Which log lines the Logs screen shows: of whom, and what search and filter let through.

use crate::{
    app::{Model, model::Pick, targets},
    base::id::{ContainerId, ServiceName},
    logs::HeldLine,
};

/// The services that the digits switch on and off, first is `1`.
pub fn services(model: &Model) -> Vec<ServiceName> {
    let with_log = model.overview.services.iter().filter(|s| !s.containers.is_empty());
    with_log.map(|s| s.name.clone()).collect()
}

/// The containers whose lines are shown: the chosen ones, or all of the project that aren't switched off.
/// Those of the selected service come first, then the newest.
pub fn containers(model: &Model) -> Vec<ContainerId> {
    let ui = &model.ui.screens.logs;
    if let Some(only) = &ui.only {
        return targets::containers(model, only).into_iter().map(|c| c.id.clone()).collect();
    }
    let selected = model.ui.selected.as_ref().and_then(|p| targets::service(model, p));
    let mut shown: Vec<_> =
        model.stack().containers.values().filter(|c| c.service.as_ref().is_none_or(|s| !ui.off.contains(s))).collect();
    shown.sort_by_key(|c| (selected.is_none() || c.service != selected, std::cmp::Reverse(c.created)));
    shown.into_iter().map(|c| c.id.clone()).collect()
}

/// Whether a line matches the search.
pub fn matches(model: &Model, line: &HeldLine) -> bool {
    model.ui.screens.logs.search.as_ref().is_some_and(|search| search.is_match(&line.text()))
}

/// Whether a line is shown on the Logs screen.
pub fn keeps(model: &Model, container: &ContainerId, line: &HeldLine) -> bool {
    let ui = &model.ui.screens.logs;
    let shown = match &ui.only {
        Some(Pick::Container(id)) => id == container,
        Some(Pick::Service(name)) => model.overview.service(name).is_some_and(|s| s.containers.contains(container)),
        None => {
            let service = model.stack().containers.get(container).and_then(|c| c.service.as_ref());
            service.is_none_or(|s| !ui.off.contains(s))
        }
    };
    shown && (!ui.filter || ui.search.is_none() || matches(model, line) != ui.inverse)
}
