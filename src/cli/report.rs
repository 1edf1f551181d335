//! `stackview report`: one Markdown file about the project as it is.

use std::path::Path;

use color_eyre::eyre::{Result, WrapErr};
use ratatui::layout::Size;

use super::{
    check,
    output::{note, print, write},
};
use crate::{
    app::{Store, model::Settings, report::report},
    compose,
    engine::EngineTarget,
    runtime::now,
};

/// Looks, and writes the report into a file or to standard output.
pub fn run(options: &compose::Options, target: &EngineTarget, settings: Settings, file: Option<&Path>) -> Result<u8> {
    let look = check::looked(options, target)?;
    let model = Store::looking_at(settings, look.host, look.loaded.problems, Size::new(120, 60), now());
    let text = report(&model, &look.diagnosis, look.unseen.as_deref());
    match file {
        None => print(&text),
        Some(file) => {
            write(file, &text).wrap_err_with(|| format!("the report can't be written to {}", file.display()))?;
            note(&format!("The report is in {}", file.display()));
            Ok(0)
        }
    }
}
