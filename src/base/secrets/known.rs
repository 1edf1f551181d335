//! The secrets that a project is known to hold, to be found wherever they occur.

use std::{collections::BTreeSet, fmt};

use super::{names, shapes};

/// Shorter values aren't sought in texts: they'd be found by chance.
const SHORTEST: usize = 6;
/// No more values are kept: what is beyond is still found by its name and its shape.
const MOST: usize = 4096;
/// Longer values aren't kept whole, but line by line.
const LONGEST: usize = 4096;
/// Values that are no secret by themselves: everybody tries them, and they are words of every log.
const COMMON: [&str; 30] = [
    "password",
    "secret",
    "changeme",
    "change_me",
    "change-me",
    "example",
    "default",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "rabbitmq",
    "redis",
    "docker",
    "localhost",
    "database",
    "administrator",
    "admin",
    "username",
    "string",
    "disabled",
    "enabled",
    "production",
    "development",
    "testing",
    "staging",
    "unknown",
    "service",
    "container",
];
/// Last words of names whose values name somebody or something, and are told freely.
const NAMING: [&str; 10] =
    ["USER", "USERNAME", "LOGIN", "NAME", "DB", "DATABASE", "HOST", "HOSTNAME", "SERVER", "PROJECT"];

/// Secrets by their values, and words that are none. It only grows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Known {
    values: BTreeSet<String>,
    words: BTreeSet<String>,
}

/// Secrets aren't written into logs by accident.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Known({} values)", self.values.len())
    }
}

impl Known {
    /// Learns from a value with its name: all of it, where the name says secret, else what has the shape of one.
    pub fn learn(&mut self, name: &str, value: &str) {
        if names::is_secret(name) {
            if !names::is_open(value) {
                self.add(value);
            }
            return;
        }
        if NAMING.iter().any(|word| name.to_ascii_uppercase().ends_with(word)) && value.len() < 40 {
            self.word(value);
        }
        self.learn_from(value);
    }

    /// Learns what has the shape of a secret in a text.
    pub fn learn_from(&mut self, text: &str) {
        let mut found = Vec::new();
        shapes::find(text, &mut found);
        for range in found {
            self.add(text.get(range).unwrap_or_default());
        }
    }

    /// Learns a value that is a secret whatever it looks like: the content of one.
    pub fn add(&mut self, value: &str) {
        let value = value.trim();
        let lines = value.split('\n').flat_map(|line| line.split("\\n")).map(str::trim);
        if value.contains('\n') || value.contains("\\n") {
            for line in lines.filter(|line| line.len() >= 12 && !line.starts_with("-----")) {
                self.insert(line);
            }
        }
        if value.len() <= LONGEST {
            self.insert(value);
        }
    }

    fn insert(&mut self, value: &str) {
        let plain: String = value.chars().filter(|c| !c.is_control()).collect();
        let number = plain.bytes().all(|b| b.is_ascii_digit()) && plain.len() < 8;
        if plain.len() < SHORTEST || number || names::is_open(&plain) || self.values.len() >= MOST {
            return;
        }
        if !COMMON.contains(&plain.to_ascii_lowercase().as_str()) {
            self.values.insert(plain);
        }
    }

    /// Learns that a word names something, and is no secret though it is also the value of one.
    pub fn word(&mut self, word: &str) {
        if word.len() >= SHORTEST && self.words.len() < MOST {
            self.words.insert(word.to_owned());
        }
    }

    /// Learns the words of an image's name, which are none; but one that holds a secret itself.
    pub fn image(&mut self, image: &str) {
        let mut found = Vec::new();
        shapes::find(image, &mut found);
        if found.is_empty() {
            image.split(['/', ':', '@']).for_each(|part| self.word(part));
        }
    }

    /// Takes in what another knows.
    pub fn extend(&mut self, other: &Self) {
        let free = MOST.saturating_sub(self.values.len());
        self.values.extend(other.values.iter().take(free).cloned());
        let free = MOST.saturating_sub(self.words.len());
        self.words.extend(other.words.iter().take(free).cloned());
    }

    /// How much is known: what only grows is the same while this is.
    pub fn size(&self) -> (usize, usize) {
        (self.values.len(), self.words.len())
    }

    /// The values to look for, in order.
    pub(super) fn sought(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter(|value| !self.words.contains(*value)).map(String::as_str)
    }
}
