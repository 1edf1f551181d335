//! What the host and the past have to do with it: `memory-of-host-too-small`, `disk-of-host-nearly-full`,
//! `started-out-of-order`, `waits-longer-than-ever`, `built-with-other-argument`.

use std::time::Duration;

use super::rule::{Rank, Rule, Stage};
use crate::{
    base::{time::half_more, units},
    compose::Condition,
    diagnose::{
        case::{Case, Subject},
        finding::{Evidence, Finding, Kind},
        findings::Findings,
        said::Phrase,
    },
    host::{Answer, Question},
    stack::State,
};

/// A limit that the host can't give.
pub const MEMORY: Rule = Rule {
    id: "memory-of-host-too-small",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "a service may use more memory than the host has",
    look: memory,
    #[cfg(test)]
    fires: tests::memory_fires,
    #[cfg(test)]
    spares: tests::memory_spares,
};

/// There is hardly any room left.
pub const DISK: Rule = Rule {
    id: "disk-of-host-nearly-full",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "the disk that holds the engine's images and volumes is nearly full",
    look: disk,
    #[cfg(test)]
    fires: tests::disk_fires,
    #[cfg(test)]
    spares: tests::disk_spares,
};

/// The engine starts containers in any order.
pub const ORDER: Rule = Rule {
    id: "started-out-of-order",
    stage: Stage::Running,
    rank: Rank::Cause,
    about: "after an engine restart a service was started before what it depends on",
    look: order,
    #[cfg(test)]
    fires: tests::order_fires,
    #[cfg(test)]
    spares: tests::order_spares,
};

/// It takes longer than it ever did.
pub const SLOW: Rule = Rule {
    id: "waits-longer-than-ever",
    stage: Stage::Starting,
    rank: Rank::Symptom,
    about: "a service takes much longer to become ready than in any start that stackview remembers",
    look: slow,
    #[cfg(test)]
    fires: tests::slow_fires,
    #[cfg(test)]
    spares: tests::slow_spares,
};

/// A value that was built in.
pub const BUILT: Rule = Rule {
    id: "built-with-other-argument",
    stage: Stage::Preflight,
    rank: Rank::Cause,
    about: "an image was built with a different value than the file has now",
    look: built,
    #[cfg(test)]
    fires: tests::built_fires,
    #[cfg(test)]
    spares: tests::built_spares,
};

fn memory(case: &Case<'_>, found: &mut Findings) {
    let Some(host) = case.host.engine.as_ref().and_then(|e| e.memory).filter(|bytes| *bytes > 0) else { return };
    memory_of_all(case, host, found);
    for s in &case.services {
        let limit = s.declared.and_then(|d| d.setup.memory).or_else(|| s.container()?.memory_limit);
        let Some(limit) = limit.filter(|limit| *limit > host) else { continue };
        let (limit, host) = (units::bytes(limit), units::bytes(host));
        found.push(
            s.warning(MEMORY.id, format!("{} may use {limit}, but the host has {host}", s.name))
                .shown([
                    Evidence::file(format!("memory limit: {limit}"), s.declared.and_then(|d| d.place.as_ref())),
                    Evidence::new(Kind::Host, format!("{host} of memory"), "MemTotal of the engine"),
                ])
                .why(
                    "A limit above the host's memory protects nothing: the kernel kills other programs before it is \
                     reached. Whether the service really needs that much, stackview can't tell.",
                )
                .fix("Lower the limit, or use a host with more memory"),
        );
    }
}

/// The limits of all services together, beyond what the host has: a hint, since limits are seldom reached together.
fn memory_of_all(case: &Case<'_>, host: u64, found: &mut Findings) {
    let limits = case.services.iter().filter_map(|s| {
        let declared = s.declared?;
        Some(declared.setup.memory?.saturating_mul(u64::from(declared.replicas)))
    });
    let sum = limits.fold(0_u64, u64::saturating_add);
    if sum <= host {
        return;
    }
    let (sum, host) = (units::bytes(sum), units::bytes(host));
    found.push(
        Finding::hint(MEMORY.id, None, format!("the services may use {sum} together, but the host has {host}"))
            .shown([
                Evidence::file(format!("memory limits: {sum} in all"), None),
                Evidence::new(Kind::Host, format!("{host} of memory"), "MemTotal of the engine"),
            ])
            .why(
                "Each limit fits, but not all of them at once. If they are reached together, the kernel kills \
                 something, perhaps a program of the host.",
            )
            .fix("Lower some limits, or use a host with more memory"),
    );
}

