//! `bind-directory-over-file`: a folder of the host is mounted where a file is meant.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    compose::MountKind,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::reason,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "bind-directory-over-file",
    stage: Stage::Starting,
    rank: Rank::Cause,
    about: "a directory on the host is mounted where a file is expected",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

/// Endings of names that are files, not folders.
const FILES: [&str; 22] = [
    "conf",
    "cfg",
    "cnf",
    "ini",
    "json",
    "yaml",
    "yml",
    "toml",
    "xml",
    "sql",
    "sh",
    "py",
    "js",
    "ts",
    "env",
    "pem",
    "crt",
    "key",
    "properties",
    "html",
    "txt",
    "hcl",
];

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in &case.services {
        let refused = s.containers.iter().find(|c| c.error.contains("not a directory") && c.error.contains("mount"));
        let said = refused.map(|c| Evidence::state("State.Error", reason::cause(&c.error), &c.name));
        let mounts = s.declared.into_iter().flat_map(|d| &d.mounts).filter(|m| m.kind == MountKind::Bind);
        for mount in mounts {
            let Some(source) = mount.source.as_deref() else { continue };
            let named = refused.is_some_and(|c| c.error.contains(source) || c.error.contains(&mount.target));
            let folder = (named || looks_like_a_file(source, &mount.target))
                && matches!(case.host_path(source), Some(Some(facts)) if facts.folder);
            if !named && !folder {
                continue;
            }
            let shown = folder.then(|| Evidence::new(Kind::Host, format!("{source} is a directory"), "this host"));
            found.push(
                s.error(
                    RULE.id,
                    format!("{}: {source} is a directory, but is mounted where a file is expected", s.name),
                )
                .shown(said.clone())
                .shown(shown)
                .shown([Evidence::file(format!("{source}:{}", mount.target), mount.place.as_ref())])
                .why(format!(
                    "When a mount's source is missing, the engine creates an empty directory in its place. That \
                         probably happened here, at a start before the file existed. {} can't be a directory.",
                    mount.target
                ))
                .fix("Remove the empty directory, put the file in its place, and recreate the container")
                .command(ShellLine::new("rmdir").name(source)),
            );
        }
    }
}

/// Whether both ends of a mount are named like the same kind of file.
pub(super) fn looks_like_a_file(source: &str, target: &str) -> bool {
    let ending = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ending)| ending.to_ascii_lowercase())
    };
    let known = |path: &str| ending(path).is_some_and(|ending| FILES.contains(&ending.as_str()));
    let same = || {
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        name(source) == name(target)
            && ["Caddyfile", "Dockerfile", "Makefile", "Procfile"].contains(&name(source).as_str())
    };
    (known(source) && known(target)) || same()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, PathFacts, Question},
    };

    const FILE: &str = "services: {proxy: {image: nginx, volumes: ['/srv/nginx.conf:/etc/nginx/nginx.conf:ro']}}";

    fn scenario(folder: bool) -> Scenario {
        let facts = PathFacts { folder, ..PathFacts::default() };
        Scenario::of(FILE).answer(Question::HostPath("/srv/nginx.conf".into()), Answer::HostPath(Some(facts)))
    }

    pub fn fires() -> Scenario {
        scenario(true)
    }

    pub fn spares() -> Scenario {
        scenario(false)
    }

    #[test]
    fn folders_that_are_meant_as_such_are_not_taken_for_files() {
        assert!(looks_like_a_file("/a/nginx.conf", "/etc/nginx/nginx.conf"));
        assert!(looks_like_a_file("/a/Caddyfile", "/etc/caddy/Caddyfile"));
        for (source, target) in [("/a/conf.d", "/etc/nginx/conf.d"), ("/a/site.js", "/app"), ("/a/.env", "/x/.env")] {
            assert!(!looks_like_a_file(source, target), "{source}");
        }
    }
}
