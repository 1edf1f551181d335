//! What the dashboard starts with, and the reading of its compose files.

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::{Msg, model::Settings},
    base::id::ProjectName,
    compose,
    engine::Connector,
    view::ColorDepth,
};

/// What the dashboard starts with.
#[derive(Debug)]
pub struct Setup {
    /// How the project's files are found and read, now and after a change.
    pub compose: compose::Options,
    /// The project that was named, which needs no files: its containers' labels tell of it.
    pub named: Option<ProjectName>,
    /// The way to the engine.
    pub connector: Connector,
    /// What was chosen on the command line.
    pub settings: Settings,
    /// How many colours the terminal has.
    pub colors: ColorDepth,
}

impl Setup {
    /// Reads the compose files.
    pub(super) fn read(&self) -> Reading {
        read(&self.compose, self.named.is_some())
    }
}

/// What reading the compose files came to.
#[derive(Debug)]
pub(super) struct Reading {
    /// As the model takes it.
    pub msg: Msg,
    /// Every file that was looked for: a change of one of them may change the project.
    pub files: Vec<PathBuf>,
}

/// Reads the compose files.
pub(super) fn read(options: &compose::Options, named: bool) -> Reading {
    let how = compose::How { sources: true, ..options.how };
    let loaded = compose::load(&compose::Options { how, ..options.clone() }).resolved();
    let msg = match loaded.no_file {
        Some(_) if named => Msg::Tick,
        Some(looked) => Msg::NoFile(looked),
        None => Msg::Loaded { project: loaded.project.map(Arc::new), problems: loaded.problems },
    };
    Reading { msg, files: loaded.watched }
}
