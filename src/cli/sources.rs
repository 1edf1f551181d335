//! `stackview config --sources`: where the project's values come from, as plain values.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use serde_json::{Value, json};

use crate::{
    base::secrets::{is_secret, masked, masked_text},
    compose::{
        Loaded, Place,
        provenance::Setting,
        sources::{Given, Overridden, Use},
    },
};

/// Variables with their uses, and for every service's keys where they were set and what they overrode. What
/// looks like a secret is masked.
pub fn json(loaded: &Loaded) -> Value {
    let Some(sources) = &loaded.sources else { return Value::Null };
    let mut by_name: BTreeMap<&str, Vec<&Use>> = BTreeMap::new();
    for used in &sources.uses {
        by_name.entry(&used.name).or_default().push(used);
    }
    let reach = Reach::new(loaded);
    let variables: Vec<Value> = by_name.iter().map(|(name, uses)| variable(name, uses, &reach)).collect();
    json!({"variables": variables, "services": services(loaded)})
}

/// Which containers a value gets to.
struct Reach<'l> {
    /// The services in whose environment the value that stands at a place is in force.
    places: HashMap<&'l Place, BTreeSet<&'l str>>,
    /// By variable, its values from env files with the services that have them.
    files: HashMap<&'l str, Vec<(&'l str, &'l str)>>,
}

impl<'l> Reach<'l> {
    fn new(loaded: &'l Loaded) -> Self {
        let mut reach = Self { places: HashMap::new(), files: HashMap::new() };
        let (Some(project), Some(document)) = (&loaded.project, &loaded.document) else { return reach };
        for (name, service) in &project.services {
            let mut own = BTreeSet::new();
            for (key, places) in document.environment(name) {
                own.insert(key);
                for place in places {
                    reach.places.entry(place).or_default().insert(name);
                }
            }
            for (key, value) in service.environment.iter().filter(|(key, _)| !own.contains(key.as_str())) {
                let value = value.as_deref().unwrap_or_default();
                reach.files.entry(key).or_default().push((value, name));
            }
        }
        reach
    }

    fn of(&self, used: &Use) -> impl Iterator<Item = &'l str> {
        let files = self.files.get(used.name.as_str()).filter(|_| used.given.set());
        let same = files.into_iter().flatten().filter(|(value, _)| *value == used.value).map(|(_, service)| *service);
        self.places.get(&used.place).into_iter().flatten().copied().chain(same)
    }
}

/// A value as it may be shown: whole texts such as commands may hold a secret among other things.
fn shown(secret: bool, value: &str) -> Cow<'_, str> {
    if secret { masked("SECRET", value, false) } else { masked_text(value, false) }
}

fn variable(name: &str, uses: &[&Use], reach: &Reach<'_>) -> Value {
    // A value that isn't in the environment of any container only fills in the file.
    let reached: BTreeSet<&str> = uses.iter().flat_map(|used| reach.of(used)).collect();
    // What is a secret at one place is one everywhere.
    let secret = uses.iter().any(|used| used.secret);
    let each: Vec<Value> = uses
        .iter()
        .map(|used| {
            let mut each = json!({
                "at": used.place.to_string(),
                "path": used.path,
                "source": used.given.name(),
                "value": shown(secret, &used.value),
            });
            if let (Given::File(place), Some(each)) = (&used.given, each.as_object_mut()) {
                each.insert("set".into(), line(place));
            }
            each
        })
        .collect();
    json!({"name": name, "containers": reached, "uses": each})
}

/// A line of an env file, which has no columns.
fn line(place: &Place) -> Value {
    format!("{}:{}", place.file.display(), place.line).into()
}

