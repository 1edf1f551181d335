//! What works and could be better, as hints that `--no-hints` and `--ignore` switch off: secrets in the file, open
//! databases, images without a version, no health check, no restart policy, no memory limit, the engine's socket, root.
//!
//! What is true of many services is told once, with their names: a project isn't buried under its hints.

use std::collections::BTreeSet;

use super::rule::{NAMED, Rank, Rule, Stage};
use crate::{
    base::{secrets, units},
    compose::{Condition, MountKind, Restart},
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding},
        findings::Findings,
        target::{port_of_image, targets},
        yaml::scalar,
    },
    stack::State,
};

macro_rules! rule {
    ($name:ident, $id:literal, $about:literal, $look:ident, $fires:literal, $spares:literal) => {
        #[doc = concat!("`", $id, "`: ", $about, ".")]
        pub const $name: Rule = Rule {
            id: $id,
            stage: Stage::Preflight,
            rank: Rank::Cause,
            about: $about,
            look: $look,
            #[cfg(test)]
            fires: || tests::scenario($fires),
            #[cfg(test)]
            spares: || tests::scenario($spares),
        };
    };
}

rule!(
    SECRET,
    "secret-in-file",
    "a password or key is written in the compose file",
    secret,
    "{db: {image: 'db:1', environment: {DB_PASSWORD: hunter2}}}",
    "{db: {image: 'db:1', environment: {DB_PASSWORD: '${PW:-}', DB_PASSWORD_FILE: /run/secrets/x}}}"
);
rule!(
    DATABASE_OPEN,
    "database-published",
    "a database is published on every address of the host",
    open,
    "{db: {image: 'postgres:15', ports: ['5432:5432']}}",
    "{db: {image: 'postgres:15', ports: ['127.0.0.1:5432:5432']}}"
);
rule!(
    LATEST,
    "image-tag-floats",
    "an image has no version",
    latest,
    "{web: {image: nginx}}",
    "{web: {image: 'nginx:1.27'}}"
);
rule!(
    NO_CHECK,
    "no-health-check",
    "others depend on a service that has no health check",
    unchecked,
    "{web: {image: 'a:1', depends_on: [db]}, db: {image: 'b:1'}}",
    "{web: {image: 'a:1', depends_on: [db]}, db: {image: 'b:1', healthcheck: {test: [CMD, x]}}}"
);
rule!(
    NO_RESTART,
    "no-restart-policy",
    "services that should keep running have no restart policy",
    no_restart,
    "{web: {image: 'a:1', ports: ['80:80']}}",
    "{web: {image: 'a:1', ports: ['80:80'], restart: always}}"
);
rule!(
    NO_LIMIT,
    "no-memory-limit",
    "services have no memory limit",
    no_limit,
    "{web: {image: 'a:1'}}",
    "{web: {image: 'a:1', mem_limit: 64m}}"
);
rule!(
    SOCKET,
    "engine-socket-mounted",
    "a service can control the engine through its socket",
    socket,
    "{web: {image: 'a:1', volumes: ['/var/run/docker.sock:/var/run/docker.sock']}}",
    "{web: {image: 'a:1', volumes: ['/var/run/x.sock:/x.sock']}}"
);
rule!(
    ROOT,
    "runs-as-root",
    "services run as root",
    root,
    "{web: {image: 'root:1'}}",
    "{web: {image: 'root:1', user: '1000'}, db: {image: 'user:1'}}"
);

fn declared<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = (&'c Subject<'a>, &'a crate::compose::Service)> {
    case.services.iter().filter_map(|s| Some((s, s.declared?))).filter(|(_, d)| d.enabled)
}

/// One hint about all of them, with the place of each.
fn about(rule: &'static str, of: &[(&Subject<'_>, String)], summary: impl Fn(&str) -> String) -> Option<Finding> {
    let (first, _) = of.first()?;
    let names: Vec<&str> = of.iter().map(|(s, _)| s.name.as_str()).collect();
    let service = if of.len() == 1 { Some(first.name) } else { None };
    let shown = of.iter().map(|(s, text)| Evidence::file(text, s.declared.and_then(|d| d.place.as_ref())));
    Some(Finding::hint(rule, service, summary(&units::list(&names, NAMED))).shown(shown))
}

fn secret(case: &Case<'_>, found: &mut Findings) {
    for (s, d) in declared(case) {
        let written = d.setup.literals.iter().filter_map(|(name, place)| {
            let value = d.environment.get(name)?.as_deref()?;
            let in_url = targets(name, value, None).iter().any(|t| t.password.is_some());
            let told = secrets::is_secret(name) && !is_switch(value);
            (told || in_url).then_some((name, value, place))
        });
        let written: Vec<_> = written.collect();
        let Some((name, ..)) = written.first() else { continue };
        let what = match written.len() {
            1 => format!("the value of {name} is"),
            n => format!("the values of {name} and {} more are", n - 1),
        };
        found.push(
            s.hint(SECRET.id, format!("{}: {what} in the compose file", s.name))
                .shown(written.iter().map(|(name, value, place)| {
                    Evidence::file(format!("{name}={}", secrets::masked(name, value, true)), Some(place))
                }))
                .why(
                    "Compose files are shared and kept in version control, so everyone who reads the file knows the \
                     secret. That is harmless only for tests.",
                )
                .fix(format!("Write ${{{name}}} and set it in .env, which isn't committed, or use `secrets:`"))
                .yaml(format!("{}: ${{{name}:?set it in .env}}", scalar(name))),
        );
    }
}

