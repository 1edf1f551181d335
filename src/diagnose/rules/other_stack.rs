//! `project-name-shared`: containers under the project's name were created from other files, by another stack.
//!
//! Compose takes whatever carries a project's name for its own: `up` recreates it, `--remove-orphans` and `down` remove
//! it. Its labels tell which files each container was created from.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::units,
    diagnose::{
        case::Case,
        finding::{Evidence, Finding, Kind},
        findings::Findings,
    },
    host::Question,
    stack::{
        Container,
        origin::{DIR, FILES},
    },
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "project-name-shared",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "containers under the project's name were created from other compose files",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    let mut strangers: BTreeMap<Vec<PathBuf>, Vec<&Container>> = BTreeMap::new();
    for c in case.stack.containers.values().filter(|c| !c.oneoff) {
        if let Some(files) = case.files_of_another(c).filter(|files| files.iter().all(|file| is_answered(case, file))) {
            strangers.entry(files).or_default().push(c);
        }
    }
    for (files, containers) in strangers {
        found.extend(finding(case, &files, &containers));
    }
}

/// Whether it is known, or known to stay unknown, if a file is there, and which one.
fn is_answered(case: &Case<'_>, file: &Path) -> bool {
    let answered = |file: &Path| case.host.answers.contains_key(&Question::HostPath(file.display().to_string()));
    answered(file) && case.project.is_none_or(|project| project.files.iter().all(|ours| answered(ours)))
}

fn finding(case: &Case<'_>, files: &[PathBuf], containers: &[&Container]) -> Option<Finding> {
    let project = case.project?;
    let services: BTreeSet<&str> = containers.iter().filter_map(|c| c.service.as_deref()).collect();
    let services: Vec<&str> = services.into_iter().collect();
    let first = *containers.first()?;
    let taken = services.iter().any(|s| project.services.contains_key(*s));
    let names: Vec<String> = files.iter().map(|file| shown(file, &project.dir)).collect();
    let from = units::list(&names, NAMED);
    let there = files.iter().all(|file| matches!(case.host_path(&file.display().to_string()), Some(Some(_))));
    let own = project.files.first().map_or_else(|| "these files".into(), |file| shown(file, &project.dir));
    let (listed, was) = (units::list(&services, NAMED), if services.len() == 1 { "was" } else { "were" });
    let summary = format!("another stack is called {}, too: {listed} {was} created from {from}", project.name);
    let finding =
        if taken && there { Finding::error(RULE.id, None, summary) } else { Finding::warning(RULE.id, None, summary) };
    let labels = first.labels.get(FILES).map(|text| Evidence::state(FILES, text, &first.name));
    let is = if there { Some(Evidence::new(Kind::Host, format!("{from} is still there"), "this host")) } else { None };
    let does = if taken {
        "`up` here would recreate its containers from these files, and `down` would remove them."
    } else {
        "`up --remove-orphans` and `down --remove-orphans` here would remove its containers, and what runs in them."
    };
    let dir = first.labels.get(DIR).filter(|dir| Path::new(dir) != project.dir);
    let dir = dir.map(|dir| Evidence::state(DIR, dir, &first.name));
    Some(
        finding
            .shown(labels)
            .shown(dir)
            .shown(is)
            .shown([Evidence::new(Kind::File, format!("this project is read from {own}"), "the compose files")])
            .why(format!(
                "Compose takes every container with a project's name for its own, whatever file it was created from. \
                 {does}"
            ))
            .fix(
                "Give each of the two its own `name:` (or use -p), or read all files together with -f for each; don't \
                 remove anything as an orphan before",
            )
            .command(
                case.docker().then("ps -a --filter").word(format!("label=com.docker.compose.project={}", project.name)),
            )
            .explains(&["orphan-container"]),
    )
}

/// A path as short as it is clear: below the project's folder without it.
fn shown(file: &Path, dir: &Path) -> String {
    file.strip_prefix(dir).unwrap_or(file).display().to_string()
}