fn services(loaded: &Loaded) -> Value {
    let Some(project) = &loaded.project else { return Value::Null };
    let overrode = |old: &Overridden| {
        let last = old.path.rsplit('.').next().unwrap_or_default();
        let value = old.value.as_deref().map(|value| shown(is_secret(last), value));
        json!({"path": old.path, "at": old.place.to_string(), "value": value, "by": old.by.to_string()})
    };
    let one = |setting: &Setting| {
        let overrode: Vec<Value> = setting.overrode.iter().map(overrode).collect();
        (setting.path.clone(), json!({"at": setting.place.to_string(), "overrode": overrode}))
    };
    let all = |name: &str| Value::Object(project.provenance.service(name).iter().map(one).collect());
    Value::Object(project.services.keys().map(|name| (name.to_string(), all(name.as_str()))).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::compose::{How, Options, load};

    fn sources(files: &[(&str, &str)], shell: &[(&str, &str)]) -> Value {
        let temp = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(temp.path().join(name), text).unwrap();
        }
        let env = shell.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let how = How { sources: true, ..How::default() };
        let loaded = load(&Options { cwd: temp.path().into(), env, how, ..Options::default() });
        assert_eq!(loaded.errors().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
        json(&loaded)
    }

    /// `name (containers): source=value …` of every variable.
    fn told(sources: &Value) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let one = |variable: &Value| {
            let containers: Vec<String> = variable["containers"].as_array().unwrap().iter().map(text).collect();
            let uses = variable["uses"].as_array().unwrap().iter();
            let uses: Vec<String> = uses.map(|u| format!("{}={}", text(&u["source"]), text(&u["value"]))).collect();
            format!("{} ({}): {}", text(&variable["name"]), containers.join(" "), uses.join(" "))
        };
        sources["variables"].as_array().unwrap().iter().map(one).collect()
    }

    #[test]
    fn variables_tell_their_source_and_where_they_get_to() {
        let compose = "services:\n  web:\n    image: ${IMG}:${TAG:-1}${NO:+n}\n    environment:\n      \
                       A: ${BOTH}\n      PASSED_ON:\n      GONE: ${UNSET}\n      OLD: ${IMG}\n    \
                       labels: {l: '${ALT:+alt}', n: '${COMPOSE_PROJECT_NAME}'}\n  \
                       job:\n    image: x\n    env_file: .env\n    environment: ['LIST=${BOTH}']\n";
        let dotenv = "BOTH=file\nIMG=nginx\nALT=x\nCOMPOSE_PROJECT_NAME=p\n";
        let over = "services: {web: {environment: {OLD: fixed}}}";
        let files = [("compose.yaml", compose), (".env", dotenv), ("compose.override.yaml", over)];
        let found = sources(&files, &[("BOTH", "shell"), ("PASSED_ON", "p")]);
        let expected = [
            "ALT (): alternate=alt",
            "BOTH (job web): shell=shell shell=shell",
            "COMPOSE_PROJECT_NAME (job): .env=p",
            // The override leaves nothing of it in web; job has it from its env file.
            "IMG (job): .env=nginx .env=nginx",
            "NO (): unset=",
            "PASSED_ON (web): shell=p",
            "TAG (): default=1",
            "UNSET (web): unset=",
        ];
        assert_eq!(told(&found), expected);
        let environment = &found["services"]["web"]["environment.OLD"]["overrode"][0];
        assert_eq!(
            environment,
            &json!({"path": "services.web.environment.OLD", "at": "compose.yaml:8:12", "value": "nginx",
                    "by": "compose.override.yaml:1:37"})
        );
    }

    #[test]
    fn what_fills_a_secret_is_masked_everywhere() {
        let compose = "services:\n  auth:\n    image: ${IMG}\n    command: [x, --password, '${A}', --user, '${U}']\n    \
                       environment: ['DB_PASSWORD=${B}', 'URL=db://${U}:${C}@h/${D}?x=1']\n    \
                       labels: {b: '${B}', c: '${C}', e: 'tcp ${E:-db://u:hunter2@h/x?y=1}'}\n";
        let dotenv = "IMG=i\nA=hunter2\nB=hunter2\nC=hunter2\nD=d\nU=u\n";
        let over = "services: {auth: {command: x --token=hunter2, environment: ['DB_PASSWORD=hunter2']}}";
        let last = "services: {auth: {command: y, environment: ['DB_PASSWORD=z']}}";
        let files = [("compose.yaml", compose), (".env", dotenv), ("b.yaml", over), ("c.yaml", last)];
        let found = sources(&files, &[("COMPOSE_FILE", "compose.yaml:b.yaml:c.yaml")]);
        assert!(!found.to_string().contains("hunter2"), "{found:#}");
        let told = told(&found);
        for plain in ["IMG (): .env=i", "D (auth): .env=d", "E (): default=db://u:••••••••@h/x?y=1"] {
            assert!(told.iter().any(|line| line == plain), "{told:#?}");
        }
        assert!(told.contains(&"U (auth): .env=u .env=u".to_owned()), "{told:#?}");
        assert!(told.contains(&"B (): .env=•••••••• .env=••••••••".to_owned()), "{told:#?}");
    }

    #[test]
    fn values_reach_the_container_of_what_extends() {
        let compose = "services: {web: {extends: {file: base.yaml, service: base}}}";
        let base = "services: {base: {image: x, environment: {A: '${A-1}'}}}";
        let found = sources(&[("compose.yaml", compose), ("base.yaml", base)], &[]);
        assert_eq!(told(&found), ["A (web): default=1"]);
    }
}
