//! Whether a service's containers still are what its file says, as `docker compose up` would judge it.
//!
//! Compose labels what it makes with a digest of the resolved service (`config-hash`) and with the image's id, and
//! recreates a container when either differs (`mustRecreate` of compose 2.26 and 2.40). The digest's form changes
//! between versions of compose, so it is made as the version made it that the container's label names, where that is
//! of a known [`Line`]: then it decides. Of any other version one that is equal to one of these proves sameness, one
//! that differs nothing: there the keys are compared one by one (`keys`), which also names what differs. What the
//! image brings along isn't drift.

mod difference;
mod keys;
mod parts;
#[cfg(test)]
mod tests;
mod values;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use difference::{Difference, Drift};

use self::difference::{Side, VERSION};
use super::{Container, EngineView, ImageFacts, ServiceStatus, Stack};
use crate::{
    base::id::ServiceName,
    compose::{
        Project, Service,
        canon::{Line, config_hash, digested},
    },
};

/// The labels that compose judges by.
const HASH: &str = "com.docker.compose.config-hash";
const IMAGE: &str = "com.docker.compose.image";

/// What newer docker commands add to a variable that services may take from the environment by its name.
const OF_DOCKER: &str = "docker.cli.cobra.command_path";

/// The images that have to be known to judge a project: those of its services, and those its containers are of.
pub fn images(stack: &Stack) -> BTreeSet<String> {
    let Some(project) = &stack.declared else { return BTreeSet::new() };
    let named = project.services.values().filter(|s| s.enabled).map(|s| image_name(project, s));
    let used = stack.containers.values().filter(|c| is_judged(project, c)).map(|c| c.image_id.to_string());
    named.chain(used).filter(|name| !name.is_empty()).collect()
}

/// The image that a service runs: the one it names, or what compose calls the one it builds.
pub fn image_name(project: &Project, service: &Service) -> String {
    service.image.clone().unwrap_or_else(|| format!("{}-{}", project.name, service.name))
}

fn is_judged(project: &Project, container: &Container) -> bool {
    let service = container.service.as_ref().and_then(|name| project.services.get(name));
    !container.oneoff && service.is_some_and(|service| service.enabled)
}

impl Stack {
    /// How each service that has containers stands to its file; none where the files hold errors.
    pub(super) fn drift(&self, engine: EngineView<'_>, services: &[ServiceStatus]) -> BTreeMap<ServiceName, Drift> {
        let Some(project) = &self.declared else { return BTreeMap::new() };
        // As long as the files hold errors, `up` would refuse, and nobody can say what they mean.
        let judged = services
            .iter()
            .filter(|s| project.resolved.contains_key(&s.name))
            .filter(|s| s.enabled && s.declared && !s.containers.is_empty());
        let mut all: BTreeMap<ServiceName, Drift> = judged
            .filter_map(|status| {
                let (service, resolved) = (project.services.get(&status.name)?, project.resolved.get(&status.name)?);
                Some((status.name.clone(), self.judge(engine, project, service, resolved, status)))
            })
            .collect();
        self.follow_shared(project, &mut all);
        all
    }

    fn judge(
        &self,
        engine: EngineView<'_>,
        project: &Project,
        service: &Service,
        resolved: &Value,
        status: &ServiceStatus,
    ) -> Drift {
        let name = image_name(project, service);
        let wanted = match engine.image(&name) {
            None => return Drift::Unknown("still asking the engine about its image".into()),
            Some(Err(why)) => return Drift::Unknown(why.to_owned()),
            Some(Ok(found)) => found,
        };
        let forms = Line::ALL.map(|line| {
            let form = shared_by_id(self, digested(project, &service.name, line).unwrap_or(resolved));
            (line, config_hash(form.clone(), line), form)
        });
        let (mut drifted, mut first, mut unknown, mut exact) = (Vec::new(), None, None, true);
        for container in status.containers.iter().filter_map(|id| self.containers.get(id)) {
            let made_by = container.labels.get(VERSION).and_then(|version| Line::of(version));
            let line = made_by.unwrap_or_default();
            let Some((_, hash, form)) = forms.iter().find(|(of, ..)| *of == line) else { continue };
            let side = Side { engine, project, service, resolved: form, container };
            let others = forms.iter().filter(|(of, ..)| made_by.is_none_or(|line| *of == line));
            let same = others.map(|(_, hash, _)| hash.as_str()).any(|hash| side.label(HASH) == Some(hash));
            match side.judge(&name, wanted, same, made_by.map(|_| hash.as_str())) {
                One::Same(proven) => exact &= proven,
                One::Unknown(why) => unknown = unknown.or(Some(why)),
                One::Drifted(differences) => {
                    drifted.push(container.id.clone());
                    first = first.or(Some(differences));
                }
            }
        }
        match (first, unknown) {
            (Some(differences), _) => Drift::Drifted { containers: drifted, differences },
            (None, Some(why)) => Drift::Unknown(why),
            (None, None) => Drift::Same { exact },
        }
    }

    /// Who shares a namespace or the volumes of a container that is recreated is recreated with it.
    fn follow_shared(&self, project: &Project, all: &mut BTreeMap<ServiceName, Drift>) {
        // A chain of such services is at most as long as there are services.
        for _ in 0..all.len() {
            let drifted = |name: &str| matches!(all.get(name), Some(Drift::Drifted { .. }));
            let next = all.iter().find_map(|(name, drift)| {
                let shared = references(project.resolved.get(name)?);
                let (key, on) = shared.into_iter().find(|(_, on)| drifted(on))?;
                (!matches!(drift, Drift::Drifted { .. })).then(|| (name.clone(), key, on.to_owned()))
            });
            let Some((name, key, on)) = next else { return };
            let of = self.containers.values().filter(|c| c.service.as_ref() == Some(&name) && !c.oneoff);
            let containers = of.map(|c| c.id.clone()).collect();
            let words = |which: &str| Some(format!("the container of {on} {which}"));
            let difference = Difference::new(key, words("that runs"), words("that up makes"));
            all.insert(name, Drift::Drifted { containers, differences: vec![difference] });
        }
    }
}

