//! The file system says no: `read-only-filesystem`, `no-space-left`.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::MountKind,
    diagnose::{case::Case, finding::Evidence, findings::Findings, said::Phrase},
    stack::Container,
};

/// It can't be written.
pub const READ_ONLY: Rule = Rule {
    id: "read-only-filesystem",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program writes to a read-only file system",
    look: read_only,
    #[cfg(test)]
    fires: tests::read_only_fires,
    #[cfg(test)]
    spares: tests::well,
};

/// It is full.
pub const FULL: Rule = Rule {
    id: "no-space-left",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a program can't write because the disk or volume is full",
    look: full,
    #[cfg(test)]
    fires: tests::full_fires,
    #[cfg(test)]
    spares: tests::well,
};

fn read_only(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ReadOnly) else { continue };
        let Some(c) = s.patient() else { continue };
        let path = said.get("path").map(|path| inside(c, path));
        let mount = path.as_deref().and_then(|path| c.mount_at(path));
        let folder = path
            .as_deref()
            .and_then(|p| p.rsplit_once('/'))
            .map_or("PATH", |(dir, _)| if dir.is_empty() { "/" } else { dir });
        let (evidence, why, fix) = match mount {
            Some(m) if !m.writable => (
                Evidence::state("Mounts", format!("{} at {}, read-only", m.holder(), m.target), &c.name),
                format!("{} is mounted read-only (`:ro`), and the program writes to it.", m.target),
                format!("Remove :ro from the mount at {}, or make the program write somewhere else", m.target),
            ),
            None if c.config.read_only => (
                Evidence::state("HostConfig.ReadonlyRootfs", "true", &c.name),
                "The service has `read_only: true`, so nothing outside its mounts can be written. The program writes \
                 to such a place."
                    .to_owned(),
                format!("Make it writable: tmpfs: [{folder}], or a volume if the data must persist"),
            ),
            _ => (
                Evidence::state("Mounts", mount.map_or("no mount", |m| m.target.as_str()), &c.name),
                "Neither the mount nor the service is read-only, so the file system beneath probably is: a disk that \
                 was mounted read-only, or that the kernel switched to it after an error."
                    .to_owned(),
                "Check the host's disk (dmesg, mount)".to_owned(),
            ),
        };
        let what = path.unwrap_or_else(|| "where it writes".into());
        found.push(
            s.error(READ_ONLY.id, format!("{}: {what} is read-only", s.name))
                .shown([said.evidence(), evidence])
                .shown(s.end())
                .why(why)
                .fix(fix)
                .command(case.up([s.name])),
        );
    }
}

/// A path as it is in the container: relative ones start from its working directory.
fn inside(c: &Container, path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", c.config.working_dir.trim_end_matches('/'))
    }
}

fn full(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        // Its code is also that of file watches that are used up.
        if found.has("file-watches-used-up", s.name) {
            continue;
        }
        let said = s.said(Phrase::NoSpace);
        let refused = s.containers.iter().find(|c| c.error.contains("no space left on device"));
        if said.is_none() && refused.is_none() {
            continue;
        }
        let c = s.patient();
        let path = said.as_ref().and_then(|said| said.get("path"));
        // Programs name files in their data folder by relative paths: its mount is the one that counts.
        let mount = c.and_then(|c| {
            let at = path.filter(|p| p.starts_with('/')).and_then(|path| c.mount_at(path));
            at.or_else(|| c.mounts.iter().find(|m| m.writable && m.kind != MountKind::Bind))
        });
        let shm = path.is_some_and(|p| p.contains("/dev/shm"))
            || said.as_ref().is_some_and(|s| s.line.text.contains("shared memory segment"));
        let likely = if path.is_some_and(|p| p.starts_with('/')) { "" } else { " (probably, since its data is there)" };
        let (what, why, fix, command) = match mount {
            Some(m) if m.kind == MountKind::Tmpfs => (
                format!("the tmpfs at {} is full", m.target),
                format!(
                    "{} is memory, with the size that the file gives it or half of the host's memory{likely}. What is \
                     written there counts as the container's memory.",
                    m.target
                ),
                format!("Give it a larger size, or mount a volume at {} if the data should stay", m.target),
                case.compose().then("exec").name(s.name).then("df -h").name(&m.target),
            ),
            _ if shm => (
                "its shared memory is full".to_owned(),
                "A container has 64 MB at /dev/shm by default.".to_owned(),
                "Set shm_size: 256m or more".to_owned(),
                case.up([s.name]),
            ),
            Some(m) => (
                "no space left where it writes".to_owned(),
                format!(
                    "The file system of {} at {} is full{likely}. Unless it is given a size, a volume is as large \
                         as the disk beneath it.",
                    m.holder(),
                    m.target
                ),
                "Free some space, or enlarge the volume or the disk beneath it".to_owned(),
                case.docker().then("system df -v"),
            ),
            None => (
                "no space left where it writes".to_owned(),
                "The disk with the container's files is full. The images, logs and build cache of all projects share \
                 it."
                .to_owned(),
                "Free some space on the engine's disk".to_owned(),
                case.docker().then("system df"),
            ),
        };
        found.push(
            s.error(FULL.id, format!("{}: {what}", s.name))
                .shown(said.map(|said| said.evidence()))
                .shown(refused.map(|c| Evidence::state("State.Error", &c.error, &c.name)))
                .shown(mount.zip(c).map(|(m, c)| {
                    let size = m.volume.as_ref().and_then(|v| case.host.usage.as_ref()?.volumes.get(v)?.size);
                    let size = size.map_or_else(String::new, |n| format!(", {} in it", crate::base::units::bytes(n)));
                    Evidence::state("Mounts", format!("{} at {}{size}", m.holder(), m.target), &c.name)
                }))
                .shown(s.end())
                .why(why)
                .fix(fix)
                .command(command),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        stack::{Container, fixture::container},
    };

    const FILE: &str = "services: {app: {image: app}}";

    fn ended(lines: &[&str], change: impl Fn(Container) -> Container) -> Scenario {
        Scenario::of(FILE).with(change(container("app").exited(1, 90.0))).log("app", lines)
    }

    pub fn well() -> Scenario {
        Scenario::of(FILE).with(container("app").running(1.0).binding("/p/empty", "/app", true))
    }

    pub fn read_only_fires() -> Scenario {
        ended(&["OSError: [Errno 30] Read-only file system: '/app/cache'"], |mut c| {
            c.config.read_only = true;
            c
        })
    }

    pub fn full_fires() -> Scenario {
        let line = "FATAL:  could not write to file \"pg_wal/xlogtemp.23\": No space left on device";
        ended(&[line], |c| c.keeping("p_small", "/var/lib/postgresql/data"))
    }

    #[test]
    fn each_says_whose_place_it_is() {
        let first = |s: Scenario| s.diagnosis().findings.remove(0);
        assert!(first(read_only_fires()).fix.text.contains("tmpfs: [/app]"), "{:#?}", first(read_only_fires()));
        assert!(first(full_fires()).explanation.contains("volume p_small"), "{:#?}", first(full_fires()));
        let mounted =
            ended(&["mkdir: can't create '/data/x': Read-only file system"], |c| c.binding("/p/d", "/data", false));
        assert!(first(mounted).explanation.contains("`:ro`"));
    }
}
