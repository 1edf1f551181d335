//! The model as everybody but [`update`](fn@super::update) has it: to be read.
//!
//! Outside this room nobody can come by a [`Model`] of his own or by a `&mut Model`: only the room makes one, and
//! this gives it out by reference. (`DerefMut` isn't implemented, and a test of the laws holds it so.)

use std::{ops::Deref, sync::Arc};

use ratatui::layout::Size;

use super::{Effect, Model, Msg, model::Settings, update};
use crate::{
    base::{id::ProjectName, time::Stamp},
    compose::{Problem, Project},
    host::Host,
};

/// A model that only messages change.
#[derive(Debug)]
pub struct Store(Model);

impl Store {
    /// That of a program that knows nothing of the engine yet, on the Stack screen of a project.
    pub fn new(
        settings: Settings,
        project: ProjectName,
        declared: Option<Arc<Project>>,
        size: Size,
        now: Stamp,
    ) -> Self {
        Self(Model::new(settings, project, declared, size, now))
    }

    /// That of what is known already: the stack in front of a host.
    pub fn looking_at(settings: Settings, host: Host, problems: Vec<Problem>, size: Size, now: Stamp) -> Self {
        Self(Model::looking_at(settings, host, problems, size, now))
    }

    /// One that a test prepared.
    #[cfg(test)]
    pub(super) fn prepared(model: Model) -> Self {
        Self(model)
    }

    /// Takes one message at one time (on our clock) and answers with what is to be done outside.
    pub fn update(&mut self, msg: Msg, now: Stamp) -> Vec<Effect> {
        update(&mut self.0, msg, now)
    }
}

impl Deref for Store {
    type Target = Model;

    fn deref(&self) -> &Model {
        &self.0
    }
}
