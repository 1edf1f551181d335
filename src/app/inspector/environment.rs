//! The inspector's Env tab: variables and their values, masked where they look secret, and where they come from.

use crate::{
    app::inspector::{inspected::Inspected, row::Row},
    base::text::{clean, width},
    stack::ImageFacts,
    view::{role::Role, screen::Line},
};

/// Its row.
pub const ENVIRONMENT: Row = Row::new("Env", |it| it.environment());

impl<'a> Inspected<'a> {
    fn environment(&mut self) {
        let mut pairs: Vec<(String, Option<String>)> = match (self.container, self.declared) {
            (Some(container), _) if container.inspected => {
                let pair = |entry: &String| match entry.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (entry.clone(), None),
                };
                container.env.iter().map(pair).collect()
            }
            (_, Some(service)) => service.environment.iter().map(|(n, v)| (n.clone(), v.clone())).collect(),
            _ => Vec::new(),
        };
        pairs.sort();
        if pairs.is_empty() {
            return self.words(Role::Dim, "No variables.");
        }
        let (origins, drifted) = (self.origins(), self.drifted_variables());
        let image = self.image();
        let mut hidden = 0;
        for (name, value) in pairs {
            let line = Line::of(Role::Accent, &name).with(Role::Faint, "=");
            let line = match &value {
                None => line.with(Role::Faint, "(not set)"),
                Some(value) => {
                    let shown = self.shown(&name, value);
                    hidden += usize::from(shown != *value);
                    line.with(Role::Text, shown)
                }
            };
            let entry = format!("{name}={}", value.unwrap_or_default());
            let line = match (drifted.get(name.as_str()), origins.get(name.as_str())) {
                (Some(_), _) => {
                    self.aside(line, Role::Warning, &format!("{} differs from the files", self.glyphs.drifted()))
                }
                (None, Some(origin)) => self.aside(line, Role::Dim, origin),
                (None, None) if image.is_some_and(|image| image.env.contains(&entry)) => {
                    self.aside(line, Role::Dim, "image")
                }
                (None, None) => line,
            };
            self.lines.push(line);
        }
        self.masked(hidden);
    }

    /// What is known of the container's image.
    fn image(&self) -> Option<&'a ImageFacts> {
        self.model.host().images.of(&self.container?.image_id)?.ok().flatten()
    }

    /// A line with a remark at its right, where there is room for it.
    fn aside(&self, line: Line, role: Role, words: &str) -> Line {
        let (left, right) = (line.width(), width(&clean(words)));
        match self.width.checked_sub(left + right) {
            Some(gap @ 2..) => line.with(Role::Text, " ".repeat(gap)).with(role, words),
            _ => line,
        }
    }
}
