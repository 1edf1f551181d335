//! The inspector's Raw tab: the engine's own JSON, masked.

use crate::{
    app::{
        Want,
        inspector::{inspected::Inspected, row::Row},
    },
    base::secrets::is_secret_flag,
    view::{role::Role, screen::Line},
};

/// Its row.
pub const RAW: Row = Row { wants: |container| Some(Want::Raw(container.id.clone())), ..Row::new("Raw", |it| it.raw()) };

impl Inspected<'_> {
    fn raw(&mut self) {
        let Some(container) = self.container else {
            return self.words(Role::Dim, "There is no container to inspect.");
        };
        let raw = self.model.stack().raw.as_ref().filter(|(id, _)| *id == container.id);
        let Some((_, json)) = raw else { return self.words(Role::Dim, "Loading…") };
        let mut follows_secret = false;
        for text in json.lines() {
            let indent = text.len() - text.trim_start().len();
            let line = Line::of(Role::Text, " ".repeat(indent));
            let text = text.trim_start();
            let line = match text.split_once("\": ") {
                Some((name, value)) => line
                    .with(Role::Dim, format!("{name}\": "))
                    .with(Role::Text, self.raw_value(name.trim_start_matches('"'), value)),
                None => {
                    let item = if follows_secret { "--password" } else { "" };
                    line.with(Role::Text, self.raw_value(item, text))
                }
            };
            follows_secret = is_secret_flag(text.trim_matches([' ', ',', '"']));
            self.lines.push(line);
        }
    }

    /// A value of the raw JSON: texts are masked by their names, and as command lines.
    fn raw_value(&self, name: &str, value: &str) -> String {
        let text = value.strip_prefix('"').and_then(|rest| rest.rsplit_once('"'));
        match text {
            // The engine's own word for a path.
            Some((text, end)) if !self.model.ui.reveal && name != "SandboxKey" => {
                format!("\"{}\"{end}", self.model.masker().value(name, text))
            }
            _ => value.to_owned(),
        }
    }
}
