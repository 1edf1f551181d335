//! Where values come from: every use of a variable, and what later files overrode.

use std::collections::{BTreeMap, HashMap};

use crate::base::secrets::{is_secret, is_secret_flag, masked_command};

use super::{
    Place,
    env::Env,
    interpolate::Run,
    trail::Trail,
    variables::{Variable, scan},
    yaml::{Node, Value},
};

/// No more uses, and no more overridden values, than this are kept.
const MOST: usize = 20_000;

/// Everything noted while a project was read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Uses of variables, in the order of reading.
    pub uses: Vec<Use>,
    /// Values that a later file, or a service that extends another, put another value in place of.
    pub overridden: Vec<Overridden>,
    /// Which file gave a variable a value.
    files: HashMap<(String, String), String>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The variable is set.
    Set,
    /// The use's own default (`-`, `:-`).
    Default,
    /// The use's own alternative (`+`, `:+`).
    Alternate,
    /// Nothing did.
    Nothing,
}

/// A value that isn't in force any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// Its path in the document.
    pub path: String,
    /// Where it stands.
    pub place: Place,
    /// The value, if it is a single one.
    pub value: Option<String>,
    /// Where the one is that took its place.
    pub by: Place,
}

impl Sources {
    /// Begins with the variables of the process.
    pub fn new(shell: &BTreeMap<String, String>) -> Self {
        Self { shell: shell.clone(), ..Self::default() }
    }

    /// Notes the variables that a file sets.
    pub fn file(&mut self, label: String, vars: &Env) {
        for (name, value) in vars.iter() {
            self.files.entry((name.to_owned(), value.to_owned())).or_insert_with(|| label.clone());
        }
    }

    /// What set a variable to this value: `shell`, or the name of a file.
    pub fn origin(&self, name: &str, value: &str) -> Option<&str> {
        if self.shell.get(name).is_some_and(|known| known == value) {
            return Some("shell");
        }
        self.files.get(&(name.to_owned(), value.to_owned())).map(String::as_str)
    }

    /// Notes a value that is about to be overridden.
    pub fn overrides(&mut self, trail: &Trail<'_>, old: &Node, by: &Place) {
        if self.overridden.len() < MOST && !old.is_null() {
            let (path, place, value) = (trail.to_string(), old.place.clone(), old.text());
            self.overridden.push(Overridden { path, place, value, by: by.clone() });
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
        let value = env.get(name);
        let given = if value.is_some() { Given::Set } else { Given::Nothing };
        let value = value.unwrap_or_default().to_owned();
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
                let (value, given) = outcome(name, &variable, env);
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
}

/// Whether the variable stands where this text would be masked.
fn hides(text: &str, name: &str) -> bool {
    let masked = masked_command(text, true);
    !masked.contains(&format!("${{{name}")) && !masked.contains(&format!("${name}"))
}

/// What one use comes to.
fn outcome(name: &str, variable: &Variable, env: &Env) -> (String, Given) {
    let set = env.get(name).filter(|value| !(variable.blank_counts && value.is_empty()));
    let word = |text: &str| Run { env, unset: Vec::new(), added: &mut 10_000 }.replace(text, 0).unwrap_or_default();
    match (variable.operator, set) {
        (Some('+'), Some(_)) => (word(&variable.alternate), Given::Alternate),
        (Some('+'), None) => (String::new(), Given::Nothing),
        (Some('-'), None) => (word(&variable.default), Given::Default),
        (_, Some(value)) => (value.to_owned(), Given::Set),
        (_, None) => (env.get(name).unwrap_or_default().to_owned(), Given::Nothing),
    }
}
