//! `file-missing-in-container`: a file that the program needs isn't in the container, or a mount hides it.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    diagnose::{
        case::Case,
        finding::{Evidence, Kind},
        findings::Findings,
        said::Phrase,
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "file-missing-in-container",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "a file that the program needs isn't in the container, or is hidden by a mount",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::FileMissing) else { continue };
        let Some(path) = said.get("path") else { continue };
        // A program that goes on without the file only mentions it.
        if s.patient().is_none_or(|c| c.exit_code.is_none_or(|code| code == 0) && c.restarts == 0) {
            continue;
        }
        let over = |target: &str| path.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'));
        let hiding = s.containers.iter().flat_map(|c| &c.mounts).find(|m| over(&m.target));
        let finding = s.error(RULE.id, format!("{}: the file {path} isn't in the container", s.name));
        let finding = match hiding {
            Some(m) => {
                let from = if m.source.is_empty() { "a volume".to_owned() } else { m.source.clone() };
                let place = s.declared.and_then(|d| d.mounts.iter().find(|d| d.target == m.target));
                let name = path.rsplit('/').next().unwrap_or(path);
                finding
                    .shown([
                        said.evidence(),
                        Evidence::new(Kind::State, format!("{from} is mounted at {}", m.target), "Mounts"),
                        Evidence::file(format!("{from}:{}", m.target), place.and_then(|d| d.place.as_ref())),
                    ])
                    .why(format!(
                        "A mount hides whatever the image has under {}, and {from} doesn't contain the file. Probably \
                         another directory was meant.",
                        m.target
                    ))
                    .fix(format!("Mount the directory that contains {name}, or remove the mount"))
                    .command(if m.source.is_empty() {
                        ShellLine::default()
                    } else {
                        ShellLine::new("ls -la").name(&m.source)
                    })
            }
            None => finding
                .shown([said.evidence()])
                .why(
                    "The program looks for this file and exits when it isn't there. The image doesn't have it at this \
                     path, and no mount provides it.",
                )
                .fix("Copy the file into the image, mount it, or correct the path or the working directory")
                .command(case.run_in(s.name, &ShellLine::new("pwd").and(ShellLine::new("ls -la")))),
        };
        found.push(finding.shown(s.end()));
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        compose::MountKind,
        diagnose::scenario::Scenario,
        stack::{Container, MountPoint, fixture::container},
    };

    const FILE: &str = "services: {web: {image: python, command: python3 main.py, volumes: ['/srv/empty:/app']}}";
    const LINE: &str = "python3: can't open file '/app/main.py': [Errno 2] No such file or directory";

    fn mounted(c: Container) -> Container {
        let mount = MountPoint {
            kind: MountKind::Bind,
            volume: None,
            source: "/srv/empty".into(),
            target: "/app".into(),
            writable: true,
        };
        Container { mounts: vec![mount], ..c }
    }

    pub fn fires() -> Scenario {
        Scenario::of(FILE).with(mounted(container("web").exited(2, 90.0))).log("web", &[LINE])
    }

    pub fn spares() -> Scenario {
        Scenario::of(FILE).with(mounted(container("web").running(1.0))).log("web", &["serving"])
    }

    #[test]
    fn the_mount_that_hides_it_is_named() {
        let found = fires().found();
        assert_eq!(found, ["file-missing-in-container@web", "main-process-ends@web < file-missing-in-container@web"]);
        assert!(fires().diagnosis().findings[0].explanation.contains("/srv/empty"));
    }
}
