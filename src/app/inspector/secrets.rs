//! The inspector's Secrets tab: the secrets and configs that are granted to it, and where they come from.

use crate::{
    app::inspector::{inspected::Inspected, row::Row},
    compose::Origin,
    view::{role::Role, screen::Line},
};

/// Its row.
pub const SECRETS: Row = Row::new("Secrets", |it| it.secrets());

impl Inspected<'_> {
    fn secrets(&mut self) {
        let Some(service) = self.declared else {
            return self.words(Role::Dim, "No compose file declares this.");
        };
        let kinds = [
            ("SECRETS", &service.secrets, self.project.map(|p| &p.secrets), "/run/secrets/"),
            ("CONFIGS", &service.configs, self.project.map(|p| &p.configs), "/"),
        ];
        for (title, grants, resources, folder) in kinds {
            if grants.is_empty() {
                continue;
            }
            self.heading(title);
            for grant in grants {
                let target = grant.target.clone().unwrap_or_else(|| grant.source.clone());
                let target = if target.starts_with('/') { target } else { format!("{folder}{target}") };
                self.lines.push(Line::of(Role::Strong, &grant.source).with(Role::Dim, format!("  @ {target}")));
                let origin = resources.and_then(|r| r.get(&grant.source)).map(|r| match &r.origin {
                    Origin::File(path) => format!("from the file {}", path.display()),
                    Origin::Environment(name) => format!("from the variable {name}"),
                    Origin::Inline => "written in the compose file".into(),
                    Origin::External(name) => format!("on the engine, as {name}"),
                });
                self.under(&origin.unwrap_or_else(|| "not declared in the project".into()));
            }
        }
        if self.lines.is_empty() {
            self.words(Role::Dim, "No secrets or configs are granted to it.");
        }
    }
}
