//! What the dashboard starts with, and the reading of its compose files.

use std::{path::Path, sync::Arc};

use super::files::Follower;
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

/// What reading the compose files came to.
#[derive(Debug)]
pub(super) struct Reading {
    /// As the model takes it.
    pub msg: Msg,
    /// Whether a folder is watched that wasn't before: what happened in it until now was not heard. Or why one can't be
    /// watched.
    pub unheard: Result<bool, String>,
}

/// Reads the compose files, and watches every file that was looked for: a change of one of them may change the project.
/// `tell` hears at what it looks.
pub(super) fn read(options: &compose::Options, named: bool, follower: &Follower, tell: &dyn Fn(&Path)) -> Reading {
    let how = compose::How { sources: true, ..options.how };
    let loaded = compose::load_telling(&compose::Options { how, ..options.clone() }, tell).resolved();
    let msg = match loaded.no_file {
        Some(_) if named => Msg::Tick,
        Some(looked) => Msg::NoFile(looked),
        None => Msg::Loaded { project: loaded.project.map(Arc::new), problems: loaded.problems },
    };
    Reading { msg, unheard: follower.follow(&loaded.watched) }
}
