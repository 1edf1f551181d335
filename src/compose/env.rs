//! Variables by name, each with the place that sets it.

use std::collections::{BTreeMap, btree_map::Entry};

use super::problem::Place;

/// Variables by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Env(BTreeMap<String, Var>);

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Var {
    /// Its value.
    pub value: String,
    /// The line of the file that sets it; `None` where no file does.
    pub place: Option<Place>,
    /// What a file sets it to, where that is another value and doesn't count.
    pub hides: Option<Box<Var>>,
}

impl Env {
    /// A variable's value, if it is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.var(name).map(|var| var.value.as_str())
    }

    /// A variable with the place that sets it, if it is set.
    pub fn var(&self, name: &str) -> Option<&Var> {
        self.0.get(name)
    }

    /// Sets a variable; no file does.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.put(name, Var { value: value.into(), place: None, hides: None });
    }

    /// Sets a variable.
    pub fn put(&mut self, name: impl Into<String>, var: Var) {
        self.0.insert(name.into(), var);
    }

    /// Takes from another those variables that are not set here. What is set here by no file hides what a file says.
    pub fn fill(&mut self, other: Env) {
        for (name, var) in other.0 {
            match self.0.entry(name) {
                Entry::Vacant(slot) => {
                    slot.insert(var);
                }
                Entry::Occupied(mut slot) => {
                    let held = slot.get_mut();
                    if held.place.is_none() && var.place.is_some() && held.value != var.value && held.hides.is_none() {
                        held.hides = Some(Box::new(var));
                    }
                }
            }
        }
    }

    /// Takes all of another's variables, which win.
    pub fn overwrite(&mut self, other: Env) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All variables, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Var)> {
        self.0.iter().map(|(name, var)| (name.as_str(), var))
    }
}

impl From<Env> for BTreeMap<String, String> {
    fn from(env: Env) -> Self {
        env.0.into_iter().map(|(name, var)| (name, var.value)).collect()
    }
}

impl From<BTreeMap<String, String>> for Env {
    fn from(vars: BTreeMap<String, String>) -> Self {
        Self(vars.into_iter().map(|(name, value)| (name, Var { value, place: None, hides: None })).collect())
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Env {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(vars: I) -> Self {
        let var = |value: &str| Var { value: value.to_owned(), place: None, hides: None };
        Self(vars.into_iter().map(|(name, value)| (name.to_owned(), var(value))).collect())
    }
}