/// Less room than this is soon used up by a log or an image.
const ROOM: u64 = 1 << 30;

fn disk(case: &Case<'_>, found: &mut Findings) {
    let Some(root) = case.host.engine.as_ref().map(|e| e.root.as_str()).filter(|root| !root.is_empty()) else {
        return;
    };
    let Some(Answer::FreeSpace { free, total }) = case.ask(Question::FreeSpace(root.to_owned())) else { return };
    // A disk that is small as a whole is meant to be so.
    if *free >= ROOM.min(total / 20) {
        return;
    }
    let (free, total) = (units::bytes(*free), units::bytes(*total));
    found.push(
        Finding::warning(DISK.id, None, format!("the engine's disk has {free} left of {total}"))
            .shown([Evidence::new(Kind::Host, format!("{free} free of {total}"), format!("the disk of {root}"))])
            .why(
                "Images, containers, volumes and logs of all projects share this disk. When it is full, databases stop \
                 and containers can't be created or started.",
            )
            .fix("Check what takes the space, and remove what isn't needed")
            .command(case.docker().then("system df")),
    );
}

fn order(case: &Case<'_>, found: &mut Findings) {
    for s in case.troubled() {
        let Some(said) = s.said(Phrase::ConnectionRefused).or_else(|| s.said(Phrase::UnknownHost)) else { continue };
        let Some(c) = s.container() else { continue };
        for (on, condition) in case.dependencies(s).filter(|(_, condition)| *condition != Condition::Started) {
            let Some(other) = on.container() else { continue };
            let (Some(started), Some(theirs)) = (first_start(case, s), other.started) else { continue };
            // Compose waits for the condition; only who starts all at once puts a dependent first. Both were there
            // before, so it wasn't `up` that made them.
            let met = if condition == Condition::Healthy { case.stack.healthy_at(other) } else { other.finished };
            let early = met.is_none_or(|at| started < at) && started < theirs + Duration::from_secs(2);
            let old = [c, other].iter().all(|c| {
                c.created.is_some_and(|made| c.started.is_some_and(|at| at.since(made) > Duration::from_secs(60)))
            });
            let named = said.get("host").is_none_or(|host| on.is_called(host) || on.has_address(host));
            if !(early && old && named) {
                continue;
            }
            found.push(
                s.error(
                    ORDER.id,
                    format!("{} was started before {} was ready, after an engine restart", s.name, on.name),
                )
                .shown([said.evidence()])
                .shown([
                    Evidence::state("State.StartedAt", started.to_string(), &c.name),
                    Evidence::state("State.StartedAt", theirs.to_string(), &other.name),
                ])
                .why(
                    "After a restart of the engine or the host, the engine itself starts everything that has a restart \
                     policy, all at once: only compose knows `depends_on`. Programs have to cope with that, or exit \
                     and be restarted.",
                )
                .fix(format!("Restart it now; better, make it retry by itself until {} answers", on.name))
                .command(case.compose().then("restart").name(s.name)),
            );
            break;
        }
    }
}

/// When the present series of lives began.
fn first_start(case: &Case<'_>, s: &Subject<'_>) -> Option<crate::base::time::Stamp> {
    let c = s.container()?;
    let history = case.stack.history.get(&c.id);
    let asked = history.and_then(|h| h.asked.last_key_value()).map(|(at, ())| *at);
    let starts = history.into_iter().flat_map(|h| h.starts.keys());
    starts.copied().find(|at| asked.is_none_or(|asked| *at > asked)).or(c.started)
}

