//! What moves: the loop, the channels, frame timing, the terminal, input, and the performing of effects.
//!
//! The loop's thread owns the model and the terminal, and waits for neither the terminal nor a disk: threads of their own
//! read the keys, write the frames, read and write files. For each host that is open, a thread owns every connection to
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
mod readings;
pub mod save;
pub mod secrets;
mod setup;
mod signals;
mod streams;
mod terminal;
#[cfg(test)]
mod tests;
mod tty;
mod ui;

use std::time::Duration;

pub use clock::{clock, now, zone};
use color_eyre::eyre::{Result, WrapErr, eyre};
use engines::Engines;
use readings::Sources;
pub use setup::Setup;
pub use signals::ended;
use terminal::Terminal;
pub use terminal::bounded;
use tokio::time::timeout;
use tty::Tty;
pub use ui::Left;
use ui::Ui;

use crate::{
    app::Store,
    base::id::{HostId, ProjectName},
    view::Theme,
};

/// How long the first picture waits for the compose files.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Runs the dashboard until the user leaves.
pub fn run(setup: Setup) -> Result<Left> {
    tty::give_back_on_panic();
    let (_log, without) = match log::begin() {
        Ok(log) => (log, None),
        Err(why) => (None, Some(why)),
    };
    let mouse = setup.settings.mouse;
    dashboard(setup, without, || {
        Tty::take(mouse).wrap_err("the dashboard needs a terminal (`stackview status` prints one look)")
    })
}

/// The dashboard on a terminal, which is taken when all else is ready. It begins with what is said.
fn dashboard<T: Terminal>(setup: Setup, said: Option<String>, take: impl FnOnce() -> Result<T>) -> Result<Left> {
    let theme = Theme::named(&setup.settings.theme)?.adapted(setup.colors);
    // The engine is found while the files are read.
    let mut engines = Engines::new();
    engines.open(HostId::FIRST, setup.connector.clone(), setup.compose.clone())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut sources = Sources::new();
    sources.begin(&setup, false).map_err(|why| eyre!(why))?;
    // Most disks answer at once: the first picture is then of the project.
    let first = runtime.block_on(async { timeout(AT_ONCE, sources.readings.next()).await.ok() });
    let mut terminal = take()?;
    let name = setup.named.clone().unwrap_or_else(|| ProjectName::from(""));
    let model = Store::new(setup.settings.clone(), name, None, terminal.size(), setup.connector.clock().now());
    let mut ui = Ui::new(model, theme, setup, engines, sources, &mut terminal);
    said.into_iter().for_each(|words| ui.say(words));
    runtime.block_on(ui.run(first))
}
