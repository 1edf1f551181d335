//! `content-newer-than-container`: the content of a config or secret changed since it was copied into the container.
//!
//! What the file holds itself, or takes from a variable, compose copies into a container when it creates it, and its
//! digest of the service doesn't cover the content: a later `up` leaves the container as it is.

use super::rule::{Rank, Rule, Stage};
use crate::{
    compose::{Grant, Origin, Print, Resource},
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Kind},
        findings::Findings,
    },
    host::{Answer, Question},
    stack::Container,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "content-newer-than-container",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "the content of a config or secret changed since it was copied into the container",
    look,
    #[cfg(test)]
    fires: tests::fires,
    #[cfg(test)]
    spares: tests::spares,
};

fn look(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for s in &case.services {
        let (Some(d), Some(c)) = (s.declared, s.container()) else { continue };
        let configs = d.configs.iter().map(|grant| ("config", grant, project.configs.get(&grant.source), "/"));
        let secrets = d.secrets.iter().map(|g| ("secret", g, project.secrets.get(&g.source), "/run/secrets/"));
        for (kind, grant, resource, folder) in configs.chain(secrets) {
            let Some((resource, print)) = resource.and_then(|r| Some((r, r.print.as_ref()?))) else { continue };
            let path = target(grant, folder);
            let Some((size, differs)) = held(case, c, &path, print) else { continue };
            if differs {
                tell(case, s, (kind, grant, resource), (c, &path, size, print), found);
            }
        }
    }
}

fn tell(
    case: &Case<'_>,
    s: &Subject<'_>,
    (kind, grant, resource): (&str, &Grant, &Resource),
    (c, path, size, print): (&Container, &str, u64, &Print),
    found: &mut Findings,
) {
    let from = match &resource.origin {
        Origin::Environment(name) => format!("the variable {name}"),
        _ => "the compose file".to_owned(),
    };
    found.push(
        s.warning(RULE.id, format!("{} has an older content of the {kind} {} than {from}", s.name, grant.source))
            .shown([
                Evidence::new(Kind::State, format!("{path}: {size} bytes, another content"), &c.name),
                Evidence::file(format!("{kind}s: {}: {} bytes", grant.source, print.size), resource.place.as_ref()),
            ])
            .why(format!(
                "Compose copies the content of such a {kind} into a container when it creates it. Whether the content \
                 changed isn't part of what `up` compares, so it calls {} up to date.",
                s.name
            ))
            .fix(format!("Recreate {}, with --force-recreate", s.name))
            .command(case.compose_by_files().then("up -d --force-recreate").name(s.name)),
    );
}

/// Where a config or secret is in a container.
fn target(grant: &Grant, folder: &str) -> String {
    match grant.target.as_deref().filter(|target| !target.is_empty()) {
        Some(target) if target.starts_with('/') => target.to_owned(),
        Some(target) => format!("{folder}{target}"),
        None => format!("{folder}{}", grant.source),
    }
}

/// The size of what a container has at a path, and whether it isn't this content; `None` where that isn't known, or
/// nothing is there.
fn held(case: &Case<'_>, c: &Container, path: &str, print: &Print) -> Option<(u64, bool)> {
    let facts = case.path_in(c, path)??;
    let Answer::Head(Some(head)) = case.ask(Question::Head(c.id.clone(), path.to_owned()))? else { return None };
    Some((facts.size, facts.size != print.size || !print.begins_as(head)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnose::scenario::Scenario,
        host::PathFacts,
        stack::fixture::{container, id_of},
    };

    const FILE: &str = "
services: {gw: {image: envoy, configs: [{source: routes, target: /etc/routes}], secrets: [token]}}
configs: {routes: {content: 'to ${HOST}'}}
secrets: {token: {environment: TOKEN}}";

    fn has(path: &str, text: &str) -> Scenario {
        let size = u64::try_from(text.len()).unwrap();
        let facts = PathFacts { size, ..PathFacts::default() };
        Scenario::of(FILE)
            .env("HOST", "new")
            .env("TOKEN", "t-2")
            .with(container("gw").running(1.0))
            .answer(Question::Path(id_of("gw"), path.into()), Answer::Path(Some(facts)))
            .answer(Question::Head(id_of("gw"), path.into()), Answer::Head(Some(text.as_bytes().to_vec())))
    }

    pub fn fires() -> Scenario {
        has("/etc/routes", "to old")
    }

    pub fn spares() -> Scenario {
        has("/etc/routes", "to new")
    }

    #[test]
    fn a_secret_of_the_environment_is_compared_and_never_shown() {
        let told = has("/run/secrets/token", "t-1").diagnosis();
        let finding = told.findings.iter().find(|f| f.rule == RULE.id).unwrap();
        assert_eq!(finding.summary, "gw has an older content of the secret token than the variable TOKEN");
        assert!(!format!("{finding:?}").contains("t-1") && !format!("{finding:?}").contains("t-2"));
        assert!(has("/run/secrets/token", "t-2").found().is_empty());
    }
}
