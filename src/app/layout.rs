//! Where everything stands, as a function of the model alone; paging, mouse and drawing all ask it.

use std::ops::Range;

use ratatui::layout::{Constraint, Layout as Split, Position, Rect, Size};

use super::{
    Model,
    action::{Hint, hints},
    model::{Mode, Panel, Tab},
    rows::{Row, rows},
    spans::spans,
    targets,
};
use crate::{
    app::screens::{
        problems,
        stack::topology::{self, Form, Sketch},
        startup,
    },
    base::{id::ServiceName, num::cols, text},
    host::Link,
};

/// The smallest terminal that more than one line is shown on.
pub const SMALLEST: (u16, u16) = (40, 12);

/// From this width on the inspector may stand at the right of the table.
const BESIDE: u16 = 100;
/// From this width on it stands at the right of the topology as well.
const FULL_HEIGHT: u16 = 150;
/// The least height of an inspector under the table.
const BELOW: u16 = 6;
/// From this height on it stands under the table even where there is room at its right: lines of log are long,
/// and the table keeps all its columns.
const ROOMY: u16 = 13;
/// The least height that the topology is worth: its border and a line.
const LEAST: u16 = 3;

/// The parts of the screen. Panels include their borders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The verdict; while all isn't well, the root cause, or what became of the engine; while the files hold errors, the first of them.
    pub header: Rect,
    /// The names of the screens.
    pub tabs: Rect,
    /// The panels of this screen that are shown, in the order of `Tab`.
    pub panels: Vec<(Panel, Rect)>,
    /// The hints, or the line being typed.
    pub footer: Rect,
}

impl Layout {
    /// Where a panel is; `None` while it isn't shown.
    pub fn panel(&self, panel: Panel) -> Option<Rect> {
        self.panels.iter().find(|(p, _)| *p == panel).map(|(_, area)| *area)
    }

    /// Everything between the tabs and the footer.
    pub fn body(&self) -> Rect {
        let y = self.tabs.bottom();
        Rect::new(self.tabs.x, y, self.tabs.width, self.footer.y.saturating_sub(y))
    }
}

/// Whether the terminal is too small for anything but one line that says so.
pub fn too_small(model: &Model) -> bool {
    model.size.width < SMALLEST.0 || model.size.height < SMALLEST.1
}

