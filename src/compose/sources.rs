//! Notes taken while a project is read: every use of a variable, what later files overrode, and what env files
//! gave to containers. `provenance` makes of them where a service's values come from.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    env::{Env, Var},
    node::{Node, Value},
    problem::Place,
    replace::Run,
    trail::Trail,
    variables::{Variable, scan},
};
use crate::base::secrets::{is_secret, is_secret_flag, masked_text};

/// No more uses, and no more overridden values, than this are kept.
const MOST: usize = 20_000;

/// Everything noted while a project was read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Uses of variables, in the order of reading.
    pub uses: Vec<Use>,
    /// Values that a later file, or a service that extends another, put another value in place of.
    pub overridden: Vec<Overridden>,
    /// What env files and label files gave to services, in the order of reading.
    pub injected: Vec<Injected>,
    shell: BTreeMap<String, String>,
}

/// One use of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The variable.
    pub name: String,
    /// What came of it.
    pub value: String,
    /// Where that is from.
    pub given: Given,
    /// Where the text is that uses it.
    pub place: Place,
    /// The text's path in the document: `services.web.image`.
    pub path: String,
    /// Whether the text has it where a secret stands: under such a name, or as a URL's password.
    pub secret: bool,
}

/// What gave a use its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// The process's environment.
    Shell,
    /// This line of an env file.
    File(Place),
    /// The project itself (`COMPOSE_PROJECT_NAME`).
    Project,
    /// The use's own default (`-`, `:-`).
    Default,
    /// The use's own alternative (`+`, `:+`).
    Alternate,
    /// Nothing did.
    Nothing,
}

impl Given {
    /// Whether the variable is set, and its value used.
    pub fn set(&self) -> bool {
        matches!(self, Self::Shell | Self::File(_) | Self::Project)
    }

    /// Its name: `shell`, the file's, `project`, `default`, `alternate` or `unset`.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Shell => "shell".into(),
            Self::File(place) => place.file.to_string_lossy(),
            Self::Project => "project".into(),
            Self::Default => "default".into(),
            Self::Alternate => "alternate".into(),
            Self::Nothing => "unset".into(),
        }
    }
}

/// A value that another one overrides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// Its path in the document.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// The value, if it is short enough to be told: a single one, a list of such, `source:target`.
    pub value: Option<String>,
    /// Where the one is that took its place.
    pub by: Place,
}

/// A variable or label that a file gave to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Injected {
    /// The service.
    pub service: String,
    /// `environment` or `labels`.
    pub key: &'static str,
    /// The variable's name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The line of the file.
    pub place: Place,
}

impl Sources {
    /// Begins with the variables of the process.
    pub fn new(shell: &BTreeMap<String, String>) -> Self {
        Self { shell: shell.clone(), ..Self::default() }
    }

    /// What set a variable that is set.
    fn setter(&self, name: &str, var: &Var) -> Given {
        match &var.place {
            Some(place) => Given::File(place.clone()),
            None if self.shell.get(name) == Some(&var.value) => Given::Shell,
            None => Given::Project,
        }
    }

    /// Notes a value that is about to be overridden, of a mapping each that it holds.
    pub fn overrides(&mut self, trail: &Trail<'_>, old: &Node, by: &Place) {
        if let (Value::Map(map), None) = (&old.value, short(old)) {
            for (key, entry) in map {
                self.overrides(&trail.key(key), &entry.node, by);
            }
        } else if self.overridden.len() < MOST && !old.is_null() {
            let (path, place, value) = (trail.to_string(), old.place.clone(), short(old));
            self.overridden.push(Overridden { path, place, value, by: by.clone() });
        }
    }

    /// Notes what a file gave to a service.
    pub fn injects(&mut self, service: &str, key: &'static str, name: &str, var: &Var) {
        if let (true, Some(place)) = (self.injected.len() < MOST, var.place.clone()) {
            let (service, name, value) = (service.to_owned(), name.to_owned(), var.value.clone());
            self.injected.push(Injected { service, key, name, value, place });
        }
    }

