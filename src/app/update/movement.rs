//! Moving: in lists, text, lanes, logs, and along the arrows of the topology.

use super::{logs, screens};
use crate::{
    app::{
        Model,
        action::ActionId,
        graph,
        inspector::{self, tab::Inspect},
        layout::{inner, lanes_body, layout, table_body},
        model::{Mode, Panel, Pick},
        rows::{lane_picks, rows},
        screens::problems,
        targets,
    },
    stack::timeline::Lane,
};

/// How far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// So many rows up.
    Up(usize),
    /// So many rows down.
    Down(usize),
    /// To the first row.
    Top,
    /// To the last row.
    Bottom,
}

impl Motion {
    /// What a key of movement means where a page has so many rows; `None` for other actions.
    fn of(id: ActionId, page: usize) -> Option<Self> {
        let page = page.max(1);
        Some(match id {
            ActionId::Up => Self::Up(1),
            ActionId::Down => Self::Down(1),
            ActionId::PageUp => Self::Up(page),
            ActionId::PageDown => Self::Down(page),
            ActionId::HalfUp => Self::Up(page.div_ceil(2)),
            ActionId::HalfDown => Self::Down(page.div_ceil(2)),
            ActionId::Top => Self::Top,
            ActionId::Bottom => Self::Bottom,
            _ => return None,
        })
    }

    /// Where it leads from a row among so many.
    pub fn from(self, at: usize, len: usize) -> usize {
        let last = len.saturating_sub(1);
        match self {
            Self::Up(n) => at.min(last).saturating_sub(n),
            Self::Down(n) => at.saturating_add(n).min(last),
            Self::Top => 0,
            Self::Bottom => last,
        }
    }
}

/// A key of movement.
pub fn run(model: &mut Model, id: ActionId) {
    let panel = model.ui.focus;
    match Motion::of(id, page(model, panel)) {
        Some(motion) => go(model, panel, motion),
        None if model.mode == Mode::Dashboard => sideways(model, id == ActionId::Right),
        None => {}
    }
}

/// How many rows of a panel are on the screen.
fn page(model: &Model, panel: Panel) -> usize {
    let layout = layout(model);
    let height = match (layout.panel(panel), panel) {
        (None, _) => layout.body().height,
        (Some(area), Panel::Inspector | Panel::Logs | Panel::Topology) => inner(area).height,
        (Some(area), Panel::Problems) => problems::parts(area, problems::rows(model).len()).0.height,
        (Some(area), Panel::Startup) => lanes_body(model, area).height,
        (Some(area), _) => table_body(area).height,
    };
    usize::from(height)
}

/// Moves in a panel.
pub fn go(model: &mut Model, panel: Panel, motion: Motion) {
    let projects = model.host().projects.as_ref().map_or(0, Vec::len);
    match &mut model.mode {
        Mode::Picker { selected, .. } => {
            *selected = motion.from(*selected, projects);
            return;
        }
        Mode::Broken { scroll } => {
            // A problem takes some lines: its words, its line, the caret, the advice.
            *scroll = motion.from(*scroll, model.problems.len() * 6);
            return;
        }
        Mode::Dashboard => {}
    }
    match panel {
        Panel::Services | Panel::Topology => {
            let picks: Vec<Pick> = rows(model).iter().filter_map(|r| r.pick()).collect();
            select_among(model, &picks, motion);
        }
        Panel::Startup => {
            let picks = lane_picks(model);
            select_among(model, &picks, motion);
        }
        Panel::Inspector => {
            let area = layout(model).panel(Panel::Inspector);
            let furthest = area.map_or(0, |area| inspector::furthest(model, area));
            model.ui.inspect_scroll = motion.from(model.ui.inspect_scroll.min(furthest), furthest + 1);
        }
        Panel::Logs => logs::scroll(model, motion, page(model, Panel::Logs)),
        Panel::Storage => {
            let len = model.stack().storage(model.host().view()).len();
            model.ui.storage.selected = motion.from(model.ui.storage.selected, len);
        }
        Panel::Problems => {
            let rows = problems::rows(model);
            let to = motion.from(problems::selected(model), rows.len());
            let identity = rows.get(to).map(|(_, f)| problems::identity(f));
            model.ui.problem = identity;
        }
        Panel::Events => {
            let len = model.stack().events.len();
            model.ui.events.selected = motion.from(model.ui.events.selected, len);
        }
    }
}

fn select_among(model: &mut Model, picks: &[Pick], motion: Motion) {
    let at = model.ui.selected.as_ref().and_then(|s| picks.iter().position(|p| p == s));
    let to = match (at, motion) {
        (Some(at), _) => motion.from(at, picks.len()),
        (None, Motion::Bottom) => picks.len().saturating_sub(1),
        (None, _) => 0,
    };
    if let Some(pick) = picks.get(to) {
        screens::select(model, pick.clone());
    }
}

/// Left and right: along the arrows in the topology, else between the inspector's tabs; sideways in logs.
fn sideways(model: &mut Model, right: bool) {
    match model.ui.focus {
        Panel::Topology => along_arrow(model, right),
        Panel::Services | Panel::Inspector => {
            let tab = inspector::beside(model.ui.inspect, right);
            show_inspect(model, tab);
        }
        Panel::Logs if !model.ui.logs.wrap => {
            let shift = &mut model.ui.logs.shift;
            *shift = if right { shift.saturating_add(8).min(4096) } else { shift.saturating_sub(8) };
        }
        Panel::Logs | Panel::Startup | Panel::Storage | Panel::Problems | Panel::Events => {}
    }
}

/// Shows a tab of the inspector from its beginning.
pub fn show_inspect(model: &mut Model, tab: Inspect) {
    if model.ui.inspect != tab {
        model.ui.inspect = tab;
        model.ui.inspect_scroll = 0;
    }
}

/// Right follows an arrow to a dependency, left goes against one to a dependent.
fn along_arrow(model: &mut Model, right: bool) {
    let Some(service) = model.ui.selected.as_ref().and_then(|p| targets::service(model, p)) else { return };
    let to = if right {
        graph::dependencies(model, &service).into_iter().map(|(name, _)| name).next()
    } else {
        let needs = |name: &str| graph::dependencies(model, name).iter().any(|(d, _)| *d == service);
        model.overview.services.iter().map(|s| &s.name).find(|name| needs(name)).cloned()
    };
    if let Some(name) = to {
        screens::select(model, Pick::Service(name));
    }
}

/// The first lane shown so that the selected one is.
pub fn lane_index(model: &Model, lanes: &[Lane]) -> Option<usize> {
    let selected = model.ui.selected.as_ref()?;
    let picks = lane_picks(model);
    let exact = picks.iter().position(|p| p == selected);
    exact.or_else(|| targets::service(model, selected).and_then(|s| lanes.iter().position(|l| l.service == s)))
}
