//! `permission-denied`: the user that a program runs as may not do what it tries with a file.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
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
        let place = source.as_deref().map(|source| Place::of(case, mount, source));
        let facts = place.as_ref().and_then(|place| place.facts);
        let what = path.map_or_else(|| "a file".to_owned(), str::to_owned);
        let (why, fix, command) = if socket {
            (
                format!("The engine's socket belongs to root and its group; {user} is neither."),
                "Give the service the socket's group: group_add with its number".to_owned(),
                ShellLine::new("stat -c %g /var/run/docker.sock"),
            )
        } else {
            remedy(case, s, container, mount, place.as_ref())
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
            .shown(facts.zip(place.as_ref().map(|place| place.path.as_str())).map(|(facts, source)| {
                let owner = facts.owner.map_or_else(String::new, |(uid, gid)| format!(", owner {uid}:{gid}"));
                Evidence::new(Kind::Host, format!("{source}: mode {:o}{owner}", facts.mode & 0o7777), "the host's file")
            }))
            .why(why)
            .fix(fix)
            .command(command);
        found.push(finding);
    }
}

/// What a container was refused, where it is on the host: the path itself, or the folder that a new file was to be made
/// in.
struct Place<'a> {
    path: String,
    facts: Option<&'a PathFacts>,
    /// What was to be made in it.
    new: Option<String>,
}

impl<'a> Place<'a> {
    fn of(case: &Case<'a>, mount: Option<&MountPoint>, source: &str) -> Self {
        let found = |path: &str| case.host_path(path);
        let (mut path, mut new) = (source.to_owned(), None);
        // Up to what is mounted: who may write beyond that is not the container's matter.
        let top = mount.map_or("", |m| m.source.trim_end_matches('/'));
        while let Some(None) = found(&path)
            && let Some((folder, name)) = path.rsplit_once('/')
            && folder.len() >= top.len().max(1)
        {
            new = Some(name.to_owned());
            path = folder.to_owned();
        }
        Self { facts: found(&path).flatten(), path, new }
    }
}

/// Why, what to do, and the command for it.
fn remedy(
    case: &Case<'_>,
    s: &Subject<'_>,
    container: &Container,
    mount: Option<&MountPoint>,
    place: Option<&Place<'_>>,
) -> (String, String, ShellLine) {
    let named = container.config.user.as_str();
    let user = if named.is_empty() { "its user" } else { named };
    // Inside the container a user's name means what the image says, and root there is root on the host.
    let inside = |path: &str| {
        case.compose_by_files()
            .then("run --rm --no-deps -u 0 --entrypoint chown")
            .name(s.name)
            .then("-R")
            .names([named, path])
    };
    match (mount, place) {
        (Some(_), Some(place)) if named.is_empty() || place.facts.is_none() => (
            format!(
                "{} is mounted with the owner and mode that it has on the host, and they don't give the program's user \
                 access. Users are compared by number, not by name. On hosts with SELinux a missing label has the same \
                 effect.",
                place.path
            ),
            "Give the program's user access there on the host (chown, chmod); with SELinux add :z to the mount".into(),
            ShellLine::new("ls -ldn").name(&place.path),
        ),
        (Some(m), Some(place @ Place { facts: Some(facts), .. })) => {
            let Place { path, new, .. } = place;
            let owner = facts.owner.map_or_else(String::new, |(uid, gid)| format!(" belongs to {uid}:{gid} and"));
            let state = format!("{path}{owner} has mode {:o}", facts.mode & 0o7777);
            let may = |bits: u32| allows(facts, named, bits);
            // By number on the host; by name only the container knows who it is.
            let own = |folder: bool| match named.split(':').all(|id| id.parse::<u32>().is_ok()) {
                true if folder => ShellLine::new("chown -R").names([named, path.as_str()]),
                true => ShellLine::new("chown").names([named, path.as_str()]),
                false => inside(&m.target),
            };
            if let Some(name) = new {
                (
                    format!(
                        "The program creates {name} in a mounted directory where user {named} may not write: {state}."
                    ),
                    format!("Give the directory to user {named} (as root), or run the service as its owner"),
                    own(true),
                )
            } else if may(4).is_none() {
                (
                    format!("{state}. Users are compared by number, and which number {named} has, the image says."),
                    format!("Give it to {named}, whoever that is in the image"),
                    inside(&m.target),
                )
            } else if may(4) == Some(false) {
                let x = if facts.folder { "x" } else { "" };
                (
                    format!(
                        "{path} is mounted with the owner and mode that it has on the host, and they don't give user \
                         {named} access: it{owner} has mode {:o}. Users are compared by number, not by name.",
                        facts.mode & 0o7777
                    ),
                    format!("Give that user access on the host: chmod a+r{x}, or chown"),
                    ShellLine::new("chmod a+rX").name(path),
                )
            } else if may(2) == Some(false) {
                (
                    format!("User {named} may read it, but not write: {state}. The program probably writes to it."),
                    format!("Give it to user {named} (as root), or make the program write somewhere else"),
                    own(facts.folder),
                )
            } else {
                (
                    format!(
                        "The mode of {path} gives user {named} access, so something else denies it: probably SELinux or \
                         AppArmor on the host. With SELinux a bind mount needs a label that containers may access."
                    ),
                    "Add :z to the mount (shared label)".into(),
                    ShellLine::new("ls -ldZ").name(path),
                )
            }
        }
        (Some(mount), None) if mount.kind == MountKind::Volume => (
            format!(
                "A volume keeps the owner that its files were created with, and {user} is a different one. That \
                 happens when the service's `user:` or its image changed."
            ),
            format!("Give the volume's files to {user}, once, as root"),
            if named.is_empty() { ShellLine::default() } else { inside(&mount.target) },
        ),
        _ => (
            format!(
                "The path is in the image itself, whose files keep the owner they were built with, and the program \
                 runs as {user}. That user needs permission to read or write there."
            ),
            "Create the directory in the Dockerfile with the right owner (RUN install -d -o USER), or mount a volume \
             there"
                .into(),
            ShellLine::default(),
        ),
    }
}