/// What one container comes to.
enum One {
    Same(bool),
    Drifted(Vec<Difference>),
    Unknown(String),
}

impl Side<'_> {
    /// The line of docker compose that made the container, where it is a known one.
    fn container_line(&self) -> Option<Line> {
        Line::of(self.label(VERSION)?)
    }

    /// A label that isn't empty.
    fn label(&self, key: &str) -> Option<&str> {
        self.container.labels.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// `same` says that the digests agree, `known` is the one that decides.
    fn judge(&self, name: &str, wanted: Option<&ImageFacts>, same: bool, known: Option<&str>) -> One {
        if !self.container.inspected {
            return One::Unknown("still asking the engine about its container".into());
        }
        let made_of = self.label(IMAGE).unwrap_or(&self.container.image_id);
        let mut differences = Vec::new();
        if self.container.image != name || wanted.is_some_and(|image| image.id != made_of) {
            differences.extend(self.image(name, wanted, made_of));
        }
        if !same {
            match self.engine.image(&self.container.image_id) {
                None => return One::Unknown("still asking the engine about its image".into()),
                Some(image) => differences.extend(keys::differences(self, image.ok().flatten())),
            }
        }
        // Which docker brings it up next, and so what that adds, isn't known.
        let of_docker = |value: &str| value.contains(OF_DOCKER);
        let taken = self.service.environment_26.iter().flat_map(|vars| vars.values()).flatten();
        let from_docker =
            !same && self.container_line() != Some(Line::V40) && taken.into_iter().any(|value| of_docker(value));
        if from_docker {
            let sides = |d: &Difference| [&d.old, &d.new].into_iter().flatten().any(|value| of_docker(value));
            differences.retain(|difference| !sides(difference));
        }
        if from_docker && differences.is_empty() {
            return One::Unknown("its environment depends on the docker command that brings it up".into());
        }
        match (differences.is_empty(), same, known) {
            (false, ..) => One::Drifted(differences),
            (true, false, Some(hash)) => {
                One::Drifted(vec![Difference::new("config-hash", self.label(HASH).map(short), Some(short(hash)))])
            }
            // It has to be fetched first, and may turn out to be the same one.
            (true, ..) if wanted.is_none() => {
                One::Unknown(format!("{name} isn't on this engine: up gets it first, and may find another"))
            }
            (true, same, _) => One::Same(same),
        }
    }

    fn image(&self, name: &str, wanted: Option<&ImageFacts>, made_of: &str) -> Option<Difference> {
        let named = self.container.image != name;
        // The name alone tells enough, where it tells anything.
        let with_id = |name: &str, id: &str| if named { name.to_owned() } else { format!("{name} ({})", short(id)) };
        let new = wanted.map_or_else(|| name.to_owned(), |image| with_id(name, &image.id));
        // An id as the image's name: the tag was moved away from it.
        let moved = named && self.container.image == made_of && wanted.is_some_and(|image| image.id == made_of);
        (!moved).then(|| Difference::new("image", Some(with_id(&self.container.image, made_of)), Some(new)))
    }
}

/// The first digits of a digest.
fn short(id: &str) -> String {
    id.trim_start_matches("sha256:").chars().take(12).collect()
}

/// What a service shares with others of the project: the key, and with whom.
fn references(resolved: &Value) -> Vec<(&'static str, &str)> {
    let mode = |key: &'static str| {
        let text = resolved.get(key)?.as_str()?;
        Some((key, text.strip_prefix("service:")?))
    };
    let volumes = resolved.get("volumes_from").and_then(Value::as_array).into_iter().flatten().filter_map(|item| {
        let name = item.as_str()?.split(':').next()?;
        (name != "container").then_some(("volumes_from", name))
    });
    ["network_mode", "ipc", "pid"].into_iter().filter_map(mode).chain(volumes).collect()
}

/// The service with the ids of containers in place of services, as `up` resolves them before it takes the digest
/// (`resolveServiceReferences` of compose 2.26).
fn shared_by_id(stack: &Stack, resolved: &Value) -> Value {
    let mut value = resolved.clone();
    let Some(object) = value.as_object_mut() else { return value };
    let id = |service: &str| {
        let of = stack.containers.values().filter(|c| c.service.as_deref() == Some(service) && !c.oneoff);
        of.min_by_key(|c| c.number).map(|c| c.id.to_string())
    };
    for key in ["network_mode", "ipc", "pid"] {
        if let Some(Value::String(mode)) = object.get_mut(key)
            && let Some(found) = mode.strip_prefix("service:").and_then(id)
        {
            *mode = format!("container:{found}");
        }
    }
    for item in object.get_mut("volumes_from").and_then(Value::as_array_mut).into_iter().flatten() {
        let Value::String(from) = item else { continue };
        let mut parts = from.split(':');
        let found = match (parts.next(), parts.next()) {
            (Some("container"), Some(name)) => Some(name.to_owned()),
            (Some(service), _) => id(service),
            _ => None,
        };
        if let Some(found) = found {
            *from = found;
        }
    }
    value
}
