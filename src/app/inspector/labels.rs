//! The inspector's Labels tab: labels and their values, masked where they look secret.

use crate::{
    app::inspector::{inspected::Inspected, row::Row},
    view::{role::Role, screen::Line},
};

/// Its row.
pub const LABELS: Row = Row::new("Labels", |it| it.labels());

impl Inspected<'_> {
    fn labels(&mut self) {
        let of_container = self.container.map(|c| &c.labels).filter(|labels| !labels.is_empty());
        let labels: Vec<(&String, &String)> = match (of_container, self.declared) {
            (Some(labels), _) => labels.iter().collect(),
            (None, Some(service)) => service.labels.iter().collect(),
            (None, None) => Vec::new(),
        };
        if labels.is_empty() {
            return self.words(Role::Dim, "No labels.");
        }
        for (name, value) in labels {
            let line = Line::of(Role::Accent, name).with(Role::Faint, "=");
            self.lines.push(line.with(Role::Text, self.shown(name, value)));
        }
    }
}
