//! The inspector's Mounts tab: what stands in its file system beside the image.

use crate::{
    app::{
        inspector::{inspected::Inspected, row::Row},
        words,
    },
    compose::MountKind,
    view::{role::Role, screen::Line},
};

/// Its row.
pub const MOUNTS: Row = Row::new("Mounts", |it| it.mounts());

impl Inspected<'_> {
    fn mounts(&mut self) {
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
            return self.words(Role::Dim, "Nothing is mounted: what it writes is lost with its container.");
        }
        rows.sort();
        for (target, source, what) in rows {
            self.lines.push(Line::of(Role::Strong, target).with(Role::Dim, format!("  {what}")));
            if !source.is_empty() {
                self.under(source);
            }
        }
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