    /// Notes every use in a document whose variables aren't replaced yet, and the variables that services take
    /// by their names alone.
    pub fn document(&mut self, node: &Node, env: &Env) {
        self.walk(node, &Trail::ROOT, false, env);
        let services = node.at("services").and_then(Node::map);
        for (name, entry) in services.into_iter().flatten() {
            let path = format!("services.{name}.environment");
            match entry.node.at("environment").map(|node| &node.value) {
                Some(Value::Map(map)) => {
                    for (key, entry) in map.iter().filter(|(_, entry)| entry.node.is_null()) {
                        self.passed(key, &entry.key, format!("{path}.{key}"), env);
                    }
                }
                Some(Value::List(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        if let Some(key) = item.str().filter(|text| !text.contains(['=', '$'])) {
                            self.passed(key, &item.place, format!("{path}.{index}"), env);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn passed(&mut self, name: &str, place: &Place, path: String, env: &Env) {
        let var = env.var(name);
        let given = var.map_or(Given::Nothing, |var| self.setter(name, var));
        let value = var.map(|var| var.value.clone()).unwrap_or_default();
        self.note(Use { name: name.to_owned(), value, given, place: place.clone(), path, secret: is_secret(name) });
    }

    fn note(&mut self, used: Use) {
        if self.uses.len() < MOST {
            self.uses.push(used);
        }
    }

    fn walk(&mut self, node: &Node, trail: &Trail<'_>, secret: bool, env: &Env) {
        match &node.value {
            Value::Str(text) if text.contains('$') => scan(text, 0, &mut |name, variable| {
                let (value, given) = self.outcome(name, &variable, env);
                let (place, path) = (node.place.clone(), trail.to_string());
                let secret = secret || is_secret(name) || hides(text, name);
                self.note(Use { name: name.to_owned(), value, given, place, path, secret });
            }),
            Value::List(items) => {
                let mut flag = false;
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &trail.index(index), secret || flag, env);
                    flag = item.str().is_some_and(is_secret_flag);
                }
            }
            Value::Map(map) => {
                for (key, entry) in map {
                    // What only groups others, as a service `auth`, says nothing of them.
                    let named = entry.node.map().is_none() && is_secret(key);
                    self.walk(&entry.node, &trail.key(key), named, env);
                }
            }
            _ => {}
        }
    }

    /// What one use comes to.
    fn outcome(&self, name: &str, variable: &Variable, env: &Env) -> (String, Given) {
        let set = env.var(name).filter(|var| !(variable.blank_counts && var.value.is_empty()));
        let word = |text: &str| Run { env, unset: Vec::new(), added: &mut 10_000 }.replace(text, 0).unwrap_or_default();
        match (variable.operator, set) {
            (Some('+'), Some(_)) => (word(&variable.alternate), Given::Alternate),
            (Some('+'), None) => (String::new(), Given::Nothing),
            (Some('-'), None) => (word(&variable.default), Given::Default),
            (_, Some(var)) => (var.value.clone(), self.setter(name, var)),
            (_, None) => (env.get(name).unwrap_or_default().to_owned(), Given::Nothing),
        }
    }
}

/// A value in few words, if it has some: scalars, lists of them, and the two ends of a mount or a port.
pub fn short(node: &Node) -> Option<String> {
    match &node.value {
        Value::List(items) => Some(items.iter().map(short).collect::<Option<Vec<_>>>()?.join(", ")),
        Value::Map(map) => {
            let text = |key: &str| map.get(key).and_then(|entry| entry.node.text());
            let target = text("target")?;
            Some(match text("published").or_else(|| text("source")) {
                Some(source) => format!("{source}:{target}"),
                None => target,
            })
        }
        _ => node.text(),
    }
}

/// Whether the variable stands where this text would be masked.
fn hides(text: &str, name: &str) -> bool {
    // Looks like what it may stand for: of a reference only the name is told.
    const FILLED: &str = "q7Rz9fills2in";
    let filled = text.replace(&format!("${{{name}"), FILLED).replace(&format!("${name}"), FILLED);
    !masked_text(&filled, true).contains(FILLED)
}
