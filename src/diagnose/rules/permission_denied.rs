//! `permission-denied`: the user that a program runs as may not do what it tries with a file.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::MountKind,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
    },
    host::PathFacts,
    stack::{Container, MountPoint},
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "permission-denied",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program's user may not read or write a file that it needs",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::PermissionDenied) else { continue };
        // Databases and ssh deny permissions of their own.
        let other = ["permission denied for ", "(publickey", "permission denied to "];
        if other.iter().any(|part| said.line.text.contains(part)) || found.has("init-script-failed", s.name) {
            continue;
        }
        let Some(container) = s.patient() else { continue };
        let path = said.get("path");
        let mount = path.and_then(|path| container.mount_at(path));
        let user = if container.config.user.is_empty() { "the image's user" } else { container.config.user.as_str() };
        let socket = path.is_some_and(|path| path.ends_with("docker.sock"));
        let source = mount.filter(|m| m.kind == MountKind::Bind).zip(path).map(|(m, path)| host_side(m, path));
        let facts = source.as_deref().and_then(|source| case.host_path(source)).flatten();
        let allowed = facts.and_then(|facts| may_read(facts, &container.config.user));
        let what = path.map_or_else(|| "a file".to_owned(), str::to_owned);
        let (why, fix, command) = if socket {
            (
                format!("The engine's socket belongs to root and its group; {user} is neither."),
                "Give the service the socket's group: group_add with its number".to_owned(),
                Some("stat -c %g /var/run/docker.sock".to_owned()),
            )
        } else {
            remedy(s, container, mount, source.as_deref(), facts, allowed)
        };
        let finding = s
            .error(RULE.id, format!("{}: permission denied on {what}", s.name))
            .shown([said.evidence()])
            .shown(s.end())
            .shown([Evidence::state(
                "Config.User",
                if container.config.user.is_empty() { "unset" } else { user },
                &container.name,
            )])
            .shown(mount.map(|m| Evidence::state("Mounts", format!("{} at {}", m.holder(), m.target), &container.name)))
            .shown(facts.zip(source.as_deref()).map(|(facts, source)| {
                let owner = facts.owner.map_or_else(String::new, |(uid, gid)| format!(", owner {uid}:{gid}"));
                Evidence::new(Kind::Host, format!("{source}: mode {:o}{owner}", facts.mode & 0o7777), "the host's file")
            }))
            .why(why)
            .fix(fix);
        found.push(match command {
            Some(command) => finding.command(command),
            None => finding,
        });
    }
}

/// Why, what to do, and the command for it.
fn remedy(
    s: &Subject<'_>,
    container: &Container,
    mount: Option<&MountPoint>,
    source: Option<&str>,
    facts: Option<&PathFacts>,
    allowed: Option<bool>,
) -> (String, String, Option<String>) {
    let user = if container.config.user.is_empty() { "its user" } else { container.config.user.as_str() };
    match (mount, source) {
        (Some(_), Some(source)) if allowed == Some(true) => (
            format!(
                "The mode of {source} lets {user} read it, so something else denies access: probably SELinux or \
                 AppArmor on the host, or the program tries to write. With SELinux a bind mount needs a label that \
                 containers may access."
            ),
            "Add :z to the mount (shared label), or make the file writable for that user".into(),
            Some(format!("ls -lZ '{source}'")),
        ),
        (Some(_), Some(source)) => (
            format!(
                "{source} is mounted with the owner and mode that it has on the host, and they don't give {} access. \
                 Users are compared by number, not by name. On hosts with SELinux a missing label has the same effect.",
                if container.config.user.is_empty() { "the program's user".into() } else { format!("user {user}") }
            ),
            format!(
                "Give that user access on the host: chmod a+r{}, or chown; with SELinux add :z to the mount",
                if facts.is_some_and(|f| f.folder) { "x" } else { "" }
            ),
            Some(format!("chmod a+rX '{source}'")),
        ),
        (Some(mount), None) if mount.kind == MountKind::Volume => (
            format!(
                "A volume keeps the owner that its files were created with, and {user} is a different one. That \
                 happens when the service's `user:` or its image changed."
            ),
            format!("Give the volume's files to {user}, once, as root"),
            Some(format!(
                "docker compose run --rm --no-deps -u 0 --entrypoint chown {} -R {user} {}",
                s.name, mount.target
            )),
        ),
        _ => (
            format!(
                "The path is in the image itself, whose files keep the owner they were built with, and the program \
                 runs as {user}. That user needs permission to read or write there."
            ),
            "Create the directory in the Dockerfile with the right owner (RUN install -d -o USER), or mount a volume \
             there"
                .into(),
            None,
        ),
    }
}

