//! Where databases keep their data and find their init scripts, for the rules about them.

use crate::{
    diagnose::case::{Case, Subject},
    stack::{MountPoint, Volume},
};

/// Where the official images of databases look for scripts.
pub const SCRIPTS: &str = "/docker-entrypoint-initdb.d";

/// Where a database keeps its data, and the volume there.
pub fn data_volume<'a>(case: &Case<'a>, db: &Subject<'a>) -> Option<(&'a MountPoint, Option<&'a Volume>)> {
    const DATA: [&str; 6] =
        ["/var/lib/postgresql", "/var/lib/mysql", "/data/db", "/bitnami", "/var/lib/rabbitmq", "/var/lib/mariadb"];
    let mount = db.container()?.mounts.iter().find(|m| DATA.iter().any(|data| m.target.starts_with(data)))?;
    Some((mount, mount.volume.as_ref().and_then(|name| case.stack.volumes.get(name))))
}

/// Whether init scripts are mounted into a database.
pub fn has_scripts(db: &Subject<'_>) -> bool {
    db.containers.iter().flat_map(|c| &c.mounts).any(|m| m.target.starts_with(SCRIPTS))
}