/// Where on the host a path of the container is.
pub(super) fn host_side(mount: &MountPoint, path: &str) -> String {
    let below = path.strip_prefix(mount.target.as_str()).unwrap_or_default();
    format!("{}{below}", mount.source.trim_end_matches('/'))
}

/// Whether the mode gives a user these rights (4 to read, 2 to write), where both are known by number.
fn allows(facts: &PathFacts, user: &str, rights: u32) -> Option<bool> {
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
    Some(bits & rights == rights && (!facts.folder || bits & 1 != 0))
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

    fn there(mode: u32, folder: bool) -> Answer {
        Answer::HostPath(Some(PathFacts { mode, folder, owner: Some((0, 0)), ..PathFacts::default() }))
    }

    fn with_mode(mode: u32) -> (String, String) {
        let asked = fires().answer(Question::HostPath("/p/Caddyfile".into()), there(mode, false));
        let finding = asked.diagnosis().findings.remove(0);
        (finding.explanation, finding.fix.copied().unwrap_or_default())
    }

    #[test]
    fn the_mode_tells_the_user_from_selinux() {
        assert_eq!(fires().found(), ["permission-denied@caddy", "main-process-ends@caddy < permission-denied@caddy"]);
        let (why, command) = with_mode(0o600);
        assert!(why.contains("don't give user 1001 access") && command == "chmod a+rX /p/Caddyfile", "{why} {command}");
        let (why, command) = with_mode(0o644);
        assert!(why.contains("may read it, but not write") && command == "chown 1001 /p/Caddyfile", "{why} {command}");
        let (why, command) = with_mode(0o646);
        assert!(why.contains("SELinux") && command == "ls -ldZ /p/Caddyfile", "{why} {command}");
        // A database's own permissions are another matter.
        let table = "ERROR:  permission denied for table users";
        assert_eq!(
            Scenario::of(FILE).with(caddy().exited(1, 90.0)).log("caddy", &[table]).found(),
            ["main-process-ends@caddy"]
        );
    }

    #[test]
    fn a_file_that_is_to_be_made_needs_its_folder() {
        let file = "services: {prometheus: {image: p, user: '65534:65534', volumes: ['/p/data:/prometheus']}}";
        let c = container("prometheus").by_user("65534:65534").binding("/p/data", "/prometheus", true);
        let line = "open /prometheus/queries.active: permission denied";
        let fix = |user: &str| {
            let finding = Scenario::of(&file.replace("65534:65534", user))
                .with(
                    Container {
                        config: crate::stack::CreateConfig { user: user.into(), ..c.config.clone() },
                        ..c.clone()
                    }
                    .exited(1, 90.0),
                )
                .log("prometheus", &[line])
                .answer(Question::HostPath("/p/data/queries.active".into()), Answer::HostPath(None))
                .answer(Question::HostPath("/p/data".into()), there(0o755, true))
                .diagnosis()
                .findings
                .remove(0);
            assert!(finding.explanation.contains("creates queries.active"), "{}", finding.explanation);
            finding.fix.copied().unwrap_or_default()
        };
        assert_eq!(fix("65534:65534"), "chown -R 65534:65534 /p/data");
        assert_eq!(
            fix("nobody"),
            "docker compose run --rm --no-deps -u 0 --entrypoint chown prometheus -R nobody /prometheus",
            "only the image knows who that is"
        );
    }
}
