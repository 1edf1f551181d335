//! What moves: the loop, the channels, frame timing, the terminal, input, and the performing of effects.
//!
//! Two threads. The loop's thread owns the model and the terminal. The engine's thread owns every connection
//! (a current-thread runtime: each chunk of a stream would else wake another thread). Between them are three
//! bounded ways: orders to the engine, control (facts of the project, results) and bulk (logs, figures) from it.
//! A full way makes its sender wait, back into the engine's socket.

mod clock;
mod engine_thread;
mod input;
mod log;
mod pacer;
mod signals;
mod streams;
pub mod terminal;
mod ui;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

pub use clock::now;
use color_eyre::eyre::{Result, WrapErr};

use crate::{
    app::{Model, Msg, model::Settings},
    base::id::ProjectName,
    compose,
    engine::Target,
    view::{ColorDepth, Theme},
};

/// What the dashboard starts with.
#[derive(Debug)]
pub struct Setup {
    /// How the project's files are found and read, now and after a change.
    pub compose: compose::Options,
    /// Which engine.
    pub target: Target,
    /// What was chosen on the command line.
    pub settings: Settings,
    /// How many colours the terminal has.
    pub colors: ColorDepth,
    /// The environment.
    pub env: BTreeMap<String, String>,
    /// Where views are saved.
    pub folder: PathBuf,
}

/// Runs the dashboard until the user leaves. The answer is the exit code: 0, or 128 and the signal that ended it.
pub fn run(setup: Setup) -> Result<u8> {
    terminal::give_back_on_panic();
    log::begin();
    let theme = Theme::named(&setup.settings.theme)?.adapted(setup.colors);
    let engine = engine_thread::spawn(setup.target.clone(), setup.env.clone(), setup.settings.read_only_forced)?;
    let loaded = compose::load(&setup.compose);
    let mut tty = terminal::Tty::take(setup.settings.mouse).wrap_err("The dashboard needs a terminal; `stackview status` prints one look")?;
    let name = loaded.project.as_ref().map_or_else(|| ProjectName::from(""), |p| p.name.clone());
    let model = Model::new(setup.settings.clone(), name, None, tty.size(), now());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(ui::Ui::new(model, theme, setup, engine, &mut tty).run(loaded_message(loaded)))
}

/// What reading the files came to, as the model takes it.
fn loaded_message(loaded: compose::Loaded) -> Msg {
    match loaded.no_file {
        Some(looked) => Msg::NoFile(looked),
        None => Msg::Loaded { project: loaded.project.map(Arc::new), problems: loaded.problems },
    }
}
