//! A scenario's file: read strictly, then checked, so that the world needn't doubt it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde::{Deserialize, de::DeserializeOwned};
use serde_saphyr::{Location, Spanned};

use super::{
    behaviour::Behaviour,
    compose::{Compose, Gate},
    fields::{Entries, Words},
    parts::{Deed, Host, ImageConfig, ImageRule, Past, Project, Scenario, ScenarioError, Step, VolumeRule},
    units,
};

/// More than anybody writes by hand, and little enough that a hostile file can't hurt.
const MAX_BYTES: usize = 4 << 20;
/// Containers that a scenario may have.
const MAX_CONTAINERS: u64 = 20_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    about: String,
    #[serde(default)]
    host: HostFile,
    project: Spanned<String>,
    #[serde(default)]
    folder: Option<String>,
    compose: Spanned<String>,
    #[serde(default)]
    services: Entries<Spanned<Behaviour>>,
    #[serde(default)]
    images: Entries<ImageFile>,
    #[serde(default)]
    volumes: Entries<VolumeFile>,
    #[serde(default)]
    cache: Entries<Size>,
    #[serde(default, deserialize_with = "units::span")]
    before: Duration,
    #[serde(default, deserialize_with = "units::maybe_span")]
    up: Option<Duration>,
    #[serde(default)]
    script: Vec<Spanned<StepFile>>,
    #[serde(default)]
    also: Vec<AlsoFile>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Size(#[serde(deserialize_with = "units::size")] u64);

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct HostFile {
    name: String,
    cpus: u32,
    #[serde(deserialize_with = "units::size")]
    memory: u64,
}

impl Default for HostFile {
    fn default() -> Self {
        Self { name: "demo".into(), cpus: 4, memory: 8_267_812_044 }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ImageFile {
    #[serde(deserialize_with = "units::size")]
    size: u64,
    #[serde(deserialize_with = "units::size")]
    shared: u64,
    #[serde(deserialize_with = "units::span")]
    age: Duration,
    entrypoint: Option<Words>,
    command: Option<Words>,
    environment: Vec<String>,
    exposed: Vec<String>,
    user: String,
    working_dir: String,
    stop_signal: String,
    volumes: Vec<String>,
    dangling: bool,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct VolumeFile {
    #[serde(deserialize_with = "units::size")]
    size: u64,
    #[serde(deserialize_with = "units::size")]
    growth: u64,
    #[serde(deserialize_with = "units::maybe_span")]
    age: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    #[serde(deserialize_with = "units::span")]
    at: Duration,
    #[serde(default)]
    up: Option<Names>,
    #[serde(default)]
    stop: Option<Names>,
    #[serde(default)]
    restart: Option<Names>,
    #[serde(default)]
    kill: Option<Names>,
    #[serde(default)]
    pause: Option<Names>,
    #[serde(default)]
    unpause: Option<Names>,
    #[serde(default)]
    fail: Option<Names>,
    #[serde(default)]
    heal: Option<Names>,
    #[serde(default)]
    oom: Option<Names>,
}

/// `all`, a service, or several.
#[derive(Deserialize)]
#[serde(transparent)]
struct Names(#[serde(deserialize_with = "units::texts")] Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AlsoFile {
    project: Spanned<String>,
    #[serde(default)]
    folder: Option<String>,
    compose: Spanned<String>,
    #[serde(default)]
    services: Entries<Spanned<Behaviour>>,
    #[serde(default, deserialize_with = "units::maybe_span")]
    up: Option<Duration>,
    #[serde(default, deserialize_with = "units::maybe_span")]
    stopped: Option<Duration>,
    #[serde(default, deserialize_with = "units::maybe_span")]
    down: Option<Duration>,
}

/// Reads and checks a scenario.
pub(super) fn read(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let reader = Reader { name, text };
    if text.len() > MAX_BYTES {
        return Err(
            reader.error(None, format!("the file has {} bytes; a scenario has at most {MAX_BYTES}", text.len()))
        );
    }
    let file: File = reader.yaml(text, 0)?;
    let past = file.up.map_or(Past::New, Past::Up);
    let mut projects = vec![reader.project(&file.project, file.folder, &file.compose, file.services, past)?];
    for also in file.also {
        let past = match (also.up, also.stopped, also.down) {
            (Some(since), None, None) => Past::Up(since),
            (None, Some(since), None) => Past::Stopped(since),
            (None, None, Some(since)) => Past::Down(since),
            _ => {
                let message = "set one state and its duration: `up: 3d`, `stopped: 3d` or `down: 3d`";
                return Err(reader.error(place(also.project.referenced), message.into()));
            }
        };
        projects.push(reader.project(&also.project, also.folder, &also.compose, also.services, past)?);
    }
    let mut count = 0;
    for service in projects.iter().flat_map(|p| p.compose.services.iter()) {
        count += u64::from(service.1.replicas());
    }
    if count > MAX_CONTAINERS {
        return Err(reader.error(
            place(file.compose.referenced),
            format!("that makes {count} containers; a scenario has at most {MAX_CONTAINERS}"),
        ));
    }
    let mut script = Vec::new();
    for step in file.script {
        script.push(reader.step(step, &projects)?);
    }
    script.sort_by_key(|step| step.at);
    if file.host.cpus == 0 || file.host.cpus > 1024 {
        return Err(reader.error(None, "`host.cpus` must be between 1 and 1024".into()));
    }
    Ok(Scenario {
        name: stem(name).into(),
        about: file.about,
        host: Host { name: file.host.name, cpus: file.host.cpus, memory: file.host.memory },
        projects,
        images: file.images.0.into_iter().map(image).collect(),
        volumes: file
            .volumes
            .0
            .into_iter()
            .map(|(name, v)| VolumeRule { name, size: v.size, growth: v.growth, age: v.age })
            .collect(),
        cache: file.cache.0.into_iter().map(|(what, size)| (what, size.0)).collect(),
        before: file.before,
        script,
        config_hashes: HashMap::new(),
    })
}

fn stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

fn image((name, file): (String, ImageFile)) -> ImageRule {
    let config = ImageConfig {
        entrypoint: file.entrypoint.map(|w| w.0).unwrap_or_default(),
        command: file.command.map(|w| w.0).unwrap_or_default(),
        environment: file.environment,
        exposed: file.exposed,
        user: file.user,
        working_dir: file.working_dir,
        stop_signal: file.stop_signal,
        volumes: file.volumes,
    };
    let name = if file.dangling { String::new() } else { name };
    ImageRule { name, size: file.size, shared: file.shared.min(file.size), age: file.age, config: Arc::new(config) }
}

fn place(at: Location) -> Option<(u64, u64)> {
    (at.line() > 0).then(|| (at.line(), at.column()))
}

struct Reader<'a> {
    name: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn error(&self, at: Option<(u64, u64)>, message: String) -> ScenarioError {
        ScenarioError { name: self.name.into(), at, message }
    }

    /// Reads YAML that begins after so many lines of the file.
    fn yaml<T: DeserializeOwned>(&self, text: &str, lines_before: u64) -> Result<T, ScenarioError> {
        serde_saphyr::from_str(text).map_err(|error| {
            let at = error.location().and_then(place).map(|(line, column)| {
                let whole = self.line(line + lines_before).len();
                let part = text.lines().nth(index(line)).unwrap_or_default().len();
                (line + lines_before, column + u64::try_from(whole.saturating_sub(part)).unwrap_or(0))
            });
            // The library's message ends in the place and a picture of it; we say the place ourselves.
            let message = error.without_snippet().to_string();
            let message = message.lines().next().unwrap_or_default();
            let message = message.rsplit_once(" at line ").map_or(message, |(before, _)| before);
            self.error(at, message.trim_start_matches("error: ").to_owned())
        })
    }

    fn line(&self, number: u64) -> &str {
        self.text.lines().nth(index(number)).unwrap_or_default()
    }

    fn project(
        &self,
        name: &Spanned<String>,
        folder: Option<String>,
        text: &Spanned<String>,
        behaviours: Entries<Spanned<Behaviour>>,
        past: Past,
    ) -> Result<Project, ScenarioError> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if !name.value.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            || !name.value.chars().all(good)
        {
            let message = format!("`{}` isn't a project name: use lowercase letters, digits, - and _", name.value);
            return Err(self.error(place(name.referenced), message));
        }
        // A block's place is that of its first line, not of its `|`.
        let before = text.referenced.line().saturating_sub(1);
        if let Some((at, line)) = text.value.lines().enumerate().find(|(_, line)| line.replace("$$", "").contains('$'))
        {
            let at = u64::try_from(at).unwrap_or(0) + before + 1;
            let message =
                format!("`{}`: the simulator doesn't interpolate; write the value, or $$ for a dollar", line.trim());
            return Err(self.error(Some((at, 1)), message));
        }
        let mut compose: Compose = self.yaml(&text.value, before)?;
        let known: Vec<String> = compose.services.0.iter().map(|(name, _)| name.clone()).collect();
        for (service, behaviour) in behaviours.0 {
            let at = place(behaviour.referenced);
            self.check(&service, &behaviour.value, at)?;
            let Some((_, target)) = compose.services.0.iter_mut().find(|(name, _)| *name == service) else {
                let message =
                    format!("{} has no service `{service}`; its services are {}", name.value, known.join(", "));
                return Err(self.error(at, message));
            };
            target.behaviour = Arc::new(behaviour.value);
        }
        self.references(&compose, place(text.referenced))?;
        let folder = folder.unwrap_or_else(|| format!("/srv/{}", name.value));
        Ok(Project { name: name.value.clone(), folder, text: text.value.clone(), compose, past })
    }

    fn check(&self, service: &str, behaviour: &Behaviour, at: Option<(u64, u64)>) -> Result<(), ScenarioError> {
        for rule in &behaviour.logs {
            let kinds = [rule.at.is_some(), rule.every.is_some(), rule.on.is_some()];
            if kinds.iter().filter(|given| **given).count() != 1 {
                let message = format!("{service}: a log rule needs exactly one of `at`, `every` and `on`");
                return Err(self.error(at, message));
            }
            if rule.every.is_some_and(|every| every < Duration::from_micros(10)) {
                return Err(self.error(at, format!("{service}: `every` must be at least 10us")));
            }
            if rule.text.is_empty() || rule.text.len() > 10_000 {
                return Err(self.error(at, format!("{service}: a log rule needs between 1 and 10000 texts")));
            }
        }
        if behaviour.probe.len() > 100 || behaviour.logs.len() > 200 || behaviour.processes.len() > 1000 {
            return Err(self.error(at, format!("{service}: at most 100 probe phases, 200 log rules, 1000 processes")));
        }
        Ok(())
    }

    /// Names within a compose file must lead somewhere, and dependencies nowhere in a circle.
    fn references(&self, compose: &Compose, at: Option<(u64, u64)>) -> Result<(), ScenarioError> {
        for (name, service) in compose.services.iter() {
            for (dependency, how) in &service.depends_on.0 {
                let Some(target) = compose.services.get(dependency) else {
                    return Err(self.error(at, format!("{name} depends on `{dependency}`, which isn't declared")));
                };
                let checked = target.healthcheck.as_ref().is_some_and(|check| !check.disable);
                if how.condition == Gate::Healthy && !checked {
                    let message = format!("{name} waits for {dependency} to be healthy, which has no health check");
                    return Err(self.error(at, message));
                }
            }
            for (network, _) in &service.networks.0 {
                if network != "default" && compose.networks.get(network).is_none() {
                    return Err(self.error(at, format!("{name} is on the network `{network}`, which isn't declared")));
                }
            }
            for volume in service.volumes.iter().filter_map(|mount| mount.source.as_deref()) {
                if !volume.starts_with(['.', '/', '~']) && compose.volumes.get(volume).is_none() {
                    return Err(self.error(at, format!("{name} mounts the volume `{volume}`, which isn't declared")));
                }
            }
        }
        let mut open: Vec<&str> = compose.services.iter().map(|(name, _)| name).collect();
        loop {
            let before = open.len();
            let waiting = open.clone();
            open.retain(|name| {
                let service = compose.services.get(name);
                service.is_some_and(|s| {
                    s.depends_on.0.iter().any(|(dependency, _)| waiting.contains(&dependency.as_str()))
                })
            });
            if open.is_empty() {
                return Ok(());
            }
            if open.len() == before {
                return Err(self.error(at, format!("{} depend on each other in a cycle", open.join(", "))));
            }
        }
    }

    fn step(&self, step: Spanned<StepFile>, projects: &[Project]) -> Result<Step, ScenarioError> {
        let at = place(step.referenced);
        let file = step.value;
        let deeds = [
            (Deed::Up, file.up),
            (Deed::Stop, file.stop),
            (Deed::Restart, file.restart),
            (Deed::Kill, file.kill),
            (Deed::Pause, file.pause),
            (Deed::Unpause, file.unpause),
            (Deed::Fail, file.fail),
            (Deed::Heal, file.heal),
            (Deed::Oom, file.oom),
        ];
        let mut given = deeds.into_iter().filter_map(|(deed, names)| Some((deed, names?.0)));
        let (Some((deed, mut services)), None) = (given.next(), given.next()) else {
            let message = "a step must do exactly one thing: up, stop, restart, kill, pause, unpause, fail, heal or \
                           oom";
            return Err(self.error(at, message.into()));
        };
        services.retain(|name| name != "all");
        let known = |name: &String| projects.first().is_some_and(|p| p.compose.services.get(name).is_some());
        if let Some(stranger) = services.iter().find(|name| !known(name)) {
            return Err(
                self.error(at, format!("`{stranger}` isn't a service of this project; `all` means every service"))
            );
        }
        Ok(Step { at: file.at, deed, services })
    }
}

fn index(line: u64) -> usize {
    usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX)
}
