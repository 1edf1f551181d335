//! The names of the screens, with a count where something wants attention.

use crate::{
    app::{
        layout::{tab_label, tab_spans},
        scene::Scene,
    },
    view::{
        role::Role,
        screen::{Line, Pane},
    },
};

/// The tabs.
pub fn draw(scene: &Scene<'_>) -> Pane {
    let mut line = Line::new();
    for (tab, span) in tab_spans(scene.model) {
        line.to_column(usize::from(span.start.saturating_sub(1)));
        let label = tab_label(scene.model, tab);
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
