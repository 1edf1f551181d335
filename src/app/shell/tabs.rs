//! The names of the screens, with a count where something wants attention.

use std::ops::Range;

use crate::{
    app::{Model, model::Tab, scene::Scene, spans::spans},
    base::{num::cols, text::width},
    view::{
        role::Role,
        screen::{Line, Pane},
    },
};

/// Columns that are kept for what wants attention.
const COUNTS: u16 = 8;
/// Columns between two tabs.
const GAP: u16 = 2;

/// Whether only the shown screen has its title among the tabs, and the others their digits: where not all fit.
fn is_short(model: &Model) -> bool {
    let title = |tab: &Tab| GAP.saturating_add(2).saturating_add(cols(width(tab.title())));
    let whole = Tab::ALL.iter().map(title).fold(0, u16::saturating_add);
    whole.saturating_sub(1).saturating_add(COUNTS) > model.size.width
}

/// A tab's label: its digit, its title, and a count where something wants attention.
fn label(model: &Model, tab: Tab) -> String {
    let digit = tab.digit();
    let title = if is_short(model) && model.ui.tab != tab { "" } else { tab.title() };
    let count = (tab.row().count)(model);
    match (title, count) {
        ("", 0) => digit.to_string(),
        (title, 0) => format!("{digit} {title}"),
        (title, count) => format!("{digit} {title} {count}"),
    }
}

/// The columns of each tab's label. They are drawn with a blank at both sides.
pub fn tab_spans(model: &Model) -> Vec<(Tab, Range<u16>)> {
    let gap = if is_short(model) { GAP + 1 } else { GAP };
    spans(1, gap, model.size.width, Tab::ALL.iter().map(|tab| (*tab, cols(width(&label(model, *tab))))))
}

/// The tabs.
pub fn draw(scene: &Scene<'_>) -> Pane {
    let mut line = Line::new();
    for (tab, span) in tab_spans(scene.model) {
        line.to_column(usize::from(span.start.saturating_sub(1)));
        let label = label(scene.model, tab);
        let mut parts = label.splitn(3, ' ');
        let (digit, title, count) = (parts.next(), parts.next(), parts.next());
        if scene.model.ui.tab == tab {
            line.push(Role::TabActive, format!(" {} {} ", digit.unwrap_or_default(), title.unwrap_or_default()));
        } else {
            line.push(Role::Key, format!(" {}", digit.unwrap_or_default()));
            line.push(Role::Tab, format!(" {} ", title.unwrap_or_default()));
        }
        if let Some(count) = count {
            line.push(Role::Count, count);
        }
    }
    Pane::bare(scene.layout.tabs, vec![line])
}