/// Names like `AUTH` and `KEY` are also those of switches and numbers.
fn is_switch(value: &str) -> bool {
    let plain = value.to_ascii_lowercase();
    matches!(plain.as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "trust")
        || value.len() <= 6 && value.parse::<u64>().is_ok()
}

fn open(case: &Case<'_>, found: &mut Findings) {
    for (s, d) in declared(case) {
        let Some(own) = d.image.as_deref().and_then(port_of_image) else { continue };
        let everywhere =
            |ip: &Option<String>| ip.as_deref().is_none_or(|ip| matches!(ip, "" | "0.0.0.0" | "::" | "[::]"));
        let Some(port) = d.ports.iter().find(|p| p.target == own && everywhere(&p.host_ip)) else { continue };
        let host = port.published.as_deref().unwrap_or("a random one");
        found.push(
            s.hint(DATABASE_OPEN.id, format!("{}: the database is published on every address of the host", s.name))
                .shown([Evidence::file(format!("ports: {host}:{own}"), d.place.as_ref())])
                .why(
                    "Docker opens a published port past the host's own firewall rules, to every network that the host \
                     is on. Other services don't need it: they reach the database on the project's network.",
                )
                .fix("Publish it on localhost only, or not at all")
                .yaml(format!("ports: [\"127.0.0.1:{host}:{own}\"]")),
        );
    }
}

fn latest(case: &Case<'_>, found: &mut Findings) {
    let floating = declared(case).filter_map(|(s, d)| {
        let image = d.image.as_deref().filter(|_| !d.build)?;
        let tag = image.rsplit('/').next()?;
        (!image.contains('@') && (!tag.contains(':') || tag.ends_with(":latest")))
            .then(|| (s, format!("image: {image}")))
    });
    let floating: Vec<_> = floating.collect();
    let hint = about(LATEST.id, &floating, |names| {
        format!(
            "{names}: the image has no version, so it can change \
                                                            unnoticed"
        )
    });
    found.extend(hint.map(|hint| {
        hint.why(
            "Without a tag the image is `latest`, whatever was pushed last: another host or another day gets a \
             different program. A stack that worked can then fail without a change in its files.",
        )
        .fix("Add a version tag or a digest")
    }));
}

fn unchecked(case: &Case<'_>, found: &mut Findings) {
    let waited = declared(case).flat_map(|(_, other)| &other.depends_on);
    let waited: BTreeSet<&str> =
        waited.filter(|dep| dep.condition == Condition::Started).map(|dep| dep.service.as_str()).collect();
    let unchecked = declared(case).filter(|(s, d)| {
        if !waited.contains(s.name.as_str()) {
            return false;
        }
        let own = d.healthcheck.as_ref().is_some_and(|check| !check.disabled)
            || s.containers.iter().any(|c| c.health.is_some())
            || d.image
                .as_deref()
                .and_then(|name| case.image(name))
                .flatten()
                .is_some_and(|image| image.check.is_some());
        !own && !s.status.oneshot
    });
    let unchecked: Vec<_> = unchecked.map(|(s, _)| (s, format!("{}: no healthcheck", s.name))).collect();
    let hint =
        about(NO_CHECK.id, &unchecked, |names| format!("{names}: no health check says when dependents can start"));
    found.extend(hint.map(|hint| {
        hint.why(
            "Dependents start as soon as its container does, whether it answers yet or not. With a health check they \
             could wait with `condition: service_healthy`.",
        )
        .fix("Add a health check, and wait for it")
    }));
}

fn no_restart(case: &Case<'_>, found: &mut Findings) {
    let missing = declared(case).filter(|(s, d)| {
        // What publishes a port or is checked is meant to stay; of others nobody knows.
        let stays = !d.ports.is_empty() || d.healthcheck.is_some() || s.containers.iter().any(|c| c.health.is_some());
        d.restart == Restart::No && stays && !s.status.oneshot && s.status.state != State::Done
    });
    let missing: Vec<_> = missing.map(|(s, _)| (s, format!("{}: no restart", s.name))).collect();
    let hint = about(NO_RESTART.id, &missing, |names| format!("{names}: not restarted after a crash or a reboot"));
    found.extend(hint.map(|hint| {
        hint.why(
            "Without a restart policy a container that exits stays stopped, also after a reboot of the host. For \
             development that may be intended.",
        )
        .fix("Set `restart:`")
        .yaml("restart: unless-stopped")
    }));
}

