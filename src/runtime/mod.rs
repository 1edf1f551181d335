//! What moves: the loop, the channels, frame timing, the terminal, input, and the performing of effects.
//!
//! The loop's thread owns the model and the terminal. For each host that is open, a thread owns every connection to
//! it (a current-thread runtime: each chunk of a stream would else wake another thread). Between them are bounded
//! channels: orders to each engine, control (facts, results) and bulk (logs, figures) from all of them. A full way
//! makes its sender wait, back into the engine's socket.

mod beside;
mod channels;
mod clock;
mod decoder;
mod engines;
mod files;
pub mod headless;
mod hook;
pub mod host;
mod keyboard;
mod log;
pub mod memory;
mod outbox;
mod pacer;
mod perform;
mod setup;
mod signals;
mod streams;
mod terminal;
#[cfg(test)]
mod tests;
mod tty;
mod ui;

pub use clock::{clock, now, zone};
use color_eyre::eyre::{Result, WrapErr};
pub use setup::Setup;
pub use signals::ended;
pub use terminal::bounded;

use crate::{
    app::Store,
    base::id::{HostId, ProjectName},
    view::Theme,
};
use engines::Engines;
use terminal::Terminal;
use tty::Tty;
use ui::Ui;

/// Runs the dashboard until the user leaves. The answer is the exit code: 0, or 128 and the signal that ended it.
pub fn run(setup: Setup) -> Result<u8> {
    tty::give_back_on_panic();
    log::begin();
    let mouse = setup.settings.mouse;
    dashboard(setup, || {
        Tty::take(mouse).wrap_err("the dashboard needs a terminal (`stackview status` prints one look)")
    })
}

/// The dashboard on a terminal, which is taken when all else is ready.
fn dashboard<T: Terminal>(setup: Setup, take: impl FnOnce() -> Result<T>) -> Result<u8> {
    let theme = Theme::named(&setup.settings.theme)?.adapted(setup.colors);
    // The engine is found while the files are read.
    let mut engines = Engines::new();
    engines.open(HostId::FIRST, setup.connector.clone(), setup.compose.clone())?;
    let first = setup.read();
    let mut terminal = take()?;
    let name = setup.named.clone().unwrap_or_else(|| ProjectName::from(""));
    let model = Store::new(setup.settings.clone(), name, None, terminal.size(), setup.connector.clock().now());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Ui::new(model, theme, setup, engines, &mut terminal).run(first))
}