/// Where on the host a path of the container is.
pub(super) fn host_side(mount: &MountPoint, path: &str) -> String {
    let below = path.strip_prefix(mount.target.as_str()).unwrap_or_default();
    format!("{}{below}", mount.source.trim_end_matches('/'))
}

/// Whether the mode lets a user read, where both are known by number.
fn may_read(facts: &PathFacts, user: &str) -> Option<bool> {
    let mut parts = user.split(':');
    let uid: u32 = parts.next().filter(|u| !u.is_empty())?.parse().ok()?;
    let gid: Option<u32> = parts.next().and_then(|g| g.parse().ok());
    let (owner, group) = facts.owner?;
    let bits = if uid == 0 {
        return Some(true);
    } else if uid == owner {
        facts.mode >> 6
    } else if gid == Some(group) {
        facts.mode >> 3
    } else {
        facts.mode
    };
    Some(bits & 4 != 0 && (!facts.folder || bits & 1 != 0))
}

impl Container {
    /// The mount that a path is in: the innermost.
    pub(in crate::diagnose) fn mount_at(&self, path: &str) -> Option<&MountPoint> {
        let inside = |m: &&MountPoint| {
            let target = m.target.trim_end_matches('/');
            path.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.mounts.iter().filter(inside).max_by_key(|m| m.target.len())
    }
}

impl MountPoint {
    /// What is mounted, in words.
    pub(in crate::diagnose) fn holder(&self) -> String {
        match (self.kind, &self.volume) {
            (MountKind::Volume, Some(volume)) => format!("volume {volume}"),
            (MountKind::Tmpfs, _) => "tmpfs".into(),
            _ => self.source.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, Question},
        stack::fixture::container,
    };

    const FILE: &str =
        "services: {caddy: {image: caddy, user: '1001', volumes: ['/p/Caddyfile:/etc/caddy/Caddyfile:ro']}}";
    /// As caddy says it.
    const LINE: &str = "Error: reading config file: open /etc/caddy/Caddyfile: permission denied";

    fn caddy() -> Container {
        container("caddy").by_user("1001").binding("/p/Caddyfile", "/etc/caddy/Caddyfile", false)
    }

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(caddy().exited(1, 90.0)).log("caddy", &[LINE])
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(caddy().running(1.0))
    }

    fn with_mode(mode: u32) -> String {
        let facts = PathFacts { mode, owner: Some((0, 0)), ..PathFacts::default() };
        let asked = fires().answer(Question::HostPath("/p/Caddyfile".into()), Answer::HostPath(Some(facts)));
        asked.diagnosis().findings.remove(0).explanation
    }

    #[test]
    fn the_mode_tells_the_user_from_selinux() {
        assert_eq!(fires().found(), ["permission-denied@caddy", "main-process-ends@caddy < permission-denied@caddy"]);
        assert!(with_mode(0o600).contains("don't give user 1001 access"), "{}", with_mode(0o600));
        assert!(with_mode(0o644).contains("SELinux"), "{}", with_mode(0o644));
        // A database's own permissions are another matter.
        let table = "ERROR:  permission denied for table users";
        assert_eq!(
            Scenario::of(FILE).with(caddy().exited(1, 90.0)).log("caddy", &[table]).found(),
            ["main-process-ends@caddy"]
        );
    }
}