fn no_limit(case: &Case<'_>, found: &mut Findings) {
    let unlimited = declared(case).filter(|(s, d)| {
        d.setup.memory.is_none()
            && s.containers.iter().all(|c| c.memory_limit.is_none())
            && s.status.state != State::Done
    });
    let unlimited: Vec<_> = unlimited.map(|(s, _)| (s, format!("{}: no mem_limit", s.name))).collect();
    let hint = about(NO_LIMIT.id, &unlimited, |names| format!("{names}: no memory limit"));
    found.extend(hint.map(|hint| {
        hint.why(
            "A program that leaks takes the host's memory until the kernel kills something, perhaps another program. \
             With a limit, the leaking one is killed.",
        )
        .fix("Set a limit well above the use that `stackview` shows")
        .yaml("mem_limit: 512m")
    }));
}

fn socket(case: &Case<'_>, found: &mut Findings) {
    for (s, d) in declared(case) {
        let is_socket = |m: &&crate::compose::Mount| {
            m.kind == MountKind::Bind
                && m.source.as_deref().is_some_and(|p| p.ends_with("/docker.sock") || p.ends_with("/podman.sock"))
        };
        let Some(mount) = d.mounts.iter().find(is_socket) else { continue };
        let source = mount.source.as_deref().unwrap_or_default();
        found.push(
            s.hint(SOCKET.id, format!("{} can control the engine: its socket is mounted", s.name))
                .shown([Evidence::file(format!("volumes: {source}:{}", mount.target), mount.place.as_ref())])
                .why(
                    "Whoever can connect to the engine's socket can start a container with the host's root directory, \
                     and so is root on the host. `:ro` doesn't change that: it doesn't prevent connecting.",
                )
                .fix("Put a proxy in front of it that passes only the calls that are needed"),
        );
    }
}

fn root(case: &Case<'_>, found: &mut Findings) {
    let as_root = declared(case).filter_map(|(s, d)| {
        let privileged = d.setup.privileged;
        let is_root = |user: &str| matches!(user.split(':').next(), Some("" | "0" | "root"));
        let by = match &d.setup.user {
            Some(user) => is_root(user).then(|| format!("user: {user}")),
            None => {
                let image = d.image.as_deref().and_then(|name| case.image(name)).flatten()?;
                is_root(&image.user).then(|| format!("{}: no user, and its image has none", s.name))
            }
        };
        Some((s, if privileged { "privileged: true".to_owned() } else { by? }))
    });
    let as_root: Vec<_> = as_root.filter(|(s, _)| s.status.state != State::Done).collect();
    let hint = about(ROOT.id, &as_root, |names| format!("{names}: started as root"));
    found.extend(hint.map(|hint| {
        hint.why(
            "An attacker who takes over the program is then root in its container and on mounted files of the host. \
             Some images start as root and switch to another user themselves, which stackview can't see.",
        )
        .fix("Set `user:`, or USER in the Dockerfile")
    }));
}

#[cfg(test)]
mod tests {
    use crate::{
        diagnose::{Severity, scenario::Scenario},
        stack::ImageFacts,
    };

    pub fn scenario(services: &str) -> Scenario {
        let image = |user: &str| Some(ImageFacts { user: user.into(), ..ImageFacts::default() });
        Scenario::of(&format!("services: {services}")).image("root:1", image("")).image("user:1", image("node"))
    }

    #[test]
    fn hints_are_hints_and_told_once() {
        let many = scenario("{a: {image: x}, b: {image: 'y:latest'}, c: {image: z}, d: {image: z}, e: {image: z}}");
        let found = many.diagnosis().findings;
        assert!(found.iter().all(|f| f.severity == Severity::Hint), "{found:#?}");
        let floats: Vec<_> = found.iter().filter(|f| f.rule == "image-tag-floats").collect();
        assert_eq!(floats.len(), 1);
        assert_eq!(floats[0].summary, "a, b, c, d and 1 more: the image has no version, so it can change unnoticed");
    }

    #[test]
    fn secrets_are_found_in_urls_and_never_told() {
        let text =
            "{a: {image: 'x:1', environment: {URL: 'postgres://u:hunter2@db/x', AUTH: 'true', API_KEY: 's3cr3t'}}}";
        let found = scenario(text).diagnosis().findings;
        let f = found.iter().find(|f| f.rule == "secret-in-file").unwrap();
        assert_eq!(f.evidence.len(), 2, "{f:#?}");
        assert!(!format!("{f:?}").contains("hunter2") && !format!("{f:?}").contains("s3cr3t"));
        // From the environment, also by a list.
        let list = scenario("{a: {image: 'x:1', environment: ['DB_PASSWORD=${PW-x}']}}").diagnosis().findings;
        assert!(!list.iter().any(|f| f.rule == "secret-in-file"));
    }
}
