//! Our own log: a file under the user's state folder, never the screen. Old files go after three days.

use etcetera::BaseStrategy;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Logs warnings, or what `STACKVIEW_LOG` asks for (`debug`, `stackview=trace`). Without a place to write to
/// there is no log; that is no reason not to start.
pub fn begin() {
    let Some(folder) = etcetera::choose_base_strategy().ok().and_then(|s| s.state_dir()) else { return };
    let folder = folder.join("stackview");
    if std::fs::create_dir_all(&folder).is_err() {
        return;
    }
    let appender =
        RollingFileAppender::builder().rotation(Rotation::DAILY).filename_prefix("log").max_log_files(3).build(folder);
    if let Ok(appender) = appender {
        let filter = EnvFilter::try_from_env("STACKVIEW_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
        let _already =
            tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(appender).try_init();
    }
}