fn slow(case: &Case<'_>, found: &mut Findings) {
    const OFTEN: usize = 3;
    for s in case.services.iter().filter(|s| s.status.state == State::Starting) {
        let Some(started) = s.container().and_then(|c| c.started) else { continue };
        let so_far = case.now.since(started);
        let place = case.host.engine.as_ref().map_or("", |e| e.place.as_str());
        let before = case.stack.remembered.starts().iter().filter(|r| r.place == place);
        let before: Vec<Duration> = before.filter_map(|r| r.took_of(s.name)).collect();
        let Some(longest) = before.iter().max().filter(|_| before.len() >= OFTEN) else { continue };
        if so_far < half_more(*longest).saturating_add(Duration::from_secs(10)) {
            continue;
        }
        let (so_far, longest) = (units::span(so_far), units::span(*longest));
        found.push(
            s.warning(
                SLOW.id,
                format!("{} hasn't become ready for {so_far}; before, it took {longest} at most", s.name),
            )
            .shown([Evidence::new(
                Kind::Event,
                format!("{} earlier starts took {longest} at most", before.len()),
                "starts that stackview remembers",
            )])
            .shown(s.probe())
            .shown(s.last_lines(1))
            .why(
                "Every start that stackview remembers was ready long before. Something is different this time; \
                     check its probes and its last lines first.",
            )
            .fix("Check its log, and what changed since the last start")
            .command(case.compose().then("logs --tail 50").name(s.name)),
        );
    }
}

/// Beginnings of names whose values tools put into what they build for the browser.
const BAKED: [&str; 6] = ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "GATSBY_", "EXPO_PUBLIC_"];

