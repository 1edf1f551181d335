//! The secrets that a project is known to hold: what its files declare, and what its containers were made with.

use super::{Container, Stack};
use crate::base::secrets::Known;

impl Stack {
    /// The secrets known so far. What was known stays so: a program may repeat a secret that was changed since.
    pub fn known(&self) -> &Known {
        &self.known
    }

    pub(super) fn learn_declared(&mut self) {
        self.known.word(&self.project);
        let Some(declared) = &self.declared else { return };
        self.known.extend(&declared.known);
    }

    pub(super) fn learn(&mut self, container: &Container) {
        let known = &mut self.known;
        known.word(&container.name);
        container.service.iter().for_each(|service| known.word(service));
        known.image(&container.image);
        for (name, value) in container.env.iter().filter_map(|entry| entry.split_once('=')) {
            known.learn(name, value);
        }
        for (name, value) in &container.labels {
            known.learn(name, value);
        }
        known.learn_from(&container.command.join(" "));
        if let Some(check) = &container.check {
            known.learn_from(&check.test.join(" "));
        }
    }
}
