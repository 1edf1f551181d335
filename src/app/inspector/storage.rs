//! The inspector's Mounts and Secrets tabs: what stands in its file system beside the image.

use crate::{
    app::{
        inspector::{Line, Subject, Tone},
        words,
    },
    compose::{MountKind, Origin},
};

impl Subject<'_> {
    pub(super) fn mounts(&mut self) {
        let ro = |writable: bool| if writable { "" } else { ", read-only" };
        let mut rows: Vec<(&str, &str, String)> = match (self.container, self.declared) {
            (Some(container), _) if container.inspected => {
                let mounts = container.mounts.iter().map(|mount| {
                    let source = mount.volume.as_ref().map_or(mount.source.as_str(), |v| words::short(v));
                    (mount.target.as_str(), source, format!("{}{}", kind(mount.kind), ro(mount.writable)))
                });
                mounts.collect()
            }
            (_, Some(service)) => {
                let mounts = service.mounts.iter().map(|mount| {
                    let source = mount.source.as_deref().unwrap_or_default();
                    (mount.target.as_str(), source, format!("{}{}, declared", kind(mount.kind), ro(!mount.read_only)))
                });
                mounts.collect()
            }
            _ => Vec::new(),
        };
        if rows.is_empty() {
            return self.words(Tone::Dim, "Nothing is mounted: what it writes goes with its container.");
        }
        rows.sort();
        for (target, source, what) in rows {
            self.lines.push(Line::of(Tone::Strong, target).with(Tone::Dim, format!("  {what}")));
            if !source.is_empty() {
                self.under(source);
            }
        }
    }

    pub(super) fn secrets(&mut self) {
        let Some(service) = self.declared else {
            return self.words(Tone::Dim, "No compose file declares this.");
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
                self.lines.push(Line::of(Tone::Strong, &grant.source).with(Tone::Dim, format!("  @ {target}")));
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
            self.words(Tone::Dim, "No secrets or configs are granted to it.");
        }
    }

    fn under(&mut self, text: &str) {
        self.lines.push(Line::of(Tone::Faint, format!("{} ", self.glyphs.under())).with(Tone::Text, text));
    }
}

fn kind(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Tmpfs => "tmpfs",
        MountKind::Other => "other",
    }
}