fn built(case: &Case<'_>, found: &mut Findings) {
    let Some(project) = case.project else { return };
    for s in &case.services {
        let Some(d) = s.declared.filter(|d| d.build) else { continue };
        let baked = d.environment.iter().filter(|(name, _)| BAKED.iter().any(|start| name.starts_with(start)));
        let baked = baked.filter_map(|(name, value)| Some((name, value.as_ref()?, "environment")));
        let wanted: Vec<_> = d.setup.build_args.iter().map(|(n, v)| (n, v, "build.args")).chain(baked).collect();
        if wanted.is_empty() {
            continue;
        }
        let name = d.image.clone().unwrap_or_else(|| format!("{}-{}", project.name, s.name));
        let Some(Some(image)) = case.image(&name) else { continue };
        let differs = wanted.into_iter().find_map(|(name, value, whence)| {
            let held = image.env.iter().filter_map(|pair| pair.split_once('=')).find(|(n, _)| n == name)?.1;
            (held != value).then_some((name, value, whence, held))
        });
        let Some((var, value, whence, held)) = differs else { continue };
        let masked = |value: &str| crate::base::secrets::masked(var, value, true).into_owned();
        found.push(
            s.warning(
                BUILT.id,
                format!("{}: its image was built with a different {var} than the file has now", s.name),
            )
            .shown([
                Evidence::new(
                    Kind::State,
                    format!("{var}={}", masked(held)),
                    format!("environment of the image {name}"),
                ),
                Evidence::file(format!("{whence}: {var}={}", masked(value)), d.place.as_ref()),
            ])
            .why(format!(
                "A value that goes into a program at build time stays until the next build; setting {var} for the \
                     container doesn't change what runs in a browser. The image still has the old value."
            ))
            .fix("Rebuild it")
            .command(case.compose_by_files().then("up -d --build").name(s.name)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::id::ContainerId,
        diagnose::scenario::Scenario,
        host::{EngineInfo, fixture::engine},
        stack::{
            Container, Health, ImageFacts,
            fixture::{at, container, probe},
        },
    };

    fn limit(limit: &str) -> Scenario {
        let host = EngineInfo { memory: Some(2 << 30), ..engine("1.41") };
        Scenario::of(&format!("services: {{web: {{image: 'a:1', mem_limit: {limit}}}}}")).engine(host)
    }

    pub fn memory_fires() -> Scenario {
        limit("4g")
    }

    pub fn memory_spares() -> Scenario {
        limit("1g")
    }

    fn room(free: u64) -> Scenario {
        let host = EngineInfo { root: "/var/lib/docker".into(), ..engine("1.41") };
        let answer = Answer::FreeSpace { free, total: 100 << 30 };
        Scenario::of("services: {web: {image: 'a:1'}}")
            .engine(host)
            .answer(Question::FreeSpace("/var/lib/docker".into()), answer)
    }

    pub fn disk_fires() -> Scenario {
        room(200 << 20)
    }

    pub fn disk_spares() -> Scenario {
        room(20 << 30)
    }

    const CHAIN: &str = "
services:
  db: {image: 'db:1', restart: always, healthcheck: {test: [CMD, x]}}
  web: {image: 'web:1', restart: always, depends_on: {db: {condition: service_healthy}}}";
    const LINE: &str = "Error: dial tcp: connect ECONNREFUSED db:5432";

    fn chain(made: f64) -> Scenario {
        let db = container("db").created_at(made).running(80.0).checked(10, Health::Healthy);
        let web = Container { restarts: 1, ..container("web").created_at(made).exited(1, 85.0).running(79.0) };
        Scenario::of(CHAIN)
            .with(db.probed(&[probe(95.0, 95.1, 0)]))
            .with(Container { phase: crate::stack::Phase::Exited, ..web })
            .log("web", &[LINE])
    }

    pub fn order_fires() -> Scenario {
        chain(-4000.0)
    }

    pub fn order_spares() -> Scenario {
        let db = container("db").created_at(-4000.0).running(80.0).checked(10, Health::Healthy);
        Scenario::of(CHAIN)
            .with(db.probed(&[probe(95.0, 95.1, 0)]))
            .with(container("web").created_at(-4000.0).running(79.0))
    }

    fn slow(usual: u64) -> Scenario {
        let start = |n: f64| crate::stack::starts::StartRecord {
            began: at(-1000.0 - n * 100.0),
            kind: crate::stack::timeline::StartKind::Cold,
            place: "local".into(),
            took: Duration::from_secs(usual),
            lanes: vec![crate::stack::starts::LaneRecord {
                service: "api".into(),
                container: ContainerId::from("x"),
                started: at(-1000.0 - n * 100.0),
                ready: Some(at(-1000.0 - n * 100.0) + Duration::from_secs(usual)),
            }],
        };
        let starts = (0..3).map(|n| start(f64::from(n))).collect();
        Scenario::of("services: {api: {image: 'a:1', healthcheck: {test: [CMD, x]}}}")
            .with(container("api").running(1.0).checked(10, Health::Starting).probed(&[probe(90.0, 91.0, 1)]))
            .remembering(starts)
    }

    pub fn slow_fires() -> Scenario {
        slow(12)
    }

    pub fn slow_spares() -> Scenario {
        slow(100)
    }

    fn frontend(held: &str) -> Scenario {
        let image = ImageFacts { env: vec![format!("NEXT_PUBLIC_API_URL={held}")], ..ImageFacts::default() };
        let file = "services: {web: {image: 'web:1', build: {context: ., args: {NEXT_PUBLIC_API_URL: 'http://new/'}}}}";
        Scenario::of(file).image("web:1", Some(image))
    }

    pub fn built_fires() -> Scenario {
        frontend("http://old/")
    }

    pub fn built_spares() -> Scenario {
        frontend("http://new/")
    }

    #[test]
    fn limits_that_are_too_much_together_are_a_hint() {
        let host = EngineInfo { memory: Some(2 << 30), ..engine("1.41") };
        let two = |limit: &str| {
            let file = format!(
                "services: {{a: {{image: 'a:1', mem_limit: {limit}}}, b: {{image: 'b:1', mem_limit: {limit}}}}}"
            );
            let found = Scenario::of(&file).engine(host.clone()).diagnosis().findings;
            found.iter().any(|f| f.rule == MEMORY.id && f.severity == crate::diagnose::Severity::Hint)
        };
        assert!(two("1500m") && !two("512m"));
    }

    #[test]
    fn what_up_made_is_in_order() {
        assert!(order_fires().found().contains(&"started-out-of-order@web".into()), "{:?}", order_fires().found());
        assert!(!chain(70.0).found().contains(&"started-out-of-order@web".into()));
    }
}
