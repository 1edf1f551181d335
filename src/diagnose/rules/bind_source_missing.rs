//! `bind-source-missing`: a file or folder of the host that a service mounts isn't there.

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::shell::ShellLine,
    compose::{MountKind, Origin},
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
    },
    stack::reason,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "bind-source-missing",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a file or directory on the host that a service mounts doesn't exist",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    for s in case.services.iter().filter(|s| !s.status.state.is_up()) {
        granted(case, s, found);
        let refused = s.containers.iter().find(|c| c.error.contains("bind source path does not exist"));
        let mounts = s.declared.into_iter().flat_map(|d| &d.mounts).filter(|m| m.kind == MountKind::Bind);
        for mount in mounts {
            let Some(source) = mount.source.as_deref() else { continue };
            let named = refused.filter(|c| c.error.contains(source));
            if named.is_none() && !matches!(case.host_path(source), Some(None)) {
                continue;
            }
            let finding = if mount.create_source && named.is_none() {
                // The engine would make a folder of it, which is rarely what a file's mount means.
                if !super::bind_directory_over_file::looks_like_a_file(source, &mount.target) {
                    continue;
                }
                s.warning(RULE.id, format!("{}: the file {source} that it mounts doesn't exist", s.name)).why(format!(
                    "Where the source of a short-form mount is missing, the engine creates a directory in its place, \
                     and {} looks like a file. The program would find a directory there.",
                    mount.target
                ))
            } else {
                s.error(RULE.id, format!("{}: {source} that it mounts doesn't exist", s.name)).why(
                    "The mount says that its source must exist already (create_host_path: false). The engine refuses \
                     to create the container.",
                )
            };
            found.push(
                finding
                    .shown(named.map(|c| Evidence::state("State.Error", reason::cause(&c.error), &c.name)))
                    .shown([
                        Evidence::new(Kind::Host, format!("{source}: no such file or directory"), "this host"),
                        Evidence::file(format!("{source}:{}", mount.target), mount.place.as_ref()),
                    ])
                    .fix(
                        "Create the file or directory, or correct the path; relative paths start at the project's \
                          directory",
                    )
                    .command(listing(source)),
            );
        }
    }
}

/// What there is in the folder that a path is in.
fn listing(path: &str) -> ShellLine {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    ShellLine::new("ls -la").name(if folder.is_empty() { "/" } else { folder })
}

/// The file of a secret or config that the service is granted, which compose mounts as it is.
fn granted(case: &Case<'_>, s: &Subject<'_>, found: &mut Findings) {
    let (Some(project), Some(declared)) = (case.project, s.declared) else { return };
    let secrets = declared.secrets.iter().map(|grant| ("secret", grant, project.secrets.get(&grant.source)));
    let configs = declared.configs.iter().map(|grant| ("config", grant, project.configs.get(&grant.source)));
    for (kind, grant, resource) in secrets.chain(configs) {
        let Some(resource) = resource else { continue };
        let Origin::File(path) = &resource.origin else { continue };
        let path = path.display().to_string();
        if !matches!(case.host_path(&path), Some(None)) {
            continue;
        }
        found.push(
            s.error(RULE.id, format!("{}: the file {path} of its {kind} {} doesn't exist", s.name, grant.source))
                .shown([
                    Evidence::new(Kind::Host, format!("{path}: no such file or directory"), "this host"),
                    Evidence::file(format!("{kind}s: {}: file: {path}", grant.source), resource.place.as_ref()),
                ])
                .why(format!(
                    "Compose mounts the file of a {kind} into the container and creates nothing in its place. The \
                     engine refuses to create the container."
                ))
                .fix("Create the file, or correct the path; relative paths start at the project's directory")
                .command(listing(&path)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, PathFacts, Question},
    };

    const FILE: &str = "services: {caddy: {image: caddy, volumes: [{type: bind, source: /nope/Caddyfile, target: /etc/Caddyfile, bind: {create_host_path: false}}]}}";

    fn answer(found: Option<PathFacts>) -> Scenario {
        Scenario::of(FILE).answer(Question::HostPath("/nope/Caddyfile".into()), Answer::HostPath(found))
    }

    pub fn fires() -> Scenario {
        answer(None)
    }

    pub fn spares() -> Scenario {
        answer(Some(PathFacts::default()))
    }

    #[test]
    fn files_of_secrets_and_configs_are_looked_for() {
        let file = "
services: {db: {image: db, secrets: [pw], configs: [{source: c, target: /etc/c}]}}
secrets: {pw: {file: /nope/pw.txt}}
configs: {c: {content: x}}";
        let asked = |found| {
            Scenario::of(file).answer(Question::HostPath("/nope/pw.txt".into()), Answer::HostPath(found)).found()
        };
        assert_eq!(asked(None), ["bind-source-missing@db"]);
        assert!(asked(Some(PathFacts::default())).is_empty());
    }

    #[test]
    fn a_folder_that_the_engine_makes_is_no_matter() {
        let short = |mount: &str| {
            let file = format!("services: {{a: {{image: a, volumes: ['{mount}']}}}}");
            let source = mount.split(':').next().unwrap();
            Scenario::of(&file).answer(Question::HostPath(source.into()), Answer::HostPath(None)).found()
        };
        assert!(short("/nope/data:/data").is_empty());
        assert_eq!(short("/nope/app.conf:/etc/app.conf"), ["bind-source-missing@a"]);
    }
}