/// The layout of the present screen.
pub fn layout(model: &Model) -> Layout {
    let header = match model.mode {
        Mode::Dashboard => {
            let lost = matches!(model.host().link, Link::Lost { .. });
            1 + u16::from(lost || model.overview.root.is_some() || problems::headline(model).is_some()) + banner(model)
        }
        Mode::Picker { .. } | Mode::Broken { .. } => 1,
    };
    let window = Rect::new(0, 0, model.size.width, model.size.height);
    let [header, tabs, body, footer] = Split::vertical([
        Constraint::Length(header),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(window);
    let panels = if model.mode != Mode::Dashboard || too_small(model) {
        Vec::new()
    } else if model.ui.zoom && panels_of(model.ui.tab).contains(&model.ui.focus) {
        vec![(model.ui.focus, body)]
    } else {
        match model.ui.tab {
            Tab::Stack => stack_panels(model, body),
            Tab::Startup => vec![(Panel::Startup, body)],
            Tab::Logs => vec![(Panel::Logs, body)],
            Tab::Storage => vec![(Panel::Storage, body)],
            Tab::Problems => vec![(Panel::Problems, body)],
            Tab::Events => vec![(Panel::Events, body)],
        }
    };
    Layout { header, tabs, panels, footer }
}

/// From this height on an error in the files is shown with its line and a caret, and not in one line.
const TALL: u16 = 20;

/// The lines that tell what is wrong with the files: one, or, while a project is kept that was read before, the
/// error, its line with a caret, and the way out.
pub fn banner(model: &Model) -> u16 {
    let Some(first) = model.file_errors().next() else { return 0 };
    if model.kept_since.is_none() || model.size.height < TALL {
        return 1;
    }
    if first.excerpt.is_some() && first.place.is_some() { 4 } else { 2 }
}

/// The panels of a screen in the order of `Tab`, shown or not.
pub fn panels_of(tab: Tab) -> &'static [Panel] {
    match tab {
        Tab::Stack => &[Panel::Services, Panel::Inspector, Panel::Topology],
        Tab::Startup => &[Panel::Startup],
        Tab::Logs => &[Panel::Logs],
        Tab::Storage => &[Panel::Storage],
        Tab::Problems => &[Panel::Problems],
        Tab::Events => &[Panel::Events],
    }
}

fn stack_panels(model: &Model, body: Rect) -> Vec<(Panel, Rect)> {
    // Two borders and the table's head around the rows; a table that scrolls is still of use.
    let wanted = cols(rows(model).len()).saturating_add(3);
    let least = wanted.min(8);
    let beside = is_beside(model, body);
    let (left, right) = if body.width >= FULL_HEIGHT {
        let [left, right] = columns(body);
        (left, Some(right))
    } else {
        (body, None)
    };
    let inspector_least = if beside { 12 } else { 0 };
    let room = left.height.saturating_sub(if right.is_some() { least } else { least.max(inspector_least) });
    // At 80×24 the table comes first: what it doesn't need may go to the picture, beside the inspector half at least.
    let spare = left.height.saturating_sub(wanted);
    let room = if beside { room.min(spare.max(left.height / 2)) } else { spare };
    let topology = topology_height(model, left.width, room);
    let [top, below] = Split::vertical([Constraint::Length(topology), Constraint::Fill(1)]).areas(left);
    let mut panels = Vec::new();
    let (table, inspector) = match right {
        Some(right) => (below, Some(right)),
        None if beside => {
            let [table, inspector] = columns(below);
            (table, Some(inspector))
        }
        None => {
            // Where it could stand beside, it is never left out: rather the table scrolls.
            let wanted = if body.width >= BESIDE { wanted.min(below.height.saturating_sub(BELOW)) } else { wanted };
            if below.height.saturating_sub(wanted) >= BELOW {
                let [table, inspector] =
                    Split::vertical([Constraint::Length(wanted), Constraint::Fill(1)]).areas(below);
                (table, Some(inspector))
            } else {
                (below, None)
            }
        }
    };
    panels.push((Panel::Services, table));
    panels.extend(inspector.map(|area| (Panel::Inspector, area)));
    if topology >= LEAST {
        panels.push((Panel::Topology, top));
    }
    panels
}

/// Whether the inspector stands beside the table rather than under it. The lines of reasons don't count: they
/// come and go, and panels shouldn't jump with them.
fn is_beside(model: &Model, body: Rect) -> bool {
    if body.width < BESIDE || body.width >= FULL_HEIGHT {
        return body.width >= BESIDE;
    }
    let steady = rows(model).iter().filter(|row| !matches!(row, Row::Reason(..))).count();
    let left = body.height.saturating_sub(cols(steady).saturating_add(3));
    left.saturating_sub(topology_height(model, body.width, left)) < ROOMY
}

fn columns(area: Rect) -> [Rect; 2] {
    let right = (area.width * 38 / 100).clamp(38, 90);
    Split::horizontal([Constraint::Fill(1), Constraint::Length(right)]).areas(area)
}

/// The height that the topology takes in this width, its border included: at most `most`, 0 where that is too
/// little for it.
fn topology_height(model: &Model, width: u16, most: u16) -> u16 {
    let room = canvas(Rect::new(0, 0, width, most)).as_size();
    let height = if most < LEAST { 0 } else { topology::height(model, room) };
    if height == 0 { 0 } else { height.saturating_add(2) }
}

/// Where the topology is drawn in its panel: inside the border, with a column of air at both sides.
pub fn canvas(area: Rect) -> Rect {
    let inner = inner(area);
    Rect { x: inner.x.saturating_add(1), width: inner.width.saturating_sub(2), ..inner }
}

/// The topology as it is drawn on a canvas of this size, and the first column and row of it that are shown:
/// where the user panned to, but never past the end, and with the selected box in sight.
pub fn topology_shown(model: &Model, room: Size) -> (Sketch, (u16, u16)) {
    let sketch = topology::sketch(model, room);
    let selected = model.ui.selected.as_ref().and_then(|pick| targets::service(model, pick));
    let at = sketch.services.iter().position(|s| Some(s) == selected.as_ref());
    let focus = at.and_then(|at| sketch.picture.boxes.get(at)).filter(|_| sketch.form != Form::Lines);
    let first = |pan: u16, whole: u16, room: u16, focus: Option<(u16, u16)>| {
        let most = whole.saturating_sub(room);
        let (start, end) = focus.unwrap_or((pan.min(most), 0));
        pan.min(most).max(end.saturating_sub(room)).min(start).min(most)
    };
    let whole = sketch.picture.size;
    let pan = (
        first(model.ui.pan.0, whole.width, room.width, focus.map(|b| (b.x, b.right()))),
        first(model.ui.pan.1, whole.height, room.height, focus.map(|b| (b.y, b.bottom()))),
    );
    (sketch, pan)
}

/// The service whose box of the topology is at a cell.
pub fn service_at(model: &Model, at: Position) -> Option<ServiceName> {
    let area = layout(model).panel(Panel::Topology).map(canvas).filter(|area| area.contains(at))?;
    let (sketch, pan) = topology_shown(model, area.as_size());
    if sketch.form == Form::Lines {
        return None;
    }
    let at = Position::new(at.x - area.x + pan.0, at.y - area.y + pan.1);
    let hit = sketch.picture.boxes.iter().position(|b| b.contains(at))?;
    sketch.services.get(hit).cloned()
}

/// What is inside a panel's border.
pub fn inner(area: Rect) -> Rect {
    Rect::new(
        area.x.saturating_add(1),
        area.y.saturating_add(1),
        area.width.saturating_sub(2),
        area.height.saturating_sub(2),
    )
}

/// The rows of a table in a panel: inside its border, under its head.
pub fn table_body(area: Rect) -> Rect {
    let inner = inner(area);
    Rect { y: inner.y.saturating_add(1), height: inner.height.saturating_sub(1), ..inner }
}

/// The lanes of the Startup screen: inside its border, under the axis, above the notes.
pub fn lanes_body(model: &Model, area: Rect) -> Rect {
    let body = table_body(area);
    let notes = cols(startup::notes(model, usize::from(body.width), usize::from(body.height)).len());
    Rect { height: body.height.saturating_sub(notes), ..body }
}

/// Under this width only the shown screen has its title among the tabs; the others have their digits.
const SHORT_TABS: u16 = 68;

/// A tab's label: its digit, its title, and a count where something wants attention.
pub fn tab_label(model: &Model, tab: Tab) -> String {
    let (digit, title) = Tab::ALL.iter().find(|(t, ..)| *t == tab).map_or((' ', ""), |(_, d, t)| (*d, *t));
    let title = if model.size.width < SHORT_TABS && model.ui.tab != tab { "" } else { title };
    let count = match tab {
        Tab::Problems => problems::count(model),
        Tab::Stack => model.overview.services.iter().filter(|s| s.enabled && s.state.is_trouble()).count(),
        _ => 0,
    };
    match (title, count) {
        ("", 0) => digit.to_string(),
        (title, 0) => format!("{digit} {title}"),
        (title, count) => format!("{digit} {title} {count}"),
    }
}

/// The columns of each tab's label. They are drawn with a blank at both sides.
pub fn tab_spans(model: &Model) -> Vec<(Tab, Range<u16>)> {
    let gap = if model.size.width < SHORT_TABS { 3 } else { 2 };
    spans(1, gap, model.size.width, Tab::ALL.iter().map(|(tab, ..)| (*tab, cols(text::width(&tab_label(model, *tab))))))
}

/// The columns of each hint of the footer: key, blank, words; two blanks apart. Where not all fit, those before
/// the last two (help and quit) give way.
pub fn hint_spans(model: &Model) -> Vec<(Hint, Range<u16>)> {
    const GAP: u16 = 2;
    let width = |h: &Hint| cols(text::width(&h.key()) + 1 + text::width(h.words));
    let mut verbs = hints(model);
    let last = verbs.split_off(verbs.len().saturating_sub(2));
    let kept: u16 = last.iter().map(|h| width(h) + GAP).sum();
    let mut found = spans(1, GAP, model.size.width.saturating_sub(kept), verbs.into_iter().map(|h| (h, width(&h))));
    let x = found.last().map_or(1, |(_, span)| span.end + GAP);
    found.extend(spans(x, GAP, model.size.width, last.into_iter().map(|h| (h, width(&h)))));
    found
}