impl Case<'_> {
    /// The files that a container was created from and that aren't the project's, where another stack created it: of a
    /// service of ours none of them is the project's; of one that no file declares some aren't, and they aren't gone.
    pub(super) fn files_of_another(&self, c: &Container) -> Option<Vec<PathBuf>> {
        let mut others = self.stack.other_files(c);
        // By a symbolic link a file has several paths.
        let id = |file: &Path| self.host_path(&file.display().to_string()).flatten()?.id;
        others.retain(|file| {
            let own = |ours: &PathBuf| id(ours).is_some_and(|ours| id(file) == Some(ours));
            !self.project.is_some_and(|project| project.files.iter().any(own))
        });
        // A file that is gone was renamed, or its folder was moved: then it is the project's own past.
        let gone = |file: &PathBuf| matches!(self.host_path(&file.display().to_string()), Some(None));
        (!others.is_empty() && !others.iter().any(gone)).then_some(others)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::scenario::Scenario,
        host::{Answer, PathFacts, Question},
        stack::{Container, fixture::container},
    };

    const FILE: &str = "services: {web: {image: front}}";

    fn made(service: &str, file: &str) -> Container {
        let mut c = container(service).running(1.0);
        c.labels.insert(super::FILES.into(), file.into());
        c.labels.insert(super::DIR.into(), "/nowhere".into());
        c
    }

    const OURS: &str = "/nowhere/compose.yaml";

    /// The project, whose file is on this host.
    fn ours() -> Scenario {
        let facts = PathFacts { id: Some((1, 1)), ..PathFacts::default() };
        Scenario::of(FILE).named(OURS).answer(Question::HostPath(OURS.into()), Answer::HostPath(Some(facts)))
    }

    fn case() -> Scenario {
        ours().with(made("web", OURS))
    }

    fn there(case: Scenario, file: &str, is: bool) -> Scenario {
        let facts = is.then(|| PathFacts { id: Some((1, 2)), ..PathFacts::default() });
        case.answer(Question::HostPath(file.into()), Answer::HostPath(facts))
    }

    pub fn fires() -> Scenario {
        let back = "/nowhere/compose.backend.yaml";
        there(case().with(made("api", back)).with(made("db", back)), back, true)
    }

    pub fn spares() -> Scenario {
        case()
    }

    #[test]
    fn another_stack_is_told_before_orphans_and_never_removed() {
        let told = fires().diagnosis().findings;
        let found: Vec<_> = told.iter().filter(|f| f.severity < crate::diagnose::Severity::Hint).collect();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].summary.ends_with("api and db were created from compose.backend.yaml"),
            "{}",
            found[0].summary
        );
        assert!(!format!("{:?}", found[0].fix).contains("up -d"), "{:?}", found[0].fix);
        // One service of another file, whose image a service of ours has since: it may be a rename as well.
        let back = "/nowhere/compose.backend.yaml";
        let one = there(case().with(made("api", back)), back, true);
        assert_eq!(one.found(), ["project-name-shared@-", "orphan-container@web"]);
        assert!(!format!("{:?}", one.diagnosis()).contains("up -d --remove-orphans"));
        // A file that was renamed is the project's own past.
        let old = "/nowhere/docker-compose.yml";
        let renamed = there(case().with(made("api", old)), old, false);
        assert_eq!(renamed.found(), ["orphan-container@web"]);
    }

    #[test]
    fn containers_of_another_checkout_are_not_taken_for_its_own() {
        let other = "/home/bo/shop/compose.yaml";
        let checkout = ours().with(made("web", other));
        let severity = |case: &Scenario| case.diagnosis().findings.first().map(|f| (f.rule, f.severity));
        use crate::diagnose::Severity::{Error, Warning};
        assert_eq!(severity(&there(checkout.clone(), other, true)), Some((super::RULE.id, Error)));
        let far = Answer::Unknown("the engine is on another host".into());
        let far = checkout.clone().answer(Question::HostPath(other.into()), far);
        assert_eq!(severity(&far), Some((super::RULE.id, Warning)));
        assert!(checkout.found().is_empty(), "nobody knows yet");
        assert_eq!(there(checkout, other, false).found(), [] as [String; 0]);
        // One of several files is the project's: it was started with an override that isn't read now.
        let more = made("web", "/nowhere/compose.yaml,/nowhere/compose.prod.yaml");
        assert!(ours().with(more).found().is_empty());
    }

    #[test]
    fn the_project_s_own_file_by_another_path_is_no_other_stack() {
        let link = "/home/bo/link/compose.yaml";
        let case = ours().with(made("web", link));
        let facts = PathFacts { id: Some((1, 1)), ..PathFacts::default() };
        let same = case.clone().answer(Question::HostPath(link.into()), Answer::HostPath(Some(facts)));
        assert!(same.found().is_empty(), "{:?}", same.found());
        assert_eq!(there(case, link, true).found(), ["project-name-shared@-"]);
    }
}
